using DePinChain.Modules.Sdk;
using DePinChain.Primitives;

namespace DePinChain.Modules.Staking;

/// <summary>Why a validator was slashed or jailed.</summary>
public enum PenaltyReason : byte
{
    /// <summary>Two votes of one kind for different blocks of one height and round.</summary>
    DuplicateVote = 1,

    /// <summary>Two proposals of one height and round.</summary>
    DuplicateProposal = 2,

    /// <summary>Too few seals in the liveness window.</summary>
    Downtime = 3,

    /// <summary>More than half of an epoch's proposals missed.</summary>
    MissedProposals = 4,

    /// <summary>The operator's own stake fell below its promise.</summary>
    SelfBond = 5,
}

/// <summary>An account became a validator.</summary>
[Event] public readonly partial record struct ValidatorCreated([Indexed] Address Validator, [Indexed] Address Signer, string Moniker);

/// <summary>A validator changed its name or commission.</summary>
[Event] public readonly partial record struct ValidatorEdited([Indexed] Address Validator, string Moniker, ulong CommissionWad);

/// <summary>A validator named the signing key it will use from an epoch on.</summary>
[Event] public readonly partial record struct SigningKeyScheduled([Indexed] Address Validator, [Indexed] Address Signer, ulong Epoch);

/// <summary>A validator named the VRF key it will use from an epoch on.</summary>
[Event] public readonly partial record struct VrfKeyScheduled([Indexed] Address Validator, byte[] Key, ulong Epoch);

/// <summary>Stake was bonded to a validator.</summary>
[Event]
public readonly partial record struct Delegated(
    [Indexed] Address Delegator, [Indexed] Address Validator, Amount Amount, UInt256 Shares);

/// <summary>Stake began to unbond; it is paid from block <c>Completion</c> on.</summary>
[Event]
public readonly partial record struct UnbondingStarted(
    [Indexed] Address Delegator, [Indexed] Address Validator, ulong Id, Amount Amount, ulong Completion);

/// <summary>Unbonded stake was paid.</summary>
[Event] public readonly partial record struct Unbonded([Indexed] Address Delegator, [Indexed] Address Validator, ulong Id, Amount Amount);

/// <summary>Unbonding stake was bonded to its validator again.</summary>
[Event]
public readonly partial record struct UnbondingCancelled(
    [Indexed] Address Delegator, [Indexed] Address Validator, ulong Id, Amount Amount, UInt256 Shares);

/// <summary>Stake moved between validators; until block <c>Completion</c> it answers for the one it left.</summary>
[Event]
public readonly partial record struct Redelegated(
    [Indexed] Address Delegator, [Indexed] Address From, [Indexed] Address To, ulong Id, Amount Amount, UInt256 Shares, ulong Completion);

/// <summary>A delegator was paid its rewards.</summary>
[Event]
public readonly partial record struct RewardsWithdrawn(
    [Indexed] Address Delegator, [Indexed] Address Validator, Address Recipient, Amount Amount);

/// <summary>An operator was paid its commission.</summary>
[Event] public readonly partial record struct CommissionWithdrawn([Indexed] Address Validator, Address Recipient, Amount Amount);

/// <summary>A delegator named the account its rewards go to.</summary>
[Event] public readonly partial record struct WithdrawAddressSet([Indexed] Address Delegator, [Indexed] Address Recipient);

/// <summary>
/// A block's rewards were split: <c>Tax</c> and <c>Forfeited</c> went to the community pool, <c>Bonus</c> to the proposer, the rest to
/// seats by power.
/// </summary>
[Event]
public readonly partial record struct RewardsDistributed(
    ulong Height, Amount Pot, Amount Tax, Amount Bonus, Amount Forfeited, [Indexed] Address Proposer);

/// <summary>A validator's stake was slashed.</summary>
[Event]
public readonly partial record struct Slashed(
    [Indexed] Address Validator, PenaltyReason Reason, Amount Burned, ulong InfractionHeight);

/// <summary>An open slash reached an unbonding entry.</summary>
[Event]
public readonly partial record struct UnbondingSlashed(
    [Indexed] Address Delegator, [Indexed] Address Validator, ulong Id, Amount Burned);

/// <summary>An open slash of <c>Source</c> reached stake that had moved to <c>Target</c>.</summary>
[Event]
public readonly partial record struct RedelegationSlashed(
    [Indexed] Address Delegator, [Indexed] Address Source, [Indexed] Address Target, ulong Id, Amount Burned);

/// <summary>A validator earns nothing and gets no seat until it is unjailed, which it may ask for from block <c>Until</c> on.</summary>
[Event] public readonly partial record struct Jailed([Indexed] Address Validator, PenaltyReason Reason, ulong Until);

/// <summary>A validator competes for a seat again.</summary>
[Event] public readonly partial record struct Unjailed([Indexed] Address Validator);

/// <summary>A validator signed twice and is excluded for ever.</summary>
[Event] public readonly partial record struct Tombstoned([Indexed] Address Validator, [Indexed] Address Signer, ulong InfractionHeight);

/// <summary>The set of the next epoch is known; its hash is the next header's validatorsHash.</summary>
[Event] public readonly partial record struct ValidatorSetChanged(ulong Epoch, Hash256 Hash);
