using DePinChain.Primitives;

namespace DePinChain.State;

/// <summary>A key of a trie with the value it is to have.</summary>
/// <param name="Key">32 bytes.</param>
/// <param name="Value">What the leaf holds (the account's RLP, or the RLP of the record); null to remove the key.</param>
/// <param name="Existed">Whether the trie holds the key now.</param>
internal sealed record TrieLeaf(byte[] Key, byte[]? Value, bool Existed)
{
    /// <summary>How a parent names the leaf where it lies <paramref name="depth"/> nibbles deep.</summary>
    public TrieNodeRef NameAt(int depth)
    {
        var writer = new RlpWriter();
        WriteTo(writer, depth);
        return TrieNodeRef.To(writer.Written);
    }

    /// <summary>The leaf's RLP where it lies <paramref name="depth"/> nibbles deep.</summary>
    public void WriteTo(RlpWriter writer, int depth)
    {
        Span<byte> path = stackalloc byte[TrieNodeCodec.KeyNibbles];
        for (int i = depth; i < TrieNodeCodec.KeyNibbles; i++)
        {
            path[i] = (byte)TrieNodeCodec.NibbleAt(Key, i);
        }

        TrieNodeCodec.WriteLeaf(writer, path[depth..], Value);
    }
}
