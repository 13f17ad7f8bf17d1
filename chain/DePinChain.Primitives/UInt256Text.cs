using System.Globalization;
using System.Numerics;

namespace DePinChain.Primitives;

public readonly partial struct UInt256
{
    // 10^19 is the largest power of ten in a word: a number has at most five such groups (78 digits).
    private const ulong Group = 10_000_000_000_000_000_000;
    private const int GroupDigits = 19;
    private const int DecimalDigitsMax = 78;

    /// <summary>Reads decimal digits, or <c>0x</c> and 1 to 64 hexadecimal digits.</summary>
    /// <exception cref="FormatException">Anything else, or a number of more than 256 bits.</exception>
    public static UInt256 Parse(string text) =>
        TryParse(text, out UInt256 value)
            ? value
            : throw new FormatException($"\"{text}\" is not a 256-bit number: decimal digits, or 0x and at most 64 hexadecimal digits.");

    /// <inheritdoc cref="Parse"/>
    public static bool TryParse(string? text, out UInt256 value)
    {
        value = default;
        if (string.IsNullOrEmpty(text)) return false;
        return text.StartsWith("0x", StringComparison.Ordinal) ? TryParseHex(text.AsSpan(2), out value) : TryParseDecimal(text, out value);
    }

    /// <summary>Decimal digits.</summary>
    public override string ToString()
    {
        if (FitsUInt128) return _low.ToString(CultureInfo.InvariantCulture);
        Span<char> digits = stackalloc char[DecimalDigitsMax + 2];
        int start = digits.Length;
        UInt256 rest = this;
        while (!rest.IsZero)
        {
            rest = DivRem(rest, Group, out UInt256 group);
            ulong part = (ulong)group;
            for (int i = 0; i < GroupDigits && (part != 0 || !rest.IsZero); i++)
            {
                digits[--start] = (char)('0' + (int)(part % 10));
                part /= 10;
            }
        }

        return new string(digits[start..]);
    }

    /// <summary>A QUANTITY: <c>0x</c> and hexadecimal digits without leading zeros.</summary>
    public string ToHex() => _high == UInt128.Zero
        ? string.Create(CultureInfo.InvariantCulture, $"0x{_low:x}")
        : string.Create(CultureInfo.InvariantCulture, $"0x{_high:x}{_low:x32}");

    public BigInteger ToBigInteger()
    {
        Span<byte> bytes = stackalloc byte[Size];
        WriteBigEndian(bytes);
        return new BigInteger(bytes, isUnsigned: true, isBigEndian: true);
    }

    /// <summary>False when <paramref name="number"/> is negative or has more than 256 bits.</summary>
    public static bool TryFrom(BigInteger number, out UInt256 value)
    {
        value = default;
        if (number.Sign < 0 || number.GetByteCount(isUnsigned: true) > Size) return false;
        Span<byte> bytes = stackalloc byte[Size];
        number.TryWriteBytes(bytes, out int written, isUnsigned: true, isBigEndian: true);
        value = FromBigEndian(bytes[..written]);
        return true;
    }

    private static bool TryParseHex(ReadOnlySpan<char> digits, out UInt256 value)
    {
        value = default;
        if (digits.Length is 0 or > 2 * Size) return false;
        UInt256 read = Zero;
        foreach (char digit in digits)
        {
            if (!char.IsAsciiHexDigit(digit)) return false;
            read = (read << 4) | (ulong)(digit <= '9' ? digit - '0' : (digit | 0x20) - 'a' + 10);
        }

        value = read;
        return true;
    }

    private static bool TryParseDecimal(ReadOnlySpan<char> digits, out UInt256 value)
    {
        value = default;
        UInt256 read = Zero;
        foreach (char digit in digits)
        {
            if (!char.IsAsciiDigit(digit)) return false;
            if (!TryMultiply(read, 10, out read) || !TryAdd(read, (ulong)(digit - '0'), out read)) return false;
        }

        value = read;
        return true;
    }
}
