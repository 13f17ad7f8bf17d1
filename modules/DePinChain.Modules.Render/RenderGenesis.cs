using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using DePinChain.Modules.Sdk;
using DePinChain.Primitives;

namespace DePinChain.Modules.Render;

/// <summary>Render's part of the genesis document. What is left out is mainnet's.</summary>
public sealed record RenderGenesis : IGenesisSection<RenderGenesis>
{
    private static readonly RenderParameters Defaults = RenderParameters.Mainnet;

    /// <inheritdoc cref="RenderParameters.PriceBlocks"/>
    public uint PriceBlocks { get; init; } = Defaults.PriceBlocks;

    /// <inheritdoc cref="RenderParameters.ReferencePrice"/>
    public ulong ReferencePrice { get; init; } = Defaults.ReferencePrice;

    /// <inheritdoc cref="RenderParameters.EpochBlocks"/>
    public uint EpochBlocks { get; init; } = Defaults.EpochBlocks;

    /// <inheritdoc cref="RenderParameters.HourBlocks"/>
    public uint HourBlocks { get; init; } = Defaults.HourBlocks;

    /// <inheritdoc cref="RenderParameters.RenderBlocksMin"/>
    public uint RenderBlocksMin { get; init; } = Defaults.RenderBlocksMin;

    /// <inheritdoc cref="RenderParameters.RevealBlocks"/>
    public uint RevealBlocks { get; init; } = Defaults.RevealBlocks;

    /// <inheritdoc cref="RenderParameters.ApproveBlocks"/>
    public uint ApproveBlocks { get; init; } = Defaults.ApproveBlocks;

    /// <inheritdoc cref="RenderParameters.RejectBlocks"/>
    public uint RejectBlocks { get; init; } = Defaults.RejectBlocks;

    /// <inheritdoc cref="RenderParameters.NodeBond"/>
    public Amount NodeBond { get; init; } = Defaults.NodeBond;

    /// <summary>What epochs mint from: the stream's cap.</summary>
    public Amount Pool { get; init; } = Amount.FromDpn(107_374_182);

    /// <summary>Accounts that may say they know a node.</summary>
    public IReadOnlyList<Address> Auditors { get; init; } = [];

    /// <inheritdoc/>
    public static JsonTypeInfo<RenderGenesis> Json => RenderJson.Default.RenderGenesis;

    /// <inheritdoc/>
    public IEnumerable<GenesisFault> Validate(string path)
    {
        if (Pool > Amount.FromDpn(107_374_182)) yield return new GenesisFault(path + ".pool", "is above 107374182 DPN");
        foreach (ParameterField<RenderParameters> field in RenderModule.ParameterFields)
            if (field.Fault(ToParameters(), path) is { } fault) yield return fault;
    }

    /// <summary>What governance may change of it.</summary>
    public RenderParameters ToParameters() => Defaults with
    {
        PriceBlocks = PriceBlocks,
        ReferencePrice = ReferencePrice,
        EpochBlocks = EpochBlocks,
        HourBlocks = HourBlocks,
        RenderBlocksMin = RenderBlocksMin,
        RevealBlocks = RevealBlocks,
        ApproveBlocks = ApproveBlocks,
        RejectBlocks = RejectBlocks,
        NodeBond = NodeBond,
    };
}

/// <summary>How the genesis section is read: camel case, unknown keys refused.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    RespectNullableAnnotations = true,
    RespectRequiredConstructorParameters = true,
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
    Converters = [typeof(AddressJson), typeof(AmountJson), typeof(UInt256Json)])]
[JsonSerializable(typeof(RenderGenesis))]
internal sealed partial class RenderJson : JsonSerializerContext;
