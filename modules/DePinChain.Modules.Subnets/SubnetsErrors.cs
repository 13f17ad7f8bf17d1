using DePinChain.Modules.Sdk;
using DePinChain.Primitives;

namespace DePinChain.Modules.Subnets;

/// <summary>There is no such subnet.</summary>
[Error] public readonly partial record struct UnknownSubnet(uint Netuid);

/// <summary>A name has 1 to 32 printable ASCII characters.</summary>
[Error] public readonly partial record struct InvalidSubnetName(string Name);

/// <summary>There are as many subnets as may be.</summary>
[Error] public readonly partial record struct SubnetLimitReached(uint Max);

/// <summary>The last subnet was registered too recently; the next may be from this block on.</summary>
[Error] public readonly partial record struct SubnetRegisteredRecently(ulong AllowedAt);

/// <summary>The value of the call is below the price.</summary>
[Error] public readonly partial record struct PriceNotCovered(Amount Price, Amount Value);

/// <summary>Only the owner may do this.</summary>
[Error] public readonly partial record struct NotSubnetOwner(Address Owner, Address Sender);

/// <summary>Emission has been started already.</summary>
[Error] public readonly partial record struct EmissionAlreadyStarted(uint Netuid);

/// <summary>A parameter may not change this close to an epoch; it may from this block on.</summary>
[Error] public readonly partial record struct ParametersFrozen(ulong AllowedAt);

/// <summary>The parameter was changed too recently; it may change again from this block on.</summary>
[Error] public readonly partial record struct ParameterChangedRecently(ulong AllowedAt);

/// <summary>The value is outside of what the parameter may be.</summary>
[Error] public readonly partial record struct SubnetParameterOutOfRange(SubnetParameter Parameter, ulong Min, ulong Max, ulong Value);

/// <summary>Places are not sold.</summary>
[Error] public readonly partial record struct RegistrationClosed(uint Netuid);

/// <summary>The hotkey belongs to somebody else.</summary>
[Error] public readonly partial record struct NotHotkeyOwner(Address Owner, Address Sender);

/// <summary>The hotkey has a place already.</summary>
[Error] public readonly partial record struct AlreadyRegistered(uint Netuid, Address Hotkey);

/// <summary>The hotkey has no place in the subnet.</summary>
[Error] public readonly partial record struct NotRegistered(uint Netuid, Address Hotkey);

/// <summary>Every place is held by somebody who may not be pruned.</summary>
[Error] public readonly partial record struct NoNeuronIdAvailable(uint Netuid);

/// <summary>Nobody registered this hotkey.</summary>
[Error] public readonly partial record struct UnknownHotkey(Address Hotkey);

/// <summary>The address can be no hotkey.</summary>
[Error] public readonly partial record struct InvalidHotkey(Address Hotkey);

/// <summary>An axon has an address of its type and a port.</summary>
[Error] public readonly partial record struct InvalidAxon();

/// <summary>The axon was announced too recently; it may be again from this block on.</summary>
[Error] public readonly partial record struct ServingTooFast(ulong AllowedAt);

/// <summary>Weights are packed as four bytes each, at most one for each uid.</summary>
[Error] public readonly partial record struct MalformedWeights(uint Bytes);

/// <summary>Uids of weights ascend.</summary>
[Error] public readonly partial record struct UidsNotAscending(uint Index);

/// <summary>The uid is not taken.</summary>
[Error] public readonly partial record struct UnknownUid(uint Uid);

/// <summary>A row needs more weights.</summary>
[Error] public readonly partial record struct TooFewWeights(uint Min, uint Actual);

/// <summary>The validator's version is older than the subnet asks for.</summary>
[Error] public readonly partial record struct OutdatedVersion(ulong Min, ulong Actual);

/// <summary>Weights were set too recently; they may be set again from this block on.</summary>
[Error] public readonly partial record struct SettingWeightsTooFast(ulong AllowedAt);

/// <summary>Only holders of a permit weigh others.</summary>
[Error] public readonly partial record struct NoValidatorPermit(Address Hotkey);

/// <summary>This subnet's weights are committed first.</summary>
[Error] public readonly partial record struct CommitRevealRequired(uint Netuid);

/// <summary>This subnet's weights are set openly.</summary>
[Error] public readonly partial record struct CommitRevealDisabled(uint Netuid);

/// <summary>The value of the call is not the deposit.</summary>
[Error] public readonly partial record struct WrongDeposit(Amount Expected, Amount Actual);

/// <summary>The hotkey has committed in this epoch, or may still reveal.</summary>
[Error] public readonly partial record struct CommitmentOpen(ulong Epoch);

/// <summary>The hotkey has no commitment.</summary>
[Error] public readonly partial record struct NoCommitment(Address Hotkey);

/// <summary>The weights may be revealed in this epoch only.</summary>
[Error] public readonly partial record struct WrongRevealEpoch(ulong Expected, ulong Actual);

/// <summary>What is revealed is not what was committed.</summary>
[Error] public readonly partial record struct RevealMismatch(Hash256 Committed, Hash256 Revealed);

/// <summary>The validator has shown no evidence with its last weights.</summary>
[Error] public readonly partial record struct NoEvidence(uint Netuid, uint Uid);

/// <summary>The evidence could be asked for until this block.</summary>
[Error] public readonly partial record struct EvidenceTooOld(ulong Until);

/// <summary>The validator has a challenge to answer already.</summary>
[Error] public readonly partial record struct ChallengeOpen(ulong Challenge);

/// <summary>There is no such challenge, or it has ended.</summary>
[Error] public readonly partial record struct UnknownChallenge(ulong Challenge);

/// <summary>Another leaf was asked for, and there are enough.</summary>
[Error] public readonly partial record struct OtherLeaf(ulong Asked, ulong Shown);

/// <summary>The leaf and its path do not lead to the evidence's root.</summary>
[Error] public readonly partial record struct EvidenceMismatch(Hash256 Root, Hash256 Shown);

/// <summary>The leaf is malformed, of another epoch, or names an answer that its miner did not sign.</summary>
[Error] public readonly partial record struct UnsoundEvidence(ulong Challenge);

/// <summary>Somebody has named this hotkey before.</summary>
[Error] public readonly partial record struct HotkeyTaken(Address Hotkey);

/// <summary>The hotkey was exchanged too recently; it may be again from this block on.</summary>
[Error] public readonly partial record struct HotkeySwappedRecently(ulong AllowedAt);

/// <summary>The amount is below the least stake.</summary>
[Error] public readonly partial record struct StakeTooSmall(Amount Min, Amount Actual);

/// <summary>The caller's stake is smaller.</summary>
[Error] public readonly partial record struct NotEnoughStake(Amount Had, Amount Asked);

/// <summary>A take is at most 18 %.</summary>
[Error] public readonly partial record struct TakeTooHigh(ushort Max, ushort Actual);

/// <summary>The take rose too recently; it may rise again from this block on.</summary>
[Error] public readonly partial record struct TakeRaisedRecently(ulong AllowedAt);

/// <summary>Votes are packed as four bytes each, at most one for each subnet there may be.</summary>
[Error] public readonly partial record struct MalformedVotes(uint Bytes);

/// <summary>Subnets of votes ascend.</summary>
[Error] public readonly partial record struct VotesNotAscending(uint Index);

/// <summary>A vote is above zero.</summary>
[Error] public readonly partial record struct EmptyVote(uint Netuid);

/// <summary>A subnet's owner may dissolve it until this block; later only governance may.</summary>
[Error] public readonly partial record struct SubnetEstablished(ulong Until);

/// <summary>Only governance may do this.</summary>
[Error] public readonly partial record struct NotGovernance(Address Sender);

/// <summary>Children are packed as 28 bytes each, at most five.</summary>
[Error] public readonly partial record struct MalformedChildren(uint Bytes);

/// <summary>A child is a known hotkey other than its parent, named once, with a proportion above zero.</summary>
[Error] public readonly partial record struct InvalidChild(Address Child);

/// <summary>Proportions add up to more than the whole stake.</summary>
[Error] public readonly partial record struct ProportionOverflow();

/// <summary>The hotkey is a parent of the one that would be its parent.</summary>
[Error] public readonly partial record struct ChildIsParent(Address Child);

/// <summary>The subnet has as many links between hotkeys as may be.</summary>
[Error] public readonly partial record struct TooManyLinks(uint Netuid, uint Max);

/// <summary>Less stake is behind the hotkey than one with children needs.</summary>
[Error] public readonly partial record struct ParentStakeTooSmall(Amount Min, Amount Actual);

/// <summary>The one hotkey is no parent of the other.</summary>
[Error] public readonly partial record struct NotParent(Address Parent, Address Child);
