using DePinChain.Modules.Sdk;
using DePinChain.Primitives;

namespace DePinChain.Modules.Compute;

/// <summary>What runs on a cluster; for its members to know, not for the chain.</summary>
public enum ClusterKind : byte
{
    /// <summary>Ray.</summary>
    Ray = 0,

    /// <summary>Kubernetes.</summary>
    Kubernetes = 1,

    /// <summary>Bare machines.</summary>
    Bare = 2,
}

/// <summary>What a cluster is doing.</summary>
public enum ClusterState : byte
{
    /// <summary>There is no such cluster.</summary>
    Unknown = 0,

    /// <summary>Booked; its members acknowledge.</summary>
    Reserved = 1,

    /// <summary>All acknowledged: it runs, and is paid from that block on.</summary>
    Running = 2,

    /// <summary>It ended; its members are being paid and let go.</summary>
    Closing = 3,

    /// <summary>It ended and everybody is paid.</summary>
    Closed = 4,

    /// <summary>It never started; the renter is being paid back.</summary>
    Aborting = 5,

    /// <summary>It never started, and the renter has everything back.</summary>
    Aborted = 6,
}

/// <summary>What a device is to its cluster.</summary>
public enum MemberState : byte
{
    /// <summary>Nothing.</summary>
    None = 0,

    /// <summary>A member that has not acknowledged.</summary>
    Waiting = 1,

    /// <summary>A member.</summary>
    Ready = 2,

    /// <summary>Takes the place of a member that fails before the start.</summary>
    Spare = 3,

    /// <summary>A spare that has acknowledged.</summary>
    ReadySpare = 4,
}

/// <summary>Why a device left a cluster.</summary>
public enum LeaveReason : byte
{
    /// <summary>It did not acknowledge in time.</summary>
    Silent = 1,

    /// <summary>Its owner took it out.</summary>
    Declined = 2,

    /// <summary>It gave no sign of life for three rounds.</summary>
    Lost = 3,

    /// <summary>The renter sent it away.</summary>
    Dismissed = 4,
}

/// <summary>An owner's standing consent to be taken into clusters, in a list by price.</summary>
/// <param name="Owner">Whose consent it is.</param>
/// <param name="Price">Base units an hour, for the whole device.</param>
/// <param name="Token">0 for DPN.</param>
/// <param name="MaxHours">The longest cluster.</param>
/// <param name="List">Its list: model, region and token.</param>
/// <param name="Previous">The offer before; zero for the cheapest.</param>
/// <param name="Next">The offer after; zero for the dearest.</param>
public sealed record OfferRecord(
    Address Owner, UInt128 Price, uint Token, uint MaxHours, Hash256 List, Hash256 Previous, Hash256 Next);

/// <summary>What a renter needs.</summary>
/// <param name="Model">The registered number of the GPUs' model.</param>
/// <param name="GpusPerDevice">GPUs of each device.</param>
/// <param name="Devices">How many devices, 1 to 256.</param>
/// <param name="Regions">Any of these countries, 1 to 8: ISO 3166 numeric.</param>
/// <param name="From">For each region the offer from which to look; zero for the cheapest.</param>
/// <param name="MinVramMiB">Least memory of each GPU.</param>
/// <param name="BandwidthTier">0 any, 1 from 100/75, 2 from 400/300, 3 from 1,600/1,200 Mbit/s.</param>
/// <param name="MaxRttMs">Longest round trip between its regions; 0 for any.</param>
public sealed record ClusterRequest(
    uint Model,
    ushort GpusPerDevice,
    ushort Devices,
    [Limit(ClustersPolicy.RegionsMax)] ushort[] Regions,
    [Limit(ClustersPolicy.RegionsMax)] Hash256[] From,
    uint MinVramMiB,
    byte BandwidthTier,
    ushort MaxRttMs);

/// <summary>A cluster. Money is base units of its token.</summary>
/// <param name="Renter">Who booked it.</param>
/// <param name="Kind">What runs on it.</param>
/// <param name="State">What it is doing.</param>
/// <param name="Token">0 for DPN.</param>
/// <param name="Devices">How many members it wants.</param>
/// <param name="Ready">How many it has that acknowledged.</param>
/// <param name="MinQuorum">With fewer, the renter pays by the block when he closes.</param>
/// <param name="Hourly">What its members cost an hour together.</param>
/// <param name="Hours">For how long it is booked.</param>
/// <param name="Manifest">Hash of what to run.</param>
/// <param name="OpenedAt">Block in which it was booked.</param>
/// <param name="Deadline">Block at whose start acknowledgements are counted.</param>
/// <param name="Extended">Members were replaced by spares at the first deadline.</param>
/// <param name="StartedAt">Block in which the last member acknowledged; 0 before.</param>
/// <param name="EndsAt">Block at whose start it is over, or was.</param>
/// <param name="Held">What the renter paid for the hours.</param>
/// <param name="Fee">The reservation fee, kept until it starts.</param>
/// <param name="TokenFee">The fee on a stable token's payments, kept until they are made.</param>
/// <param name="Spent">What members earned, before their fees.</param>
public sealed record ClusterRecord(
    Address Renter,
    ClusterKind Kind,
    ClusterState State,
    uint Token,
    ushort Devices,
    ushort Ready,
    ushort MinQuorum,
    UInt128 Hourly,
    uint Hours,
    Hash256 Manifest,
    ulong OpenedAt,
    ulong Deadline,
    bool Extended,
    ulong StartedAt,
    ulong EndsAt,
    UInt128 Held,
    UInt128 Fee,
    UInt128 TokenFee,
    UInt128 Spent);

/// <summary>The devices of a cluster in the order of their prices, members first and then spares. The first is the head node.</summary>
/// <param name="Entries">At most 272.</param>
public sealed record Roster([Limit(ClustersPolicy.RosterMax)] RosterEntry[] Entries);

/// <summary>A place in a roster.</summary>
/// <param name="Device">The device.</param>
/// <param name="Price">What it asked an hour.</param>
public readonly record struct RosterEntry(Hash256 Device, UInt128 Price);

/// <summary>A device's place in a cluster.</summary>
/// <param name="Cluster">Which.</param>
/// <param name="Hourly">What it is paid an hour.</param>
/// <param name="State">What it is there.</param>
/// <param name="From">Block from which it is paid; 0 from the start.</param>
public readonly record struct MemberRecord(ulong Cluster, UInt128 Hourly, MemberState State, uint From);

/// <summary>How the others reach a member.</summary>
/// <param name="WireGuardKey">Its public key.</param>
/// <param name="EndpointHash">Hash of where it listens.</param>
public readonly record struct MeshPoint(Hash256 WireGuardKey, Hash256 EndpointHash);

/// <summary>A member as a view shows it.</summary>
/// <param name="Device">The device.</param>
/// <param name="State">What it is to the cluster; none when it left.</param>
/// <param name="Hourly">What it is paid an hour.</param>
/// <param name="From">Block from which it is paid; 0 from the start.</param>
/// <param name="HeardAt">Its last sign of life.</param>
/// <param name="WireGuardKey">Its public key.</param>
/// <param name="EndpointHash">Hash of where it listens.</param>
public readonly record struct MemberReport(
    Hash256 Device, MemberState State, UInt128 Hourly, uint From, ulong HeardAt, Hash256 WireGuardKey, Hash256 EndpointHash);

/// <summary>What a booking costs its renter.</summary>
/// <param name="Hours">For the hours.</param>
/// <param name="Reservation">For the reservation.</param>
/// <param name="TokenFee">For paying in a stable token.</param>
public readonly record struct BookingCost(UInt128 Hours, UInt128 Reservation, UInt128 TokenFee)
{
    /// <summary>All of it.</summary>
    public UInt128 Total => Hours + Reservation + TokenFee;
}

/// <summary>What is to be done with a cluster.</summary>
public enum StepKind : byte
{
    /// <summary>Count acknowledgements.</summary>
    Deadline = 1,

    /// <summary>Let spares go.</summary>
    Spares = 2,

    /// <summary>Look for signs of life.</summary>
    Sweep = 3,

    /// <summary>It is over.</summary>
    End = 4,

    /// <summary>Pay members and let them go.</summary>
    Settle = 5,
}

/// <summary>A step of a cluster.</summary>
/// <param name="Cluster">Which.</param>
/// <param name="Kind">What.</param>
/// <param name="Index">From which place in the roster on.</param>
public readonly record struct ClusterStep(ulong Cluster, StepKind Kind, ushort Index);

/// <summary>What governance may change about clusters. Durations are blocks.</summary>
/// <param name="HourBlocks">Blocks of an hour.</param>
/// <param name="AckBlocks">By then members acknowledge.</param>
/// <param name="SpareBlocks">So much longer have spares that took a place.</param>
/// <param name="RoundBlocks">Blocks of a round of signs of life.</param>
/// <param name="UpEpochs">Epochs in a row that committees must have found a device up; 0 asks for no proof.</param>
/// <param name="ReservationBps">Fee on both sides, in 1/10,000.</param>
/// <param name="TokenBps">Further fee on both sides in a stable token, in 1/10,000.</param>
/// <param name="MissBps">Part of the stake that a device loses which does not acknowledge, in 1/10,000.</param>
/// <param name="BuybackBlocks">Every so many blocks fees are burned, or sold for DPN that is burned.</param>
/// <param name="AuctionBlocks">How long such a sale lasts.</param>
public readonly record struct ClusterParameters(
    [Bounds(1, 100_000)] uint HourBlocks,
    [Bounds(1, 1_000)] uint AckBlocks,
    [Bounds(1, 1_000)] uint SpareBlocks,
    [Bounds(1, 1_000)] uint RoundBlocks,
    [Bounds(0, 1_000)] uint UpEpochs,
    [Bounds(0, 1_000)] uint ReservationBps,
    [Bounds(0, 2_000)] uint TokenBps,
    [Bounds(0, 10_000)] uint MissBps,
    [Bounds(2, 1_000_000)] uint BuybackBlocks,
    [Bounds(2, 100_000)] uint AuctionBlocks)
{
    /// <summary>Mainnet: 0.25 % on both sides, 2 % more in stable tokens (io.net); acknowledged within two minutes.</summary>
    public static ClusterParameters Mainnet { get; } = new(300, 10, 5, 10, 5, 25, 200, 100, 7_200, 300);
}
