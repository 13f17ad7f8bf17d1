using DePinChain.Modules.Sdk;
using DePinChain.Primitives;

namespace DePinChain.Modules.Compute;

/// <summary>An owner consents to clusters at a price an hour.</summary>
[Event(typeof(ClustersModule))]
public readonly partial record struct DeviceOffered([Indexed] Hash256 Device, [Indexed] uint Token, UInt128 Price, uint MaxHours);

/// <summary>An owner's consent ended.</summary>
[Event(typeof(ClustersModule))]
public readonly partial record struct OfferWithdrawn([Indexed] Hash256 Device);

/// <summary>A cluster was booked; all its devices are held from now on.</summary>
[Event(typeof(ClustersModule))]
public readonly partial record struct ClusterBooked(
    [Indexed] ulong Cluster, [Indexed] Address Renter, ClusterKind Kind, uint Token, ushort Devices, ushort Spares, UInt128 Hourly,
    uint Hours, UInt128 Paid, ulong Deadline, Hash256 Manifest);

/// <summary>A device is ready, and says how the others reach it.</summary>
[Event(typeof(ClustersModule))]
public readonly partial record struct MemberAcknowledged(
    [Indexed] ulong Cluster, [Indexed] Hash256 Device, Hash256 WireGuardKey, Hash256 EndpointHash);

/// <summary>The last member acknowledged: payment starts for all at once.</summary>
[Event(typeof(ClustersModule))]
public readonly partial record struct ClusterStarted([Indexed] ulong Cluster, ulong StartedAt, ulong EndsAt);

/// <summary>A device left a cluster before its end.</summary>
[Event(typeof(ClustersModule))]
public readonly partial record struct MemberLeft([Indexed] ulong Cluster, [Indexed] Hash256 Device, LeaveReason Reason);

/// <summary>Another device takes the place of one that left.</summary>
[Event(typeof(ClustersModule))]
public readonly partial record struct MemberReplaced([Indexed] ulong Cluster, [Indexed] Hash256 Gone, [Indexed] Hash256 By);

/// <summary>A member was paid.</summary>
[Event(typeof(ClustersModule))]
public readonly partial record struct MemberPaid(
    [Indexed] ulong Cluster, [Indexed] Hash256 Device, [Indexed] Address Owner, UInt128 Gross, UInt128 Fee);

/// <summary>A device that did not acknowledge lost a part of its stake: half was burned, the renter has the other half.</summary>
[Event(typeof(ClustersModule))]
public readonly partial record struct MemberPunished([Indexed] ulong Cluster, [Indexed] Hash256 Device, Amount Taken, Amount ToRenter);

/// <summary>A renter says what is wrong with a member that he sends away.</summary>
[Event(typeof(ClustersModule))]
public readonly partial record struct MemberReported([Indexed] ulong Cluster, [Indexed] Hash256 Device, byte Fault, Hash256 Evidence);

/// <summary>A cluster was booked for longer.</summary>
[Event(typeof(ClustersModule))]
public readonly partial record struct ClusterExtended([Indexed] ulong Cluster, uint Hours, ulong EndsAt, UInt128 Paid);

/// <summary>A cluster is over: members are paid up to a block, or it never started.</summary>
[Event(typeof(ClustersModule))]
public readonly partial record struct ClusterClosing([Indexed] ulong Cluster, ClusterState State, ulong EndsAt);

/// <summary>Everybody of a cluster is paid; the renter has the rest.</summary>
[Event(typeof(ClustersModule))]
public readonly partial record struct ClusterEnded([Indexed] ulong Cluster, [Indexed] Address Renter, ClusterState State, UInt128 Refund);

/// <summary>Fees in DPN were burned.</summary>
[Event(typeof(ClustersModule))]
public readonly partial record struct FeesBurned(Amount Amount);

/// <summary>Fees in a token were sold for DPN, which was burned.</summary>
[Event(typeof(ClustersModule))]
public readonly partial record struct FeesSold([Indexed] uint Token, [Indexed] Address Buyer, UInt128 Lot, Amount Burned);

/// <summary>There is no such cluster.</summary>
[Error(typeof(ClustersModule))] public readonly partial record struct UnknownCluster(ulong Cluster);

/// <summary>The cluster is in a state in which this cannot be done.</summary>
[Error(typeof(ClustersModule))] public readonly partial record struct WrongClusterState(ulong Cluster, ClusterState State);

/// <summary>Only the cluster's renter may do this.</summary>
[Error(typeof(ClustersModule))] public readonly partial record struct NotTheRenter(Address Renter, Address Caller);

/// <summary>The device is not a member of the cluster.</summary>
[Error(typeof(ClustersModule))] public readonly partial record struct NotAMember(ulong Cluster, Hash256 Device);

/// <summary>The device has acknowledged already.</summary>
[Error(typeof(ClustersModule))] public readonly partial record struct AlreadyAcknowledged(ulong Cluster, Hash256 Device);

/// <summary>An offer has a price, a token that exists, and 1 to <c>HoursMax</c> hours.</summary>
[Error(typeof(ClustersModule))] public readonly partial record struct InvalidOffer(UInt128 Price, uint Token, uint HoursMax);

/// <summary>The device is offered already: withdraw first.</summary>
[Error(typeof(ClustersModule))] public readonly partial record struct AlreadyOffered(Hash256 Device);

/// <summary>The device is not offered.</summary>
[Error(typeof(ClustersModule))] public readonly partial record struct NotOffered(Hash256 Device);

/// <summary>The offer's place is too far from where the search began; name a closer one, such as <c>Reached</c>.</summary>
[Error(typeof(ClustersModule))] public readonly partial record struct PlaceTooFar(Hash256 Reached);

/// <summary>
/// A request has 1 to 256 devices, 1 to 8 regions with a start each, 1 to 8,766 hours, a tier up to 3 and a quorum up to its devices.
/// </summary>
[Error(typeof(ClustersModule))] public readonly partial record struct InvalidRequest;

/// <summary>The offer to look from does not stand in the region's list.</summary>
[Error(typeof(ClustersModule))] public readonly partial record struct WrongStart(ushort Region, Hash256 Offer);

/// <summary>Two regions are farther apart, or nobody has said how far.</summary>
[Error(typeof(ClustersModule))] public readonly partial record struct RegionsTooFar(ushort First, ushort Second, uint RttMs);

/// <summary>Among the offers looked at only so many pass; ask for less, or look from another offer.</summary>
[Error(typeof(ClustersModule))] public readonly partial record struct TooFewDevices(uint Found, uint Needed);

/// <summary>The devices cost more an hour.</summary>
[Error(typeof(ClustersModule))] public readonly partial record struct TooDear(UInt128 Hourly, UInt128 Most);

/// <summary>Too little came along, or value came along with a booking in a token.</summary>
[Error(typeof(ClustersModule))] public readonly partial record struct WrongPayment(UInt128 Needed, UInt128 Had);

/// <summary>Members did not consent to so long a cluster.</summary>
[Error(typeof(ClustersModule))] public readonly partial record struct TooLong(Hash256 Device, uint Hours, uint MaxHours);

/// <summary>Fees are for sale in the first blocks of every period; the next begins at <c>OpensAt</c>.</summary>
[Error(typeof(ClustersModule))] public readonly partial record struct AuctionClosed(ulong OpensAt);

/// <summary>There are no fees in the token.</summary>
[Error(typeof(ClustersModule))] public readonly partial record struct NothingToSell(uint Token);

/// <summary>A view returns at most so many entries at once.</summary>
[Error(typeof(ClustersModule))] public readonly partial record struct ClusterPageTooLarge(uint Maximum);
