using System.Buffers.Binary;
using System.Text;
using DePinChain.Primitives;

namespace DePinChain.Modules.Sdk;

/// <summary>
/// Reads what <see cref="RecordWriter"/> wrote. The state is our own: a record that does not read is a bug and stops the node.
/// </summary>
public ref struct RecordReader
{
    private ReadOnlySpan<byte> _rest;

    /// <param name="record">The stored bytes.</param>
    /// <param name="version">The version its first byte must be.</param>
    public RecordReader(ReadOnlySpan<byte> record, byte version)
    {
        _rest = record;
        byte found = ReadUInt8();
        Invariant.Assert(found == version, "A stored record has the version of its type.");
    }

    /// <summary>One byte, 0 or 1.</summary>
    public bool ReadBool() => ReadUInt8() != 0;

    /// <summary>One byte.</summary>
    public byte ReadUInt8() => Next(sizeof(byte))[0];

    /// <summary>Two bytes.</summary>
    public ushort ReadUInt16() => BinaryPrimitives.ReadUInt16BigEndian(Next(sizeof(ushort)));

    /// <summary>Four bytes.</summary>
    public uint ReadUInt32() => BinaryPrimitives.ReadUInt32BigEndian(Next(sizeof(uint)));

    /// <summary>Eight bytes.</summary>
    public ulong ReadUInt64() => BinaryPrimitives.ReadUInt64BigEndian(Next(sizeof(ulong)));

    /// <summary>Four bytes, two's complement.</summary>
    public int ReadInt32() => BinaryPrimitives.ReadInt32BigEndian(Next(sizeof(int)));

    /// <summary>Eight bytes, two's complement.</summary>
    public long ReadInt64() => BinaryPrimitives.ReadInt64BigEndian(Next(sizeof(long)));

    /// <summary>Sixteen bytes.</summary>
    public UInt128 ReadUInt128() => BinaryPrimitives.ReadUInt128BigEndian(Next(16));

    /// <summary>Thirty-two bytes.</summary>
    public UInt256 ReadUInt256() => UInt256.FromBigEndian(Next(UInt256.Size));

    /// <summary>Wei in sixteen bytes.</summary>
    public Amount ReadAmount() => new(ReadUInt128());

    /// <summary>Twenty bytes.</summary>
    public Address ReadAddress() => new(Next(Address.Size));

    /// <summary>Thirty-two bytes.</summary>
    public Hash256 ReadHash() => new(Next(Hash256.Size));

    /// <summary>Two bytes of length, then the bytes.</summary>
    public byte[] ReadBytes() => Next(ReadCount()).ToArray();

    /// <summary>Two bytes of length, then UTF-8.</summary>
    public string ReadString() => Encoding.UTF8.GetString(Next(ReadCount()));

    /// <summary>The number of elements that follow.</summary>
    public int ReadCount() => ReadUInt16();

    /// <summary>Checks that nothing is left.</summary>
    public readonly void ExpectEnd() => Invariant.Assert(_rest.IsEmpty, "A stored record is as long as its fields.");

    private ReadOnlySpan<byte> Next(int size)
    {
        Invariant.Assert(size <= _rest.Length, "A stored record is as long as its fields.");
        ReadOnlySpan<byte> field = _rest[..size];
        _rest = _rest[size..];
        return field;
    }
}
