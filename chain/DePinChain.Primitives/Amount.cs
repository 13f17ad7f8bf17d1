using System.Globalization;

namespace DePinChain.Primitives;

/// <summary>An amount of DPN in wei (10^-18 DPN): the only type that holds DPN in a ledger.</summary>
/// <remarks>
/// 128 bits are enough: the supply never exceeds 2.5 × 10^9 DPN = 2.5 × 10^27 wei, less than 2^92. Every operation is checked and
/// allocates nothing.
/// </remarks>
public readonly record struct Amount(UInt128 Wei) : IComparable<Amount>
{
    public const int Decimals = 18;

    private const ulong WeiPerDpn = 1_000_000_000_000_000_000;

    public static Amount Zero => default;

    /// <summary>One DPN.</summary>
    public static Amount One => new(WeiPerDpn);

    public bool IsZero => Wei == UInt128.Zero;

    /// <summary>Whole DPN.</summary>
    public static Amount FromDpn(ulong whole) => new((UInt128)whole * WeiPerDpn);

    public static Amount FromWei(UInt128 wei) => new(wei);

    /// <summary>False when <paramref name="value"/> has more than 128 bits: no account can own as much.</summary>
    public static bool TryFrom(UInt256 value, out Amount amount)
    {
        bool fits = value.FitsUInt128;
        amount = fits ? new Amount((UInt128)value) : Zero;
        return fits;
    }

    /// <summary>Reads DPN as people write them: digits, perhaps a point and at most 18 more digits, perhaps " DPN".</summary>
    /// <exception cref="FormatException">Anything else.</exception>
    /// <exception cref="OverflowException">2^128 wei or more.</exception>
    public static Amount Parse(string text)
    {
        ReadOnlySpan<char> digits = text.EndsWith(" DPN", StringComparison.Ordinal) ? text.AsSpan(0, text.Length - 4) : text;
        int point = digits.IndexOf('.');
        ReadOnlySpan<char> whole = point < 0 ? digits : digits[..point];
        ReadOnlySpan<char> fraction = point < 0 ? [] : digits[(point + 1)..];
        bool wellFormed = whole.Length > 0 && (point < 0 || fraction.Length is > 0 and <= Decimals)
            && !whole.ContainsAnyExceptInRange('0', '9') && !fraction.ContainsAnyExceptInRange('0', '9');
        if (!wellFormed)
            throw new FormatException($"\"{text}\" is not an amount: write DPN as 12 or 1.5, with at most {Decimals} decimals.");

        UInt128 wei = UInt128.Parse(whole, NumberStyles.None, CultureInfo.InvariantCulture) * WeiPerDpn;
        if (fraction.Length == 0) return new Amount(wei);
        ulong part = ulong.Parse(fraction, NumberStyles.None, CultureInfo.InvariantCulture);
        for (int i = fraction.Length; i < Decimals; i++) part *= 10;
        return new Amount(wei + part);
    }

    /// <summary>
    /// This × <paramref name="numerator"/> / <paramref name="denominator"/> with an exact 256-bit product and the named rounding.
    /// </summary>
    /// <exception cref="OverflowException">The result needs more than 128 bits.</exception>
    /// <exception cref="DivideByZeroException">The denominator is zero.</exception>
    public Amount MulDiv(UInt128 numerator, UInt128 denominator, Rounding rounding)
    {
        if (denominator == UInt128.Zero) throw new DivideByZeroException("An amount cannot be divided by zero.");
        UInt256 product = UInt256.MultiplyWide(Wei, numerator);
        UInt256 quotient = UInt256.DivRem(product, denominator, out UInt256 remainder);
        UInt128 wei = (UInt128)quotient;
        return new Amount(rounding == Rounding.Up && !remainder.IsZero ? wei + UInt128.One : wei);
    }

    /// <summary>False, and zero, when <paramref name="subtrahend"/> is more than this.</summary>
    public bool TrySubtract(Amount subtrahend, out Amount difference)
    {
        bool covered = subtrahend.Wei <= Wei;
        difference = covered ? new Amount(Wei - subtrahend.Wei) : Zero;
        return covered;
    }

    public static Amount Min(Amount left, Amount right) => left.Wei <= right.Wei ? left : right;

    public static Amount Max(Amount left, Amount right) => left.Wei >= right.Wei ? left : right;

    public UInt256 ToUInt256() => Wei;

    /// <summary>DPN without trailing zeros: "1.5 DPN".</summary>
    public override string ToString()
    {
        (UInt128 whole, UInt128 fraction) = UInt128.DivRem(Wei, WeiPerDpn);
        if (fraction == UInt128.Zero) return string.Create(CultureInfo.InvariantCulture, $"{whole} DPN");
        string decimals = ((ulong)fraction).ToString("D18", CultureInfo.InvariantCulture).TrimEnd('0');
        return string.Create(CultureInfo.InvariantCulture, $"{whole}.{decimals} DPN");
    }

    public int CompareTo(Amount other) => Wei.CompareTo(other.Wei);

    public static Amount operator +(Amount left, Amount right) => new(checked(left.Wei + right.Wei));

    public static Amount operator -(Amount left, Amount right) => new(checked(left.Wei - right.Wei));

    public static Amount operator *(Amount amount, ulong count) => new(checked(amount.Wei * count));

    public static Amount operator *(Amount amount, UInt128 count) => new(checked(amount.Wei * count));

    public static bool operator <(Amount left, Amount right) => left.Wei < right.Wei;

    public static bool operator >(Amount left, Amount right) => left.Wei > right.Wei;

    public static bool operator <=(Amount left, Amount right) => left.Wei <= right.Wei;

    public static bool operator >=(Amount left, Amount right) => left.Wei >= right.Wei;
}
