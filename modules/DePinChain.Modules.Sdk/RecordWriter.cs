using System.Buffers.Binary;
using System.Text;
using DePinChain.Primitives;

namespace DePinChain.Modules.Sdk;

/// <summary>
/// Writes a versioned record: its version, then fields in declared order, big-endian, strings, bytes and counts with two bytes of length.
/// </summary>
public sealed class RecordWriter
{
    private byte[] _buffer = new byte[64];
    private int _length;

    /// <param name="version">1 to 255, so that a record never is all zeros.</param>
    public RecordWriter(byte version)
    {
        Invariant.Assert(version > 0, "A versioned record never starts with zero.");
        WriteUInt8(version);
    }

    /// <summary>One byte, 0 or 1.</summary>
    public void WriteBool(bool value) => WriteUInt8(value ? (byte)1 : (byte)0);

    /// <summary>One byte.</summary>
    public void WriteUInt8(byte value) => Next(sizeof(byte))[0] = value;

    /// <summary>Two bytes.</summary>
    public void WriteUInt16(ushort value) => BinaryPrimitives.WriteUInt16BigEndian(Next(sizeof(ushort)), value);

    /// <summary>Four bytes.</summary>
    public void WriteUInt32(uint value) => BinaryPrimitives.WriteUInt32BigEndian(Next(sizeof(uint)), value);

    /// <summary>Eight bytes.</summary>
    public void WriteUInt64(ulong value) => BinaryPrimitives.WriteUInt64BigEndian(Next(sizeof(ulong)), value);

    /// <summary>Four bytes, two's complement.</summary>
    public void WriteInt32(int value) => BinaryPrimitives.WriteInt32BigEndian(Next(sizeof(int)), value);

    /// <summary>Eight bytes, two's complement.</summary>
    public void WriteInt64(long value) => BinaryPrimitives.WriteInt64BigEndian(Next(sizeof(long)), value);

    /// <summary>Sixteen bytes.</summary>
    public void WriteUInt128(UInt128 value) => BinaryPrimitives.WriteUInt128BigEndian(Next(16), value);

    /// <summary>Thirty-two bytes.</summary>
    public void WriteUInt256(UInt256 value) => value.WriteBigEndian(Next(UInt256.Size));

    /// <summary>Wei in sixteen bytes.</summary>
    public void WriteAmount(Amount value) => WriteUInt128(value.Wei);

    /// <summary>Twenty bytes.</summary>
    public void WriteAddress(Address value) => value.CopyTo(Next(Address.Size));

    /// <summary>Thirty-two bytes.</summary>
    public void WriteHash(Hash256 value) => value.CopyTo(Next(Hash256.Size));

    /// <summary>Two bytes of length, then the bytes.</summary>
    /// <exception cref="RecordTooLargeException">More than 65,535 bytes.</exception>
    public void WriteBytes(ReadOnlySpan<byte> value)
    {
        WriteCount(value.Length);
        value.CopyTo(Next(value.Length));
    }

    /// <summary>Two bytes of length, then UTF-8.</summary>
    /// <exception cref="RecordTooLargeException">More than 65,535 bytes.</exception>
    public void WriteString(string value) => WriteBytes(Encoding.UTF8.GetBytes(value));

    /// <summary>The number of elements that follow, in two bytes.</summary>
    /// <exception cref="RecordTooLargeException">More than 65,535.</exception>
    public void WriteCount(int count)
    {
        if (count > ushort.MaxValue) throw new RecordTooLargeException(count, ushort.MaxValue);
        WriteUInt16((ushort)count);
    }

    /// <summary>The record.</summary>
    public byte[] ToArray() => _buffer.AsSpan(0, _length).ToArray();

    private Span<byte> Next(int size)
    {
        int needed = _length + size;
        if (needed > _buffer.Length) Array.Resize(ref _buffer, Math.Max(needed, 2 * _buffer.Length));
        Span<byte> field = _buffer.AsSpan(_length, size);
        _length = needed;
        return field;
    }
}
