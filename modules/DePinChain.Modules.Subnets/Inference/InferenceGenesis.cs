using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using DePinChain.Modules.Sdk;
using DePinChain.Primitives;

namespace DePinChain.Modules.Subnets.Inference;

/// <summary>Inference's part of the genesis document. What is left out is mainnet's.</summary>
public sealed record InferenceGenesis : IGenesisSection<InferenceGenesis>
{
    private static readonly InferenceParameters Defaults = InferenceParameters.Mainnet;

    /// <inheritdoc cref="InferenceParameters.ModelDeposit"/>
    public Amount ModelDeposit { get; init; } = Defaults.ModelDeposit;

    /// <inheritdoc cref="InferenceParameters.MinerDeposit"/>
    public Amount MinerDeposit { get; init; } = Defaults.MinerDeposit;

    /// <inheritdoc cref="InferenceParameters.ReceiptBlocks"/>
    public ulong ReceiptBlocks { get; init; } = Defaults.ReceiptBlocks;

    /// <inheritdoc cref="InferenceParameters.RateFloorBps"/>
    public uint RateFloorBps { get; init; } = Defaults.RateFloorBps;

    /// <inheritdoc cref="InferenceParameters.NewcomerAnswers"/>
    public uint NewcomerAnswers { get; init; } = Defaults.NewcomerAnswers;

    /// <inheritdoc cref="InferenceParameters.FaultBps"/>
    public uint FaultBps { get; init; } = Defaults.FaultBps;

    /// <inheritdoc cref="InferenceParameters.UnservedBps"/>
    public uint UnservedBps { get; init; } = Defaults.UnservedBps;

    /// <inheritdoc cref="InferenceParameters.DisputeBlocks"/>
    public ulong DisputeBlocks { get; init; } = Defaults.DisputeBlocks;

    /// <inheritdoc cref="InferenceParameters.DisputeRewardBps"/>
    public uint DisputeRewardBps { get; init; } = Defaults.DisputeRewardBps;

    /// <inheritdoc/>
    public static JsonTypeInfo<InferenceGenesis> Json => InferenceJson.Default.InferenceGenesis;

    /// <summary>The parameters.</summary>
    public InferenceParameters ToParameters() => new(
        ModelDeposit, MinerDeposit, ReceiptBlocks, RateFloorBps, NewcomerAnswers, FaultBps, UnservedBps, DisputeBlocks,
        DisputeRewardBps);

    /// <inheritdoc/>
    public IEnumerable<GenesisFault> Validate(string path)
    {
        foreach (ParameterField<InferenceParameters> field in InferenceModule.ParameterFields)
            if (field.Fault(ToParameters(), path) is { } fault) yield return fault;
    }
}

/// <summary>How the genesis section is read: camel case, unknown keys refused.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
    Converters = [typeof(AmountJson)])]
[JsonSerializable(typeof(InferenceGenesis))]
internal sealed partial class InferenceJson : JsonSerializerContext;
