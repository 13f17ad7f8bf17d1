using DePinChain.Database;
using DePinChain.Primitives;

namespace DePinChain.State;

/// <summary>
/// A trie as it was at a height: each page is walked back through its reverse diffs, each leaf read through the history index.
/// </summary>
internal sealed class PastTrie(IKeyValueReader reader, StateMark mark, ulong height, Hash256? owner) : ITrieSource, IDisposable
{
    private readonly byte[] _prefix = owner?.ToArray() ?? [];
    private readonly PageRows _rows = new(new RowReader(reader), owner);
    private readonly IKeyValueCursor _diffs = reader.Scan(Table.TrieHistory, [], reverse: true);
    private readonly PastValues _values = new(reader, mark, height);

    public TriePage? FindPage(byte[] path)
    {
        if (_rows.Find(path) is not { } page)
        {
            return null;
        }

        bool exists = page.Existed;
        ulong changedAt = page.ChangedAt;
        while (changedAt > height)
        {
            byte[] diff = PageHistory.Find(_diffs, changedAt, owner, path)
                ?? throw new StateCorruptException($"the past of trie page {Hex.Encode(path)} at height {changedAt} is missing");
            exists = PageDiff.Undo(page, diff, out changedAt);
        }

        return exists ? page : null;
    }

    public TrieLeaf GetLeaf(ReadOnlySpan<byte> key, int depth)
    {
        if (_values.FindOnly(_prefix, key, depth) is not { } row)
        {
            throw new StateCorruptException(
                $"a leaf towards {Hex.Encode(key)} at height {height} is named by the trie but missing in the history");
        }

        byte[] value = owner is null ? FlatCodec.AccountLeaf(FlatCodec.ReadSlimAccount(row.Value)) : FlatCodec.RecordLeaf(row.Value);
        return new TrieLeaf(row.Key.AsSpan(_prefix.Length).ToArray(), value, Existed: true);
    }

    public void Dispose() => _diffs.Dispose();
}
