using System.Buffers.Binary;
using DePinChain.Primitives;

namespace DePinChain.Modules.Sdk;

/// <summary>One storage word as solc packs it: the first field at the least significant end, stored without leading zeros.</summary>
public static class PackedWord
{
    /// <summary>Bytes of a word.</summary>
    public const int Size = 32;

    /// <summary>A copy without leading zeros; empty for zeros alone.</summary>
    public static byte[] Trim(ReadOnlySpan<byte> word)
    {
        int start = word.IndexOfAnyExcept((byte)0);
        return start < 0 ? [] : word[start..].ToArray();
    }

    /// <summary>Writes a trimmed record into a whole word.</summary>
    public static void Expand(ReadOnlySpan<byte> record, Span<byte> word)
    {
        Invariant.Assert(record.Length <= Size && word.Length == Size, "A packed record is one word.");
        word[..(Size - record.Length)].Clear();
        record.CopyTo(word[(Size - record.Length)..]);
    }

    /// <summary>The bytes of the field that starts <paramref name="offset"/> bytes from the least significant end.</summary>
    public static Span<byte> Field(Span<byte> word, int offset, int size) => word.Slice(Size - offset - size, size);

    /// <summary>Writes a number of at most 128 bits into its field.</summary>
    public static void Write(Span<byte> word, int offset, int size, UInt128 value)
    {
        Span<byte> bytes = stackalloc byte[16];
        BinaryPrimitives.WriteUInt128BigEndian(bytes, value);
        bytes[(16 - size)..].CopyTo(Field(word, offset, size));
    }

    /// <summary>Reads a number of at most 128 bits from its field.</summary>
    public static UInt128 Read(Span<byte> word, int offset, int size)
    {
        Span<byte> bytes = stackalloc byte[16];
        bytes.Clear();
        Field(word, offset, size).CopyTo(bytes[(16 - size)..]);
        return BinaryPrimitives.ReadUInt128BigEndian(bytes);
    }

    /// <summary>A record of one number.</summary>
    public static byte[] Encode(UInt128 value)
    {
        Span<byte> bytes = stackalloc byte[16];
        BinaryPrimitives.WriteUInt128BigEndian(bytes, value);
        return Trim(bytes);
    }

    /// <summary>The number of a record of one number.</summary>
    public static UInt128 Number(ReadOnlySpan<byte> record)
    {
        Invariant.Assert(record.Length <= 16, "A stored number has at most 16 bytes.");
        Span<byte> bytes = stackalloc byte[16];
        bytes.Clear();
        record.CopyTo(bytes[(16 - record.Length)..]);
        return BinaryPrimitives.ReadUInt128BigEndian(bytes);
    }
}
