using System.Text.Json.Serialization.Metadata;
using DePinChain.Modules.Sdk;

namespace DePinChain.Modules.Economy;

/// <summary>Oracle's part of the genesis document. What is left out is mainnet's.</summary>
public sealed record OracleGenesis : IGenesisSection<OracleGenesis>
{
    private static readonly OracleParameters Defaults = OracleParameters.Mainnet;

    /// <inheritdoc cref="OracleParameters.ReportBlocks"/>
    public ulong ReportBlocks { get; init; } = Defaults.ReportBlocks;

    /// <inheritdoc cref="OracleParameters.AverageBlocks"/>
    public ulong AverageBlocks { get; init; } = Defaults.AverageBlocks;

    /// <inheritdoc cref="OracleParameters.StaleBlocks"/>
    public ulong StaleBlocks { get; init; } = Defaults.StaleBlocks;

    /// <inheritdoc cref="OracleParameters.MoveMaxBps"/>
    public uint MoveMaxBps { get; init; } = Defaults.MoveMaxBps;

    /// <inheritdoc cref="OracleParameters.ReportsMin"/>
    public uint ReportsMin { get; init; } = Defaults.ReportsMin;

    /// <summary>On a network for one machine: the price until validators first agree on one, in 10^-9 US dollars; 0 for none.</summary>
    public ulong FixedPrice { get; init; }

    /// <inheritdoc/>
    public static JsonTypeInfo<OracleGenesis> Json => EconomyJson.Default.OracleGenesis;

    /// <inheritdoc/>
    public IEnumerable<GenesisFault> Validate(string path)
    {
        if (FixedPrice > OraclePolicy.PriceMax) yield return new GenesisFault(path + ".fixedPrice", $"is above {OraclePolicy.PriceMax}");
        foreach (ParameterField<OracleParameters> field in OracleModule.ParameterFields)
            if (field.Fault(ToParameters(), path) is { } fault) yield return fault;
    }

    /// <summary>What governance may change of it.</summary>
    public OracleParameters ToParameters() => new(ReportBlocks, AverageBlocks, StaleBlocks, MoveMaxBps, ReportsMin);
}
