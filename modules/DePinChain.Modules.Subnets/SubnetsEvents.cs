using DePinChain.Modules.Sdk;
using DePinChain.Primitives;

namespace DePinChain.Modules.Subnets;

/// <summary>A subnet was registered.</summary>
[Event] public readonly partial record struct SubnetRegistered([Indexed] uint Netuid, [Indexed] Address Owner, Address Hotkey, Amount Lock);

/// <summary>The owner started a subnet's emission.</summary>
[Event] public readonly partial record struct EmissionStarted([Indexed] uint Netuid);

/// <summary>An owner changed a parameter of its subnet.</summary>
[Event] public readonly partial record struct SubnetParameterSet([Indexed] uint Netuid, SubnetParameter Parameter, ulong Value);

/// <summary>A hotkey took a place in a subnet; the price was destroyed and may be emitted again.</summary>
[Event] public readonly partial record struct NeuronRegistered([Indexed] uint Netuid, [Indexed] Address Hotkey, uint Uid, Amount Price);

/// <summary>A neuron lost its place to a new one.</summary>
[Event] public readonly partial record struct NeuronPruned([Indexed] uint Netuid, [Indexed] Address Hotkey, uint Uid, ulong Emission);

/// <summary>A neuron announced where it serves.</summary>
[Event] public readonly partial record struct AxonServed([Indexed] uint Netuid, [Indexed] Address Hotkey);

/// <summary>A validator committed to weights.</summary>
[Event]
public readonly partial record struct WeightsCommitted([Indexed] uint Netuid, [Indexed] Address Hotkey, Hash256 Commitment, ulong Epoch);

/// <summary>A validator's weights were stored.</summary>
[Event] public readonly partial record struct WeightsSet([Indexed] uint Netuid, [Indexed] Address Hotkey, Hash256 EvidenceRoot);

/// <summary>A commitment was not revealed in its epoch; its deposit was recycled.</summary>
[Event] public readonly partial record struct CommitmentForfeited([Indexed] uint Netuid, [Indexed] Address Hotkey, Amount Deposit);

/// <summary>Somebody asked a validator for a leaf of its evidence.</summary>
[Event]
public readonly partial record struct EvidenceChallenged(
    [Indexed] uint Netuid, [Indexed] Address Validator, ulong Challenge, ulong Epoch, ulong Leaf, ulong EndsAt);

/// <summary>The leaf was shown; the challenger's deposit is the validator's.</summary>
[Event] public readonly partial record struct EvidenceOpened([Indexed] uint Netuid, [Indexed] Address Validator, ulong Challenge);

/// <summary>The leaf was not shown in time: the validator counts for nothing in this epoch.</summary>
[Event] public readonly partial record struct EvidenceNotShown([Indexed] uint Netuid, [Indexed] Address Validator, ulong Challenge);

/// <summary>An epoch shared out a subnet's emission; what is not named stays for the next.</summary>
[Event]
public readonly partial record struct EpochRun(
    [Indexed] uint Netuid, ulong Epoch, Amount Server, Amount Validator, Amount Owner, Amount Recycled, Amount Carried);

/// <summary>An epoch waits for the next block: this one ran as many as it may.</summary>
[Event] public readonly partial record struct EpochDeferred([Indexed] uint Netuid);

/// <summary>Stake was added behind a hotkey.</summary>
[Event] public readonly partial record struct Staked([Indexed] Address Hotkey, [Indexed] Address Coldkey, Amount Amount);

/// <summary>Stake left a hotkey and is on its way back.</summary>
[Event] public readonly partial record struct Unstaked([Indexed] Address Hotkey, [Indexed] Address Coldkey, Amount Amount, ulong PaidAt);

/// <summary>A hotkey took the place of another, everywhere.</summary>
[Event] public readonly partial record struct HotkeySwapped([Indexed] Address Hotkey, [Indexed] Address Next);

/// <summary>A hotkey's owner changed its part of dividends.</summary>
[Event] public readonly partial record struct TakeSet([Indexed] Address Hotkey, ushort Take);

/// <summary>A committee found a miner at fault: its incentive of this epoch is recycled.</summary>
[Event] public readonly partial record struct IncentiveGated([Indexed] uint Netuid, [Indexed] Address Hotkey, ulong Epoch);

/// <summary>A hotkey's owner voted on the split of emission.</summary>
[Event] public readonly partial record struct GaugeVoted([Indexed] Address Hotkey, byte[] Votes);

/// <summary>A count of votes ended: these blocks' emission is split by it. Without votes all subnets emit alike.</summary>
[Event] public readonly partial record struct GaugeCounted(ulong Voters, Amount Stake, bool IsVoted);

/// <summary>A subnet is gone. Of its lock the refund went to its owner; the fee and what was still to be paid out were recycled.</summary>
[Event]
public readonly partial record struct SubnetDissolved([Indexed] uint Netuid, [Indexed] Address Owner, Amount Refund, Amount Recycled);

/// <summary>A dissolved subnet's commitment was paid back.</summary>
[Event] public readonly partial record struct CommitmentReturned([Indexed] uint Netuid, [Indexed] Address Hotkey, Amount Deposit);

/// <summary>A hotkey will have these children: proportion and hotkey, 28 bytes each.</summary>
[Event]
public readonly partial record struct ChildrenPlanned([Indexed] uint Netuid, [Indexed] Address Hotkey, byte[] Children, ulong DueAt);

/// <summary>A hotkey has these children from now on.</summary>
[Event] public readonly partial record struct ChildrenSet([Indexed] uint Netuid, [Indexed] Address Hotkey, byte[] Children);

/// <summary>A hotkey's planned children may not be any more; it keeps those it has.</summary>
[Event] public readonly partial record struct ChildrenRefused([Indexed] uint Netuid, [Indexed] Address Hotkey);

/// <summary>A child let go of a parent.</summary>
[Event] public readonly partial record struct ParentDropped([Indexed] uint Netuid, [Indexed] Address Hotkey, [Indexed] Address Parent);

/// <summary>A child changed what it keeps of dividends that other owners' stake earns.</summary>
[Event] public readonly partial record struct ChildTakeSet([Indexed] uint Netuid, [Indexed] Address Hotkey, ushort Take);
