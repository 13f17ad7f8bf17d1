using System.Numerics;
using System.Text.Json;
using DePinChain.Modules.Storage;
using DePinChain.Primitives;

namespace DePinChain.Modules.Tests.Storage;

/// <summary>Pledge, fees and the projection of rewards against Filecoin's own tests, as data.</summary>
public sealed class PledgePolicyTests
{
    private const ulong Day = 2_880;
    private static readonly JsonElement Monies = MintingTests.Read("monies.json");

    [Test]
    public void The_pledge_is_what_the_ramp_of_FIP_0081_says()
    {
        JsonElement given = Monies.GetProperty("initial_pledge").GetProperty("fixed");
        SmoothedEstimate reward = SmoothedEstimate.Of(
            MintingTests.Constant(given, "reward_position"), MintingTests.Constant(given, "reward_velocity"));
        SmoothedEstimate network = SmoothedEstimate.Of(
            MintingTests.Constant(given, "network_power_position"), MintingTests.Constant(given, "network_power_velocity"));
        foreach (JsonElement row in Monies.GetProperty("initial_pledge").GetProperty("cases").EnumerateArray())
        {
            // The ramp is Filecoin's alone: here its end, 700, holds from the first block.
            long since = row.GetProperty("epochs_since_ramp_start").GetInt64();
            long ramp = row.GetProperty("ramp_duration").GetInt64();
            long skew = since < 0 ? 0 : ramp == 0 || since >= ramp ? 300 : since * 300 / ramp;
            BigInteger pledge = PledgePolicy.InitialPledge(
                reward, network, MintingTests.Constant(given, "qa_power"), MintingTests.Constant(given, "baseline_power"),
                MintingTests.Constant(given, "circulating_supply_atto"), Day, Amount.One, (uint)(1_000 - skew));
            Assert.That(pledge, Is.EqualTo(MintingTests.Constant(row, "expected_atto")), row.ToString());
        }
    }

    [Test]
    public void No_pledge_or_deposit_exceeds_a_coin_for_32_GiB()
    {
        // 10^18 / 2^35 = 29,103,830.4 wei a byte, rounded down; a sector of 2 KiB: 2,048 times that.
        SmoothedEstimate reward = SmoothedEstimate.Of(BigInteger.Pow(10, 18), 0);
        SmoothedEstimate network = SmoothedEstimate.Of(2_048, 0);
        Assert.That(PledgePolicy.PreCommitDeposit(reward, network, 2_048, Day, Amount.One), Is.EqualTo((BigInteger)59_604_643_840));
        Assert.That(
            PledgePolicy.InitialPledge(reward, network, 2_048, 1 << 30, BigInteger.Pow(10, 27), Day, Amount.One),
            Is.EqualTo((BigInteger)59_604_643_840));

        // Where it is less: 100 wei a block, 2,048 of 2^30 bytes, 57,600 blocks: 100 · 57,600 / 2^19 = 10.98.
        SmoothedEstimate wide = SmoothedEstimate.Of(1 << 30, 0);
        Assert.That(
            PledgePolicy.PreCommitDeposit(SmoothedEstimate.Of(100, 0), wide, 2_048, Day, Amount.One), Is.EqualTo((BigInteger)10));
        Assert.That(
            PledgePolicy.PreCommitDeposit(SmoothedEstimate.Of(0, 0), wide, 2_048, Day, Amount.One), Is.EqualTo(BigInteger.One));
    }

    [Test]
    public void Leaving_costs_what_FIP_0098_says()
    {
        foreach (JsonElement row in Monies.GetProperty("termination_fee").GetProperty("cases").EnumerateArray())
            Assert.That(
                PledgePolicy.TerminationFee(
                    MintingTests.Constant(row, "initial_pledge"), row.GetProperty("sector_age_epochs").GetUInt64(),
                    MintingTests.Constant(row, "fault_fee"), Day),
                Is.EqualTo(MintingTests.Constant(row, "expected")));

        // Half of 140 days: half of 85 of 1,000, rounded down; young: 2 %.
        Assert.That(PledgePolicy.TerminationFee(1_000, 70 * Day, 0, Day), Is.EqualTo((BigInteger)42));
        Assert.That(PledgePolicy.TerminationFee(1_000, Day, 0, Day), Is.EqualTo((BigInteger)20));
    }

    [Test]
    public void A_faulty_period_costs_what_the_derived_rows_say()
    {
        foreach (JsonElement row in Monies.GetProperty("continued_fault_fee").GetProperty("cases").EnumerateArray())
        {
            SmoothedEstimate reward = SmoothedEstimate.Of(MintingTests.Constant(row, "reward_position"), 0);
            SmoothedEstimate network = SmoothedEstimate.Of(
                MintingTests.Constant(row, "power_position"), MintingTests.Constant(row, "power_velocity"));
            Assert.That(row.GetProperty("projection_epochs").GetUInt64(), Is.EqualTo(PledgePolicy.FaultDayHundredths * Day / 100));
            Assert.That(
                PledgePolicy.FaultFee(reward, network, MintingTests.Constant(row, "qa_power"), Day),
                Is.EqualTo(MintingTests.Constant(row, "expected")));
        }

        Assert.That(
            PledgePolicy.FraudFee(SmoothedEstimate.Of(100, 0), SmoothedEstimate.Of(4, 0), 2, 100, new Amount(7)),
            Is.EqualTo((BigInteger)27_557), "551 blocks of 100 · 2 / 4, and 7");
    }

    [Test]
    public void Sums_of_ratios_and_logarithms_agree()
    {
        foreach (JsonElement row in Monies.GetProperty("cumsum_of_ratio").GetProperty("cases").EnumerateArray())
        {
            BigInteger sum = RewardProjection.SumOfRatio(
                Estimate(row.GetProperty("num")), Estimate(row.GetProperty("den")), row.GetProperty("t0").GetInt64(),
                row.GetProperty("delta").GetUInt64());
            if (row.TryGetProperty("expected_q0", out JsonElement whole)) Assert.That(sum >> 128, Is.EqualTo(MintingTests.Number(whole)));
            else Assert.That(sum, Is.EqualTo(MintingTests.Constant(row, "expected_q128")));
        }

        foreach (JsonElement row in Monies.GetProperty("ln").EnumerateArray())
        {
            BigInteger ln = RewardProjection.Ln(MintingTests.Constant(row, "x_q128"));
            Assert.That(ln, Is.EqualTo(MintingTests.Constant(row, "port_q128")));
            Assert.That(ln >> 128, Is.EqualTo(MintingTests.Constant(row, "expected_q128_upstream") >> 128));
        }
    }

    [Test]
    public void The_filter_rounds_towards_minus_infinity()
    {
        JsonElement known = MintingTests.Read("reward_state_machine.json").GetProperty("filter_case");
        SmoothedEstimate next = RewardProjection.Next(
            new SmoothedEstimate(MintingTests.Constant(known, "position"), MintingTests.Constant(known, "velocity")),
            MintingTests.Constant(known, "observation"), known.GetProperty("delta").GetUInt64());
        Assert.That(next.Position, Is.EqualTo(MintingTests.Constant(known, "next_position")));
        Assert.That(next.Velocity, Is.EqualTo(MintingTests.Constant(known, "next_velocity")));
    }

    [Test]
    public void A_jump_by_a_factor_of_two_becomes_the_estimate()
    {
        SmoothedEstimate estimate = SmoothedEstimate.Of(1_000, 3);
        Assert.That(RewardProjection.Follow(estimate, 2_000), Is.EqualTo(SmoothedEstimate.Of(2_000, 0)));
        Assert.That(RewardProjection.Follow(estimate, 500), Is.EqualTo(SmoothedEstimate.Of(500, 0)));
        Assert.That(RewardProjection.Follow(estimate, 1_999), Is.EqualTo(RewardProjection.Next(estimate, 1_999, 1)));
        Assert.That(RewardProjection.Follow(estimate, 501), Is.EqualTo(RewardProjection.Next(estimate, 501, 1)));
        Assert.That(
            RewardProjection.ExpectedReward(SmoothedEstimate.Of(77, 0), SmoothedEstimate.Of(0, 0), 2_048, 10), Is.EqualTo((BigInteger)77));
    }

    private static SmoothedEstimate Estimate(JsonElement pair) => SmoothedEstimate.Of(pair[0].GetInt64(), pair[1].GetInt64());
}
