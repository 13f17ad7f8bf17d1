using DePinChain.Database;
using DePinChain.Primitives;

namespace DePinChain.State;

/// <summary>The account trie, or one account's storage trie, as a database snapshot has it. One for each thread.</summary>
internal sealed class LiveTrie(RowReader reader, Hash256? owner) : ITrieSource, IDisposable
{
    private readonly byte[] _prefix = owner?.ToArray() ?? [];
    private IKeyValueCursor? _leaves;

    public PageRows Rows { get; } = new(reader, owner);

    private Table FlatTable => owner is null ? Table.FlatAccount : Table.FlatSlot;

    /// <summary>The same trie for another thread.</summary>
    public LiveTrie Fork() => new(reader, owner);

    public TriePage? FindPage(byte[] path) => Rows.Find(path);

    public TrieLeaf GetLeaf(ReadOnlySpan<byte> key, int depth)
    {
        byte[] from = LowestKey(_prefix, key, depth);
        if (_leaves is null)
        {
            _leaves = reader.Database.Scan(FlatTable, from);
        }
        else
        {
            _leaves.Seek(from);
        }

        if (!_leaves.MoveNext() || !_leaves.Key.StartsWith(_prefix) || !SharesNibbles(_leaves.Key[_prefix.Length..], key, depth))
        {
            throw new StateCorruptException($"a leaf under {Hex.Encode(from)} is named by the trie but missing in the flat table");
        }

        return new TrieLeaf(_leaves.Key[_prefix.Length..].ToArray(), LeafValue(_leaves.Value), Existed: true);
    }

    public void Dispose() => _leaves?.Dispose();

    /// <summary>The smallest flat key under a trie prefix: the first <paramref name="depth"/> nibbles of a key, then zeros.</summary>
    public static byte[] LowestKey(ReadOnlySpan<byte> prefix, ReadOnlySpan<byte> key, int depth)
    {
        byte[] lowest = [.. prefix, .. key[..((depth + 1) / 2)]];
        if ((depth & 1) != 0)
        {
            lowest[^1] &= 0xf0;
        }

        return lowest;
    }

    public static bool SharesNibbles(ReadOnlySpan<byte> left, ReadOnlySpan<byte> right, int depth) =>
        left[..(depth / 2)].SequenceEqual(right[..(depth / 2)])
        && ((depth & 1) == 0 || TrieNodeCodec.NibbleAt(left, depth - 1) == TrieNodeCodec.NibbleAt(right, depth - 1));

    private byte[] LeafValue(ReadOnlySpan<byte> row) =>
        owner is null ? FlatCodec.AccountLeaf(FlatCodec.ReadSlimAccount(row)) : FlatCodec.RecordLeaf(row);
}
