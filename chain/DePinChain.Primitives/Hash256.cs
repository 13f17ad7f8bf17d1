using System.Buffers.Binary;

namespace DePinChain.Primitives;

/// <summary>A 32-byte digest, ordered as its bytes are (big-endian).</summary>
public readonly struct Hash256 : IEquatable<Hash256>, IComparable<Hash256>
{
    public const int Size = 32;

    // Four big-endian words: comparing them in turn is comparing the bytes.
    private readonly ulong _w0;
    private readonly ulong _w1;
    private readonly ulong _w2;
    private readonly ulong _w3;

    internal Hash256(ulong w0, ulong w1, ulong w2, ulong w3)
    {
        _w0 = w0;
        _w1 = w1;
        _w2 = w2;
        _w3 = w3;
    }

    /// <exception cref="ArgumentException">The span does not hold exactly 32 bytes.</exception>
    public Hash256(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length != Size) throw new ArgumentException($"A hash has {Size} bytes, not {bytes.Length}.", nameof(bytes));
        _w0 = BinaryPrimitives.ReadUInt64BigEndian(bytes);
        _w1 = BinaryPrimitives.ReadUInt64BigEndian(bytes[8..]);
        _w2 = BinaryPrimitives.ReadUInt64BigEndian(bytes[16..]);
        _w3 = BinaryPrimitives.ReadUInt64BigEndian(bytes[24..]);
    }

    public static Hash256 Zero => default;

    public bool IsZero => (_w0 | _w1 | _w2 | _w3) == 0;

    /// <summary>Reads <c>0x</c> and 64 hexadecimal digits of either case.</summary>
    /// <exception cref="FormatException">Anything else.</exception>
    public static Hash256 Parse(string hex) =>
        TryParse(hex, out Hash256 hash) ? hash : throw new FormatException($"\"{hex}\" is not a hash: 0x and 64 hexadecimal digits.");

    /// <inheritdoc cref="Parse"/>
    public static bool TryParse(string? hex, out Hash256 hash)
    {
        hash = default;
        if (hex is not { Length: 2 + (2 * Size) } || !hex.StartsWith("0x", StringComparison.Ordinal)) return false;
        Span<byte> bytes = stackalloc byte[Size];
        if (!Hex.TryDecode(hex.AsSpan(2), bytes)) return false;
        hash = new Hash256(bytes);
        return true;
    }

    public void CopyTo(Span<byte> destination)
    {
        BinaryPrimitives.WriteUInt64BigEndian(destination, _w0);
        BinaryPrimitives.WriteUInt64BigEndian(destination[8..], _w1);
        BinaryPrimitives.WriteUInt64BigEndian(destination[16..], _w2);
        BinaryPrimitives.WriteUInt64BigEndian(destination[24..], _w3);
    }

    public byte[] ToArray()
    {
        byte[] bytes = new byte[Size];
        CopyTo(bytes);
        return bytes;
    }

    /// <summary>The digest read as a big-endian number.</summary>
    public UInt256 ToUInt256() => new(new UInt128(_w0, _w1), new UInt128(_w2, _w3));

    /// <summary><c>0x</c> and 64 lower-case digits.</summary>
    public override string ToString()
    {
        Span<byte> bytes = stackalloc byte[Size];
        CopyTo(bytes);
        return Hex.Encode(bytes);
    }

    public int CompareTo(Hash256 other)
    {
        int order = _w0.CompareTo(other._w0);
        if (order == 0) order = _w1.CompareTo(other._w1);
        if (order == 0) order = _w2.CompareTo(other._w2);
        return order != 0 ? order : _w3.CompareTo(other._w3);
    }

    public bool Equals(Hash256 other) => _w0 == other._w0 && _w1 == other._w1 && _w2 == other._w2 && _w3 == other._w3;

    public override bool Equals(object? obj) => obj is Hash256 other && Equals(other);

    public override int GetHashCode() => HashCode.Combine(_w0, _w1, _w2, _w3);

    public static bool operator ==(Hash256 left, Hash256 right) => left.Equals(right);

    public static bool operator !=(Hash256 left, Hash256 right) => !left.Equals(right);

    public static bool operator <(Hash256 left, Hash256 right) => left.CompareTo(right) < 0;

    public static bool operator >(Hash256 left, Hash256 right) => left.CompareTo(right) > 0;

    public static bool operator <=(Hash256 left, Hash256 right) => left.CompareTo(right) <= 0;

    public static bool operator >=(Hash256 left, Hash256 right) => left.CompareTo(right) >= 0;
}
