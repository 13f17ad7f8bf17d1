using DePinChain.Modules.Sdk;
using DePinChain.Primitives;

namespace DePinChain.Modules.Compute;

/// <summary>A device was entered.</summary>
[Event(typeof(DevicesModule))]
public readonly partial record struct DeviceRegistered([Indexed] Hash256 Device, [Indexed] Address Owner, uint Model, ushort Gpus);

/// <summary>A device was taken away.</summary>
[Event(typeof(DevicesModule))]
public readonly partial record struct DeviceRemoved([Indexed] Hash256 Device, [Indexed] Address Owner);

/// <summary>An owner staked with a device.</summary>
[Event(typeof(DevicesModule))]
public readonly partial record struct DeviceStaked([Indexed] Hash256 Device, [Indexed] Address Owner, Amount Amount);

/// <summary>Stake no longer counts and is on its way back.</summary>
[Event(typeof(DevicesModule))]
public readonly partial record struct DeviceUnstaking([Indexed] Hash256 Device, [Indexed] Address Owner, Amount Amount, ulong ReleasedAt);

/// <summary>Stake came back.</summary>
[Event(typeof(DevicesModule))]
public readonly partial record struct StakeReturned([Indexed] Hash256 Device, [Indexed] Address To, Amount Amount);

/// <summary>An owner offers a part of a device's rewards for stake.</summary>
[Event(typeof(DevicesModule))]
public readonly partial record struct CoStakeOffered([Indexed] ulong Offer, [Indexed] Hash256 Device, Amount Amount, ushort RewardBps);

/// <summary>Somebody staked with another's device.</summary>
[Event(typeof(DevicesModule))]
public readonly partial record struct CoStakeTaken([Indexed] ulong Offer, [Indexed] Hash256 Device, [Indexed] Address CoStaker);

/// <summary>An offer is over; a stake can be withdrawn from block <c>ReleasedAt</c> on, 0 when there was none.</summary>
[Event(typeof(DevicesModule))]
public readonly partial record struct CoStakeEnded([Indexed] ulong Offer, [Indexed] Hash256 Device, ulong ReleasedAt);

/// <summary>A committee judged a device in an epoch; a weight of zero earns nothing.</summary>
[Event(typeof(DevicesModule))]
public readonly partial record struct DeviceJudged(
    [Indexed] Hash256 Device, [Indexed] ulong Epoch, bool IsUp, long Uptime, long Bandwidth, long Bench, UInt128 Weight);

/// <summary>What an epoch pays is fixed.</summary>
[Event(typeof(DevicesModule))]
public readonly partial record struct EpochSettled([Indexed] ulong Epoch, Amount Budget, UInt128 Weight);

/// <summary>A device was paid for an epoch.</summary>
[Event(typeof(DevicesModule))]
public readonly partial record struct DeviceRewarded(
    [Indexed] Hash256 Device, [Indexed] Address Owner, [Indexed] ulong Epoch, Amount ToOwner, Amount ToCoStaker);

/// <summary>The network does not know the model.</summary>
[Error(typeof(DevicesModule))] public readonly partial record struct UnknownModel(uint Model);

/// <summary>There is no such device.</summary>
[Error(typeof(DevicesModule))] public readonly partial record struct UnknownDevice(Hash256 Device);

/// <summary>The device is registered already: the same hardware cannot stand twice.</summary>
[Error(typeof(DevicesModule))] public readonly partial record struct DeviceExists(Hash256 Device);

/// <summary>Only the device's owner may do this.</summary>
[Error(typeof(DevicesModule))] public readonly partial record struct NotDeviceOwner(Address Owner, Address Caller);

/// <summary>A device has 1 to 64 GPUs.</summary>
[Error(typeof(DevicesModule))] public readonly partial record struct InvalidGpuCount(ushort Gpus, ushort Maximum);

/// <summary>No stake came along or is asked for.</summary>
[Error(typeof(DevicesModule))] public readonly partial record struct NothingStaked;

/// <summary>The owner has staked less than that.</summary>
[Error(typeof(DevicesModule))] public readonly partial record struct InsufficientStake(Amount Needed, Amount Had);

/// <summary>Nothing can be withdrawn before block <c>ReleasedAt</c>; 0 when nothing waits.</summary>
[Error(typeof(DevicesModule))] public readonly partial record struct NothingReleased(ulong ReleasedAt);

/// <summary>So many stakes of a device may be on their way back; withdraw first.</summary>
[Error(typeof(DevicesModule))] public readonly partial record struct TooManyUnstakings(uint Maximum);

/// <summary>An owner stakes before he asks others to.</summary>
[Error(typeof(DevicesModule))] public readonly partial record struct SelfStakeFirst(Hash256 Device);

/// <summary>The device has an offer already.</summary>
[Error(typeof(DevicesModule))] public readonly partial record struct OfferStands(ulong Offer);

/// <summary>A part is at most 10,000 of 10,000.</summary>
[Error(typeof(DevicesModule))] public readonly partial record struct InvalidShare(ushort Bps);

/// <summary>The offer is in a state in which this cannot be done.</summary>
[Error(typeof(DevicesModule))] public readonly partial record struct WrongOfferState(ulong Offer, OfferState State);

/// <summary>An owner does not take his own offer.</summary>
[Error(typeof(DevicesModule))] public readonly partial record struct OwnOffer(Address Owner);

/// <summary>The value is not the stake that is asked for.</summary>
[Error(typeof(DevicesModule))] public readonly partial record struct WrongStake(Amount Expected, Amount Actual);

/// <summary>An account takes so many offers at a time.</summary>
[Error(typeof(DevicesModule))] public readonly partial record struct TooManyOffers(uint Maximum);

/// <summary>Only the offer's party may do this.</summary>
[Error(typeof(DevicesModule))] public readonly partial record struct NotOfferParty(Address Party, Address Caller);

/// <summary>Verdicts are about the epoch that has just ended.</summary>
[Error(typeof(DevicesModule))] public readonly partial record struct WrongEpoch(ulong Epoch, ulong Running);

/// <summary>The device was judged for this epoch, or entered after it began.</summary>
[Error(typeof(DevicesModule))] public readonly partial record struct AlreadyJudged(Hash256 Device, ulong Epoch);

/// <summary>The device earned nothing in the epoch, was paid for it, or the epoch is not settled yet.</summary>
[Error(typeof(DevicesModule))] public readonly partial record struct NothingEarned(Hash256 Device, ulong Epoch);

/// <summary>No committee measures the device now.</summary>
[Error(typeof(DevicesModule))] public readonly partial record struct NoChallenge(Hash256 Device);

/// <summary>A view returns at most so many devices at once.</summary>
[Error(typeof(DevicesModule))] public readonly partial record struct DevicePageTooLarge(uint Maximum);

/// <summary>A cluster holds the device; it can be taken away when the cluster is over.</summary>
[Error(typeof(DevicesModule))] public readonly partial record struct DeviceHeld(Hash256 Device, ulong Cluster);

/// <summary>Clusters hold devices of this owner, who enters capacity for the first time; it can be entered when they are over.</summary>
[Error(typeof(DevicesModule))] public readonly partial record struct DevicesInUse(Address Host);
