using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;

namespace DePinChain.Primitives;

/// <summary>
/// An unsigned 256-bit number: the ABI's and the storage's <c>uint256</c>. Checked; the text forms are in <c>UInt256Text.cs</c>.
/// </summary>
/// <remarks>Two 128-bit halves add faster than four 64-bit words or BigInteger do. No operation but text allocates.</remarks>
public readonly partial struct UInt256 : IEquatable<UInt256>, IComparable<UInt256>
{
    public const int Size = 32;

    private readonly UInt128 _high;
    private readonly UInt128 _low;

    public UInt256(UInt128 high, UInt128 low)
    {
        _high = high;
        _low = low;
    }

    public static UInt256 Zero => default;

    public static UInt256 One => new(0, 1);

    public static UInt256 MaxValue => new(UInt128.MaxValue, UInt128.MaxValue);

    /// <summary>The upper 128 bits.</summary>
    public UInt128 High => _high;

    /// <summary>The lower 128 bits.</summary>
    public UInt128 Low => _low;

    public bool IsZero => (_high | _low) == UInt128.Zero;

    public bool FitsUInt64 => _high == UInt128.Zero && _low <= ulong.MaxValue;

    public bool FitsUInt128 => _high == UInt128.Zero;

    /// <summary>The least number of bits that holds the value: 0 for zero, 256 at most.</summary>
    public int BitLength =>
        256 - (_high != UInt128.Zero ? (int)UInt128.LeadingZeroCount(_high) : 128 + (int)UInt128.LeadingZeroCount(_low));

    /// <summary>The least number of bytes that holds the value: 0 for zero, 32 at most.</summary>
    public int ByteCount => (BitLength + 7) / 8;

    /// <summary>Reads at most 32 bytes, the most significant first.</summary>
    /// <exception cref="ArgumentException">More than 32 bytes.</exception>
    public static UInt256 FromBigEndian(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length > Size)
            throw new ArgumentException($"A 256-bit number has at most {Size} bytes, not {bytes.Length}.", nameof(bytes));
        if (bytes.Length == Size)
            return new UInt256(BinaryPrimitives.ReadUInt128BigEndian(bytes), BinaryPrimitives.ReadUInt128BigEndian(bytes[16..]));
        Span<byte> padded = stackalloc byte[Size];
        padded.Clear();
        bytes.CopyTo(padded[(Size - bytes.Length)..]);
        return new UInt256(BinaryPrimitives.ReadUInt128BigEndian(padded), BinaryPrimitives.ReadUInt128BigEndian(padded[16..]));
    }

    /// <summary>Writes 32 bytes, the most significant first.</summary>
    public void WriteBigEndian(Span<byte> destination)
    {
        BinaryPrimitives.WriteUInt128BigEndian(destination, _high);
        BinaryPrimitives.WriteUInt128BigEndian(destination[16..], _low);
    }

    /// <summary>The number as a 32-byte big-endian word.</summary>
    public Hash256 ToHash256()
    {
        Span<byte> word = stackalloc byte[Size];
        WriteBigEndian(word);
        return new Hash256(word);
    }

    public static bool TryAdd(UInt256 left, UInt256 right, out UInt256 sum)
    {
        // Wrapping limbs; the carries say whether the true sum has a 257th bit.
        unchecked
        {
            UInt128 low = left._low + right._low;
            UInt128 high = left._high + right._high;
            bool overflow = high < left._high;
            if (low < left._low)
            {
                high += UInt128.One;
                overflow |= high == UInt128.Zero;
            }

            sum = new UInt256(high, low);
            return !overflow;
        }
    }

    public static bool TrySubtract(UInt256 left, UInt256 right, out UInt256 difference)
    {
        difference = SubtractWrapping(left, right);
        return left >= right;
    }

    public static bool TryMultiply(UInt256 left, UInt256 right, out UInt256 product)
    {
        UInt256 low = MultiplyWide(left._low, right._low);
        UInt256 cross = left._high == UInt128.Zero
            ? MultiplyWide(left._low, right._high)
            : MultiplyWide(left._high, right._low);
        unchecked
        {
            UInt128 high = low._high + cross._low;
            bool overflow = (left._high != UInt128.Zero && right._high != UInt128.Zero) || cross._high != UInt128.Zero || high < low._high;
            product = new UInt256(high, low._low);
            return !overflow;
        }
    }

    /// <summary>The exact product of two 128-bit numbers.</summary>
    public static UInt256 MultiplyWide(UInt128 left, UInt128 right)
    {
        unchecked
        {
            ulong leftLow = (ulong)left, leftHigh = (ulong)(left >> 64), rightLow = (ulong)right, rightHigh = (ulong)(right >> 64);
            UInt128 low = Math.BigMul(leftLow, rightLow);
            UInt128 first = Math.BigMul(leftLow, rightHigh) + (ulong)(low >> 64);
            UInt128 second = Math.BigMul(leftHigh, rightLow) + (ulong)first;
            UInt128 high = Math.BigMul(leftHigh, rightHigh) + (ulong)(first >> 64) + (ulong)(second >> 64);
            return new UInt256(high, new UInt128((ulong)second, (ulong)low));
        }
    }

    /// <summary><paramref name="a"/> × <paramref name="b"/> / <paramref name="divisor"/> with an exact 512-bit product.</summary>
    /// <exception cref="OverflowException">The result needs more than 256 bits.</exception>
    /// <exception cref="DivideByZeroException">The divisor is zero.</exception>
    public static UInt256 MulDiv(UInt256 a, UInt256 b, UInt256 divisor, Rounding rounding)
    {
        if (divisor.IsZero) ThrowDivideByZero();
        UInt256 quotient;
        UInt256 remainder;
        if (TryMultiply(a, b, out UInt256 product))
        {
            quotient = DivRem(product, divisor, out remainder);
        }
        else
        {
            (UInt256 high, UInt256 low) = MultiplyFull(a, b);
            // The quotient has more than 256 bits exactly when the product's upper half reaches the divisor.
            if (high >= divisor) ThrowOverflow();
            quotient = LimbDivision.Divide(high, low, divisor, out remainder);
        }

        return rounding == Rounding.Up && !remainder.IsZero ? quotient + One : quotient;
    }

    /// <summary>The exact 512-bit product.</summary>
    public static (UInt256 High, UInt256 Low) MultiplyFull(UInt256 a, UInt256 b)
    {
        UInt256 low = MultiplyWide(a._low, b._low);
        UInt256 first = MultiplyWide(a._low, b._high);
        UInt256 second = MultiplyWide(a._high, b._low);
        UInt256 high = MultiplyWide(a._high, b._high);
        bool carryless = TryAdd(first, second, out UInt256 middle);
        UInt256 carry = new(carryless ? UInt128.Zero : UInt128.One, middle._high);
        bool fits = TryAdd(low, new UInt256(middle._low, 0), out UInt256 bottom);
        // The sum of the parts is the true product, which has 512 bits: these additions cannot overflow.
        return (high + carry + (fits ? Zero : One), bottom);
    }

    /// <exception cref="DivideByZeroException">The divisor is zero.</exception>
    public static UInt256 DivRem(UInt256 dividend, UInt256 divisor, out UInt256 remainder)
    {
        if (divisor.IsZero) ThrowDivideByZero();
        if (dividend._high == UInt128.Zero)
        {
            if (divisor._high != UInt128.Zero)
            {
                remainder = dividend;
                return Zero;
            }

            UInt128 quotient = dividend._low / divisor._low;
            remainder = unchecked(dividend._low - (quotient * divisor._low));
            return quotient;
        }

        return LimbDivision.Divide(Zero, dividend, divisor, out remainder);
    }

    /// <summary>The sum modulo 2^256.</summary>
    public static UInt256 AddWrapping(UInt256 left, UInt256 right)
    {
        TryAdd(left, right, out UInt256 sum);
        return sum;
    }

    /// <summary>The difference modulo 2^256.</summary>
    public static UInt256 SubtractWrapping(UInt256 left, UInt256 right)
    {
        unchecked
        {
            UInt128 borrow = left._low < right._low ? UInt128.One : UInt128.Zero;
            return new UInt256(left._high - right._high - borrow, left._low - right._low);
        }
    }

    /// <summary>The product modulo 2^256.</summary>
    public static UInt256 MultiplyWrapping(UInt256 left, UInt256 right)
    {
        UInt256 low = MultiplyWide(left._low, right._low);
        return unchecked(new UInt256(low._high + (left._low * right._high) + (left._high * right._low), low._low));
    }

    public static UInt256 Min(UInt256 left, UInt256 right) => left <= right ? left : right;

    public static UInt256 Max(UInt256 left, UInt256 right) => left >= right ? left : right;

    public int CompareTo(UInt256 other)
    {
        int order = _high.CompareTo(other._high);
        return order != 0 ? order : _low.CompareTo(other._low);
    }

    public bool Equals(UInt256 other) => _high == other._high && _low == other._low;

    public override bool Equals(object? obj) => obj is UInt256 other && Equals(other);

    public override int GetHashCode() => HashCode.Combine(_high, _low);

    public static implicit operator UInt256(ulong value) => new(UInt128.Zero, value);

    public static implicit operator UInt256(UInt128 value) => new(UInt128.Zero, value);

    /// <exception cref="OverflowException">The value has more than 128 bits.</exception>
    public static explicit operator UInt128(UInt256 value)
    {
        if (!value.FitsUInt128) ThrowOverflow();
        return value._low;
    }

    /// <exception cref="OverflowException">The value has more than 64 bits.</exception>
    public static explicit operator ulong(UInt256 value)
    {
        if (!value.FitsUInt64) ThrowOverflow();
        return (ulong)value._low;
    }

    public static UInt256 operator +(UInt256 left, UInt256 right)
    {
        if (!TryAdd(left, right, out UInt256 sum)) ThrowOverflow();
        return sum;
    }

    public static UInt256 operator -(UInt256 left, UInt256 right)
    {
        if (left < right) ThrowOverflow();
        return SubtractWrapping(left, right);
    }

    public static UInt256 operator *(UInt256 left, UInt256 right)
    {
        if (!TryMultiply(left, right, out UInt256 product)) ThrowOverflow();
        return product;
    }

    public static UInt256 operator /(UInt256 left, UInt256 right) => DivRem(left, right, out _);

    public static UInt256 operator %(UInt256 left, UInt256 right)
    {
        DivRem(left, right, out UInt256 remainder);
        return remainder;
    }

    /// <summary>Bits shifted out are lost; a shift of 256 or more gives zero. The count is not negative.</summary>
    public static UInt256 operator <<(UInt256 value, int count) => count switch
    {
        0 => value,
        >= 256 => Zero,
        >= 128 => new UInt256(value._low << (count - 128), 0),
        _ => new UInt256((value._high << count) | (value._low >> (128 - count)), value._low << count),
    };

    /// <inheritdoc cref="op_LeftShift"/>
    public static UInt256 operator >>(UInt256 value, int count) => count switch
    {
        0 => value,
        >= 256 => Zero,
        >= 128 => new UInt256(0, value._high >> (count - 128)),
        _ => new UInt256(value._high >> count, (value._low >> count) | (value._high << (128 - count))),
    };

    public static UInt256 operator &(UInt256 left, UInt256 right) => new(left._high & right._high, left._low & right._low);

    public static UInt256 operator |(UInt256 left, UInt256 right) => new(left._high | right._high, left._low | right._low);

    public static UInt256 operator ^(UInt256 left, UInt256 right) => new(left._high ^ right._high, left._low ^ right._low);

    public static UInt256 operator ~(UInt256 value) => new(~value._high, ~value._low);

    public static bool operator ==(UInt256 left, UInt256 right) => left.Equals(right);

    public static bool operator !=(UInt256 left, UInt256 right) => !left.Equals(right);

    public static bool operator <(UInt256 left, UInt256 right) =>
        left._high < right._high || (left._high == right._high && left._low < right._low);

    public static bool operator >(UInt256 left, UInt256 right) => right < left;

    public static bool operator <=(UInt256 left, UInt256 right) => !(right < left);

    public static bool operator >=(UInt256 left, UInt256 right) => !(left < right);

    [DoesNotReturn]
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void ThrowOverflow() => throw new OverflowException("The result does not fit: a 256-bit operation overflowed.");

    [DoesNotReturn]
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void ThrowDivideByZero() => throw new DivideByZeroException("A 256-bit number was divided by zero.");
}
