using DePinChain.Modules.Sdk;
using DePinChain.Primitives;

namespace DePinChain.Modules.Compute;

/// <summary>A provider came, or changed what it says of itself.</summary>
[Event(typeof(ComputeMarketModule))]
public readonly partial record struct ProviderChanged([Indexed] Address Provider, string Uri, Hash256 Description, Amount Stake);

/// <summary>A provider takes part in another way; <c>Until</c> is the block at which that can or does end.</summary>
[Event(typeof(ComputeMarketModule))]
public readonly partial record struct ProviderStateChanged([Indexed] Address Provider, ProviderState State, ulong Until);

/// <summary>A provider has left and got its stake back.</summary>
[Event(typeof(ComputeMarketModule))]
public readonly partial record struct ProviderLeft([Indexed] Address Provider, Amount Stake);

/// <summary>An auditor gave its word for attributes of a provider.</summary>
[Event(typeof(ComputeMarketModule))]
public readonly partial record struct AttributesSigned(
    [Indexed] Address Auditor, [Indexed] Address Provider, AttributePair[] Attributes, ulong ExpiresAt);

/// <summary>An auditor took its word back.</summary>
[Event(typeof(ComputeMarketModule))]
public readonly partial record struct AttributesRevoked([Indexed] Address Auditor, [Indexed] Address Provider, Hash256[] Keys);

/// <summary>An account published a key for TLS.</summary>
[Event(typeof(ComputeMarketModule))]
public readonly partial record struct CertificatePublished(
    [Indexed] Address Owner, [Indexed] Hash256 Spki, ulong NotBefore, ulong NotAfter);

/// <summary>An account revoked its key for TLS.</summary>
[Event(typeof(ComputeMarketModule))]
public readonly partial record struct CertificateRevoked([Indexed] Address Owner, [Indexed] Hash256 Spki);

/// <summary>A tenant wants to run something.</summary>
[Event(typeof(ComputeMarketModule))]
public readonly partial record struct DeploymentCreated(
    [Indexed] Address Owner, [Indexed] ulong Dseq, Hash256 Manifest, AuctionMode Mode, uint Token, uint Groups);

/// <summary>A deployment has another manifest.</summary>
[Event(typeof(ComputeMarketModule))]
public readonly partial record struct DeploymentUpdated([Indexed] Address Owner, [Indexed] ulong Dseq, Hash256 Manifest);

/// <summary>A deployment is over.</summary>
[Event(typeof(ComputeMarketModule))]
public readonly partial record struct DeploymentClosed([Indexed] Address Owner, [Indexed] ulong Dseq);

/// <summary>A group does something else.</summary>
[Event(typeof(ComputeMarketModule))]
public readonly partial record struct GroupChanged([Indexed] Address Owner, [Indexed] ulong Dseq, uint Gseq, GroupState State);

/// <summary>A group looks for a provider until block <c>ClosesAt</c>.</summary>
[Event(typeof(ComputeMarketModule))]
public readonly partial record struct OrderOpened(
    [Indexed] Hash256 Order, [Indexed] Address Owner, ulong Dseq, uint Gseq, uint Oseq, AuctionMode Mode, ulong ClosesAt, UInt128 Ceiling);

/// <summary>An order is over; <c>Bids</c> had bid for it.</summary>
[Event(typeof(ComputeMarketModule))]
public readonly partial record struct OrderClosed([Indexed] Hash256 Order, [Indexed] Address Owner, uint Reason, uint Bids);

/// <summary>A provider offers to serve an order.</summary>
[Event(typeof(ComputeMarketModule))]
public readonly partial record struct BidPlaced(
    [Indexed] Hash256 Bid, [Indexed] Hash256 Order, [Indexed] Address Provider, byte Bseq, UInt128 Price, uint ReclaimBlocks);

/// <summary>A provider offers to serve an order at a price that nobody knows yet.</summary>
[Event(typeof(ComputeMarketModule))]
public readonly partial record struct BidCommitted([Indexed] Hash256 Bid, [Indexed] Hash256 Order, [Indexed] Address Provider, byte Bseq);

/// <summary>A bid is over, and what is left of its deposit went back.</summary>
[Event(typeof(ComputeMarketModule))]
public readonly partial record struct BidClosed(
    [Indexed] Hash256 Bid, [Indexed] Hash256 Order, [Indexed] Address Provider, BidState State, UInt128 Refunded);

/// <summary>An order has found its provider, who waits for the manifest now.</summary>
[Event(typeof(ComputeMarketModule))]
public readonly partial record struct LeaseCreated(
    [Indexed] Hash256 Lease, [Indexed] Address Owner, [Indexed] Address Provider, Hash256 Order, UInt128 Price, ulong StartBy);

/// <summary>The provider runs it; it is paid from this block on.</summary>
[Event(typeof(ComputeMarketModule))]
public readonly partial record struct LeaseStarted(
    [Indexed] Hash256 Lease, [Indexed] Address Owner, [Indexed] Address Provider, UInt128 Price);

/// <summary>The provider gave notice: it may end the lease from block <c>Deadline</c> on.</summary>
[Event(typeof(ComputeMarketModule))]
public readonly partial record struct LeaseReclaiming(
    [Indexed] Hash256 Lease, [Indexed] Address Owner, [Indexed] Address Provider, uint Reason, ulong Deadline);

/// <summary>A lease is over; <c>Compensation</c> of the provider's deposit went to the tenant.</summary>
[Event(typeof(ComputeMarketModule))]
public readonly partial record struct LeaseClosed(
    [Indexed] Hash256 Lease,
    [Indexed] Address Owner,
    [Indexed] Address Provider,
    LeaseState State,
    uint Reason,
    UInt128 Compensation);
