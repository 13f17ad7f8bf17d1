using System.Text.Json.Serialization.Metadata;
using DePinChain.Modules.Sdk;
using DePinChain.Primitives;

namespace DePinChain.Modules.Compute;

/// <summary>The market's part of the genesis document: its parameters. What is left out is mainnet's.</summary>
public sealed record ComputeMarketGenesis : IGenesisSection<ComputeMarketGenesis>
{
    private static readonly MarketParameters Defaults = MarketParameters.Mainnet;

    /// <inheritdoc cref="MarketParameters.ProviderStakeMin"/>
    public Amount ProviderStakeMin { get; init; } = Defaults.ProviderStakeMin;

    /// <inheritdoc cref="MarketParameters.ProviderUnbondingBlocks"/>
    public ulong ProviderUnbondingBlocks { get; init; } = Defaults.ProviderUnbondingBlocks;

    /// <inheritdoc cref="MarketParameters.JailBlocks"/>
    public ulong JailBlocks { get; init; } = Defaults.JailBlocks;

    /// <inheritdoc cref="MarketParameters.DeploymentDepositMin"/>
    public Amount DeploymentDepositMin { get; init; } = Defaults.DeploymentDepositMin;

    /// <inheritdoc cref="MarketParameters.BidDepositMin"/>
    public Amount BidDepositMin { get; init; } = Defaults.BidDepositMin;

    /// <inheritdoc cref="MarketParameters.BidDepositBlocks"/>
    public uint BidDepositBlocks { get; init; } = Defaults.BidDepositBlocks;

    /// <inheritdoc cref="MarketParameters.MatchFee"/>
    public Amount MatchFee { get; init; } = Defaults.MatchFee;

    /// <inheritdoc cref="MarketParameters.BiddingBlocks"/>
    public uint BiddingBlocks { get; init; } = Defaults.BiddingBlocks;

    /// <inheritdoc cref="MarketParameters.RevealBlocks"/>
    public uint RevealBlocks { get; init; } = Defaults.RevealBlocks;

    /// <inheritdoc cref="MarketParameters.ChoiceBlocks"/>
    public uint ChoiceBlocks { get; init; } = Defaults.ChoiceBlocks;

    /// <inheritdoc cref="MarketParameters.BidsMax"/>
    public uint BidsMax { get; init; } = Defaults.BidsMax;

    /// <inheritdoc cref="MarketParameters.OpenOrdersMax"/>
    public uint OpenOrdersMax { get; init; } = Defaults.OpenOrdersMax;

    /// <inheritdoc cref="MarketParameters.ManifestBlocks"/>
    public uint ManifestBlocks { get; init; } = Defaults.ManifestBlocks;

    /// <inheritdoc cref="MarketParameters.StartBlocks"/>
    public uint StartBlocks { get; init; } = Defaults.StartBlocks;

    /// <inheritdoc cref="MarketParameters.HeartbeatBlocks"/>
    public uint HeartbeatBlocks { get; init; } = Defaults.HeartbeatBlocks;

    /// <inheritdoc cref="MarketParameters.ReclaimBlocksMin"/>
    public uint ReclaimBlocksMin { get; init; } = Defaults.ReclaimBlocksMin;

    /// <inheritdoc cref="MarketParameters.ReclaimBlocksMax"/>
    public uint ReclaimBlocksMax { get; init; } = Defaults.ReclaimBlocksMax;

    /// <inheritdoc/>
    public static JsonTypeInfo<ComputeMarketGenesis> Json => ComputeJson.Default.ComputeMarketGenesis;

    /// <inheritdoc/>
    public IEnumerable<GenesisFault> Validate(string path)
    {
        if (ReclaimBlocksMax < ReclaimBlocksMin) yield return new GenesisFault(path + ".reclaimBlocksMax", "is below reclaimBlocksMin");
        foreach (ParameterField<MarketParameters> field in ComputeMarketModule.ParameterFields)
            if (field.Fault(ToParameters(), path) is { } fault) yield return fault;
    }

    /// <summary>The parameters.</summary>
    public MarketParameters ToParameters() => new(
        ProviderStakeMin, ProviderUnbondingBlocks, JailBlocks, DeploymentDepositMin, BidDepositMin, BidDepositBlocks, MatchFee,
        BiddingBlocks, RevealBlocks, ChoiceBlocks, BidsMax, OpenOrdersMax, ManifestBlocks, StartBlocks, HeartbeatBlocks,
        ReclaimBlocksMin, ReclaimBlocksMax);
}
