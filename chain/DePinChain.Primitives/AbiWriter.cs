using System.Buffers.Binary;
using System.Text;

namespace DePinChain.Primitives;

/// <summary>
/// Writes one frame (arguments, a tuple, or an array's elements) of Solidity's contract ABI: heads in order, dynamic values in the
/// tail.
/// </summary>
/// <remarks>
/// A nested tuple or array is written with a writer of its own and then put into its parent. The number of head words is what the types
/// say: one for each elementary or dynamic value, the sum of its parts for a static tuple or fixed array.
/// </remarks>
public sealed class AbiWriter
{
    public const int WordSize = 32;

    private readonly int _headSize;
    private byte[] _buffer;
    private int _head;
    private int _length;

    /// <param name="headWords">Words of the frame's head. Exactly as many must be written.</param>
    public AbiWriter(int headWords)
    {
        _headSize = headWords * WordSize;
        _buffer = new byte[Math.Max(_headSize, WordSize)];
        _length = _headSize;
    }

    public void WriteUInt256(UInt256 value) => value.WriteBigEndian(NextWord());

    /// <summary>Any unsigned type of at most 64 bits.</summary>
    public void WriteUInt(ulong value) => BinaryPrimitives.WriteUInt64BigEndian(NextWord()[24..], value);

    /// <summary>Any unsigned type of at most 128 bits.</summary>
    public void WriteUInt(UInt128 value) => BinaryPrimitives.WriteUInt128BigEndian(NextWord()[16..], value);

    /// <summary>Any signed type of at most 64 bits, sign-extended.</summary>
    public void WriteInt(long value) => WriteInt((Int128)value);

    /// <summary>Any signed type of at most 128 bits, sign-extended.</summary>
    public void WriteInt(Int128 value)
    {
        Span<byte> word = NextWord();
        word[..16].Fill(value < Int128.Zero ? byte.MaxValue : (byte)0);
        BinaryPrimitives.WriteInt128BigEndian(word[16..], value);
    }

    public void WriteBool(bool value) => NextWord()[WordSize - 1] = value ? (byte)1 : (byte)0;

    public void WriteAddress(Address address) => address.CopyTo(NextWord()[(WordSize - Address.Size)..]);

    /// <summary>bytes32.</summary>
    public void WriteHash(Hash256 hash) => hash.CopyTo(NextWord());

    /// <summary>bytes1 to bytes32: at the left of the word.</summary>
    public void WriteFixedBytes(ReadOnlySpan<byte> bytes) => bytes.CopyTo(NextWord());

    /// <summary>bytes.</summary>
    public void WriteBytes(ReadOnlySpan<byte> bytes)
    {
        WriteOffset();
        Span<byte> tail = ReserveTail(WordSize + Padded(bytes.Length));
        BinaryPrimitives.WriteInt32BigEndian(tail[(WordSize - 4)..], bytes.Length);
        bytes.CopyTo(tail[WordSize..]);
    }

    /// <summary>string, as UTF-8.</summary>
    public void WriteString(string text) => WriteBytes(Encoding.UTF8.GetBytes(text));

    /// <summary>A tuple or fixed array: in place when static, behind an offset when dynamic.</summary>
    public void WriteTuple(AbiWriter tuple, bool isDynamic)
    {
        ReadOnlySpan<byte> encoded = tuple.Encoded();
        if (isDynamic)
        {
            WriteOffset();
            encoded.CopyTo(ReserveTail(encoded.Length));
        }
        else
        {
            Invariant.Assert(encoded.Length == tuple._headSize, "A static ABI tuple has no tail.");
            encoded.CopyTo(_buffer.AsSpan(TakeHead(encoded.Length), encoded.Length));
        }
    }

    /// <summary>T[]: the number of elements, then the frame of <paramref name="elements"/>.</summary>
    public void WriteArray(int count, AbiWriter elements)
    {
        ReadOnlySpan<byte> encoded = elements.Encoded();
        WriteOffset();
        Span<byte> tail = ReserveTail(WordSize + encoded.Length);
        BinaryPrimitives.WriteInt32BigEndian(tail[(WordSize - 4)..], count);
        encoded.CopyTo(tail[WordSize..]);
    }

    public byte[] ToArray() => Encoded().ToArray();

    /// <summary>The encoding after a function's four selector bytes.</summary>
    public byte[] ToArray(ReadOnlySpan<byte> selector) => [.. selector, .. Encoded()];

    private ReadOnlySpan<byte> Encoded()
    {
        Invariant.Assert(_head == _headSize, "Every head word of an ABI frame is written.");
        return _buffer.AsSpan(0, _length);
    }

    private Span<byte> NextWord() => _buffer.AsSpan(TakeHead(WordSize), WordSize);

    private int TakeHead(int size)
    {
        Invariant.Assert(size <= _headSize - _head, "An ABI frame has more values than head words.");
        int start = _head;
        _head += size;
        return start;
    }

    private void WriteOffset() => BinaryPrimitives.WriteInt32BigEndian(NextWord()[(WordSize - 4)..], _length);

    // A fresh array and Array.Resize are zero, so the padding needs no clearing.
    private Span<byte> ReserveTail(int size)
    {
        int needed = _length + size;
        if (needed > _buffer.Length) Array.Resize(ref _buffer, (int)Math.Min(Array.MaxLength, Math.Max(needed, 2L * _buffer.Length)));
        Span<byte> tail = _buffer.AsSpan(_length, size);
        _length = needed;
        return tail;
    }

    private static int Padded(int length) => (length + WordSize - 1) / WordSize * WordSize;
}
