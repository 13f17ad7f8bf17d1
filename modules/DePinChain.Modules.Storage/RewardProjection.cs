using System.Numerics;

namespace DePinChain.Modules.Storage;

/// <summary>A quantity and its change in a block, smoothed. Both in 2^-128.</summary>
/// <param name="Position">Where it stands.</param>
/// <param name="Velocity">What a block adds.</param>
public readonly record struct SmoothedEstimate(BigInteger Position, BigInteger Velocity)
{
    /// <summary>An estimate of whole numbers.</summary>
    public static SmoothedEstimate Of(BigInteger position, BigInteger velocity) =>
        new(position << FixedPolynomial.Precision, velocity << FixedPolynomial.Precision);

    /// <summary>Where it stands, rounded down.</summary>
    public BigInteger Value => Position >> FixedPolynomial.Precision;
}

/// <summary>
/// What capacity is expected to earn: the alpha-beta filter over the network's reward and power, and the sum of their ratio over time.
/// </summary>
/// <remarks>builtin-actors runtime/src/builtin/reward/smooth/{alpha_beta_filter,smooth_func}.rs; divisions are floored.</remarks>
public static class RewardProjection
{
    private const int Precision = FixedPolynomial.Precision;

    // 9.25e-4 and 2.84e-7.
    private static readonly BigInteger Alpha = FixedPolynomial.Parse("314760000000000000000000000000000000")[0];
    private static readonly BigInteger Beta = FixedPolynomial.Parse("96640100000000000000000000000000")[0];
    private static readonly BigInteger Ln2 = FixedPolynomial.Parse("235865763225513294137944142764154484399")[0];

    // Below it a velocity counts as none: 2^78.
    private static readonly BigInteger Epsilon = BigInteger.One << 78;

    private static readonly BigInteger[] LnNumerator = FixedPolynomial.Parse(
        "261417938209272870992496419296200268025", "7266615505142943436908456158054846846897", "32458783941900493142649393804518050491988",
        "17078670566130897220338060387082146864806", "-35150353308172866634071793531642638290419",
        "-20351202052858059355702509232125230498980", "-1563932590352680681114104005183375350999");

    private static readonly BigInteger[] LnDenominator = FixedPolynomial.Parse(
        "49928077726659937662124949977867279384", "2508163877009111928787629628566491583994", "21757751789594546643737445330202599887121",
        "53400635271583923415775576342898617051826", "41248834748603606604000911015235164348839",
        "9015227820322455780436733526367238305537", "340282366920938463463374607431768211456");

    /// <summary>The estimate after an observation some blocks later.</summary>
    public static SmoothedEstimate Next(in SmoothedEstimate estimate, BigInteger observation, ulong blocks)
    {
        BigInteger time = (BigInteger)blocks << Precision;
        BigInteger position = ((time * estimate.Velocity) >> Precision) + estimate.Position;
        BigInteger residual = (observation << Precision) - position;
        position += (Alpha * residual) >> Precision;
        return new SmoothedEstimate(position, FixedPolynomial.FloorDivide(residual * Beta, time) + estimate.Velocity);
    }

    /// <summary>
    /// As <see cref="Next"/>, but an observation of at most half or at least twice the estimate becomes the estimate.
    /// </summary>
    /// <remarks>
    /// This chain's own. Filecoin began with a large network; where the first sector multiplies the power, the filter would follow over
    /// hours, overshoot below zero, and fees would be thousands of times too high or nothing in the meantime.
    /// </remarks>
    public static SmoothedEstimate Follow(in SmoothedEstimate estimate, BigInteger observation)
    {
        BigInteger exact = observation << Precision;
        return exact >= estimate.Position << 1 || exact << 1 <= estimate.Position
            ? new SmoothedEstimate(exact, BigInteger.Zero)
            : Next(estimate, observation, blocks: 1);
    }

    /// <summary>What power is expected to earn in some blocks, in wei. Where the network has no power, a block's whole reward.</summary>
    /// <remarks>builtin-actors actors/miner/src/monies.rs, expected_reward_for_power.</remarks>
    public static BigInteger ExpectedReward(in SmoothedEstimate reward, in SmoothedEstimate network, BigInteger power, ulong blocks)
    {
        if (network.Value.IsZero) return reward.Value;
        BigInteger earned = (power * SumOfRatio(reward, network, from: 0, blocks)) >> Precision;
        return BigInteger.Max(earned, BigInteger.Zero);
    }

    /// <summary>The sum over blocks of one extrapolated quantity by another, in 2^-128.</summary>
    public static BigInteger SumOfRatio(in SmoothedEstimate numerator, in SmoothedEstimate denominator, BigInteger from, ulong blocks)
    {
        BigInteger time = (BigInteger)blocks << Precision;
        BigInteger start = from << Precision;
        BigInteger squared = (denominator.Velocity * denominator.Velocity) >> Precision;
        if (squared <= Epsilon)
        {
            BigInteger middle = ((numerator.Velocity * (start + (time >> 1))) >> Precision) + numerator.Position;
            return FixedPolynomial.FloorDivide(middle * time, denominator.Position);
        }

        BigInteger first = ((denominator.Velocity * start) >> Precision) + denominator.Position;
        BigInteger last = Ln(((denominator.Velocity * time) >> Precision) + first);
        first = Ln(first);
        BigInteger ofPosition = ((last - first) * numerator.Position * denominator.Velocity) >> Precision;
        BigInteger ofVelocity =
            ((((first - last) * denominator.Position) + (denominator.Velocity * time)) * numerator.Velocity) >> Precision;
        return FixedPolynomial.FloorDivide(ofPosition + ofVelocity, squared);
    }

    /// <summary>ln x, both in 2^-128, x above zero.</summary>
    public static BigInteger Ln(BigInteger x)
    {
        // A power that shrinks for as long as it is projected would reach zero: it counts as the least there is.
        if (x.Sign <= 0) x = BigInteger.One;
        int shift = (int)x.GetBitLength() - 1 - Precision;
        BigInteger scaled = shift > 0 ? x >> shift : x << -shift;
        BigInteger between = FixedPolynomial.FloorDivide(
            FixedPolynomial.At(LnNumerator, scaled) << Precision, FixedPolynomial.At(LnDenominator, scaled));
        return (shift * Ln2) + between;
    }
}
