using DePinChain.Modules.Sdk;
using DePinChain.Primitives;

namespace DePinChain.Modules.Compute;

/// <summary>What governance may change about the market. Durations are blocks.</summary>
/// <param name="ProviderStakeMin">Least stake of a provider.</param>
/// <param name="ProviderUnbondingBlocks">How long a leaving provider's stake stays.</param>
/// <param name="JailBlocks">How long a provider that vanished may not bid.</param>
/// <param name="DeploymentDepositMin">Least first deposit of a deployment in DPN.</param>
/// <param name="BidDepositMin">Least deposit of a bid in DPN.</param>
/// <param name="BidDepositBlocks">Blocks of its price that a bid's deposit covers.</param>
/// <param name="MatchFee">What each order prepays for being matched; it goes to the community pool.</param>
/// <param name="BiddingBlocks">How long an order takes bids when its tenant does not say.</param>
/// <param name="RevealBlocks">How long sealed bids are revealed.</param>
/// <param name="ChoiceBlocks">How long a tenant may choose after bidding closed.</param>
/// <param name="BidsMax">Bids of an order.</param>
/// <param name="OpenOrdersMax">Open orders of a tenant who wants more.</param>
/// <param name="ManifestBlocks">How long a provider waits for the manifest.</param>
/// <param name="StartBlocks">How long after that it has to start.</param>
/// <param name="HeartbeatBlocks">Blocks without a sign of life after which a lease ends.</param>
/// <param name="ReclaimBlocksMin">Shortest notice, and the notice owed where none was promised.</param>
/// <param name="ReclaimBlocksMax">Longest notice.</param>
public readonly record struct MarketParameters(
    [Bounds("0 DPN", "100000 DPN")] Amount ProviderStakeMin,
    [Bounds(1, 2_000_000)] ulong ProviderUnbondingBlocks,
    [Bounds(1, 1_000_000)] ulong JailBlocks,
    [Bounds("0 DPN", "1000 DPN")] Amount DeploymentDepositMin,
    [Bounds("0 DPN", "1000 DPN")] Amount BidDepositMin,
    [Bounds(0, 10_000)] uint BidDepositBlocks,
    [Bounds("0 DPN", "10 DPN")] Amount MatchFee,
    [Bounds(2, ComputeMarketPolicy.BiddingBlocksMax)] uint BiddingBlocks,
    [Bounds(1, 300)] uint RevealBlocks,
    [Bounds(1, 7_200)] uint ChoiceBlocks,
    [Bounds(1, ComputeMarketPolicy.BidsCeiling)] uint BidsMax,
    [Bounds(1, 1_000)] uint OpenOrdersMax,
    [Bounds(1, 7_200)] uint ManifestBlocks,
    [Bounds(1, 7_200)] uint StartBlocks,
    [Bounds(1, 7_200)] uint HeartbeatBlocks,
    [Bounds(1, 216_000)] uint ReclaimBlocksMin,
    [Bounds(1, 1_000_000)] uint ReclaimBlocksMax)
{
    /// <summary>Mainnet: blocks of 12 seconds.</summary>
    public static MarketParameters Mainnet { get; } = new(
        ProviderStakeMin: Amount.FromDpn(10),
        ProviderUnbondingBlocks: 100_800,
        JailBlocks: 300,
        DeploymentDepositMin: new Amount(Amount.One.Wei / 2),
        BidDepositMin: new Amount(Amount.One.Wei / 2),
        BidDepositBlocks: 300,
        MatchFee: new Amount(Amount.One.Wei / 1_000),
        BiddingBlocks: 10,
        RevealBlocks: 5,
        ChoiceBlocks: 300,
        BidsMax: 20,
        OpenOrdersMax: 20,
        ManifestBlocks: 25,
        StartBlocks: 50,
        HeartbeatBlocks: 300,
        ReclaimBlocksMin: 300,
        ReclaimBlocksMax: 216_000);
}
