using System.Text.Json.Serialization.Metadata;
using DePinChain.Modules.Sdk;

namespace DePinChain.Modules.Economy;

/// <summary>Treasury's part of the genesis document. What is left out is mainnet's.</summary>
public sealed record TreasuryGenesis : IGenesisSection<TreasuryGenesis>
{
    /// <summary>Blocks over which spending is counted.</summary>
    public ulong PeriodBlocks { get; init; } = TreasuryPolicy.PeriodBlocks;

    /// <summary>Part of the pool that may be spent in a period, in 10^-18.</summary>
    public ulong SpendMaxWad { get; init; } = TreasuryPolicy.SpendMaxWad;

    /// <inheritdoc/>
    public static JsonTypeInfo<TreasuryGenesis> Json => EconomyJson.Default.TreasuryGenesis;

    /// <inheritdoc/>
    public IEnumerable<GenesisFault> Validate(string path)
    {
        foreach (ParameterField<TreasuryParameters> field in TreasuryModule.ParameterFields)
            if (field.Fault(ToParameters(), path) is { } fault) yield return fault;
    }

    /// <summary>What governance may change of it.</summary>
    public TreasuryParameters ToParameters() => new(PeriodBlocks, SpendMaxWad);
}
