using System.Runtime.InteropServices;
using DePinChain.Proofs.Arithmetic;

namespace DePinChain.Proofs.Tests.Arithmetic;

/// <summary>Integers that compute what the processor's floating-point unit computes, bit for bit.</summary>
public sealed class Binary32Tests
{
    // Ends of ranges, ties, subnormals, and what is next to them.
    private static readonly uint[] Edges =
    [
        0x0000_0000, 0x8000_0000, 0x0000_0001, 0x8000_0001, 0x0000_0002, 0x007f_ffff, 0x0080_0000, 0x0080_0001, 0x3f80_0000, 0xbf80_0000,
        0x3f80_0001, 0x3f7f_ffff, 0x4000_0000, 0x3f00_0000, 0x4b00_0000, 0x4b80_0000, 0x4b80_0001, 0x7f7f_ffff, 0xff7f_ffff, 0x7f00_0000,
        0x3eaa_aaab, 0x4049_0fdb, 0x0d80_0000, 0x7280_0000, 0x42fe_0000, 0x33ff_ffff, 0x3400_0000, 0x3380_0000,
    ];

    [Test]
    public void Edges_with_edges_are_what_the_processor_says()
    {
        foreach (uint a in Edges)
        {
            foreach (uint b in Edges)
            {
                Same(a, b, "+", Of(a) + Of(b), () => Binary32.Add(a, b));
                Same(a, b, "*", Of(a) * Of(b), () => Binary32.Multiply(a, b));
                if (Of(b) != 0) Same(a, b, "/", Of(a) / Of(b), () => Binary32.Divide(a, b));
                foreach (uint c in Edges)
                {
                    uint addend = c;
                    Same(a, b, $"fma {c:x8}", MathF.FusedMultiplyAdd(Of(a), Of(b), Of(c)), () => Binary32.FusedMultiplyAdd(a, b, addend));
                }
            }
        }
    }

    // Exponents near each other, so that every distance between product and addend is met; a fixed seed.
    [Test]
    public void Random_numbers_too()
    {
        Random random = new(20_261_122);
        for (int at = 0; at < 300_000; at++)
        {
            uint a = Next(random, 100, 56), b = Next(random, 100, 56), c = Next(random, 60, 150);
            Same(a, b, $"fma {c:x8}", MathF.FusedMultiplyAdd(Of(a), Of(b), Of(c)), () => Binary32.FusedMultiplyAdd(a, b, c));
            Same(a, c, "+", Of(a) + Of(c), () => Binary32.Add(a, c));
            Same(a, b, "*", Of(a) * Of(b), () => Binary32.Multiply(a, b));
            Same(a, b, "/", Of(a) / Of(b), () => Binary32.Divide(a, b));
            int whole = random.Next(int.MinValue, int.MaxValue);
            Assert.That(Binary32.FromInteger(whole), Is.EqualTo(BitConverter.SingleToUInt32Bits(whole)), $"{whole}");
            uint near = Next(random, 118, 16);
            int rounded = (int)Math.Clamp(MathF.Round(Of(near), MidpointRounding.ToEven), -127f, 127f);
            Assert.That(Binary32.ToSignedByte(near), Is.EqualTo(rounded), $"{near:x8}");
        }
    }

    [Test]
    public void Halves_go_to_the_even_integer()
    {
        foreach ((float value, int expected) in new[]
        {
            (0.5f, 0), (1.5f, 2), (2.5f, 2), (-0.5f, 0), (-1.5f, -2), (126.5f, 126), (127.5f, 127), (300f, 127), (-1e9f, -127), (1e-40f, 0),
        })
            Assert.That(Binary32.ToSignedByte(BitConverter.SingleToUInt32Bits(value)), Is.EqualTo(expected), $"{value}");
    }

    [Test]
    public void What_is_no_number_is_said_so()
    {
        foreach (uint bad in new uint[] { 0x7f80_0000, 0xff80_0000, 0x7fc0_0000, 0x7f80_0001 })
        {
            Assert.That(Binary32.IsFinite(bad), Is.False);
            Assert.Throws<NotFiniteException>(() => Binary32.Add(bad, 0));
            Assert.Throws<NotFiniteException>(() => Binary32.Multiply(0, bad));
            Assert.Throws<NotFiniteException>(() => Binary32.ToSignedByte(bad));
        }

        Assert.Throws<NotFiniteException>(() => Binary32.Divide(0x3f80_0000, 0x8000_0000));
        Assert.Throws<NotFiniteException>(() => Binary32.Multiply(0x7f7f_ffff, 0x4000_0000));
    }

    // The sums as the profiles define them, written with the processor's arithmetic; 1,100 terms are three segments.
    [TestCase(1)]
    [TestCase(511)]
    [TestCase(513)]
    [TestCase(1_100)]
    public void A_product_is_what_the_profiles_define(int terms)
    {
        Random random = new(terms);
        float[] x = [.. Enumerable.Range(0, terms).Select(_ => (float)((random.NextDouble() * 6) - 3))];
        float[] w = [.. Enumerable.Range(0, terms).Select(_ => Brain((float)((random.NextDouble() * 0.2) - 0.1)))];
        byte[] input = MemoryMarshal.AsBytes(x.AsSpan()).ToArray(), row = MemoryMarshal.AsBytes(w.AsSpan()).ToArray();
        byte[] brain = MemoryMarshal.AsBytes(
            w.Select(static value => (ushort)(BitConverter.SingleToUInt32Bits(value) >> 16)).ToArray().AsSpan()).ToArray();

        float total = 0;
        for (int start = 0; start < terms; start += 512)
        {
            float sum = 0;
            for (int at = start; at < Math.Min(start + 512, terms); at++) sum = MathF.FusedMultiplyAdd(x[at], w[at], sum);
            total += sum;
        }

        uint expected = BitConverter.SingleToUInt32Bits(total);
        Assert.That(ExactProduct.OfSingles(input, row, isBrain: false), Is.EqualTo(expected));
        Assert.That(ExactProduct.OfSingles(input, brain, isBrain: true), Is.EqualTo(expected));

        float sx = x.Max(Math.Abs) / 127f, sw = w.Max(Math.Abs) / 127f;
        static int Whole(float value) => (int)MathF.Round(value, MidpointRounding.ToEven);
        int whole = x.Zip(w, (a, b) => Whole(a / sx) * Whole(b / sw)).Sum();
        uint bytes = BitConverter.SingleToUInt32Bits(whole * sx * sw);
        Assert.That(ExactProduct.OfBytes(input, row, isBrain: false), Is.EqualTo(bytes));
        Assert.That(ExactProduct.OfBytes(input, brain, isBrain: true), Is.EqualTo(bytes));
    }

    [Test]
    public void Nothing_times_anything_is_nothing()
    {
        byte[] zeros = new byte[16], ones = [.. Enumerable.Repeat(new byte[] { 0, 0, 128, 63 }, 4).SelectMany(static one => one)];
        Assert.That(ExactProduct.OfBytes(zeros, ones, isBrain: false), Is.Zero);
        Assert.That(ExactProduct.OfBytes(ones, zeros, isBrain: false), Is.Zero);
        Assert.That(ExactProduct.OfSingles(zeros, ones, isBrain: false), Is.Zero);
    }

    private static float Of(uint bits) => BitConverter.UInt32BitsToSingle(bits);

    private static float Brain(float value) => Of(BitConverter.SingleToUInt32Bits(value) & 0xffff_0000);

    private static uint Next(Random random, int exponent, int spread) =>
        ((uint)random.Next(2) << 31) | ((uint)(exponent + random.Next(spread)) << 23) | (uint)random.Next(1 << 23);

    private static void Same(uint a, uint b, string what, float expected, Func<uint> compute)
    {
        uint? found = null;
        try
        {
            found = compute();
        }
        catch (NotFiniteException)
        {
        }

        uint? wanted = float.IsFinite(expected) ? BitConverter.SingleToUInt32Bits(expected) : null;
        if (found != wanted) Assert.Fail($"{a:x8} {what} {b:x8}: {found:x8} instead of {wanted:x8}");
    }
}
