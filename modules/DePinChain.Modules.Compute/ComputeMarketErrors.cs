using DePinChain.Modules.Sdk;
using DePinChain.Primitives;

namespace DePinChain.Modules.Compute;

/// <summary>The account is no provider.</summary>
[Error(typeof(ComputeMarketModule))] public readonly partial record struct UnknownProvider(Address Provider);

/// <summary>The account is a provider already.</summary>
[Error(typeof(ComputeMarketModule))] public readonly partial record struct ProviderExists(Address Provider);

/// <summary>A provider's address in the network has 1 to 128 bytes.</summary>
[Error(typeof(ComputeMarketModule))] public readonly partial record struct InvalidUri(uint Bytes);

/// <summary>The stake is below the minimum.</summary>
[Error(typeof(ComputeMarketModule))] public readonly partial record struct StakeTooLow(Amount Needed, Amount Had);

/// <summary>The provider is in a state in which it cannot do this.</summary>
[Error(typeof(ComputeMarketModule))] public readonly partial record struct WrongProviderState(Address Provider, ProviderState State);

/// <summary>The provider still serves leases.</summary>
[Error(typeof(ComputeMarketModule))] public readonly partial record struct ProviderHasLeases(Address Provider, uint Leases);

/// <summary>The provider must wait until a block.</summary>
[Error(typeof(ComputeMarketModule))] public readonly partial record struct ProviderJailed(ulong Until, ulong Now);

/// <summary>What is signed or published must end in the future.</summary>
[Error(typeof(ComputeMarketModule))] public readonly partial record struct ExpiryPast(ulong ExpiresAt, ulong Now);

/// <summary>A certificate begins before it ends.</summary>
[Error(typeof(ComputeMarketModule))] public readonly partial record struct InvalidValidity(ulong NotBefore, ulong NotAfter);

/// <summary>The account published this key before.</summary>
[Error(typeof(ComputeMarketModule))] public readonly partial record struct CertificateExists(Hash256 Spki);

/// <summary>The account never published this key, or revoked it.</summary>
[Error(typeof(ComputeMarketModule))] public readonly partial record struct UnknownCertificate(Hash256 Spki);

/// <summary>The tenant used this number for a deployment already.</summary>
[Error(typeof(ComputeMarketModule))] public readonly partial record struct DeploymentExists(Address Owner, ulong Dseq);

/// <summary>The tenant has no such deployment, or closed it.</summary>
[Error(typeof(ComputeMarketModule))] public readonly partial record struct DeploymentNotActive(Address Owner, ulong Dseq);

/// <summary>A deployment has 1 to 20 groups.</summary>
[Error(typeof(ComputeMarketModule))] public readonly partial record struct InvalidGroupCount(uint Count, uint Maximum);

/// <summary>A requirement is out of range.</summary>
[Error(typeof(ComputeMarketModule))] public readonly partial record struct InvalidSpec(uint Group, uint Unit, SpecFault Fault);

/// <summary>Orders take bids for so many blocks only.</summary>
[Error(typeof(ComputeMarketModule))] public readonly partial record struct InvalidBiddingBlocks(uint Blocks, uint Minimum, uint Maximum);

/// <summary>A notice is out of range.</summary>
[Error(typeof(ComputeMarketModule))] public readonly partial record struct InvalidReclaimBlocks(uint Blocks, uint Minimum, uint Maximum);

/// <summary>The deposit is below the minimum.</summary>
[Error(typeof(ComputeMarketModule))] public readonly partial record struct DepositTooLow(UInt128 Needed, UInt128 Had);

/// <summary>The value of the call is not what it has to be: deposits in DPN and fees, nothing else.</summary>
[Error(typeof(ComputeMarketModule))] public readonly partial record struct WrongCallValue(UInt128 Expected, UInt128 Actual);

/// <summary>The tenant has as many open orders as it may have.</summary>
[Error(typeof(ComputeMarketModule))] public readonly partial record struct TooManyOpenOrders(uint Maximum);

/// <summary>The deployment has no such group.</summary>
[Error(typeof(ComputeMarketModule))] public readonly partial record struct UnknownGroup(Address Owner, ulong Dseq, uint Gseq);

/// <summary>The group is in a state in which this cannot be done.</summary>
[Error(typeof(ComputeMarketModule))] public readonly partial record struct WrongGroupState(uint Gseq, GroupState State);

/// <summary>The order takes no bids: it does not exist, has a lease, or is over.</summary>
[Error(typeof(ComputeMarketModule))] public readonly partial record struct OrderNotOpen(Hash256 Order, OrderState State);

/// <summary>The order finds its provider in another way.</summary>
[Error(typeof(ComputeMarketModule))] public readonly partial record struct WrongMode(AuctionMode Mode);

/// <summary>Bidding is over: the last block was <c>Last</c>.</summary>
[Error(typeof(ComputeMarketModule))] public readonly partial record struct BiddingClosed(ulong Last, ulong Now);

/// <summary>Sealed bids are revealed from block <c>First</c> to block <c>Last</c>.</summary>
[Error(typeof(ComputeMarketModule))] public readonly partial record struct NotRevealing(ulong First, ulong Last, ulong Now);

/// <summary>A tenant does not bid for its own order.</summary>
[Error(typeof(ComputeMarketModule))] public readonly partial record struct OwnOrder(Address Owner);

/// <summary>A provider has bids 0 to 3 for an order.</summary>
[Error(typeof(ComputeMarketModule))] public readonly partial record struct InvalidBidNumber(byte Bseq);

/// <summary>The provider used this number for a bid already.</summary>
[Error(typeof(ComputeMarketModule))] public readonly partial record struct BidExists(Hash256 Bid);

/// <summary>A price is above zero and no higher than the group pays.</summary>
[Error(typeof(ComputeMarketModule))] public readonly partial record struct InvalidPrice(UInt128 Price, UInt128 Ceiling);

/// <summary>The order has as many bids as it takes; only a lower price than <c>Dearest</c> takes a place.</summary>
[Error(typeof(ComputeMarketModule))] public readonly partial record struct OrderFull(uint Maximum, UInt128 Dearest);

/// <summary>A bid must be valid until the order is settled.</summary>
[Error(typeof(ComputeMarketModule))] public readonly partial record struct ValidityTooShort(ulong Needed, ulong Had);

/// <summary>The provider does not meet the requirement; <c>Rule</c> is the first that fails.</summary>
[Error(typeof(ComputeMarketModule))] public readonly partial record struct NotEligible(Address Provider, ScreenRule Rule);

/// <summary>There is no such bid, or it is over.</summary>
[Error(typeof(ComputeMarketModule))] public readonly partial record struct BidNotOpen(Hash256 Bid, BidState State);

/// <summary>What is revealed is not what was committed to.</summary>
[Error(typeof(ComputeMarketModule))] public readonly partial record struct CommitmentMismatch(Hash256 Committed, Hash256 Revealed);

/// <summary>Only the tenant may do this.</summary>
[Error(typeof(ComputeMarketModule))] public readonly partial record struct NotTenant(Address Owner, Address Caller);

/// <summary>Only the provider may do this.</summary>
[Error(typeof(ComputeMarketModule))] public readonly partial record struct NotProvider(Address Provider, Address Caller);

/// <summary>The lease is in a state in which this cannot be done.</summary>
[Error(typeof(ComputeMarketModule))] public readonly partial record struct WrongLeaseState(Hash256 Lease, LeaseState State);

/// <summary>The number is no reason that a provider gives.</summary>
[Error(typeof(ComputeMarketModule))] public readonly partial record struct InvalidReason(uint Reason);

/// <summary>The manifest may still come: the provider waits until a block.</summary>
[Error(typeof(ComputeMarketModule))] public readonly partial record struct ManifestNotDue(ulong Until, ulong Now);

/// <summary>The provider promised notice: it starts it, and ends the lease from block <c>Deadline</c> on; 0 before it is started.</summary>
[Error(typeof(ComputeMarketModule))] public readonly partial record struct ReclaimNotElapsed(ulong Deadline, ulong Now);

/// <summary>The escrow does not cover enough blocks of the price: deposit more.</summary>
[Error(typeof(ComputeMarketModule))] public readonly partial record struct NotSolvent(Hash256 Account, UInt128 Price);

/// <summary>A view returns at most so many entries at once.</summary>
[Error(typeof(ComputeMarketModule))] public readonly partial record struct PageTooLarge(uint Maximum);
