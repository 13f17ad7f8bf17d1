using System.Numerics;

namespace DePinChain.Modules.Storage;

/// <summary>The constants of the storage stream for one length of block. Fractions are in 2^-128.</summary>
/// <param name="Lambda">ln 2 by six years of blocks.</param>
/// <param name="ExpLambdaLessOne">e^lambda − 1.</param>
/// <param name="BaselineGrowth">What the baseline grows by in a block.</param>
/// <param name="SimpleTotal">Wei that time alone mints.</param>
/// <param name="BaselineTotal">Wei that growth along the baseline mints.</param>
public sealed record MintingSchedule(
    BigInteger Lambda, BigInteger ExpLambdaLessOne, BigInteger BaselineGrowth, BigInteger SimpleTotal, BigInteger BaselineTotal)
{
    /// <summary>Blocks of 12 seconds; the baseline grows by 40 % a year; 330 M and 770 M DPN.</summary>
    public static MintingSchedule Mainnet { get; } = new(
        BigInteger.Parse("14958508575945794909813809155514", System.Globalization.CultureInfo.InvariantCulture),
        BigInteger.Parse("14958508904727130422492236516275", System.Globalization.CultureInfo.InvariantCulture),
        BigInteger.Parse("340282410488509395840569376237665861179", System.Globalization.CultureInfo.InvariantCulture),
        BigInteger.Pow(10, 18) * 330_000_000,
        BigInteger.Pow(10, 18) * 770_000_000);
}

/// <summary>How far minting has come.</summary>
/// <param name="Block">The last block, from 0 on.</param>
/// <param name="Baseline">The network size that block asked for.</param>
/// <param name="Realized">Sum over all blocks of min(baseline, network).</param>
/// <param name="BaselineSum">Sum of the baseline over the effective time.</param>
/// <param name="EffectiveTime">Blocks of baseline growth that the network has realized.</param>
/// <param name="EffectiveBaseline">The baseline at that time.</param>
/// <param name="Reward">What the block mints, in wei.</param>
public sealed record MintingState(
    ulong Block, BigInteger Baseline, BigInteger Realized, BigInteger BaselineSum, ulong EffectiveTime, BigInteger EffectiveBaseline,
    BigInteger Reward);

/// <summary>
/// The storage stream: 30 % of it decays with time, 70 % is minted as fast as the network grows along a baseline, never faster.
/// </summary>
/// <remarks>
/// builtin-actors actors/reward/src/{logic,state,expneg}.rs, with the length of the block as a parameter. Everything is integer arithmetic
/// in 2^-128; products are shifted down, towards minus infinity.
/// </remarks>
public static class StorageMinting
{
    /// <summary>Steps of effective time in one block at most; more carry over to the next.</summary>
    public const int StepsPerBlockMax = 64;

    private const int Precision = FixedPolynomial.Precision;

    // The rational approximation of e^-x, degree 7 over 13: expneg.rs.
    private static readonly BigInteger[] Numerator = FixedPolynomial.Parse(
        "-648770010757830093818553637600", "67469480939593786226847644286976", "-3197587544499098424029388939001856",
        "89244641121992890118377641805348864", "-1579656163641440567800982336819953664", "17685496037279256458459817590917169152",
        "-115682590513835356866803355398940131328", "340282366920938463463374607431768211456");

    private static readonly BigInteger[] Denominator = FixedPolynomial.Parse(
        "1225524182432722209606361", "114095592300906098243859450", "5665570424063336070530214243", "194450132448609991765137938448",
        "5068267641632683791026134915072", "104716890604972796896895427629056", "1748338658439454459487681798864896",
        "23704654329841312470660182937960448", "259380097567996910282699886670381056", "2250336698853390384720606936038375424",
        "14978272436876548034486263159246028800", "72144088983913131323343765784380833792", "224599776407103106596571252037123047424",
        "340282366920938463463374607431768211456");

    /// <summary>Block 0: the baseline begins at a size, and the network already has one.</summary>
    public static MintingState Begin(MintingSchedule schedule, BigInteger initialBaseline, BigInteger networkBytes)
    {
        // One step of growth leads to the initial baseline.
        BigInteger before = (initialBaseline << Precision) / schedule.BaselineGrowth;
        MintingState zero = new(0, before, BigInteger.Zero, BigInteger.Zero, 0, initialBaseline, BigInteger.Zero);
        return Step(schedule, zero, networkBytes, block: 0);
    }

    /// <summary>The next block, for the network's raw bytes in it.</summary>
    public static MintingState Next(MintingSchedule schedule, MintingState state, BigInteger networkBytes) =>
        Step(schedule, state, networkBytes, state.Block + 1);

    /// <summary>What time alone mints in a block: total · (e^lambda − 1) · e^(−lambda · block).</summary>
    public static BigInteger SimpleReward(MintingSchedule schedule, ulong block) => Reward(schedule, block, 0, 0);

    /// <summary>The mint of a block, between two effective times in 2^-128 blocks.</summary>
    public static BigInteger Reward(MintingSchedule schedule, ulong block, BigInteger from, BigInteger to)
    {
        BigInteger simple = (schedule.SimpleTotal * schedule.ExpLambdaLessOne * ExpNegative(schedule.Lambda * block)) >> Precision;
        return (simple + BaselineSupply(schedule, to) - BaselineSupply(schedule, from)) >> Precision;
    }

    /// <summary>
    /// The effective time in 2^-128 blocks: the whole blocks less the part of the last one that is not realized yet, floored.
    /// </summary>
    public static BigInteger Theta(ulong effectiveTime, BigInteger effectiveBaseline, BigInteger realized, BigInteger baselineSum) =>
        effectiveTime == 0
            ? BigInteger.Zero
            : ((BigInteger)effectiveTime << Precision) - (((baselineSum - realized) << Precision) / effectiveBaseline);

    private static MintingState Step(MintingSchedule schedule, MintingState state, BigInteger networkBytes, ulong block)
    {
        BigInteger before = ThetaOf(state);
        BigInteger baseline = Grown(schedule, state.Baseline);
        BigInteger realized = state.Realized + BigInteger.Min(baseline, networkBytes);
        ulong time = state.EffectiveTime;
        BigInteger effective = state.EffectiveBaseline;
        BigInteger sum = state.BaselineSum;
        for (int step = 0; step < StepsPerBlockMax && realized > sum; step++)
        {
            time++;
            effective = Grown(schedule, effective);
            sum += effective;
        }

        MintingState next = new(block, baseline, realized, sum, time, effective, BigInteger.Zero);
        return next with { Reward = Reward(schedule, block, before, ThetaOf(next)) };
    }

    private static BigInteger ThetaOf(MintingState state) =>
        Theta(state.EffectiveTime, state.EffectiveBaseline, state.Realized, state.BaselineSum);

    private static BigInteger Grown(MintingSchedule schedule, BigInteger baseline) => (baseline * schedule.BaselineGrowth) >> Precision;

    // total · (1 − e^(−lambda · theta)), in 2^-128.
    private static BigInteger BaselineSupply(MintingSchedule schedule, BigInteger theta) =>
        ((BigInteger.One << Precision) - ExpNegative((theta * schedule.Lambda) >> Precision)) * schedule.BaselineTotal;

    private static BigInteger ExpNegative(BigInteger x) =>
        (FixedPolynomial.At(Numerator, x) << Precision) / FixedPolynomial.At(Denominator, x);
}
