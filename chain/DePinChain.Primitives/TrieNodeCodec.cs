namespace DePinChain.Primitives;

/// <summary>The RLP of trie nodes (Ethereum yellow paper, appendix D). Paths are nibbles, one per byte.</summary>
public static class TrieNodeCodec
{
    /// <summary>Nibbles of a hashed key, and so the deepest a node can lie.</summary>
    public const int KeyNibbles = 2 * Hash256.Size;

    public static int NibbleAt(ReadOnlySpan<byte> key, int index) => (index & 1) == 0 ? key[index >> 1] >> 4 : key[index >> 1] & 15;

    public static byte[] ToNibbles(ReadOnlySpan<byte> key)
    {
        byte[] nibbles = new byte[2 * key.Length];
        for (int i = 0; i < nibbles.Length; i++)
        {
            nibbles[i] = (byte)NibbleAt(key, i);
        }

        return nibbles;
    }

    public static void WriteLeaf(RlpWriter writer, ReadOnlySpan<byte> path, ReadOnlySpan<byte> value)
    {
        int list = writer.BeginList();
        WritePath(writer, path, leaf: true);
        writer.Write(value);
        writer.EndList(list);
    }

    public static void WriteExtension(RlpWriter writer, ReadOnlySpan<byte> path, in TrieNodeRef child)
    {
        int list = writer.BeginList();
        WritePath(writer, path, leaf: false);
        child.WriteTo(writer);
        writer.EndList(list);
    }

    /// <summary>Reads the hex-prefix form back into nibbles; null when it is not canonical.</summary>
    public static byte[]? TryReadPath(ReadOnlySpan<byte> encoded, out bool leaf)
    {
        leaf = false;
        if (encoded.IsEmpty || encoded[0] >= 0x40 || ((encoded[0] & 0x10) == 0 && (encoded[0] & 15) != 0))
        {
            return null;
        }

        leaf = (encoded[0] & 0x20) != 0;
        int skipped = (encoded[0] & 0x10) == 0 ? 2 : 1;
        return ToNibbles(encoded)[skipped..];
    }

    // Hex-prefix: the first nibble holds "leaf" (2) and "odd" (1); an even path is padded by a zero nibble.
    private static void WritePath(RlpWriter writer, ReadOnlySpan<byte> path, bool leaf)
    {
        Span<byte> encoded = stackalloc byte[1 + Hash256.Size];
        int odd = path.Length & 1;
        encoded[0] = (byte)(((leaf ? 2 : 0) + odd) << 4);
        if (odd != 0)
        {
            encoded[0] |= path[0];
        }

        for (int i = odd; i < path.Length; i += 2)
        {
            encoded[1 + (i / 2)] = (byte)((path[i] << 4) | path[i + 1]);
        }

        writer.Write(encoded[..(1 + (path.Length / 2))]);
    }
}
