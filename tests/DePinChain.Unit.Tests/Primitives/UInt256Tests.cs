using System.Numerics;
using DePinChain.Primitives;
using FsCheck;
using FsCheck.Fluent;

namespace DePinChain.Unit.Tests.Primitives;

/// <summary>The model is BigInteger: each operation gives its result where that has 256 bits, and overflows where it has not.</summary>
public sealed class UInt256Tests
{
    private static readonly Config Many = Config.QuickThrowOnFailure.WithMaxTest(2_000);

    [Test]
    public void Sums_differences_and_products_are_exact_or_overflow() => Check((a, b) =>
    {
        BigInteger x = a.ToBigInteger(), y = b.ToBigInteger();
        return Same(x + y, UInt256.TryAdd(a, b, out UInt256 sum), sum, UInt256.AddWrapping(a, b))
            && Same(x - y, UInt256.TrySubtract(a, b, out UInt256 difference), difference, UInt256.SubtractWrapping(a, b))
            && Same(x * y, UInt256.TryMultiply(a, b, out UInt256 product), product, UInt256.MultiplyWrapping(a, b));
    });

    [Test]
    public void Operators_throw_exactly_where_the_result_does_not_fit() => Check((a, b) =>
    {
        BigInteger x = a.ToBigInteger(), y = b.ToBigInteger();
        return Overflows(() => a + b) == (x + y >= Numbers.Limit)
            && Overflows(() => a - b) == (x < y)
            && Overflows(() => a * b) == (x * y >= Numbers.Limit);
    });

    [Test]
    public void Quotient_and_remainder_are_exact() => Check((a, b) =>
    {
        if (b.IsZero) return true;
        UInt256 quotient = UInt256.DivRem(a, b, out UInt256 remainder);
        BigInteger expected = BigInteger.DivRem(a.ToBigInteger(), b.ToBigInteger(), out BigInteger rest);
        return quotient.ToBigInteger() == expected && remainder.ToBigInteger() == rest && a / b == quotient && a % b == remainder;
    });

    [Test]
    public void The_full_product_has_512_bits() => Check((a, b) =>
    {
        (UInt256 high, UInt256 low) = UInt256.MultiplyFull(a, b);
        return (high.ToBigInteger() << 256) + low.ToBigInteger() == a.ToBigInteger() * b.ToBigInteger();
    });

    [Test]
    public void MulDiv_rounds_down_and_up_and_overflows_where_the_quotient_does_not_fit() =>
        Prop.ForAll(Numbers.Any, Numbers.Any, Numbers.Any, (a, b, divisor) =>
        {
            if (divisor.IsZero) return true;
            BigInteger product = a.ToBigInteger() * b.ToBigInteger();
            BigInteger down = BigInteger.DivRem(product, divisor.ToBigInteger(), out BigInteger rest);
            return MulDivIs(a, b, divisor, Rounding.Down, down) && MulDivIs(a, b, divisor, Rounding.Up, rest.IsZero ? down : down + 1);
        }).Check(Many);

    [Test]
    public void Order_bits_and_shifts_are_the_numbers() => Check((a, b) =>
    {
        BigInteger x = a.ToBigInteger(), y = b.ToBigInteger();
        int shift = (int)((ulong)(b & 0x1ff) % 300);
        return a.CompareTo(b) == x.CompareTo(y)
            && a < b == x < y && a <= b == x <= y && a > b == x > y && a >= b == x >= y && a == b == (x == y)
            && (a & b).ToBigInteger() == (x & y) && (a | b).ToBigInteger() == (x | y) && (a ^ b).ToBigInteger() == (x ^ y)
            && (~a).ToBigInteger() == Numbers.Limit - 1 - x
            && (a << shift).ToBigInteger() == (x << shift) % Numbers.Limit
            && (a >> shift).ToBigInteger() == x >> shift
            && a.BitLength == (int)x.GetBitLength()
            && a.ByteCount == (x.IsZero ? 0 : x.GetByteCount(isUnsigned: true));
    });

    [Test]
    public void Every_text_and_byte_form_reads_back() => Check((a, _) =>
    {
        byte[] word = new byte[32];
        a.WriteBigEndian(word);
        return a.ToString() == a.ToBigInteger().ToString(System.Globalization.CultureInfo.InvariantCulture)
            && UInt256.Parse(a.ToString()) == a
            && UInt256.Parse(a.ToHex()) == a
            && Hex.TryParseQuantity(a.ToHex(), out UInt256 quantity) && quantity == a
            && UInt256.FromBigEndian(word) == a
            && UInt256.FromBigEndian(word.AsSpan(32 - a.ByteCount)) == a
            && new BigInteger(word, isUnsigned: true, isBigEndian: true) == a.ToBigInteger()
            && a.ToHash256().ToUInt256() == a;
    });

    [TestCase("0", "0x0")]
    [TestCase("1024", "0x400")]
    [TestCase("340282366920938463463374607431768211456", "0x100000000000000000000000000000000")]
    [TestCase(
        "115792089237316195423570985008687907853269984665640564039457584007913129639935",
        "0xffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff")]
    public void A_number_has_one_decimal_and_one_quantity(string text, string quantity)
    {
        Assert.That(UInt256.Parse(text).ToString(), Is.EqualTo(text));
        Assert.That(UInt256.Parse(text).ToHex(), Is.EqualTo(quantity));
    }

    [TestCase("")]
    [TestCase("0x")]
    [TestCase("-1")]
    [TestCase("+1")]
    [TestCase(" 1")]
    [TestCase("1_000")]
    [TestCase("0xg")]
    [TestCase("115792089237316195423570985008687907853269984665640564039457584007913129639936")]
    [TestCase("0x10000000000000000000000000000000000000000000000000000000000000000")]
    public void What_is_no_256_bit_number_is_refused(string text)
    {
        Assert.That(UInt256.TryParse(text, out _), Is.False);
        Assert.That(() => UInt256.Parse(text), Throws.TypeOf<FormatException>());
    }

    [Test]
    public void Division_by_zero_is_named()
    {
        Assert.That(() => UInt256.One / UInt256.Zero, Throws.TypeOf<DivideByZeroException>());
        Assert.That(() => UInt256.One % UInt256.Zero, Throws.TypeOf<DivideByZeroException>());
        Assert.That(() => UInt256.MulDiv(1, 1, 0, Rounding.Down), Throws.TypeOf<DivideByZeroException>());
    }

    [Test]
    public void Narrowing_refuses_what_does_not_fit()
    {
        UInt256 twoTo64 = (UInt256)ulong.MaxValue + 1;
        UInt256 twoTo128 = (UInt256)UInt128.MaxValue + 1;
        Assert.That((ulong)(twoTo64 - 1), Is.EqualTo(ulong.MaxValue));
        Assert.That((UInt128)(twoTo128 - 1), Is.EqualTo(UInt128.MaxValue));
        Assert.That(() => (ulong)twoTo64, Throws.TypeOf<OverflowException>());
        Assert.That(() => (UInt128)twoTo128, Throws.TypeOf<OverflowException>());
        Assert.That(() => UInt256.FromBigEndian(new byte[33]), Throws.TypeOf<ArgumentException>());
        Assert.That(UInt256.TryFrom(BigInteger.MinusOne, out _), Is.False);
        Assert.That(UInt256.TryFrom(Numbers.Limit, out _), Is.False);
    }

    [Test]
    public void Arithmetic_allocates_nothing()
    {
        UInt256 a = UInt256.MaxValue - 5, b = UInt256.Parse("0x123456789abcdef0123456789abcdef0123456789abcdef"), sum = 0;
        for (int round = 0; round < 2; round++)
        {
            long before = GC.GetAllocatedBytesForCurrentThread();
            for (ulong i = 1; i < 200; i++)
                sum ^= UInt256.MulDiv(a, b + i, a - i, Rounding.Up) + (a / (b + i)) + UInt256.MultiplyWrapping(a, b);
            long allocated = GC.GetAllocatedBytesForCurrentThread() - before;
            // The first round may compile methods on this thread.
            if (round == 1) Assert.That(allocated, Is.Zero, sum.ToHex());
        }
    }

    private static void Check(Func<UInt256, UInt256, bool> property) => Prop.ForAll(Numbers.Any, Numbers.Any, property).Check(Many);

    private static bool Same(BigInteger exact, bool fits, UInt256 result, UInt256 wrapped)
    {
        bool inRange = exact.Sign >= 0 && exact < Numbers.Limit;
        BigInteger modulo = ((exact % Numbers.Limit) + Numbers.Limit) % Numbers.Limit;
        return fits == inRange && (!fits || result.ToBigInteger() == exact) && wrapped.ToBigInteger() == modulo;
    }

    private static bool MulDivIs(UInt256 a, UInt256 b, UInt256 divisor, Rounding rounding, BigInteger expected) =>
        expected < Numbers.Limit
            ? UInt256.MulDiv(a, b, divisor, rounding).ToBigInteger() == expected
            : Overflows(() => UInt256.MulDiv(a, b, divisor, rounding));

    private static bool Overflows(Func<UInt256> operation)
    {
        try
        {
            operation();
            return false;
        }
        catch (OverflowException)
        {
            return true;
        }
    }
}
