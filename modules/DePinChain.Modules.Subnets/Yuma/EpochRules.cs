namespace DePinChain.Modules.Subnets.Yuma;

/// <summary>The numbers an epoch is computed with. Proportions are parts of 65,535.</summary>
/// <param name="Kappa">Stake majority that a score must be backed by.</param>
/// <param name="ValidatorsMax">Permits given out by stake.</param>
/// <param name="ActivityCutoff">Blocks after which a validator without new weights is inactive.</param>
/// <param name="BondsMovingAverage">Part of the old bonds that stays, in millionths.</param>
/// <param name="BondsPenalty">How far weights above consensus are cut before bonds are bought with them.</param>
/// <param name="Yuma3">Bonds of fixed scale per pair; otherwise the classic bonds that stake buys.</param>
/// <param name="LiquidAlpha">Bonds move faster where a validator differs from the consensus; Yuma3 only.</param>
/// <param name="AlphaLow">Slowest liquid alpha.</param>
/// <param name="AlphaHigh">Fastest liquid alpha.</param>
/// <param name="AlphaSteepness">Steepness of liquid alpha's sigmoid, in hundredths.</param>
/// <param name="StakeThreshold">Stake below which nobody but the owner counts.</param>
/// <param name="CommitReveal">Weights may wait under a commitment.</param>
public readonly record struct EpochRules(
    ushort Kappa,
    int ValidatorsMax,
    ulong ActivityCutoff,
    uint BondsMovingAverage,
    ushort BondsPenalty,
    bool Yuma3,
    bool LiquidAlpha,
    ushort AlphaLow,
    ushort AlphaHigh,
    short AlphaSteepness,
    ulong StakeThreshold,
    bool CommitReveal)
{
    /// <summary>Millionths in a whole.</summary>
    public const uint Million = 1_000_000;

    /// <summary>Subtensor's defaults for new subnets.</summary>
    public static EpochRules Default { get; } = new(
        Kappa: 32_767,
        ValidatorsMax: 64,
        ActivityCutoff: 5_000,
        BondsMovingAverage: 900_000,
        BondsPenalty: FixedPoint.Whole,
        Yuma3: true,
        LiquidAlpha: false,
        AlphaLow: 45_875,
        AlphaHigh: 58_982,
        AlphaSteepness: 1_000,
        StakeThreshold: 0,
        CommitReveal: true);
}
