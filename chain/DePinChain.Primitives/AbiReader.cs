using System.Buffers.Binary;
using System.Text;

namespace DePinChain.Primitives;

/// <summary>Reads one frame (arguments, a tuple, or an array's elements) of Solidity's contract ABI, strictly.</summary>
/// <remarks>
/// Refused: dirty high or low bits, a flag other than 0 and 1, offsets and lengths outside the data, text that is not UTF-8, padding
/// that is not zero, more elements or bytes than the caller allows or the data can hold, more than eight frames inside each other, and
/// encodings whose offsets make the same bytes count more than once (so that what a caller builds is never larger than what it was
/// sent).
/// </remarks>
public ref struct AbiReader
{
    public const int NestingMax = 8;

    private const int WordSize = AbiWriter.WordSize;

    private static readonly UTF8Encoding StrictUtf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    private readonly ReadOnlySpan<byte> _frame;
    private readonly Allowance _allowance;
    private readonly int _depth;
    private int _position;

    /// <param name="data">The arguments, without a function's selector.</param>
    public AbiReader(ReadOnlySpan<byte> data)
        : this(data, new Allowance(data.Length), depth: 0)
    {
    }

    private AbiReader(ReadOnlySpan<byte> frame, Allowance allowance, int depth)
    {
        _frame = frame;
        _allowance = allowance;
        _depth = depth;
        _position = 0;
    }

    public UInt256 ReadUInt256() => UInt256.FromBigEndian(NextWord());

    public UInt128 ReadUInt128() => BinaryPrimitives.ReadUInt128BigEndian(NextUnsigned(16));

    public ulong ReadUInt64() => BinaryPrimitives.ReadUInt64BigEndian(NextUnsigned(8));

    public uint ReadUInt32() => BinaryPrimitives.ReadUInt32BigEndian(NextUnsigned(4));

    public ushort ReadUInt16() => BinaryPrimitives.ReadUInt16BigEndian(NextUnsigned(2));

    public byte ReadUInt8() => NextUnsigned(1)[0];

    public Int128 ReadInt128() => BinaryPrimitives.ReadInt128BigEndian(NextSigned(16));

    public long ReadInt64() => BinaryPrimitives.ReadInt64BigEndian(NextSigned(8));

    public int ReadInt32() => BinaryPrimitives.ReadInt32BigEndian(NextSigned(4));

    public bool ReadBool()
    {
        byte flag = NextUnsigned(1)[0];
        return flag <= 1 ? flag == 1 : throw Error("a bool is neither 0 nor 1");
    }

    public Address ReadAddress() => new(NextUnsigned(Address.Size));

    /// <summary>bytes32.</summary>
    public Hash256 ReadHash() => new(NextWord());

    /// <summary>bytes<paramref name="size"/>, 1 to 32: the word's left bytes. They point into the data.</summary>
    public ReadOnlySpan<byte> ReadFixedBytes(int size)
    {
        ReadOnlySpan<byte> word = NextWord();
        if (word[size..].ContainsAnyExcept((byte)0)) throw Error($"bytes{size} with dirty low bits");
        return word[..size];
    }

    /// <summary>bytes. They point into the data.</summary>
    public ReadOnlySpan<byte> ReadBytes(int maxLength = int.MaxValue)
    {
        ReadOnlySpan<byte> tail = Follow();
        int length = ReadLength(tail, maxLength, "bytes");
        ReadOnlySpan<byte> body = tail[WordSize..];
        int padded = (int)Math.Min((length + (long)WordSize - 1) / WordSize * WordSize, int.MaxValue);
        if (padded > body.Length) throw Error($"{length} bytes with their padding pass the end");
        if (body[length..padded].ContainsAnyExcept((byte)0)) throw Error("padding that is not zero");
        Spend(WordSize + padded);
        return body[..length];
    }

    /// <summary>string.</summary>
    public string ReadString(int maxBytes = int.MaxValue)
    {
        ReadOnlySpan<byte> bytes = ReadBytes(maxBytes);
        try
        {
            return StrictUtf8.GetString(bytes);
        }
        catch (DecoderFallbackException)
        {
            throw Error("a string is not UTF-8");
        }
    }

    /// <summary>T[]: a reader of its elements' frame.</summary>
    /// <remarks>
    /// The data bound the count before anything is allocated: each element takes at least <paramref name="elementWords"/> words.
    /// </remarks>
    public AbiReader ReadArray(int maxCount, int elementWords, out int count)
    {
        ReadOnlySpan<byte> tail = Follow();
        count = ReadLength(tail, maxCount, "elements");
        int elementSize = elementWords * WordSize;
        if (count > (tail.Length - WordSize) / elementSize) throw Error($"{count} elements pass the end");
        Spend(WordSize + (count * elementSize));
        return Nested(tail[WordSize..]);
    }

    /// <inheritdoc cref="ReadArray(int, int, out int)"/>
    public AbiReader ReadArray(int maxCount, out int count) => ReadArray(maxCount, elementWords: 1, out count);

    /// <summary>A tuple or fixed array: a reader of its frame.</summary>
    /// <param name="isDynamic">True when a part of it is dynamic: it lies behind an offset.</param>
    /// <param name="headWords">The words of its head.</param>
    public AbiReader ReadTuple(bool isDynamic, int headWords = 1)
    {
        int size = headWords * WordSize;
        if (isDynamic)
        {
            ReadOnlySpan<byte> tail = Follow();
            if (size > tail.Length) throw Error("a tuple passes the end");
            Spend(size);
            return Nested(tail);
        }

        if (size > _frame.Length - _position) throw Error("a tuple passes the end");
        return Nested(TakeHead(size));
    }

    private readonly AbiReader Nested(ReadOnlySpan<byte> frame) =>
        _depth < NestingMax
            ? new AbiReader(frame, _allowance, _depth + 1)
            : throw Error($"more than {NestingMax} frames inside each other");

    private ReadOnlySpan<byte> NextWord()
    {
        if (_frame.Length - _position < WordSize) throw Error("the data end before the value");
        return TakeHead(WordSize);
    }

    // Inner frames spent their heads when they were entered; the outermost head is spent as it is read.
    private ReadOnlySpan<byte> TakeHead(int size)
    {
        ReadOnlySpan<byte> head = _frame.Slice(_position, size);
        if (_depth == 0) Spend(size);
        _position += size;
        return head;
    }

    private ReadOnlySpan<byte> NextUnsigned(int size)
    {
        ReadOnlySpan<byte> word = NextWord();
        int padding = WordSize - size;
        return word[..padding].ContainsAnyExcept((byte)0)
            ? throw Error($"a value of {8 * size} bits with dirty high bits")
            : word[padding..];
    }

    private ReadOnlySpan<byte> NextSigned(int size)
    {
        ReadOnlySpan<byte> word = NextWord();
        int padding = WordSize - size;
        byte sign = word[padding] >= 0x80 ? byte.MaxValue : (byte)0;
        return word[..padding].ContainsAnyExcept(sign)
            ? throw Error($"a signed value of {8 * size} bits with dirty high bits")
            : word[padding..];
    }

    // The frame from the offset in the next head word on.
    private ReadOnlySpan<byte> Follow()
    {
        UInt256 offset = ReadUInt256();
        return offset <= (ulong)_frame.Length ? _frame[(int)(ulong)offset..] : throw Error("an offset outside the data");
    }

    private readonly int ReadLength(ReadOnlySpan<byte> tail, int max, string unit)
    {
        if (tail.Length < WordSize) throw Error("an offset outside the data");
        UInt256 length = UInt256.FromBigEndian(tail[..WordSize]);
        return length <= (ulong)max ? (int)(ulong)length : throw Error($"{length} {unit} where at most {max} are allowed");
    }

    private readonly void Spend(int bytes)
    {
        if (!_allowance.TrySpend(bytes)) throw Error("offsets that count the same bytes more than once");
    }

    private readonly AbiException Error(string what) => new($"ABI at byte {_position} of frame depth {_depth}: {what}.");

    // Bytes that tails may still take: an honest encoding reads each byte once.
    private sealed class Allowance(int bytes)
    {
        private int _left = bytes;

        internal bool TrySpend(int count)
        {
            if (count > _left) return false;
            _left -= count;
            return true;
        }
    }
}
