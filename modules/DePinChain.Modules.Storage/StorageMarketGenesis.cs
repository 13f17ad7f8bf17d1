using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using DePinChain.Modules.Sdk;
using DePinChain.Primitives;

namespace DePinChain.Modules.Storage;

/// <summary>The market's part of the genesis document. What is left out is mainnet's.</summary>
public sealed record StorageMarketGenesis : IGenesisSection<StorageMarketGenesis>
{
    private static readonly StorageMarketParameters Defaults = StorageMarketParameters.Mainnet;

    /// <inheritdoc cref="StorageMarketParameters.DealBlocksMin"/>
    public ulong DealBlocksMin { get; init; } = Defaults.DealBlocksMin;

    /// <inheritdoc cref="StorageMarketParameters.DealBlocksMax"/>
    public ulong DealBlocksMax { get; init; } = Defaults.DealBlocksMax;

    /// <inheritdoc cref="StorageMarketParameters.StartAheadMax"/>
    public ulong StartAheadMax { get; init; } = Defaults.StartAheadMax;

    /// <inheritdoc cref="StorageMarketParameters.ActivationGrace"/>
    public ulong ActivationGrace { get; init; } = Defaults.ActivationGrace;

    /// <inheritdoc cref="StorageMarketParameters.AcceptBlocks"/>
    public ulong AcceptBlocks { get; init; } = Defaults.AcceptBlocks;

    /// <inheritdoc cref="StorageMarketParameters.LockBlocks"/>
    public ulong LockBlocks { get; init; } = Defaults.LockBlocks;

    /// <inheritdoc cref="StorageMarketParameters.NoticeBlocks"/>
    public ulong NoticeBlocks { get; init; } = Defaults.NoticeBlocks;

    /// <inheritdoc cref="StorageMarketParameters.CollateralBlocks"/>
    public ulong CollateralBlocks { get; init; } = Defaults.CollateralBlocks;

    /// <inheritdoc cref="StorageMarketParameters.TakeBps"/>
    public ushort TakeBps { get; init; } = Defaults.TakeBps;

    /// <inheritdoc cref="StorageMarketParameters.CompensationBps"/>
    public ushort CompensationBps { get; init; } = Defaults.CompensationBps;

    /// <inheritdoc cref="StorageMarketParameters.BaselineBytes"/>
    public ulong BaselineBytes { get; init; } = Defaults.BaselineBytes;

    /// <inheritdoc cref="StorageMarketParameters.CollateralPer32GiB"/>
    public Amount CollateralPer32GiB { get; init; } = Defaults.CollateralPer32GiB;

    /// <inheritdoc cref="StorageMarketParameters.DustBurn"/>
    public Amount DustBurn { get; init; } = Defaults.DustBurn;

    /// <summary>Blocks of a day; never changes.</summary>
    public ulong DayBlocks { get; init; } = 7_200;

    /// <inheritdoc/>
    public static JsonTypeInfo<StorageMarketGenesis> Json => StorageJson.Default.StorageMarketGenesis;

    /// <summary>The parameters.</summary>
    public StorageMarketParameters ToParameters() => new(
        DealBlocksMin, DealBlocksMax, StartAheadMax, ActivationGrace, AcceptBlocks, LockBlocks, NoticeBlocks, CollateralBlocks, TakeBps,
        CompensationBps, BaselineBytes, CollateralPer32GiB, DustBurn);

    /// <inheritdoc/>
    public IEnumerable<GenesisFault> Validate(string path)
    {
        if (DayBlocks is < 10 or > 1_000_000) yield return new GenesisFault(path + ".dayBlocks", "is not between 10 and 1000000");
        if (DealBlocksMax < DealBlocksMin) yield return new GenesisFault(path + ".dealBlocksMax", "is below dealBlocksMin");
        foreach (ParameterField<StorageMarketParameters> field in StorageMarketModule.ParameterFields)
            if (field.Fault(ToParameters(), path) is { } fault) yield return fault;
    }
}

/// <summary>How the genesis sections of this family are read: camel case, unknown keys refused.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
    Converters = [typeof(AmountJson)])]
[JsonSerializable(typeof(StorageMarketGenesis))]
[JsonSerializable(typeof(DataSetsGenesis))]
[JsonSerializable(typeof(PaymentChannelsGenesis))]
[JsonSerializable(typeof(SealedSectorsGenesis))]
[JsonSerializable(typeof(RetrievalsGenesis))]
internal sealed partial class StorageJson : JsonSerializerContext;
