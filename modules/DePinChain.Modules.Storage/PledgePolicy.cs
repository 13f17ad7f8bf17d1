using System.Numerics;
using DePinChain.Primitives;

namespace DePinChain.Modules.Storage;

/// <summary>What sealed capacity must deposit and pledge, and what it loses for failing. Integers only, all rounded down.</summary>
/// <remarks>
/// builtin-actors actors/miner/src/monies.rs with FIP-0081 and FIP-0098. Periods of days are given in blocks of the network's day, so
/// that a localnet's short day shortens them all.
/// </remarks>
public static class PledgePolicy
{
    /// <summary>Days of reward that a deposit and the first part of a pledge are worth.</summary>
    public const ulong PledgeDays = 20;

    /// <summary>Hundredths of a day of reward that a faulty period costs: 3.51 days.</summary>
    public const ulong FaultDayHundredths = 351;

    /// <summary>Hundredths of a day of reward that a proof shown to be false costs: 5.51 days.</summary>
    public const ulong FraudDayHundredths = 551;

    /// <summary>Days after which the termination fee stops growing.</summary>
    public const ulong TerminationDaysMax = 140;

    /// <summary>Termination fee in thousandths of the pledge: 8.5 %.</summary>
    public const uint TerminationPermille = 85;

    /// <summary>The least termination fee in thousandths of the pledge: 2 %.</summary>
    public const uint TerminationMinPermille = 20;

    /// <summary>The least termination fee in hundredths of the fault fee: 105 %.</summary>
    public const uint TerminationFaultPercent = 105;

    /// <summary>Thousandths of the pledge's share of supply that follow the baseline: 0.7 (FIP-0081 after its ramp).</summary>
    public const uint BaselinePermille = 700;

    private const uint Whole = 1_000;
    private const int CapBytesLog2 = 35;

    /// <summary>What a sector must deposit until it is proven: 20 days of reward, at least 1 wei, at most the cap.</summary>
    public static BigInteger PreCommitDeposit(
        in SmoothedEstimate reward, in SmoothedEstimate network, BigInteger power, ulong dayBlocks, Amount capPer32GiB) =>
        BigInteger.Min(
            BigInteger.Max(RewardProjection.ExpectedReward(reward, network, power, PledgeDays * dayBlocks), BigInteger.One),
            CapOf(power, capPer32GiB));

    /// <summary>
    /// What a sector pledges for its life: 20 days of reward, and its part of 30 % of the circulating supply, 70 % of which is measured
    /// against the baseline and 30 % against the network. At most the cap.
    /// </summary>
    /// <param name="reward">The network's reward.</param>
    /// <param name="network">The network's power.</param>
    /// <param name="power">The sector's.</param>
    /// <param name="baseline">The baseline's bytes.</param>
    /// <param name="circulating">Wei that can move.</param>
    /// <param name="dayBlocks">Blocks of a day.</param>
    /// <param name="capPer32GiB">What 32 GiB never exceed.</param>
    /// <param name="baselinePermille">0.7 in thousandths; Filecoin's ramp went from 1,000 to 700.</param>
    public static BigInteger InitialPledge(
        in SmoothedEstimate reward, in SmoothedEstimate network, BigInteger power, BigInteger baseline, BigInteger circulating,
        ulong dayBlocks, Amount capPer32GiB, uint baselinePermille = BaselinePermille)
    {
        BigInteger ofReward = BigInteger.Max(
            RewardProjection.ExpectedReward(reward, network, power, PledgeDays * dayBlocks), BigInteger.One);
        BigInteger simple = BigInteger.Max(network.Value, power);
        BigInteger target = circulating * 3 * power;
        BigInteger ofBaseline = FixedPolynomial.FloorDivide(
            baselinePermille * target, BigInteger.Max(simple, baseline) * 10 * Whole);
        BigInteger ofNetwork = FixedPolynomial.FloorDivide((Whole - baselinePermille) * target, simple * 10 * Whole);
        return BigInteger.Min(ofReward + ofBaseline + ofNetwork, CapOf(power, capPer32GiB));
    }

    /// <summary>What a faulty period costs: 3.51 days of reward.</summary>
    public static BigInteger FaultFee(in SmoothedEstimate reward, in SmoothedEstimate network, BigInteger power, ulong dayBlocks) =>
        RewardProjection.ExpectedReward(reward, network, power, FaultDayHundredths * dayBlocks / 100);

    /// <summary>What a proof costs that somebody shows to be false: 5.51 days of reward and a flat part.</summary>
    public static BigInteger FraudFee(
        in SmoothedEstimate reward, in SmoothedEstimate network, BigInteger power, ulong dayBlocks, Amount flat) =>
        RewardProjection.ExpectedReward(reward, network, power, FraudDayHundredths * dayBlocks / 100) + flat.Wei;

    /// <summary>
    /// What leaving early costs: 8.5 % of the pledge, growing over 140 days, but at least 2 % of it and 105 % of a fault fee.
    /// </summary>
    public static BigInteger TerminationFee(BigInteger pledge, ulong ageBlocks, BigInteger faultFee, ulong dayBlocks)
    {
        BigInteger whole = pledge * TerminationPermille / Whole;
        BigInteger ramped = BigInteger.Min(whole * (ageBlocks / dayBlocks) / TerminationDaysMax, whole);
        BigInteger least = BigInteger.Max(pledge * TerminationMinPermille / Whole, faultFee * TerminationFaultPercent / 100);
        return BigInteger.Max(ramped, least);
    }

    /// <summary>What nothing for so many bytes exceeds: the cap for 32 GiB divided by its bytes, rounded down, for each byte.</summary>
    public static BigInteger CapOf(BigInteger bytes, Amount capPer32GiB) => bytes * ((BigInteger)capPer32GiB.Wei >> CapBytesLog2);
}
