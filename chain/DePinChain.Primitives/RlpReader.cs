namespace DePinChain.Primitives;

/// <summary>Reads RLP strictly: what it accepts has exactly one encoding. Nothing is copied; spans point into the input.</summary>
/// <remarks>
/// Refused: lengths with leading zeros or that fit a shorter form, a single byte below 0x80 with a header, scalars with leading zeros,
/// items that pass the end. It does not recurse; the caller's own shape bounds the nesting.
/// </remarks>
public ref struct RlpReader
{
    private readonly ReadOnlySpan<byte> _input;
    private int _position;

    public RlpReader(ReadOnlySpan<byte> input)
    {
        _input = input;
        _position = 0;
    }

    /// <summary>True when every item was read.</summary>
    public readonly bool AtEnd => _position == _input.Length;

    /// <summary>Bytes read so far.</summary>
    public readonly int Position => _position;

    public readonly bool PeekIsList()
    {
        if (AtEnd) throw Error("an item is missing");
        return _input[_position] >= 0xc0;
    }

    /// <summary>Reads a list and returns a reader of its items.</summary>
    /// <exception cref="RlpException">Not a list, or not canonical.</exception>
    public RlpReader ReadList() => new(ReadPayload(expectList: true));

    /// <exception cref="RlpException">Not a byte string, or not canonical.</exception>
    public ReadOnlySpan<byte> ReadBytes() => ReadPayload(expectList: false);

    /// <exception cref="RlpException">Not a byte string of exactly <paramref name="exact"/> bytes.</exception>
    public ReadOnlySpan<byte> ReadBytes(int exact)
    {
        int start = _position;
        ReadOnlySpan<byte> bytes = ReadPayload(expectList: false);
        if (bytes.Length != exact) throw ErrorAt(start, $"{exact} bytes were expected, {bytes.Length} are there");
        return bytes;
    }

    public byte ReadByte() => (byte)(ulong)ReadScalar(1);

    public bool ReadBool()
    {
        int start = _position;
        ulong value = (ulong)ReadScalar(1);
        return value <= 1 ? value == 1 : throw ErrorAt(start, "a flag is neither 0 nor 1");
    }

    public uint ReadUInt32() => (uint)(ulong)ReadScalar(4);

    public ulong ReadUInt64()
    {
        ReadOnlySpan<byte> bytes = ReadScalarBytes(8);
        ulong value = 0;
        foreach (byte digit in bytes) value = (value << 8) | digit;
        return value;
    }

    public UInt128 ReadUInt128() => (UInt128)ReadScalar(16);

    public UInt256 ReadUInt256() => ReadScalar(UInt256.Size);

    public Address ReadAddress() => new(ReadBytes(Address.Size));

    /// <summary>20 bytes, or null for the empty string.</summary>
    public Address? ReadOptionalAddress()
    {
        int start = _position;
        ReadOnlySpan<byte> bytes = ReadPayload(expectList: false);
        return bytes.Length switch
        {
            0 => null,
            Address.Size => new Address(bytes),
            _ => throw ErrorAt(start, $"an address has {Address.Size} bytes or none, not {bytes.Length}"),
        };
    }

    public Hash256 ReadHash256() => new(ReadBytes(Hash256.Size));

    /// <summary>Reads one item of either kind with its header.</summary>
    public ReadOnlySpan<byte> ReadRawItem()
    {
        int start = _position;
        ReadPayload(PeekIsList());
        return _input[start.._position];
    }

    /// <summary>The number of items that are left. Reads each header, so it also refuses a list whose items are not canonical.</summary>
    public readonly int CountItems()
    {
        RlpReader rest = this;
        int count = 0;
        while (!rest.AtEnd)
        {
            rest.ReadPayload(rest.PeekIsList());
            count++;
        }

        return count;
    }

    /// <exception cref="RlpException">Bytes are left.</exception>
    public readonly void ExpectEnd()
    {
        if (!AtEnd) throw Error($"{_input.Length - _position} bytes too many");
    }

    private UInt256 ReadScalar(int bytesMax) => UInt256.FromBigEndian(ReadScalarBytes(bytesMax));

    private ReadOnlySpan<byte> ReadScalarBytes(int bytesMax)
    {
        int start = _position;
        ReadOnlySpan<byte> bytes = ReadPayload(expectList: false);
        if (bytes.Length > bytesMax) throw ErrorAt(start, $"a number of {bytes.Length} bytes where at most {bytesMax} fit");
        if (bytes.Length > 0 && bytes[0] == 0) throw ErrorAt(start, "a number with a leading zero");
        return bytes;
    }

    private ReadOnlySpan<byte> ReadPayload(bool expectList)
    {
        if (AtEnd) throw Error("an item is missing");
        int start = _position;
        byte prefix = _input[start];
        bool isList = prefix >= 0xc0;
        if (isList != expectList)
            throw Error(expectList ? "a list was expected, a string is there" : "a string was expected, a list is there");
        if (prefix < 0x80)
        {
            _position++;
            return _input.Slice(start, 1);
        }

        int code = prefix - (isList ? 0xc0 : 0x80);
        int header = code <= 55 ? 1 : 1 + code - 55;
        int length = code <= 55 ? code : ReadLength(start + 1, code - 55);
        if (length > _input.Length - start - header) throw Error($"an item of {length} bytes passes the end");
        ReadOnlySpan<byte> payload = _input.Slice(start + header, length);
        if (!isList && length == 1 && payload[0] < 0x80) throw Error("a single byte below 0x80 has a header");
        _position = start + header + length;
        return payload;
    }

    private readonly int ReadLength(int start, int lengthBytes)
    {
        if (lengthBytes > _input.Length - start) throw Error("the length passes the end");
        ReadOnlySpan<byte> bytes = _input.Slice(start, lengthBytes);
        if (bytes[0] == 0) throw Error("a length with a leading zero");
        if (lengthBytes > 4) throw Error("an item of 4 GiB or more passes the end");
        uint length = 0;
        foreach (byte digit in bytes) length = (length << 8) | digit;
        if (length <= 55) throw Error("a length that fits the short form");
        if (length > int.MaxValue) throw Error($"an item of {length} bytes passes the end");
        return (int)length;
    }

    private readonly RlpException Error(string what) => ErrorAt(_position, what);

    private static RlpException ErrorAt(int position, string what) => new($"RLP at byte {position}: {what}.");
}

/// <summary>Bytes from outside are not the RLP that was expected. The message says what is wrong and where.</summary>
public sealed class RlpException(string message) : FormatException(message);
