using DePinChain.Primitives;

namespace DePinChain.State;

/// <summary>
/// A sealed overlay: the state root of a block and every row it changes, flat values, trie pages and the way back. Several may exist for
/// one parent while a height is undecided; one of them is written.
/// </summary>
public sealed class StateDelta
{
    private readonly List<Row> _values;
    private readonly PageChanges[] _pages;

    internal StateDelta(
        ulong height,
        Hash256 parentRoot,
        Hash256 root,
        List<Row> values,
        PageChanges[] pages,
        List<(Hash256 BodyHash, BlobCount Count)> blobs,
        List<Hash256> released)
    {
        Height = height;
        ParentRoot = parentRoot;
        Root = root;
        _values = values;
        _pages = pages;
        Blobs = blobs;
        Released = released;
    }

    /// <summary>The height the delta leads to: one above its parent's, 0 for genesis.</summary>
    public ulong Height { get; }

    /// <summary>The state root it was sealed over.</summary>
    public Hash256 ParentRoot { get; }

    /// <summary>The state root after it.</summary>
    public Hash256 Root { get; }

    /// <summary>Flat values and what they replace, page diffs, pages.</summary>
    internal IEnumerable<Row> Rows => _values.Concat(_pages.SelectMany(pages => pages.Rows));

    /// <summary>New counts of the blobs whose references change, ascending by hash.</summary>
    internal List<(Hash256 BodyHash, BlobCount Count)> Blobs { get; }

    /// <summary>Blobs that lose their last live reference here.</summary>
    internal List<Hash256> Released { get; }

    /// <summary>What writing the delta removes of the past, before <see cref="Rows"/>.</summary>
    internal List<Row> Pruned { get; } = [];

    /// <summary>What the database says once the delta is written.</summary>
    internal StateMark? Written { get; set; }
}
