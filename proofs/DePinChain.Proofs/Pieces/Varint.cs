namespace DePinChain.Proofs.Pieces;

/// <summary>
/// Unsigned varints as multiformats has them: seven bits a byte, least significant first, shortest form only, at most nine bytes.
/// </summary>
internal static class Varint
{
    private const int SizeMax = 9;

    internal static int SizeOf(ulong value)
    {
        int size = 1;
        for (; value >= 0x80; value >>= 7) size++;
        return size;
    }

    internal static int Write(ulong value, Span<byte> destination)
    {
        int at = 0;
        for (; value >= 0x80; value >>= 7) destination[at++] = (byte)(0x80 | (value & 0x7f));
        destination[at++] = (byte)value;
        return at;
    }

    /// <summary>Reads one and moves <paramref name="source"/> behind it; false for a cut, long or non-minimal one.</summary>
    internal static bool TryRead(ref ReadOnlySpan<byte> source, out ulong value)
    {
        value = 0;
        for (int at = 0; at < source.Length && at < SizeMax; at++)
        {
            byte next = source[at];
            value |= (ulong)(next & 0x7f) << (7 * at);
            if (next >= 0x80) continue;
            if (next == 0 && at > 0) return false;
            source = source[(at + 1)..];
            return true;
        }

        return false;
    }
}
