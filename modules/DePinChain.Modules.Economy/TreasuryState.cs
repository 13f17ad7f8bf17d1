using DePinChain.Modules.Sdk;

namespace DePinChain.Modules.Economy;

/// <summary>What governance may change about spending.</summary>
/// <param name="PeriodBlocks">Blocks over which spending is counted.</param>
/// <param name="SpendMaxWad">Part of the pool, as it stood when the period began, that may be spent in it, in 10^-18.</param>
public readonly record struct TreasuryParameters(
    [Bounds(1, 1_000_000)] ulong PeriodBlocks,
    [Bounds(0, TreasuryPolicy.Wad)] ulong SpendMaxWad)
{
    /// <summary>A tenth of the pool in an epoch of mainnet.</summary>
    public static TreasuryParameters Default { get; } = new(TreasuryPolicy.PeriodBlocks, TreasuryPolicy.SpendMaxWad);
}

/// <summary>The running period of one asset's spending.</summary>
/// <param name="Start">Its first block.</param>
/// <param name="Allowance">What may be spent in it.</param>
/// <param name="Spent">What was.</param>
public readonly record struct SpendPeriod(ulong Start, UInt128 Allowance, UInt128 Spent);
