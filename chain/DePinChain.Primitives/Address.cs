using System.Buffers.Binary;

namespace DePinChain.Primitives;

/// <summary>An account's 20-byte address, ordered as its bytes are (big-endian).</summary>
public readonly struct Address : IEquatable<Address>, IComparable<Address>
{
    public const int Size = 20;

    // Three big-endian words: comparing them in turn is comparing the bytes.
    private readonly ulong _head;
    private readonly ulong _middle;
    private readonly uint _tail;

    private Address(ulong head, ulong middle, uint tail)
    {
        _head = head;
        _middle = middle;
        _tail = tail;
    }

    /// <exception cref="ArgumentException">The span does not hold exactly 20 bytes.</exception>
    public Address(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length != Size) throw new ArgumentException($"An address has {Size} bytes, not {bytes.Length}.", nameof(bytes));
        _head = BinaryPrimitives.ReadUInt64BigEndian(bytes);
        _middle = BinaryPrimitives.ReadUInt64BigEndian(bytes[8..]);
        _tail = BinaryPrimitives.ReadUInt32BigEndian(bytes[16..]);
    }

    public static Address Zero => default;

    public bool IsZero => (_head | _middle | _tail) == 0;

    /// <summary>
    /// The address whose last eight bytes are <paramref name="low"/>, big-endian: modules live at such addresses (0x…1001).
    /// </summary>
    public static Address FromLow(ulong low) => new(0, low >> 32, unchecked((uint)low));

    /// <summary>Reads <c>0x</c> and 40 hexadecimal digits. Mixed case must satisfy the checksum of EIP-55.</summary>
    /// <exception cref="FormatException">Not an address, or its checksum is wrong.</exception>
    public static Address Parse(string hex) =>
        TryParse(hex, out Address address)
            ? address
            : throw new FormatException(
                $"\"{hex}\" is not an address: 0x and 40 hexadecimal digits, in one case or with the EIP-55 checksum.");

    /// <inheritdoc cref="Parse"/>
    public static bool TryParse(string? hex, out Address address)
    {
        address = default;
        if (hex is not { Length: 2 + (2 * Size) } || !hex.StartsWith("0x", StringComparison.Ordinal)) return false;
        Span<byte> bytes = stackalloc byte[Size];
        ReadOnlySpan<char> digits = hex.AsSpan(2);
        if (!Hex.TryDecode(digits, bytes)) return false;
        if (digits.ContainsAnyInRange('a', 'f') && digits.ContainsAnyInRange('A', 'F'))
        {
            Span<char> checksummed = stackalloc char[2 * Size];
            WriteChecksummed(bytes, checksummed);
            if (!checksummed.SequenceEqual(digits)) return false;
        }

        address = new Address(bytes);
        return true;
    }

    public void CopyTo(Span<byte> destination)
    {
        BinaryPrimitives.WriteUInt64BigEndian(destination, _head);
        BinaryPrimitives.WriteUInt64BigEndian(destination[8..], _middle);
        BinaryPrimitives.WriteUInt32BigEndian(destination[16..], _tail);
    }

    public byte[] ToArray()
    {
        byte[] bytes = new byte[Size];
        CopyTo(bytes);
        return bytes;
    }

    /// <summary>The address with the checksum of EIP-55.</summary>
    public override string ToString() =>
        string.Create(2 + (2 * Size), this, static (text, address) =>
        {
            Span<byte> bytes = stackalloc byte[Size];
            address.CopyTo(bytes);
            text[0] = '0';
            text[1] = 'x';
            WriteChecksummed(bytes, text[2..]);
        });

    public int CompareTo(Address other)
    {
        int order = _head.CompareTo(other._head);
        if (order == 0) order = _middle.CompareTo(other._middle);
        return order != 0 ? order : _tail.CompareTo(other._tail);
    }

    public bool Equals(Address other) => _head == other._head && _middle == other._middle && _tail == other._tail;

    public override bool Equals(object? obj) => obj is Address other && Equals(other);

    public override int GetHashCode() => HashCode.Combine(_head, _middle, _tail);

    public static bool operator ==(Address left, Address right) => left.Equals(right);

    public static bool operator !=(Address left, Address right) => !left.Equals(right);

    public static bool operator <(Address left, Address right) => left.CompareTo(right) < 0;

    public static bool operator >(Address left, Address right) => left.CompareTo(right) > 0;

    public static bool operator <=(Address left, Address right) => left.CompareTo(right) <= 0;

    public static bool operator >=(Address left, Address right) => left.CompareTo(right) >= 0;

    // EIP-55: a letter is upper case where the same nibble of keccak(lower-case digits, ASCII) is 8 or more.
    private static void WriteChecksummed(ReadOnlySpan<byte> bytes, Span<char> digits)
    {
        Span<byte> ascii = stackalloc byte[2 * Size];
        for (int i = 0; i < Size; i++)
        {
            ascii[2 * i] = Hex.Digit(bytes[i] >> 4);
            ascii[(2 * i) + 1] = Hex.Digit(bytes[i] & 15);
        }

        Span<byte> hash = stackalloc byte[Hash256.Size];
        Keccak256.Hash(ascii, hash);
        for (int i = 0; i < ascii.Length; i++)
        {
            int nibble = (i & 1) == 0 ? hash[i / 2] >> 4 : hash[i / 2] & 15;
            char digit = (char)ascii[i];
            digits[i] = nibble >= 8 ? char.ToUpperInvariant(digit) : digit;
        }
    }
}
