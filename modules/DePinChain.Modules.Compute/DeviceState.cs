using DePinChain.Modules.Sdk;
using DePinChain.Primitives;

namespace DePinChain.Modules.Compute;

/// <summary>A model of GPU that the network knows.</summary>
/// <param name="MultiplierMilli">What it weighs, in thousandths.</param>
/// <param name="ReferenceGops">Throughput of one in the committee's measurement, in 10^9 operations a second.</param>
[Record]
public readonly record struct ModelRecord(uint MultiplierMilli, ulong ReferenceGops);

/// <summary>A device: GPUs behind one key that earn by what is measured of them.</summary>
/// <param name="Owner">Who runs it.</param>
/// <param name="Model">The registered number of its GPUs' model.</param>
/// <param name="Gpus">How many.</param>
/// <param name="VramMiB">Memory of each.</param>
/// <param name="Region">Its country: ISO 3166 numeric.</param>
/// <param name="Attestation">Hash of the vendor's attestation; zero for none.</param>
/// <param name="Stake">The owner's stake.</param>
/// <param name="CoStake">Somebody else's stake.</param>
/// <param name="Offer">The offer that somebody else took; 0 for none.</param>
/// <param name="Uptime">Mark of its uptime, in 10^-9.</param>
/// <param name="Bandwidth">Mark of its connection, in 10^-9.</param>
/// <param name="Bench">Mark of its throughput, in 10^-9.</param>
/// <param name="JobsOk">Jobs it ended well.</param>
/// <param name="JobsAll">Jobs it ended.</param>
/// <param name="Streak">Epochs in a row in which it was up.</param>
/// <param name="JudgedEpoch">The last epoch that was judged, or the one before its registration.</param>
public sealed record DeviceRecord(
    Address Owner,
    uint Model,
    ushort Gpus,
    uint VramMiB,
    ushort Region,
    Hash256 Attestation,
    Amount Stake,
    Amount CoStake,
    ulong Offer,
    long Uptime,
    long Bandwidth,
    long Bench,
    uint JobsOk,
    uint JobsAll,
    uint Streak,
    ulong JudgedEpoch);

/// <summary>Stake on its way back.</summary>
/// <param name="Amount">How much.</param>
/// <param name="ReleasedAt">Block from which it can be withdrawn.</param>
public readonly record struct Unstaking(Amount Amount, ulong ReleasedAt);

/// <summary>What an offer of co-staking is doing.</summary>
public enum OfferState : byte
{
    /// <summary>It never existed, or is over.</summary>
    Unknown = 0,

    /// <summary>Anybody may take it.</summary>
    Open = 1,

    /// <summary>Somebody staked with it.</summary>
    Taken = 2,

    /// <summary>The co-staker's stake is on its way back.</summary>
    Leaving = 3,
}

/// <summary>An owner's offer to share a device's rewards for stake.</summary>
/// <param name="Device">The device.</param>
/// <param name="CoStaker">Who took it; zero before.</param>
/// <param name="Amount">The stake asked for.</param>
/// <param name="RewardBps">Part of the device's rewards it gets, in 1/10,000.</param>
/// <param name="State">What it is doing.</param>
/// <param name="ReleasedAt">Block from which a leaving stake can be withdrawn.</param>
public readonly record struct CoStakeOffer(
    Hash256 Device, Address CoStaker, Amount Amount, ushort RewardBps, OfferState State, ulong ReleasedAt);

/// <summary>What a committee found of a device in one epoch: medians of its members' measurements.</summary>
/// <param name="IsUp">It answered its challenge.</param>
/// <param name="Gops">Throughput, in 10^9 operations a second.</param>
/// <param name="DownMbps">Mbit/s to it.</param>
/// <param name="UpMbps">Mbit/s from it.</param>
public readonly record struct Measurement(bool IsUp, ulong Gops, uint DownMbps, uint UpMbps);

/// <summary>What a committee asks of a device: for each GPU a chain of rounds of one square matrix of bytes times another.</summary>
/// <param name="Job">The committee's job at Attestations.</param>
/// <param name="Epoch">The epoch it is about.</param>
/// <param name="Owner">Whose device it is; its provider's record says where it is reached.</param>
/// <param name="Gpus">Chains that run at once, one for each GPU.</param>
/// <param name="ReferenceGops">Throughput of one GPU of the model that the device claims, in 10^9 operations a second.</param>
/// <param name="Size">Rows and columns of the matrices.</param>
/// <param name="Rounds">Rounds of a chain.</param>
/// <param name="Seed">What the beacon gave for this device, epoch and job.</param>
public sealed record DeviceChallenge(
    ulong Job, ulong Epoch, Address Owner, ushort Gpus, ulong ReferenceGops, uint Size, uint Rounds, Hash256 Seed);

/// <summary>A device's part of an epoch, and who is paid for it.</summary>
/// <param name="Owner">Its owner in that epoch.</param>
/// <param name="CoStaker">Its co-staker in that epoch; zero for none.</param>
/// <param name="RewardBps">The co-staker's part, in 1/10,000.</param>
/// <param name="Weight">Its weight.</param>
public readonly record struct EpochShare(Address Owner, Address CoStaker, ushort RewardBps, UInt128 Weight);

/// <summary>An epoch of rewards.</summary>
/// <param name="Budget">What its blocks mint.</param>
/// <param name="Weight">Sum of the weights of all devices that earn.</param>
[Record]
public readonly record struct RewardEpoch(Amount Budget, UInt128 Weight);

/// <summary>What governance may change about devices. Durations are blocks or epochs.</summary>
/// <param name="EpochBlocks">Blocks of an epoch of proofs: an hour.</param>
/// <param name="StakeUnit">Least stake of one GPU of multiplier 1.</param>
/// <param name="CooldownBlocks">How long stake is on its way back; it no longer counts.</param>
/// <param name="UptimeWindow">Epochs over which uptime is averaged.</param>
/// <param name="BandwidthWindow">Epochs over which bandwidth is averaged.</param>
/// <param name="BenchWindow">Epochs over which throughput is averaged.</param>
/// <param name="MinUpEpochs">Epochs in a row that a device must have been up before it earns.</param>
/// <param name="MonthBlocks">Blocks of a month of the emission.</param>
/// <param name="EmissionMode">0: every epoch pays its budget. 1: what devices need by their targets, at the oracle's price.</param>
/// <param name="Target">In mode 1, what a GPU of multiplier 1 shall earn in an epoch, in 10^-9 dollars.</param>
public readonly record struct DeviceParameters(
    [Bounds(2, 10_000)] ulong EpochBlocks,
    [Bounds("0 DPN", "100000 DPN")] Amount StakeUnit,
    [Bounds(1, 2_000_000)] ulong CooldownBlocks,
    [Bounds(1, 10_000)] uint UptimeWindow,
    [Bounds(1, 10_000)] uint BandwidthWindow,
    [Bounds(1, 10_000)] uint BenchWindow,
    [Bounds(1, 10_000)] uint MinUpEpochs,
    [Bounds(1, 10_000_000)] ulong MonthBlocks,
    [Bounds(0, 1)] uint EmissionMode,
    [Bounds(0, 1_000_000_000_000)] ulong Target)
{
    /// <summary>
    /// Mainnet: epochs of an hour, cooldown of 14 days, uptime over a week, bandwidth and throughput over a day; epochs pay their budget.
    /// </summary>
    public static DeviceParameters Mainnet { get; } = new(
        300, Amount.FromDpn(200), 100_800, 168, 24, 24, 5, ComputeEmission.MonthBlocks, EmissionMode: 0, Target: 20_000_000);
}
