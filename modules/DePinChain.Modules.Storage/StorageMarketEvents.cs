using DePinChain.Modules.Sdk;
using DePinChain.Primitives;

namespace DePinChain.Modules.Storage;

/// <summary>Somebody offers to store data.</summary>
[Event(typeof(StorageMarketModule))]
public readonly partial record struct ProviderRegistered([Indexed] ulong ProviderId, [Indexed] Address Owner, string Endpoint);

/// <summary>A provider changed its operator or how it is reached.</summary>
[Event(typeof(StorageMarketModule))]
public readonly partial record struct ProviderChanged([Indexed] ulong ProviderId, Address Owner, Address Operator, string Endpoint);

/// <summary>A provider changed what it accepts without being asked.</summary>
[Event(typeof(StorageMarketModule))]
public readonly partial record struct OfferChanged([Indexed] ulong ProviderId, Offer Offer);

/// <summary>A provider asks of its clients what an account's policy asks; zero: nothing any more.</summary>
[Event(typeof(StorageMarketModule))]
public readonly partial record struct ClientPolicyNamed([Indexed] ulong ProviderId, [Indexed] Address PolicyOf);

/// <summary>Funds came into the escrow.</summary>
[Event(typeof(StorageMarketModule))]
public readonly partial record struct EscrowDeposited([Indexed] Address Account, uint Token, UInt128 Amount);

/// <summary>Funds left the escrow.</summary>
[Event(typeof(StorageMarketModule))]
public readonly partial record struct EscrowWithdrawn([Indexed] Address Account, uint Token, UInt128 Amount);

/// <summary>Free funds of an account paid for something that it owes: a probe of its provider.</summary>
[Event(typeof(StorageMarketModule))]
public readonly partial record struct EscrowSpent([Indexed] Address Account, uint Token, UInt128 Amount, [Indexed] Address To);

/// <summary>A client proposed a deal on the chain; the provider may accept it.</summary>
[Event(typeof(StorageMarketModule))]
public readonly partial record struct DealProposed(
    [Indexed] ulong Id, [Indexed] Address Client, [Indexed] ulong ProviderId, ulong Deadline);

/// <summary>Both parties agreed; funds are locked.</summary>
[Event(typeof(StorageMarketModule))]
public readonly partial record struct DealPublished(
    [Indexed] ulong Id, [Indexed] Address Client, [Indexed] ulong ProviderId, byte[] PieceCid, ulong Start, ulong End, UInt128 Price);

/// <summary>A proposal of a publication was passed over; the others stand.</summary>
[Event(typeof(StorageMarketModule))]
public readonly partial record struct ProposalSkipped([Indexed] ulong ProviderId, uint Index, DealFault Fault);

/// <summary>The data is in a container and earns from here.</summary>
[Event(typeof(StorageMarketModule))]
public readonly partial record struct DealActivated([Indexed] ulong Id, ulong ContainerId);

/// <summary>A deal that asks for both kinds of proof lies in one of its two containers; it earns once it lies in both.</summary>
[Event(typeof(StorageMarketModule))]
public readonly partial record struct DealPlaced([Indexed] ulong Id, ulong ContainerId, bool IsReplica);

/// <summary>Proven time was paid for.</summary>
[Event(typeof(StorageMarketModule))]
public readonly partial record struct DealSettled([Indexed] ulong Id, UInt128 Paid, UInt128 Take, UInt128 Arrears, ulong UpTo);

/// <summary>A deal's end or price changed by consent.</summary>
[Event(typeof(StorageMarketModule))]
public readonly partial record struct DealExtended([Indexed] ulong Id, ulong End, UInt128 Price);

/// <summary>A deal is over.</summary>
[Event(typeof(StorageMarketModule))]
public readonly partial record struct DealEnded([Indexed] ulong Id, DealState How, Amount ClientCompensation, Amount Burned);

/// <summary>A client asks for bids.</summary>
[Event(typeof(StorageMarketModule))]
public readonly partial record struct RequestOpened(
    [Indexed] ulong Id, [Indexed] Address Client, byte[] PieceCid, ulong Duration, UInt128 PriceMax, ushort Replicas, ulong BidDeadline);

/// <summary>A provider bids.</summary>
[Event(typeof(StorageMarketModule))]
public readonly partial record struct BidPlaced([Indexed] ulong Id, [Indexed] ulong ProviderId, UInt128 Price, Amount Collateral);

/// <summary>A provider took its bid back.</summary>
[Event(typeof(StorageMarketModule))]
public readonly partial record struct BidWithdrawn([Indexed] ulong Id, [Indexed] ulong ProviderId);

/// <summary>A request was awarded; each winner has a deal now.</summary>
[Event(typeof(StorageMarketModule))]
public readonly partial record struct RequestAwarded([Indexed] ulong Id, ulong[] ProviderIds, ulong[] DealIds);

/// <summary>A request was withdrawn.</summary>
[Event(typeof(StorageMarketModule))]
public readonly partial record struct RequestCancelled([Indexed] ulong Id);

/// <summary>A container's period was judged: its blocks are paid for when it was proven.</summary>
[Event(typeof(StorageMarketModule))]
public readonly partial record struct PeriodClosed([Indexed] ulong ContainerId, ulong Period, bool Proven);

/// <summary>A client lets a deal renew itself, or no longer.</summary>
[Event(typeof(StorageMarketModule))]
public readonly partial record struct RenewalSet([Indexed] ulong Id, ulong StepBlocks, UInt128 PriceMax);

/// <summary>Deals belong together; repairs are paid for.</summary>
[Event(typeof(StorageMarketModule))]
public readonly partial record struct ReplicaSetCreated(
    [Indexed] ulong SetId, [Indexed] Address Client, ulong[] Deals, byte Needed, Amount Bounty, uint Repairs);

/// <summary>A provider takes over a shard whose deal failed.</summary>
[Event(typeof(StorageMarketModule))]
public readonly partial record struct ShardTaken([Indexed] ulong SetId, byte Shard, ulong Deal, [Indexed] ulong ProviderId);

/// <summary>A shard is there again; its bounty was paid.</summary>
[Event(typeof(StorageMarketModule))]
public readonly partial record struct ShardRepaired(
    [Indexed] ulong SetId, byte Shard, ulong Deal, [Indexed] Address Account, Amount Bounty);

/// <summary>A set was dissolved.</summary>
[Event(typeof(StorageMarketModule))]
public readonly partial record struct ReplicaSetClosed([Indexed] ulong SetId);
