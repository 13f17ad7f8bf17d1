using System.Text.Json;
using DePinChain.Primitives;

namespace DePinChain.Rpc.Protocol;

/// <summary>Reads positional parameters one after the other straight from the body.</summary>
/// <remarks>
/// The first fault sticks: later reads return defaults and <see cref="Finish"/> tells the fault, so a method lists what it
/// takes without a branch after each line. Nothing is allocated while the parameters are right.
/// </remarks>
internal ref partial struct ParameterReader
{
    private static readonly JsonReaderOptions Options = new() { MaxDepth = RequestScanner.DepthMax };

    private Utf8JsonReader _reader;
    private bool _atEnd;
    private int _index = -1;
    private string? _fault;

    /// <param name="parameters">The JSON of <c>params</c>, already scanned as well formed; empty when the member is absent.</param>
    public ParameterReader(ReadOnlySpan<byte> parameters)
    {
        _reader = new Utf8JsonReader(parameters, Options);
        _atEnd = parameters.Length == 0;
        if (_atEnd) return;
        _reader.Read();
        _atEnd = _reader.TokenType != JsonTokenType.StartArray;
        if (_reader.TokenType == JsonTokenType.StartObject) _fault = "non-array args";
    }

    /// <summary>The first fault, or a complaint about parameters beyond those that were read; null when all is well.</summary>
    public RpcError? Finish()
    {
        if (_fault is null && !_atEnd)
        {
            _reader.Read();
            if (_reader.TokenType != JsonTokenType.EndArray) _fault = $"too many arguments, want at most {_index + 1}";
        }

        return _fault is null ? null : RpcError.InvalidParams(_fault);
    }

    public Address ReadAddress()
    {
        Span<byte> bytes = stackalloc byte[Address.Size];
        return ReadFixed(bytes, isRequired: true) ? new Address(bytes) : default;
    }

    public Hash256 ReadHash()
    {
        Span<byte> bytes = stackalloc byte[Hash256.Size];
        return ReadFixed(bytes, isRequired: true) ? new Hash256(bytes) : default;
    }

    /// <summary>A QUANTITY of at most 64 bits.</summary>
    public ulong ReadQuantity() => Next(isRequired: true) ? QuantityHere() : 0;

    /// <summary>A QUANTITY or, as some callers of fee history and depin_ send, a plain JSON integer.</summary>
    public ulong ReadNumber() => ReadOptionalNumber(isRequired: true) ?? 0;

    /// <inheritdoc cref="ReadNumber"/>
    public ulong? ReadOptionalNumber(bool isRequired = false)
    {
        if (!Next(isRequired)) return null;
        if (_reader.TokenType == JsonTokenType.Number)
        {
            if (_reader.TryGetUInt64(out ulong number)) return number;
            Fail("not a whole number of 64 bits");
            return null;
        }

        return QuantityHere();
    }

    /// <summary>A QUANTITY of at most 256 bits; null when absent.</summary>
    public UInt256? ReadOptionalWideQuantity() => Next(isRequired: false) ? WideQuantityHere() : null;

    /// <summary>Passes over a parameter of any kind, present or not.</summary>
    public void SkipOptional()
    {
        if (Next(isRequired: false)) _reader.Skip();
    }

    /// <summary>DATA of at most <paramref name="sizeMax"/> bytes; a raw transaction or a message.</summary>
    public byte[] ReadData(int sizeMax)
    {
        if (!Next(isRequired: true) || !IsString()) return [];
        string? fault = HexText.ReadData(TextHere(), sizeMax, out byte[] bytes);
        if (fault is not null) Fail(fault);
        return bytes;
    }

    /// <summary>A storage key: 32 bytes of DATA, or a QUANTITY as web3.js sends it.</summary>
    public StorageKey ReadStorageKey() => Next(isRequired: true) ? StorageKeyHere() : default;

    /// <summary>An array of storage keys, at most <paramref name="countMax"/>.</summary>
    public List<StorageKey> ReadStorageKeys(int countMax)
    {
        var keys = new List<StorageKey>();
        if (!Next(isRequired: true)) return keys;
        if (_reader.TokenType != JsonTokenType.StartArray)
        {
            Fail("not an array of storage keys");
            return keys;
        }

        while (_fault is null && _reader.Read() && _reader.TokenType != JsonTokenType.EndArray)
        {
            if (keys.Count == countMax) Fail($"too many storage keys, want at most {countMax}");
            keys.Add(StorageKeyHere());
        }

        return keys;
    }

    /// <summary>False when the parameter is absent.</summary>
    public bool ReadOptionalBoolean()
    {
        if (!Next(isRequired: false)) return false;
        if (_reader.TokenType is JsonTokenType.True or JsonTokenType.False) return _reader.GetBoolean();
        Fail("not a boolean");
        return false;
    }

    /// <summary>Text of at most <paramref name="lengthMax"/> UTF-8 bytes.</summary>
    public string ReadString(int lengthMax)
    {
        if (!Next(isRequired: true) || !IsString()) return "";
        ReadOnlySpan<byte> text = TextHere();
        if (text.Length <= lengthMax) return System.Text.Encoding.UTF8.GetString(text);
        Fail($"text of {text.Length} bytes, want at most {lengthMax}");
        return "";
    }

    /// <summary>Percentiles between 0 and 100 in ascending order, at most <paramref name="countMax"/>; null when absent.</summary>
    public List<double>? ReadPercentiles(int countMax)
    {
        if (!Next(isRequired: false)) return null;
        var percentiles = new List<double>();
        if (_reader.TokenType != JsonTokenType.StartArray) Fail("not an array of percentiles");
        while (_fault is null && _reader.Read() && _reader.TokenType != JsonTokenType.EndArray)
        {
            double percentile = _reader.TokenType == JsonTokenType.Number && _reader.TryGetDouble(out double value) ? value : -1;
            if (percentile is not (>= 0 and <= 100)) Fail("invalid reward percentile: want numbers from 0 to 100");
            else if (percentiles.Count > 0 && percentile < percentiles[^1]) Fail("invalid reward percentile: want ascending order");
            else if (percentiles.Count == countMax) Fail($"over the query limit {countMax} of reward percentiles");
            percentiles.Add(percentile);
        }

        return percentiles;
    }

    /// <summary>Latest when absent, a height or tag, or for a state query also a hash or an EIP-1898 object.</summary>
    public BlockSelector ReadOptionalBlock() => Next(isRequired: false) ? BlockHere(acceptsObject: true) : BlockSelector.Latest;

    /// <summary>A height or a tag.</summary>
    public BlockSelector ReadBlockNumber() => Next(isRequired: true) ? BlockHere(acceptsObject: false) : BlockSelector.Latest;

    /// <summary>A height or a tag, required, or a hash or an EIP-1898 object.</summary>
    public BlockSelector ReadBlock() => Next(isRequired: true) ? BlockHere(acceptsObject: true) : BlockSelector.Latest;

    /// <summary>A height as hex or plain number, or a tag; latest when absent.</summary>
    public BlockSelector ReadOptionalHeight()
    {
        if (!Next(isRequired: false)) return BlockSelector.Latest;
        if (_reader.TokenType != JsonTokenType.Number) return BlockHere(acceptsObject: false);
        if (_reader.TryGetUInt64(out ulong number)) return BlockSelector.At(number);
        Fail("not a whole number of 64 bits");
        return default;
    }

    private void Fail(string fault) => _fault ??= $"invalid argument {_index}: {fault}";

    /// <summary>Steps to the next parameter; false when it is absent or null, or a fault stands.</summary>
    private bool Next(bool isRequired)
    {
        if (_fault is not null) return false;
        _index++;
        if (!_atEnd)
        {
            _reader.Read();
            _atEnd = _reader.TokenType == JsonTokenType.EndArray;
        }

        bool isPresent = !_atEnd && _reader.TokenType != JsonTokenType.Null;
        if (!isPresent && isRequired) _fault = $"missing value for required argument {_index}";
        return isPresent;
    }

    private bool IsString()
    {
        if (_reader.TokenType == JsonTokenType.String) return true;
        Fail("not a string");
        return false;
    }

    /// <summary>The text of the string here; escapes are legal JSON, if odd, in hex.</summary>
    private readonly ReadOnlySpan<byte> TextHere()
    {
        if (!_reader.ValueIsEscaped) return _reader.ValueSpan;
        byte[] text = new byte[_reader.ValueSpan.Length];
        return text.AsSpan(0, _reader.CopyString(text));
    }

    private bool ReadFixed(scoped Span<byte> destination, bool isRequired) => Next(isRequired) && FixedHere(destination);

    private bool FixedHere(scoped Span<byte> destination)
    {
        if (!IsString()) return false;
        string? fault = HexText.ReadFixed(TextHere(), destination);
        if (fault is not null) Fail(fault);
        return fault is null;
    }

    private ulong QuantityHere()
    {
        if (!IsString()) return 0;
        string? fault = HexText.ReadQuantity(TextHere(), out ulong value);
        if (fault is not null) Fail(fault);
        return value;
    }

    private UInt256 WideQuantityHere()
    {
        if (!IsString()) return default;
        string? fault = HexText.ReadQuantity(TextHere(), out UInt256 value);
        if (fault is not null) Fail(fault);
        return value;
    }

    private StorageKey StorageKeyHere()
    {
        if (!IsString()) return default;
        ReadOnlySpan<byte> text = TextHere();
        Span<byte> word = stackalloc byte[Hash256.Size];
        string? fault = HexText.ReadFixed(text, word);
        if (fault is null) return new StorageKey(new Hash256(word), IsNumber: false);

        // geth pads shorter hex on the left, odd digits and leading zeros included.
        if (text.Length is < 3 or > 66 || text[0] != (byte)'0' || text[1] is not ((byte)'x' or (byte)'X'))
        {
            Fail(text.Length > 66 ? "hex string too long, want at most 32 bytes" : fault);
            return default;
        }

        Span<byte> padded = stackalloc byte[66];
        padded.Fill((byte)'0');
        padded[1] = (byte)'x';
        text[2..].CopyTo(padded[(68 - text.Length)..]);
        if (HexText.ReadFixed(padded, word) is { } invalid) Fail(invalid);
        return new StorageKey(new Hash256(word), IsNumber: true);
    }

    private BlockSelector BlockHere(bool acceptsObject)
    {
        if (acceptsObject && _reader.TokenType == JsonTokenType.StartObject) return BlockObjectHere();
        if (!IsString()) return default;
        ReadOnlySpan<byte> text = TextHere();
        if (BlockSelector.FromTag(text) is { } tag) return tag;
        if (acceptsObject && text.Length == 2 + (2 * Hash256.Size))
        {
            Span<byte> bytes = stackalloc byte[Hash256.Size];
            return FixedHere(bytes) ? BlockSelector.Of(new Hash256(bytes)) : default;
        }

        return BlockSelector.At(QuantityHere());
    }

    /// <summary>EIP-1898: exactly one of blockNumber and blockHash, and perhaps requireCanonical.</summary>
    private BlockSelector BlockObjectHere()
    {
        BlockSelector? byNumber = null, byHash = null;
        Span<byte> bytes = stackalloc byte[Hash256.Size];
        while (_fault is null && _reader.Read() && _reader.TokenType == JsonTokenType.PropertyName)
        {
            bool isNumber = _reader.ValueTextEquals("blockNumber"u8), isHash = _reader.ValueTextEquals("blockHash"u8);
            _reader.Read();
            if (_reader.TokenType == JsonTokenType.Null) continue;
            if (isNumber) byNumber = BlockHere(acceptsObject: false);
            else if (isHash && FixedHere(bytes)) byHash = BlockSelector.Of(new Hash256(bytes));
            else _reader.Skip();
        }

        if (byNumber is not null && byHash is not null) Fail("cannot specify both BlockHash and BlockNumber, choose one or the other");
        else if (byNumber is null && byHash is null) Fail("a block object needs blockNumber or blockHash");
        return byNumber ?? byHash ?? default;
    }
}
