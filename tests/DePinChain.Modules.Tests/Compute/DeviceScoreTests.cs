using System.Globalization;
using System.Text.Json;
using DePinChain.Modules.Compute;
using DePinChain.Primitives;
using static DePinChain.Modules.Tests.Compute.ComputeNetwork;

namespace DePinChain.Modules.Tests.Compute;

/// <summary>Marks, stakes and the emission of the compute stream, to the digit.</summary>
public sealed class DeviceScoreTests
{
    private const long One = DeviceScores.One;

    [Test]
    public void The_emission_has_its_printed_rows()
    {
        JsonElement emission = Vectors("ionet_emission_and_stake.json").GetProperty("emission");
        foreach (JsonElement row in emission.GetProperty("rows").EnumerateArray())
        {
            ulong index = row.GetProperty("month_index").GetUInt64();
            EmissionMonth month = new(0, ComputeEmission.FirstBudget, 0);
            for (ulong i = 0; i < index; i++) month = ComputeEmission.Next(month, ComputeEmission.MonthBlocks);
            (Amount minted, _) = ComputeEmission.Over(
                new EmissionMonth(0, ComputeEmission.FirstBudget, 0), 0, (index + 1) * ComputeEmission.MonthBlocks,
                ComputeEmission.MonthBlocks);
            Assert.That(month.Budget.Wei, Is.EqualTo(Wei(row, "month_budget_wei")));
            Assert.That(ComputeEmission.PerBlock(month, ComputeEmission.MonthBlocks).Wei, Is.EqualTo(Wei(row, "per_block_wei")));
            Assert.That(minted.Wei, Is.EqualTo(Wei(row, "cumulative_after_month_wei")));
        }
    }

    [Test]
    public void Twenty_years_stay_below_the_cap_which_is_reached_in_month_243()
    {
        // 298,893,386.6297 in 240 months; 300 M after 207,581 whole blocks of month 243 and 984,226,587,368,452,909 wei more.
        EmissionMonth start = new(0, ComputeEmission.FirstBudget, 0);
        (Amount years, _) = ComputeEmission.Over(start, 0, 240 * ComputeEmission.MonthBlocks, ComputeEmission.MonthBlocks);
        Assert.That(years.Wei / (Amount.One.Wei / 10_000), Is.EqualTo((UInt128)2_988_933_866_297));
        (Amount before, EmissionMonth month) = ComputeEmission.Over(
            start, 0, (243 * ComputeEmission.MonthBlocks) + 207_581, ComputeEmission.MonthBlocks);
        Assert.That(month.Month, Is.EqualTo(243));
        Assert.That((Amount.FromDpn(300_000_000) - before).Wei, Is.EqualTo((UInt128)984_226_587_368_452_909));
        Assert.That(ComputeEmission.PerBlock(month, ComputeEmission.MonthBlocks).Wei, Is.GreaterThan((UInt128)984_226_587_368_452_909));
    }

    [Test]
    public void A_sum_over_epochs_is_the_sum_over_blocks()
    {
        // Months of 7 blocks, epochs of 3: pieces that straddle a month add up to the whole.
        EmissionMonth start = new(0, new Amount(1_000_003), 0);
        (Amount whole, _) = ComputeEmission.Over(start, 0, 30, 7);
        Amount pieces = Amount.Zero;
        EmissionMonth month = start;
        for (ulong from = 0; from < 30; from += 3)
        {
            (Amount piece, month) = ComputeEmission.Over(month, from, from + 3, 7);
            pieces += piece;
        }

        Assert.That(pieces, Is.EqualTo(whole));
    }

    [Test]
    public void The_least_stake_is_the_printed_one()
    {
        foreach (JsonElement test in Vectors("ionet_emission_and_stake.json").GetProperty("stake").GetProperty("cases").EnumerateArray())
        {
            uint milli = (uint)(1_000 * test.GetProperty("multiplier").GetDecimal());
            Amount stake = DeviceScores.MinStake(Amount.FromDpn(200), milli, test.GetProperty("gpus").GetUInt16());
            Assert.That(stake, Is.EqualTo(Amount.FromDpn(test.GetProperty("expect").GetUInt64())));
        }
    }

    // 100/75, 400/300 and 1,600/1,200 are the steps; 250 lies half way from 0.2 to 0.4, 1,000 half way from 0.4 to 1.
    [TestCase(99u, 75u, 0)]
    [TestCase(100u, 74u, 0)]
    [TestCase(100u, 75u, One / 5)]
    [TestCase(250u, 1_000u, One * 3 / 10)]
    [TestCase(400u, 300u, One * 2 / 5)]
    [TestCase(10_000u, 750u, One * 7 / 10)]
    [TestCase(1_600u, 1_200u, One)]
    public void A_connection_is_marked_by_its_worse_way(uint down, uint up, long mark) =>
        Assert.That(DeviceScores.Bandwidth(down, up), Is.EqualTo(mark));

    [Test]
    public void Uptime_moves_by_one_part_in_a_window_towards_zero_rounding()
    {
        // 500,000,000 + 500,000,000 / 168 = 502,976,190; down again: 502,976,190 - 2,993,905 (floor of 2,993,905.9...).
        long up = DeviceScores.Ewma(DeviceScores.UptimeAtStart, One, 168);
        Assert.That(up, Is.EqualTo(502_976_190));
        Assert.That(DeviceScores.Ewma(up, 0, 168), Is.EqualTo(502_976_190 - 2_993_905));
        Assert.That(DeviceScores.Decayed(up, 1, 168), Is.EqualTo(502_976_190 - 2_993_905));
        Assert.That(DeviceScores.Decayed(One, 161, 8), Is.EqualTo(0));
        Assert.That(DeviceScores.Decayed(One, 2, 8), Is.EqualTo(765_625_000));
    }

    [Test]
    public void Rank_and_throughput_are_weighed()
    {
        // 35 · 1 + 30 · 0.8 + 15 · 0.4 + 20 · 0.5 = 35 + 24 + 6 + 10 = 75 of 100.
        Assert.That(DeviceScores.Rank(One, One * 8 / 10, One * 4 / 10, One / 2), Is.EqualTo(One * 75 / 100));
        Assert.That(DeviceScores.Bench(500, 1_000), Is.EqualTo(One / 2));
        Assert.That(DeviceScores.Bench(2_000, 1_000), Is.EqualTo(One));
        Assert.That(DeviceScores.Weight(10_000, 8, One / 2, One * 3 / 2), Is.EqualTo((UInt128)(60 * One)));
    }

    [Test]
    public void Stake_lifts_a_weight_by_a_quarter_for_each_doubling_up_to_half()
    {
        // log2(3) = 1.58496...: 16.16 digits floor to 103,872 / 65,536; a quarter of it is 0.396240234.
        Amount least = Amount.FromDpn(200);
        Assert.That(DeviceScores.Boost(Amount.FromDpn(100), least), Is.EqualTo(One));
        Assert.That(DeviceScores.Boost(least, least), Is.EqualTo(One));
        Assert.That(DeviceScores.Boost(Amount.FromDpn(400), least), Is.EqualTo(One * 5 / 4));
        Assert.That(DeviceScores.Boost(Amount.FromDpn(600), least), Is.EqualTo(1_396_240_234));
        Assert.That(DeviceScores.Boost(Amount.FromDpn(800), least), Is.EqualTo(One * 3 / 2));
        Assert.That(DeviceScores.Boost(Amount.FromDpn(800_000), least), Is.EqualTo(One * 3 / 2));
    }

    private static UInt128 Wei(JsonElement row, string name) =>
        UInt128.Parse(row.GetProperty(name).GetString()!, CultureInfo.InvariantCulture);
}
