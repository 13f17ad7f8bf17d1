using System.Numerics;
using DePinChain.Primitives;
using FsCheck;
using FsCheck.Fluent;

namespace DePinChain.Unit.Tests.Primitives;

public sealed class AmountTests
{
    private static readonly BigInteger Limit = BigInteger.One << 128;

    [TestCase("0", "0 DPN")]
    [TestCase("1", "1 DPN")]
    [TestCase("1.5", "1.5 DPN")]
    [TestCase("1.50 DPN", "1.5 DPN")]
    [TestCase("0.000000000000000001", "0.000000000000000001 DPN")]
    [TestCase("2500000000", "2500000000 DPN")]
    [TestCase("340282366920938463463.374607431768211455", "340282366920938463463.374607431768211455 DPN")]
    public void Text_reads_back_without_trailing_zeros(string text, string shown)
    {
        Assert.That(Amount.Parse(text).ToString(), Is.EqualTo(shown));
        Assert.That(Amount.Parse(shown), Is.EqualTo(Amount.Parse(text)));
    }

    [TestCase("")]
    [TestCase(".")]
    [TestCase("1.")]
    [TestCase(".5")]
    [TestCase("-1")]
    [TestCase("1,5")]
    [TestCase("1e18")]
    [TestCase("1.5 dpn")]
    [TestCase("0.0000000000000000001")]
    public void What_is_no_amount_is_refused(string text) => Assert.That(() => Amount.Parse(text), Throws.TypeOf<FormatException>());

    [TestCase("340282366920938463463.374607431768211456")]
    [TestCase("999999999999999999999999999999999999999999999")]
    public void An_amount_of_2_to_the_128_wei_overflows(string text) =>
        Assert.That(() => Amount.Parse(text), Throws.TypeOf<OverflowException>());

    [Test]
    public void One_is_ten_to_the_18_wei()
    {
        Assert.That(Amount.One.Wei, Is.EqualTo((UInt128)1_000_000_000_000_000_000));
        Assert.That(Amount.FromDpn(3), Is.EqualTo(Amount.One + Amount.One + Amount.One));
        Assert.That(Amount.One * 3UL, Is.EqualTo(Amount.FromDpn(3)));
    }

    [Test]
    public void Overflow_and_overdraft_throw()
    {
        Amount most = Amount.FromWei(UInt128.MaxValue);
        Assert.That(() => most + Amount.FromWei(1), Throws.TypeOf<OverflowException>());
        Assert.That(() => Amount.Zero - Amount.FromWei(1), Throws.TypeOf<OverflowException>());
        Assert.That(() => most * 2UL, Throws.TypeOf<OverflowException>());
        Assert.That(() => most * (UInt128)2, Throws.TypeOf<OverflowException>());
        Assert.That(() => most.MulDiv(2, 1, Rounding.Down), Throws.TypeOf<OverflowException>());
        Assert.That(() => most.MulDiv(1, 0, Rounding.Down), Throws.TypeOf<DivideByZeroException>());
        Assert.That(Amount.One.TrySubtract(Amount.FromDpn(2), out Amount none), Is.False);
        Assert.That(none, Is.EqualTo(Amount.Zero));
        Assert.That(Amount.One.TrySubtract(Amount.One, out none), Is.True);
    }

    [Test]
    public void A_number_beyond_128_bits_is_no_amount()
    {
        Assert.That(Amount.TryFrom(UInt128.MaxValue, out Amount most), Is.True);
        Assert.That(most.ToUInt256(), Is.EqualTo((UInt256)UInt128.MaxValue));
        Assert.That(Amount.TryFrom((UInt256)UInt128.MaxValue + 1, out _), Is.False);
    }

    // Hand calculation: 10 wei × 1/3 = 3.33…
    [TestCase(Rounding.Down, 3)]
    [TestCase(Rounding.Up, 4)]
    public void MulDiv_rounds_as_it_is_told(Rounding rounding, int wei) =>
        Assert.That(Amount.FromWei(10).MulDiv(1, 3, rounding).Wei, Is.EqualTo((UInt128)wei));

    [Test]
    public void MulDiv_is_the_exact_quotient_of_the_exact_product() =>
        Prop.ForAll(Numbers.Any, Numbers.Any, (first, second) =>
        {
            (UInt128 wei, UInt128 numerator, UInt128 denominator) = (first.High, first.Low, second.Low);
            if (denominator == 0) return true;
            BigInteger down = BigInteger.DivRem((BigInteger)wei * numerator, denominator, out BigInteger rest);
            return Is(Rounding.Down, down) && Is(Rounding.Up, rest.IsZero ? down : down + 1);

            bool Is(Rounding rounding, BigInteger expected)
            {
                try
                {
                    return Amount.FromWei(wei).MulDiv(numerator, denominator, rounding).Wei == expected;
                }
                catch (OverflowException)
                {
                    return expected >= Limit;
                }
            }
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(2_000));

    [Test]
    public void MulDiv_allocates_nothing()
    {
        Amount amount = Amount.FromDpn(2_500_000_000);
        for (int round = 0; round < 2; round++)
        {
            long before = GC.GetAllocatedBytesForCurrentThread();
            for (ulong i = 1; i < 200; i++) amount = amount.MulDiv(1_000_000_007 + i, 1_000_000_007 + i, Rounding.Up);
            long allocated = GC.GetAllocatedBytesForCurrentThread() - before;
            // The first round may compile methods on this thread.
            if (round == 1) Assert.That(allocated, Is.Zero);
        }

        Assert.That(amount, Is.EqualTo(Amount.FromDpn(2_500_000_000)));
    }
}
