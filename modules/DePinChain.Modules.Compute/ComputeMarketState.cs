using DePinChain.Primitives;

namespace DePinChain.Modules.Compute;

/// <summary>How an order finds its provider.</summary>
public enum AuctionMode : byte
{
    /// <summary>The lowest bid wins by itself when bidding closes.</summary>
    AutoLowest = 0,

    /// <summary>The tenant chooses a bid.</summary>
    TenantChoice = 1,

    /// <summary>Bids are committed, then revealed; the lowest revealed wins by itself.</summary>
    Sealed = 2,
}

/// <summary>Whether a provider takes part.</summary>
public enum ProviderState : byte
{
    /// <summary>It never registered, or its stake was paid back.</summary>
    Unknown = 0,

    /// <summary>It bids.</summary>
    Active = 1,

    /// <summary>It serves what it has and bids no more.</summary>
    Draining = 2,

    /// <summary>It vanished from a lease and must wait before it asks back in.</summary>
    Jailed = 3,

    /// <summary>It leaves; its stake is paid back later.</summary>
    Exiting = 4,
}

/// <summary>What a deployment is doing.</summary>
public enum DeploymentState : byte
{
    /// <summary>It never existed.</summary>
    Unknown = 0,

    /// <summary>It has groups and money.</summary>
    Active = 1,

    /// <summary>Its tenant closed it.</summary>
    Closed = 2,
}

/// <summary>What a group is doing.</summary>
public enum GroupState : byte
{
    /// <summary>It never existed.</summary>
    Unknown = 0,

    /// <summary>It has an open order or a lease.</summary>
    Open = 1,

    /// <summary>It waits until its tenant starts it again.</summary>
    Paused = 2,

    /// <summary>The money ended.</summary>
    InsufficientFunds = 3,

    /// <summary>It is over.</summary>
    Closed = 4,
}

/// <summary>What an order is doing.</summary>
public enum OrderState : byte
{
    /// <summary>It never existed.</summary>
    Unknown = 0,

    /// <summary>It takes bids.</summary>
    Open = 1,

    /// <summary>It has a lease.</summary>
    Active = 2,

    /// <summary>It is over.</summary>
    Closed = 3,
}

/// <summary>What a bid is doing.</summary>
public enum BidState : byte
{
    /// <summary>It never existed.</summary>
    Unknown = 0,

    /// <summary>Only its commitment is known.</summary>
    Committed = 1,

    /// <summary>It may win.</summary>
    Open = 2,

    /// <summary>It won.</summary>
    Active = 3,

    /// <summary>Another bid won.</summary>
    Lost = 4,

    /// <summary>It is over.</summary>
    Closed = 5,
}

/// <summary>What a lease is doing.</summary>
public enum LeaseState : byte
{
    /// <summary>It never existed.</summary>
    Unknown = 0,

    /// <summary>It is agreed; the provider prepares it. Nothing is paid yet.</summary>
    Matched = 1,

    /// <summary>It runs and is paid.</summary>
    Active = 2,

    /// <summary>It runs and is paid; the provider has given notice.</summary>
    Reclaiming = 3,

    /// <summary>The money ended.</summary>
    InsufficientFunds = 4,

    /// <summary>It is over.</summary>
    Closed = 5,
}

/// <summary>A provider of compute.</summary>
/// <param name="Uri">Where its agent answers, 1 to 128 bytes.</param>
/// <param name="Description">Hash of what it says of itself.</param>
/// <param name="Region">Its country: ISO 3166 numeric.</param>
/// <param name="Continent">Its continent, from 1000 on.</param>
/// <param name="Classes">Classes of storage that it offers.</param>
/// <param name="Attributes">What it says of itself, unsigned.</param>
/// <param name="Stake">What it staked.</param>
/// <param name="State">Whether it takes part.</param>
/// <param name="Until">Jailed: block from which it may ask back in. Exiting: block at which its stake is paid back.</param>
/// <param name="Leases">Leases it has.</param>
/// <param name="JobsOk">Leases that ended well, halved every 30 days.</param>
/// <param name="JobsAll">Leases that ended, halved every 30 days.</param>
/// <param name="HalvedAt">Block of the last halving.</param>
public sealed record ProviderRecord(
    string Uri,
    Hash256 Description,
    ushort Region,
    ushort Continent,
    StorageClasses Classes,
    AttributePair[] Attributes,
    Amount Stake,
    ProviderState State,
    ulong Until,
    uint Leases,
    uint JobsOk,
    uint JobsAll,
    ulong HalvedAt);

/// <summary>An auditor's word for one attribute of a provider.</summary>
/// <param name="Value">The value it stands for.</param>
/// <param name="ExpiresAt">Block from which the word is no longer given.</param>
public readonly record struct SignedAttribute(Hash256 Value, ulong ExpiresAt);

/// <summary>A key with which an account speaks TLS.</summary>
/// <param name="NotBefore">Seconds since 1970.</param>
/// <param name="NotAfter">Seconds since 1970.</param>
/// <param name="IsRevoked">Revoked certificates are never valid again.</param>
public readonly record struct CertificateRecord(ulong NotBefore, ulong NotAfter, bool IsRevoked);

/// <summary>What a tenant runs.</summary>
/// <param name="State">What it is doing.</param>
/// <param name="Mode">How its orders find providers.</param>
/// <param name="BiddingBlocks">How long its orders take bids.</param>
/// <param name="ReclaimMin">Least notice a bid must give; 0 when it asks for none.</param>
/// <param name="Token">0 for DPN, else the number of the token its leases are priced in.</param>
/// <param name="Manifest">Hash of its manifest, which goes to the provider directly.</param>
/// <param name="Groups">How many groups it has; they are numbered from 1.</param>
/// <param name="CreatedAt">Block it was created in.</param>
public readonly record struct DeploymentRecord(
    DeploymentState State,
    AuctionMode Mode,
    uint BiddingBlocks,
    uint ReclaimMin,
    uint Token,
    Hash256 Manifest,
    uint Groups,
    ulong CreatedAt);

/// <summary>A part of a deployment that runs at one provider.</summary>
/// <param name="Owner">The tenant.</param>
/// <param name="Dseq">Number of its deployment.</param>
/// <param name="Gseq">Its number in the deployment.</param>
/// <param name="State">What it is doing.</param>
/// <param name="Orders">How many orders it has had; the last one is its current.</param>
/// <param name="Ceiling">Highest price it pays, in base units a block.</param>
public readonly record struct GroupRecord(Address Owner, ulong Dseq, uint Gseq, GroupState State, uint Orders, UInt128 Ceiling);

/// <summary>The name of an order.</summary>
/// <param name="Owner">The tenant.</param>
/// <param name="Dseq">Number of its deployment.</param>
/// <param name="Gseq">Number of the group in it.</param>
/// <param name="Oseq">Number of the order of that group.</param>
public readonly record struct OrderId(Address Owner, ulong Dseq, uint Gseq, uint Oseq);

/// <summary>A group that looks for a provider.</summary>
/// <param name="Id">Its name.</param>
/// <param name="State">What it is doing.</param>
/// <param name="Mode">How it finds one.</param>
/// <param name="OpenedAt">Block it was opened in.</param>
/// <param name="ClosesAt">Block at which bidding closes.</param>
/// <param name="Winner">The bid that won, which is the number of the lease; zero before.</param>
/// <param name="IsSettled">True when its time came; false while it is open, and when its tenant or the money ended it before.</param>
public readonly record struct OrderRecord(
    OrderId Id, OrderState State, AuctionMode Mode, ulong OpenedAt, ulong ClosesAt, Hash256 Winner, bool IsSettled);

/// <summary>A provider's offer.</summary>
/// <param name="Order">The order.</param>
/// <param name="Provider">The provider.</param>
/// <param name="Bseq">Its number among the provider's offers for the order.</param>
/// <param name="State">What it is doing.</param>
/// <param name="Price">Base units a block; zero while only committed.</param>
/// <param name="Commitment">Of a sealed bid; zero otherwise.</param>
/// <param name="Offer">Hash of what is offered, such as the GPUs reserved.</param>
/// <param name="ReclaimBlocks">Notice it gives before it ends the lease; 0 for none.</param>
/// <param name="ValidUntil">Last block at which it may win.</param>
public readonly record struct BidRecord(
    Hash256 Order,
    Address Provider,
    byte Bseq,
    BidState State,
    UInt128 Price,
    Hash256 Commitment,
    Hash256 Offer,
    uint ReclaimBlocks,
    ulong ValidUntil);

/// <summary>A group that runs at a provider. Its number is its bid's, and its payment's.</summary>
/// <param name="Order">The order it came from.</param>
/// <param name="Owner">The tenant.</param>
/// <param name="Provider">The provider.</param>
/// <param name="State">What it is doing.</param>
/// <param name="Price">Base units a block.</param>
/// <param name="CreatedAt">Block it was agreed in.</param>
/// <param name="StartedAt">Block from which it is paid; 0 before.</param>
/// <param name="ClosedAt">Block it ended in; 0 before.</param>
/// <param name="Reason">Why it ended or is reclaimed: a <see cref="CloseReason"/>.</param>
/// <param name="ReclaimBlocks">Notice the provider must give; 0 for none.</param>
/// <param name="ReclaimDeadline">Block from which the provider may end it after notice; 0 before.</param>
/// <param name="HeardAt">Block of the provider's last sign of life.</param>
public readonly record struct LeaseRecord(
    Hash256 Order,
    Address Owner,
    Address Provider,
    LeaseState State,
    UInt128 Price,
    ulong CreatedAt,
    ulong StartedAt,
    ulong ClosedAt,
    uint Reason,
    uint ReclaimBlocks,
    ulong ReclaimDeadline,
    ulong HeardAt);

/// <summary>Why a lease, an order or a bid ended. Numbers from 10,000 on are Akash's.</summary>
public static class CloseReason
{
    /// <summary>The tenant closed it.</summary>
    public const uint Tenant = 1;

    /// <summary>Nobody bid.</summary>
    public const uint NoBids = 2;

    /// <summary>Nobody who bid could serve it any more.</summary>
    public const uint NoEligibleBid = 3;

    /// <summary>The provider closed it as unstable.</summary>
    public const uint Unstable = 10_000;

    /// <summary>The provider goes out of service.</summary>
    public const uint Decommission = 10_001;

    /// <summary>The provider gave no reason.</summary>
    public const uint Unspecified = 10_002;

    /// <summary>The provider got no manifest in time.</summary>
    public const uint NoManifest = 10_003;

    /// <summary>The provider never started it.</summary>
    public const uint NotStarted = 10_004;

    /// <summary>The provider gave no sign of life.</summary>
    public const uint ProviderLost = 10_005;

    /// <summary>The money ended.</summary>
    public const uint InsufficientFunds = 20_000;

    /// <summary>True for a reason that a provider may give.</summary>
    public static bool IsProviders(uint reason) => reason is Unstable or Decommission or Unspecified or NoManifest;
}
