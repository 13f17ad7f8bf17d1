using System.Text.Json.Serialization.Metadata;
using DePinChain.Modules.Sdk;

namespace DePinChain.Modules.Storage;

/// <summary>What governance may change about probes of retrieval.</summary>
/// <param name="IntervalBlocks">Blocks between two probes of a provider, on average.</param>
/// <param name="FastMs">A chunk that comes within so many milliseconds counts in full.</param>
/// <param name="SlowMs">A chunk that takes so many counts nothing; between, in proportion.</param>
public readonly record struct RetrievalsParameters(
    [Bounds(2, 100_000)] uint IntervalBlocks,
    [Bounds(1, 10_000)] uint FastMs,
    [Bounds(10_001, 600_000)] uint SlowMs)
{
    /// <summary>Mainnet: once a day of blocks of 12 seconds; a chunk of a MiB within 2 seconds is fast, 20 are too slow.</summary>
    public static RetrievalsParameters Mainnet { get; } = new(IntervalBlocks: 7_200, FastMs: 2_000, SlowMs: 20_000);
}

/// <summary>The retrieval probes' part of the genesis document. What is left out is mainnet's.</summary>
public sealed record RetrievalsGenesis : IGenesisSection<RetrievalsGenesis>
{
    private static readonly RetrievalsParameters Defaults = RetrievalsParameters.Mainnet;

    /// <inheritdoc cref="RetrievalsParameters.IntervalBlocks"/>
    public uint IntervalBlocks { get; init; } = Defaults.IntervalBlocks;

    /// <inheritdoc cref="RetrievalsParameters.FastMs"/>
    public uint FastMs { get; init; } = Defaults.FastMs;

    /// <inheritdoc cref="RetrievalsParameters.SlowMs"/>
    public uint SlowMs { get; init; } = Defaults.SlowMs;

    /// <inheritdoc/>
    public static JsonTypeInfo<RetrievalsGenesis> Json => StorageJson.Default.RetrievalsGenesis;

    /// <summary>The parameters.</summary>
    public RetrievalsParameters ToParameters() => new(IntervalBlocks, FastMs, SlowMs);

    /// <inheritdoc/>
    public IEnumerable<GenesisFault> Validate(string path)
    {
        foreach (ParameterField<RetrievalsParameters> field in RetrievalsModule.ParameterFields)
            if (field.Fault(ToParameters(), path) is { } fault) yield return fault;
    }
}
