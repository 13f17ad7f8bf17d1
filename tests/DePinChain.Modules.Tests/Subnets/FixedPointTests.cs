using System.Globalization;
using System.Numerics;
using System.Text.Json;
using DePinChain.Modules.Subnets.Yuma;
using FsCheck;
using FsCheck.Fluent;

namespace DePinChain.Modules.Tests.Subnets;

/// <summary>The arithmetic of epochs: subtensor's known answers, and big integers as the rule.</summary>
public sealed class FixedPointTests
{
    private static readonly BigInteger One = BigInteger.One << 32;

    private static IEnumerable<JsonElement> Medians =>
        KnownAnswers.Of("math.json", "weighted_median").Where(static one => one.TryGetProperty("score", out _));

    private static IEnumerable<JsonElement> Columns => KnownAnswers.Of("math.json", "weighted_median_col");

    private static IEnumerable<JsonElement> Tops => KnownAnswers.Of("math.json", "is_topk");

    private static IEnumerable<JsonElement> Scales => KnownAnswers.Of("math.json", "vec_max_upscale_to_u16");

    private static IEnumerable<JsonElement> StoredScales => KnownAnswers.Of("math.json", "vec_u16_max_upscale_to_u16");

    [TestCaseSource(nameof(Medians))]
    public void The_median_is_subtensors(JsonElement one) => Assert.That(
        MedianOf(
            one.GetProperty("stake").Numbers(static x => x.Fixed(single: true)),
            one.GetProperty("score").Numbers(static x => x.Fixed(single: true)),
            one.GetProperty("majority").Fixed(single: true)),
        Is.EqualTo(one.GetProperty("expected").Fixed(single: true)));

    [TestCaseSource(nameof(Columns))]
    public void The_median_of_each_column_is_subtensors(JsonElement one)
    {
        long[] stake = one.GetProperty("stake").Numbers(static x => x.Fixed(single: true));
        long[][] rows = one.GetProperty("weights_rows").Numbers(static row => row.Numbers(static x => x.Fixed(single: true)));
        int[] active = [.. Enumerable.Range(0, stake.Length).Where(row => stake[row] > 0)];
        long[] medians = [.. Enumerable.Range(0, rows[0].Length).Select(column => MedianOf(
            [.. active.Select(row => stake[row])], [.. active.Select(row => rows[row][column])],
            one.GetProperty("majority").Fixed(single: true)))];
        Assert.That(medians, Is.EqualTo(one.GetProperty("expected_columns").Numbers(static x => x.Fixed(single: true))));
    }

    [TestCaseSource(nameof(Tops))]
    public void The_top_is_subtensors(JsonElement one)
    {
        long[] values = one.GetProperty("vector").Numbers(static x => x.Fixed(single: true));
        bool[] marked = new bool[values.Length];
        Selection.MarkTop(values, one.GetProperty("k").GetInt32(), marked, new ulong[values.Length]);
        Assert.That(marked, Is.EqualTo(one.GetProperty("expected").Numbers(static x => x.GetBoolean())));
    }

    [Test]
    public void Of_equal_values_the_lower_index_is_left_out()
    {
        bool[] marked = new bool[4];
        Selection.MarkTop([5, 5, 5, 5], 3, marked, new ulong[4]);
        Assert.That(marked, Is.EqualTo(new[] { false, true, true, true }));
    }

    [TestCaseSource(nameof(Scales))]
    public void Values_are_scaled_as_by_subtensor(JsonElement one)
    {
        long[] values = one.GetProperty("vector_f32").Numbers(static x => x.Fixed(single: true));
        ushort[] scaled = new ushort[values.Length];
        WeightScale.Upscale(values, scaled);
        Assert.That(scaled, Is.EqualTo(one.GetProperty("expected_u16").Numbers(static x => x.GetUInt16())));
    }

    [TestCaseSource(nameof(StoredScales))]
    public void Stored_weights_are_scaled_as_by_subtensor(JsonElement one)
    {
        ushort[] weights = one.GetProperty("vector").Numbers(static x => x.GetUInt16());
        WeightScale.Upscale(weights);
        Assert.That(weights, Is.EqualTo(one.GetProperty("expected").Numbers(static x => x.GetUInt16())));
    }

    [Test]
    public void The_sigmoid_is_subtensors()
    {
        JsonElement one = KnownAnswers.Of("math.json", "sigmoid_safe").Single();
        long rho = FixedPoint.FromInteger(one.GetProperty("rho").GetInt32());
        long kappa = one.GetProperty("kappa").Fixed();
        double[] values = one.GetProperty("x_f32").Numbers(
            x => (double)FixedPoint.Sigmoid(x.Fixed(single: true), rho, kappa) / FixedPoint.One);

        // The source compares after rounding to binary32 and prints ten digits.
        Assert.That(values, Is.EqualTo(one.GetProperty("expected").Numbers(static x => x.GetDouble())).Within(2e-7));
    }

    [Test]
    public void One_minus_nine_tenths_has_subtensors_bits()
    {
        string bits = KnownAnswers.Of("math.json", "fixed: 1 - ").Single().GetProperty("expected_bits_hex").GetString()!;
        long ninetenths = FixedPoint.Divide(FixedPoint.FromInteger(900), FixedPoint.FromInteger(1_000));
        long expected = long.Parse(bits.AsSpan(2), NumberStyles.HexNumber, CultureInfo.InvariantCulture);
        Assert.That(FixedPoint.One - ninetenths, Is.EqualTo(expected));
    }

    [Test]
    public void Half_of_all_stake_is_one_half()
    {
        JsonElement one = KnownAnswers.Of("math.json", "I64F64").Single();
        ulong stake = one.Number("stake");
        YumaEpoch epoch = new();
        epoch.Begin(2, 0);
        epoch.Stake[0] = epoch.Stake[1] = stake;
        epoch.Run(EpochRules.Default, 1, 0, 0);
        Assert.That(epoch.Share[0], Is.EqualTo(one.GetProperty("I32F32_bits").GetInt64()));
    }

    [Test]
    public void Products_are_floored_quotients_truncated_and_both_saturate() =>
        Prop.ForAll(ArbMap.Default.ArbFor<long>(), ArbMap.Default.ArbFor<long>(), ArbMap.Default.ArbFor<(byte, byte)>(), (x, y, wide) =>
        {
            // Small generated numbers are shifted over the whole range.
            long a = unchecked(x << (wide.Item1 % 62));
            long b = unchecked(y << (wide.Item2 % 62));
            Assert.That(FixedPoint.Multiply(a, b), Is.EqualTo(Saturate((BigInteger)a * b >> 32)));
            Assert.That(FixedPoint.Divide(a, b), Is.EqualTo(b == 0 ? 0 : Saturate(BigInteger.Divide(a * One, b))));
            Assert.That(FixedPoint.Add(a, b), Is.EqualTo(Saturate((BigInteger)a + b)));
            Assert.That(FixedPoint.Subtract(a, b), Is.EqualTo(Saturate((BigInteger)a - b)));
            Assert.That(FixedPoint.ToUInt16(a), Is.EqualTo(Floor16(a)));
            Assert.That(FixedPoint.ToProportion(a), Is.EqualTo(Floor16(FixedPoint.Multiply(a, 65_535L << 32))));
        }).QuickCheckThrowOnFailure();

    [Test]
    public void Stored_proportions_come_back_at_most_one_unit_lower()
    {
        // 49151 / 65535 is floored twice on its way back to 49150: the drift that subtensor's test_bonds shows.
        Assert.That(FixedPoint.ToProportion(FixedPoint.FromProportion(49_151)), Is.EqualTo(49_150));
        Assert.That(FixedPoint.FromProportion(ushort.MaxValue), Is.EqualTo(FixedPoint.One));
        Assert.That(FixedPoint.ToProportion(FixedPoint.One), Is.EqualTo(65_535));
    }

    [Test]
    public void Exponentials_of_small_numbers_are_the_true_ones_and_large_ones_are_clamped()
    {
        Assert.That(FixedPoint.Exponential(0), Is.EqualTo(FixedPoint.One));
        Assert.That(FixedPoint.Exponential(FixedPoint.One) & 0x1ff, Is.Zero, "the constant has 23 fraction bits");

        // The series ends after 31 terms: from about e^10 on the rest is missing, in the crate as here.
        for (long x = -9; x <= 9; x++)
        {
            double value = FixedPoint.Exponential((x << 32) + 12_345) / (double)FixedPoint.One;
            double expected = Math.Exp(x + (12_345.0 / FixedPoint.One));
            Assert.That(value, Is.EqualTo(expected).Within(Math.Max(expected * 2e-7, 2e-9)), $"e^{x}");
        }

        Assert.That(FixedPoint.Exponential(21L << 32), Is.EqualTo(FixedPoint.Exponential(20L << 32)));
    }

    private static long MedianOf(long[] stake, long[] score, long majority) =>
        Selection.WeightedMedian(stake, score, stake.Sum() - majority, new ulong[stake.Length]);

    private static ushort Floor16(long value) => (ushort)Math.Clamp((long)Math.Floor(value / (double)FixedPoint.One), 0, 65_535);

    private static long Saturate(BigInteger value) =>
        value > long.MaxValue ? long.MaxValue : value < long.MinValue ? long.MinValue : (long)value;
}
