using System.Text.Json;
using DePinChain.Modules.Economy;
using DePinChain.Modules.Render;
using DePinChain.Primitives;

namespace DePinChain.Modules.Tests.Render;

/// <summary>Formulas of rendering against printed examples and hand calculation.</summary>
public sealed class RenderPolicyTests
{
    private const uint Ppm = RenderPolicy.Ppm;
    private static readonly RenderParameters Rules = RenderParameters.Mainnet;

    [Test]
    public void Of_what_artists_pay_ninety_five_percent_are_burned_as_the_proposal_prints()
    {
        foreach (JsonElement row in Vectors("render_rnp.json").GetProperty("RNP-021 burn").EnumerateArray())
        {
            // At one dollar a coin.
            UInt128 dollars = (UInt128)(row.GetProperty("usd").GetDecimal() * OraclePolicy.Dollar);
            Amount coins = OraclePolicy.ToCoins(dollars, OraclePolicy.Dollar, Rounding.Down);
            (Amount burned, Amount pool) = RenderPolicy.Split(coins, Rules.BurnBps);
            Assert.That(burned, Is.EqualTo(Amount.FromDpn((ulong)row.GetProperty("burn_usd").GetDecimal())));
            Assert.That(pool, Is.EqualTo(Amount.FromDpn((ulong)row.GetProperty("operator_usd").GetDecimal())));
        }
    }

    [Test]
    public void Dollars_become_coins_as_in_the_public_burn_and_mint_tests()
    {
        // The coin at three dollars, a credit at one: burn 1,000,000 credits, mint 333,333; a spread of 1 % leaves 330,000 of it. Credits
        // stand for 10^-9 dollars and what comes out is counted in 10^-9 coins, so both scale alike.
        foreach (JsonElement row in Vectors("akash_burn_mint_equilibrium.json").GetProperty("burn_mint_settlement").GetProperty("cases")
            .EnumerateArray())
        {
            ulong burn = row.GetProperty("burn").GetUInt64();
            UInt128 mint = OraclePolicy.ToCoins(burn, 3 * OraclePolicy.Dollar, Rounding.Down).Wei / 1_000_000_000;
            if (!row.TryGetProperty("mint", out JsonElement expected))
            {
                Assert.That(mint, Is.EqualTo(UInt128.Zero), "too little for one unit");
                continue;
            }

            Assert.That(mint, Is.EqualTo((UInt128)expected.GetUInt64()));
            uint spread = row.TryGetProperty("settle_spread_bps", out JsonElement bps) ? bps.GetUInt32() : 0;
            (Amount kept, Amount toUser) = RenderPolicy.Split(new Amount(mint), spread);
            Assert.That(toUser.Wei, Is.EqualTo((UInt128)row.GetProperty("to_user").GetUInt64()));
            if (row.TryGetProperty("spread", out JsonElement part)) Assert.That(kept.Wei, Is.EqualTo((UInt128)part.GetUInt64()));
        }
    }

    [Test]
    public void Multipliers_of_tiers_lie_in_the_published_bands()
    {
        // U = 0.5 and nothing queued: x = 0.5 / 0.9 / 2 = 0.2777, so tier 2 aims at 4 − 2x = 3.444446 and tier 3 at 13.777784.
        TierLoad half = new(1_000, 500, 0);
        Assert.That(RenderPolicy.Congestion(half), Is.EqualTo(277_777));
        Assert.That(RenderPolicy.Congestion(new TierLoad(1_000, 900, 24_000_000)), Is.EqualTo(Ppm), "nine tenths busy and a day queued");
        Assert.That(RenderPolicy.Congestion(default), Is.Zero);
        Assert.That(RenderPolicy.Congestion(new TierLoad(0, 0, 1)), Is.EqualTo(Ppm), "work and nobody for it");

        // From 4 and 16 by two hundredths an update, until they are there.
        TierPrices prices = new(10_000_000, 4 * Ppm, 16 * Ppm);
        TierPrices once = RenderPolicy.Next(prices, half, half, half, 10_000_000);
        Assert.That((once.Multiplier2, once.Multiplier3), Is.EqualTo((3_920_000u, 15_680_000u)));
        for (int i = 0; i < 20; i++) prices = RenderPolicy.Next(prices, half, half, half, 10_000_000);
        Assert.That((prices.Multiplier2, prices.Multiplier3), Is.EqualTo((3_444_446u, 13_777_784u)));
        Assert.That(RenderPolicy.PriceOf(new TierPrices(10_000_000, 4 * Ppm, 16 * Ppm), 3), Is.EqualTo(625_000));
    }

    [Test]
    public void Tier_one_moves_by_an_eighth_at_most_and_stays_near_its_reference()
    {
        // U = 0.8: p + p · 5 · 0.1 / 8 = 1.0625 p. U = 1: 5 · 0.3 is cut to 1, so 1.125 p. U = 0: −1, so 0.875 p. U = 0.7: p.
        TierPrices prices = new(8_000_000, 4 * Ppm, 16 * Ppm);
        ulong At(ulong busy, ulong price = 8_000_000) =>
            RenderPolicy.Next(prices with { Price = price }, new TierLoad(1_000, busy, 0), default, default, 8_000_000).Price;
        Assert.That(new[] { At(800), At(1_000), At(0), At(700) }, Is.EqualTo(new ulong[] { 8_500_000, 9_000_000, 7_000_000, 8_000_000 }));
        Assert.That(At(1_000, 32_000_000), Is.EqualTo(32_000_000), "four times the reference");
        Assert.That(At(0, 2_000_000), Is.EqualTo(2_000_000), "a quarter of it");
    }

    [Test]
    public void An_epoch_mints_a_weeks_part_of_five_and_a_half_percent_of_what_remains()
    {
        // floor(107,374,182 · 55 / 52,180) DPN = 113,177.079532387… ; a year of such weeks never passes 5.5 %.
        Amount pool = Amount.FromDpn(107_374_182);
        Amount first = RenderPolicy.EpochEmission(pool, Rules);
        Assert.That(first.ToString(), Does.StartWith("113177.079"));
        Amount left = pool;
        for (int week = 0; week < 52; week++) left -= RenderPolicy.EpochEmission(left, Rules);
        Amount year = pool - left;
        Assert.That(year, Is.GreaterThan(Amount.FromDpn(5_600_000)).And.LessThan(Amount.FromDpn(5_905_580)));
    }

    [Test]
    public void Work_counts_up_to_half_more_than_the_median()
    {
        Assert.That(RenderPolicy.Accepted(1_400, 1_000, []), Is.EqualTo(1_400));
        Assert.That(RenderPolicy.Accepted(9_999, 1_000, []), Is.EqualTo(1_500));
        Assert.That(RenderPolicy.Accepted(9_999, 1_000, [400, 9_000, 600]), Is.EqualTo(900));
        Assert.That(RenderPolicy.Accepted(9_999, 1_000, [400, 600]), Is.EqualTo(600), "the lower of two");
    }

    [Test]
    public void A_closed_loop_always_loses()
    {
        // Burned for itself: c dollars cost c coins' worth; without an audit at most 0.9 · c comes back, whatever the pool.
        EpochRecord rich = new(Amount.FromDpn(1_000_000), 1_000_000_000, OraclePolicy.Dollar / 2);
        (Amount share, Amount reward) = RenderPolicy.Reward(rich, 1_000_000_000, isAudited: false, 9_000);
        Assert.That(share, Is.EqualTo(Amount.FromDpn(1_000_000)));
        Assert.That(reward, Is.EqualTo(Amount.Parse("1.8")));
        Assert.That(RenderPolicy.Reward(rich, 1_000_000_000, isAudited: true, 9_000).Reward, Is.EqualTo(share));
        EpochRecord poor = rich with { JobPool = Amount.One };
        Assert.That(RenderPolicy.Reward(poor, 500_000_000, isAudited: false, 9_000).Reward, Is.EqualTo(Amount.Parse("0.5")));
    }

    [Test]
    public void Time_for_a_frame_is_three_times_what_the_score_says()
    {
        // 4 OctaneBench hours on 100 points: 0.04 h, 12 blocks of 300, so 36.
        Assert.That(RenderPolicy.TimeFor(4_000, 100, Rules), Is.EqualTo(36));
        Assert.That(RenderPolicy.TimeFor(1, 100, Rules), Is.EqualTo(10), "the least");
    }

    [Test]
    public void Second_renderings_are_drawn_from_twice_what_is_expected()
    {
        Assert.That(RenderPolicy.ChecksMax(100, 500), Is.EqualTo(10));
        Assert.That(RenderPolicy.ChecksMax(1, 1), Is.EqualTo(1));
        Assert.That(RenderPolicy.ChecksMax(8, 10_000), Is.EqualTo(8));
        Assert.That(RenderPolicy.DefaultCheckBps(1), Is.EqualTo(10_000));
        Assert.That(RenderPolicy.DefaultCheckBps(2), Is.EqualTo(500));
    }

    private static JsonElement Vectors(string file) => JsonDocument
        .Parse(File.ReadAllText(Path.Combine(TestContext.CurrentContext.TestDirectory, "Vectors", "compute", file))).RootElement;
}
