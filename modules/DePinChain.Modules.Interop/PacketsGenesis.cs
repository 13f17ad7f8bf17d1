using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using DePinChain.Modules.Sdk;
using DePinChain.Primitives;

namespace DePinChain.Modules.Interop;

/// <summary>Packets' part of the genesis document. What is left out is mainnet's.</summary>
public sealed record PacketsGenesis : IGenesisSection<PacketsGenesis>
{
    /// <inheritdoc cref="PacketsParameters.LaneFee"/>
    public Amount LaneFee { get; init; } = PacketsParameters.Mainnet.LaneFee;

    /// <inheritdoc cref="PacketsParameters.WindowBlocks"/>
    public ulong WindowBlocks { get; init; } = PacketsParameters.Mainnet.WindowBlocks;

    /// <inheritdoc cref="PacketsParameters.ReleaseMax"/>
    public Amount ReleaseMax { get; init; } = PacketsParameters.Mainnet.ReleaseMax;

    /// <inheritdoc/>
    public static JsonTypeInfo<PacketsGenesis> Json => InteropJson.Default.PacketsGenesis;

    /// <summary>The parameters.</summary>
    public PacketsParameters ToParameters() => new(LaneFee, WindowBlocks, ReleaseMax);

    /// <inheritdoc/>
    public IEnumerable<GenesisFault> Validate(string path)
    {
        foreach (ParameterField<PacketsParameters> field in PacketsModule.ParameterFields)
            if (field.Fault(ToParameters(), path) is { } fault) yield return fault;
    }
}

/// <summary>How the genesis section is read: camel case, unknown keys refused.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
    Converters = [typeof(AmountJson)])]
[JsonSerializable(typeof(PacketsGenesis))]
internal sealed partial class InteropJson : JsonSerializerContext;
