using System.Buffers;
using System.Text;

namespace DePinChain.Network.Wire;

/// <summary>Writes the fields of one protobuf message in the order of the calls.</summary>
public sealed class ProtobufWriter
{
    private readonly ArrayBufferWriter<byte> _written;

    public ProtobufWriter(int sizeHint = 256) => _written = new ArrayBufferWriter<byte>(Math.Max(sizeHint, 16));

    public ReadOnlySpan<byte> Written => _written.WrittenSpan;

    public ProtobufWriter Varint(int field, ulong value)
    {
        Raw(((ulong)field << 3) | 0);
        Raw(value);
        return this;
    }

    public ProtobufWriter Bytes(int field, ReadOnlySpan<byte> value)
    {
        Raw(((ulong)field << 3) | 2);
        Raw((ulong)value.Length);
        _written.Write(value);
        return this;
    }

    public ProtobufWriter Text(int field, string value) => Bytes(field, Encoding.UTF8.GetBytes(value));

    public ProtobufWriter Message(int field, ProtobufWriter message) => Bytes(field, message.Written);

    public byte[] ToArray() => _written.WrittenSpan.ToArray();

    private void Raw(ulong value)
    {
        // Ten bytes at most; the values written here are tags, lengths and counters.
        Span<byte> bytes = _written.GetSpan(10);
        int size = 0;
        while (value >= 0x80)
        {
            bytes[size++] = (byte)((value & 0x7f) | 0x80);
            value >>= 7;
        }

        bytes[size++] = (byte)value;
        _written.Advance(size);
    }
}
