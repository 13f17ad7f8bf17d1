using System.Text;

namespace DePinChain.Network.Wire;

/// <summary>Reads the fields of one protobuf message where they lie, without copying and without building objects.</summary>
/// <remarks>
/// Whoever reads decides field by field how many entries of which size are kept, so a small frame cannot turn into a large heap
/// (CVE-2026-86040: subscription entries without a cap per frame). Unknown fields are skipped, groups are refused, nothing recurses.
/// </remarks>
public ref struct ProtobufReader(ReadOnlySpan<byte> message)
{
    private static readonly UTF8Encoding StrictUtf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    private readonly ReadOnlySpan<byte> _message = message;
    private int _position;
    private int _wireType;

    /// <summary>Where the next byte is read.</summary>
    public readonly int Position => _position;

    /// <summary>Moves to the next field; false at the end.</summary>
    /// <exception cref="WireException">The tag is malformed.</exception>
    public bool TryReadField(out int number)
    {
        number = 0;
        if (_position == _message.Length) return false;
        ulong tag = ReadRaw();
        number = tag >> 3 is > 0 and < 1 << 29 ? (int)(tag >> 3) : throw new WireException("a protobuf field has no valid number");
        _wireType = (int)(tag & 7);
        return true;
    }

    public ulong ReadVarint()
    {
        Expect(0);
        return ReadRaw();
    }

    public bool ReadBool() => ReadVarint() != 0;

    /// <summary>The bytes of the field, within the message.</summary>
    public ReadOnlySpan<byte> ReadBytes(int sizeMax)
    {
        Expect(2);
        int size = ReadLength();
        if (size > sizeMax) throw new WireException($"a protobuf field has {size} bytes, at most {sizeMax} are allowed");
        ReadOnlySpan<byte> bytes = _message.Slice(_position, size);
        _position += size;
        return bytes;
    }

    public string ReadString(int sizeMax)
    {
        ReadOnlySpan<byte> bytes = ReadBytes(sizeMax);
        try
        {
            return StrictUtf8.GetString(bytes);
        }
        catch (DecoderFallbackException e)
        {
            throw new WireException("a protobuf string is not UTF-8", e);
        }
    }

    /// <summary>Passes over the field's value.</summary>
    public void Skip()
    {
        switch (_wireType)
        {
            case 0:
                ReadRaw();
                break;
            case 1:
                Advance(8);
                break;
            case 2:
                Advance(ReadLength());
                break;
            case 5:
                Advance(4);
                break;
            default:
                throw new WireException($"protobuf wire type {_wireType} is not supported");
        }
    }

    private readonly void Expect(int wireType)
    {
        if (_wireType != wireType) throw new WireException($"a protobuf field has wire type {_wireType}, {wireType} is needed");
    }

    private void Advance(int size)
    {
        if (size > _message.Length - _position) throw new WireException("a protobuf message ends within a field");
        _position += size;
    }

    private int ReadLength()
    {
        ulong length = ReadRaw();
        return length <= (ulong)(_message.Length - _position)
            ? (int)length
            : throw new WireException("a protobuf message ends within a field");
    }

    // Protobuf's own varints: up to ten bytes, the tenth holding one bit.
    private ulong ReadRaw()
    {
        ulong value = 0;
        for (int shift = 0; shift < 70; shift += 7)
        {
            if (_position == _message.Length) break;
            byte part = _message[_position++];
            if (shift == 63 && part > 1) break;
            value |= (ulong)(part & 0x7f) << shift;
            if (part < 0x80) return value;
        }

        throw new WireException("a protobuf varint is cut off or too long");
    }
}
