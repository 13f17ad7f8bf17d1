using System.Text.Json.Serialization.Metadata;
using DePinChain.Modules.Sdk;

namespace DePinChain.Modules.Compute;

/// <summary>Escrow's part of the genesis document. What is left out is mainnet's.</summary>
public sealed record EscrowGenesis : IGenesisSection<EscrowGenesis>
{
    /// <inheritdoc cref="EscrowParameters.TakeNativeBps"/>
    public ushort TakeNativeBps { get; init; } = EscrowPolicy.TakeNativeBps;

    /// <inheritdoc cref="EscrowParameters.TakeTokenBps"/>
    public ushort TakeTokenBps { get; init; } = EscrowPolicy.TakeTokenBps;

    /// <inheritdoc cref="EscrowParameters.MinPrepaidBlocks"/>
    public uint MinPrepaidBlocks { get; init; } = EscrowPolicy.MinPrepaidBlocks;

    /// <inheritdoc cref="EscrowParameters.DayBlocks"/>
    public uint DayBlocks { get; init; } = EscrowPolicy.DayBlocks;

    /// <inheritdoc/>
    public static JsonTypeInfo<EscrowGenesis> Json => ComputeJson.Default.EscrowGenesis;

    /// <inheritdoc/>
    public IEnumerable<GenesisFault> Validate(string path)
    {
        foreach (ParameterField<EscrowParameters> field in EscrowModule.ParameterFields)
            if (field.Fault(ToParameters(), path) is { } fault) yield return fault;
    }

    /// <summary>What governance may change of it.</summary>
    public EscrowParameters ToParameters() => new(TakeNativeBps, TakeTokenBps, MinPrepaidBlocks, DayBlocks);
}
