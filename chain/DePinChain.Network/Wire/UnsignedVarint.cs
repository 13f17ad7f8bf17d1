namespace DePinChain.Network.Wire;

/// <summary>Unsigned LEB128 as multiformats restricts it: at most nine bytes, in the shortest form.</summary>
/// <remarks>multiformats/unsigned-varint: "practical maximum of 9 bytes", "must use the minimal encoding".</remarks>
public static class UnsignedVarint
{
    public const int SizeMax = 9;

    public static int SizeOf(ulong value)
    {
        int size = 1;
        while ((value >>= 7) != 0) size++;
        return size;
    }

    /// <summary>Writes the value and returns its size.</summary>
    public static int Write(Span<byte> destination, ulong value)
    {
        int size = 0;
        while (value >= 0x80)
        {
            destination[size++] = (byte)((value & 0x7f) | 0x80);
            value >>= 7;
        }

        destination[size++] = (byte)value;
        return size;
    }

    public static byte[] Encode(ulong value)
    {
        byte[] bytes = new byte[SizeOf(value)];
        Write(bytes, value);
        return bytes;
    }

    /// <summary>Reads from the start of the source. False when it ends too early, is too long or is not minimal.</summary>
    public static bool TryRead(ReadOnlySpan<byte> source, out ulong value, out int size)
    {
        value = 0;
        for (size = 0; size < Math.Min(source.Length, SizeMax);)
        {
            byte part = source[size];
            value |= (ulong)(part & 0x7f) << (7 * size);
            size++;
            if (part < 0x80) return part != 0 || size == 1;
        }

        return false;
    }
}
