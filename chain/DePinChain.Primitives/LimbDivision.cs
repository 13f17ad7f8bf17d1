namespace DePinChain.Primitives;

/// <summary>
/// Long division of up to 512 by up to 256 bits: Knuth, The Art of Computer Programming, vol. 2, 4.3.1, algorithm D, with 32-bit
/// digits.
/// </summary>
internal static class LimbDivision
{
    private const int DividendDigits = 16;
    private const int DivisorDigits = 8;

    /// <summary>(high · 2^256 + low) / divisor. The caller has checked that the divisor is not zero and high is less than it.</summary>
    internal static UInt256 Divide(UInt256 high, UInt256 low, UInt256 divisor, out UInt256 remainder)
    {
        Span<uint> dividend = stackalloc uint[DividendDigits + 1];
        Span<uint> digits = stackalloc uint[DivisorDigits];
        Span<uint> quotient = stackalloc uint[DividendDigits + 1];
        quotient.Clear();
        int shift = (32 - (divisor.BitLength % 32)) % 32;
        int divisorCount = (divisor.BitLength + 31) / 32;
        Split(divisor << shift, digits);
        Split(low << shift, dividend);
        // Normalised: the bits that the shift pushes out of the low half enter the high half, those of the high half a 17th digit.
        UInt256 carried = shift == 0 ? UInt256.Zero : low >> (256 - shift);
        Split((high << shift) | carried, dividend[DivisorDigits..]);
        dividend[DividendDigits] = shift == 0 ? 0 : (uint)(ulong)(high >> (256 - shift));

        int dividendCount = high.IsZero ? DivisorDigits : DividendDigits;
        if (divisorCount == 1)
            DivideByDigit(dividend[..(dividendCount + 1)], digits[0], quotient);
        else
            DivideNormalised(dividend[..(dividendCount + 1)], digits[..divisorCount], quotient);

        remainder = Join(dividend) >> shift;
        return Join(quotient);
    }

    private static void DivideByDigit(Span<uint> dividend, uint divisor, Span<uint> quotient)
    {
        ulong rest = 0;
        for (int i = dividend.Length - 1; i >= 0; i--)
        {
            ulong part = (rest << 32) | dividend[i];
            quotient[i] = unchecked((uint)(part / divisor));
            rest = part % divisor;
            dividend[i] = 0;
        }

        dividend[0] = (uint)rest;
    }

    // Leaves the remainder in the dividend. The divisor has its top bit set and at least two digits.
    private static void DivideNormalised(Span<uint> dividend, ReadOnlySpan<uint> divisor, Span<uint> quotient)
    {
        int count = divisor.Length;
        ulong first = divisor[count - 1];
        ulong second = divisor[count - 2];
        for (int j = dividend.Length - 1 - count; j >= 0; j--)
        {
            // D3: estimate from the two leading digits; at most two corrections.
            ulong top = ((ulong)dividend[j + count] << 32) | dividend[j + count - 1];
            ulong estimate = top / first;
            ulong rest = top % first;
            while (estimate > uint.MaxValue || unchecked(estimate * second) > ((rest << 32) | dividend[j + count - 2]))
            {
                estimate--;
                rest += first;
                if (rest > uint.MaxValue) break;
            }

            if (SubtractMultiple(dividend.Slice(j, count + 1), divisor, unchecked((uint)estimate)))
            {
                estimate--;
                AddBack(dividend.Slice(j, count + 1), divisor);
            }

            quotient[j] = unchecked((uint)estimate);
        }
    }

    // D4: true when the estimate was one too large.
    private static bool SubtractMultiple(Span<uint> window, ReadOnlySpan<uint> divisor, uint factor)
    {
        unchecked
        {
            ulong carry = 0;
            for (int i = 0; i < divisor.Length; i++)
            {
                carry += (ulong)factor * divisor[i];
                uint digit = (uint)carry;
                carry >>= 32;
                if (window[i] < digit) carry++;
                window[i] -= digit;
            }

            bool negative = window[divisor.Length] < carry;
            window[divisor.Length] -= (uint)carry;
            return negative;
        }
    }

    // D6.
    private static void AddBack(Span<uint> window, ReadOnlySpan<uint> divisor)
    {
        unchecked
        {
            ulong carry = 0;
            for (int i = 0; i < divisor.Length; i++)
            {
                carry += (ulong)window[i] + divisor[i];
                window[i] = (uint)carry;
                carry >>= 32;
            }

            window[divisor.Length] += (uint)carry;
        }
    }

    private static void Split(UInt256 value, Span<uint> digits)
    {
        unchecked
        {
            for (int i = 0; i < 4; i++)
            {
                digits[i] = (uint)(value.Low >> (32 * i));
                digits[i + 4] = (uint)(value.High >> (32 * i));
            }
        }
    }

    private static UInt256 Join(ReadOnlySpan<uint> digits) =>
        new(
            new UInt128(((ulong)digits[7] << 32) | digits[6], ((ulong)digits[5] << 32) | digits[4]),
            new UInt128(((ulong)digits[3] << 32) | digits[2], ((ulong)digits[1] << 32) | digits[0]));
}
