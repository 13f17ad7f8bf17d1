using System.Buffers.Binary;

namespace DePinChain.Primitives;

/// <summary>
/// Writes canonical RLP (Ethereum yellow paper, appendix B) into a growing buffer that <see cref="Clear"/> keeps for the next use.
/// </summary>
public sealed class RlpWriter
{
    private const int ShortMax = 55;

    private byte[] _buffer;
    private int _length;

    public RlpWriter(int capacity = 256) => _buffer = new byte[capacity];

    /// <summary>All that was written. Valid until the next write.</summary>
    public ReadOnlySpan<byte> Written => _buffer.AsSpan(0, _length);

    /// <summary><see cref="Written"/> as memory, for hashing several items together.</summary>
    public ReadOnlyMemory<byte> WrittenMemory => _buffer.AsMemory(0, _length);

    public byte[] ToArray() => Written.ToArray();

    public void Clear() => _length = 0;

    /// <summary>A byte string.</summary>
    public void Write(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length != 1 || bytes[0] >= 0x80) WriteHeader(0x80, bytes.Length);
        bytes.CopyTo(Reserve(bytes.Length));
    }

    /// <summary>A scalar: big-endian without leading zeros, zero as the empty string.</summary>
    public void Write(ulong value)
    {
        Span<byte> bytes = stackalloc byte[8];
        BinaryPrimitives.WriteUInt64BigEndian(bytes, value);
        Write(bytes.TrimStart((byte)0));
    }

    /// <inheritdoc cref="Write(ulong)"/>
    public void Write(UInt128 value)
    {
        Span<byte> bytes = stackalloc byte[16];
        BinaryPrimitives.WriteUInt128BigEndian(bytes, value);
        Write(bytes.TrimStart((byte)0));
    }

    /// <inheritdoc cref="Write(ulong)"/>
    public void Write(UInt256 value)
    {
        Span<byte> bytes = stackalloc byte[UInt256.Size];
        value.WriteBigEndian(bytes);
        Write(bytes.TrimStart((byte)0));
    }

    /// <summary>20 bytes.</summary>
    public void Write(Address address)
    {
        WriteHeader(0x80, Address.Size);
        address.CopyTo(Reserve(Address.Size));
    }

    /// <summary>20 bytes, or the empty string for none (a contract creation's recipient).</summary>
    public void Write(Address? address)
    {
        if (address is { } present) Write(present);
        else Write(ReadOnlySpan<byte>.Empty);
    }

    /// <summary>32 bytes.</summary>
    public void Write(Hash256 hash)
    {
        WriteHeader(0x80, Hash256.Size);
        hash.CopyTo(Reserve(Hash256.Size));
    }

    /// <summary>An item that is RLP already; it is copied as it is.</summary>
    public void WriteEncoded(ReadOnlySpan<byte> item) => item.CopyTo(Reserve(item.Length));

    /// <summary>Starts a list of unknown length. The mark goes to <see cref="EndList"/>, inner lists first.</summary>
    public int BeginList()
    {
        int mark = _length;
        Reserve(1);
        return mark;
    }

    /// <summary>
    /// Writes the header of the list that began at <paramref name="mark"/>; a long payload moves by the bytes of its length.
    /// </summary>
    public void EndList(int mark)
    {
        int payload = _length - mark - 1;
        if (payload <= ShortMax)
        {
            _buffer[mark] = (byte)(0xc0 + payload);
            return;
        }

        int lengthBytes = LengthBytes(payload);
        Reserve(lengthBytes);
        _buffer.AsSpan(mark + 1, payload).CopyTo(_buffer.AsSpan(mark + 1 + lengthBytes));
        _buffer[mark] = (byte)(0xf7 + lengthBytes);
        WriteLength(_buffer.AsSpan(mark + 1, lengthBytes), payload);
    }

    /// <summary>Bytes of a list, or of a string longer than one byte, whose payload has <paramref name="payload"/> bytes.</summary>
    public static int LengthOf(int payload) => payload + (payload <= ShortMax ? 1 : 1 + LengthBytes(payload));

    /// <summary>Bytes of an encoded byte string.</summary>
    public static int LengthOf(ReadOnlySpan<byte> bytes) => bytes.Length == 1 && bytes[0] < 0x80 ? 1 : LengthOf(bytes.Length);

    /// <summary>Bytes of an encoded scalar.</summary>
    public static int LengthOf(UInt256 scalar) => scalar < 0x80 ? 1 : 1 + scalar.ByteCount;

    private void WriteHeader(int offset, int payload)
    {
        if (payload <= ShortMax)
        {
            Reserve(1)[0] = (byte)(offset + payload);
            return;
        }

        int lengthBytes = LengthBytes(payload);
        Span<byte> header = Reserve(1 + lengthBytes);
        header[0] = (byte)(offset + ShortMax + lengthBytes);
        WriteLength(header[1..], payload);
    }

    private static int LengthBytes(int payload) => payload < 1 << 8 ? 1 : payload < 1 << 16 ? 2 : payload < 1 << 24 ? 3 : 4;

    private static void WriteLength(Span<byte> bytes, int payload)
    {
        for (int i = bytes.Length - 1; i >= 0; i--)
        {
            bytes[i] = unchecked((byte)payload);
            payload >>= 8;
        }
    }

    private Span<byte> Reserve(int count)
    {
        int needed = _length + count;
        if (needed > _buffer.Length) Array.Resize(ref _buffer, (int)Math.Min(Array.MaxLength, Math.Max(needed, 2L * _buffer.Length)));
        Span<byte> reserved = _buffer.AsSpan(_length, count);
        _length = needed;
        return reserved;
    }
}
