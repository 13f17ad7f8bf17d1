using DePinChain.Database;
using DePinChain.Primitives;

namespace DePinChain.State;

/// <summary>
/// Where one trie's pages lie: under (owner's hash,) depth in nibbles, path. Every level of a trie is a range of its own, so a page and the
/// pieces of a large one never share a key.
/// </summary>
internal sealed class PageRows(RowReader reader, Hash256? owner)
{
    /// <summary>The account whose storage this is, hashed; null for the account trie.</summary>
    public Hash256? Owner => owner;

    public Table Table => owner is null ? Table.TrieAccount : Table.TrieStorage;

    /// <summary>The page under a path, also when its row only marks a removal; null when there is no row.</summary>
    public TriePage? Find(byte[] path) => reader.Get(Table, KeyOf(path)) is { } row ? new TriePage(this, path, row) : null;

    public byte[] KeyOf(ReadOnlySpan<byte> path) => KeyOf(owner, path);

    public static byte[] KeyOf(Hash256? owner, ReadOnlySpan<byte> path)
    {
        byte[] key = NewKey(owner, depth: 2 * path.Length, out int start);
        path.CopyTo(key.AsSpan(start));
        return key;
    }

    /// <summary>The key of a branch, one nibble below a page, that has a row of its own.</summary>
    public byte[] KeyOfPiece(ReadOnlySpan<byte> path, int nibble)
    {
        byte[] key = NewKey(owner, depth: (2 * path.Length) + 1, out int start);
        path.CopyTo(key.AsSpan(start));
        key[^1] = (byte)(nibble << 4);
        return key;
    }

    public byte[] GetPiece(ReadOnlySpan<byte> path, int nibble) =>
        reader.Get(Table, KeyOfPiece(path, nibble))
        ?? throw new StateCorruptException(
            $"piece {nibble} of trie page {Hex.Encode(path)} is missing (storage of {owner?.ToString() ?? "none"})");

    private static byte[] NewKey(Hash256? owner, int depth, out int start)
    {
        int prefix = owner is null ? 0 : Hash256.Size;
        byte[] key = new byte[prefix + 1 + ((depth + 1) / 2)];
        owner?.CopyTo(key);
        key[prefix] = (byte)depth;
        start = prefix + 1;
        return key;
    }
}
