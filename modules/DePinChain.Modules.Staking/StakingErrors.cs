using DePinChain.Modules.Sdk;
using DePinChain.Primitives;

namespace DePinChain.Modules.Staking;

/// <summary>The account is a validator already.</summary>
[Error] public readonly partial record struct ValidatorExists(Address Validator);

/// <summary>The account is no validator.</summary>
[Error] public readonly partial record struct UnknownValidator(Address Validator);

/// <summary>A moniker is 1 to 64 bytes of UTF-8 without control characters.</summary>
[Error] public readonly partial record struct InvalidMoniker(string Moniker);

/// <summary>The bytes are no compressed secp256k1 public key of 33 bytes.</summary>
[Error] public readonly partial record struct InvalidKey(byte[] Key);

/// <summary>The key did not sign keccak("DPC-POP" ‖ chainId ‖ operator) for this chain and operator.</summary>
[Error] public readonly partial record struct InvalidPossession(byte[] Key);

/// <summary>
/// The signing key belongs, or once belonged, to a validator: keys are never reused, or evidence could hit the wrong one.
/// </summary>
[Error] public readonly partial record struct SigningKeyUsed(Address Signer, Address Validator);

/// <summary>A key of this kind waits already; it is used from the epoch on.</summary>
[Error] public readonly partial record struct KeyChangePending(ulong Epoch);

/// <summary>A commission exceeds its maximum, or the maximum 100 %.</summary>
[Error] public readonly partial record struct CommissionTooHigh(ulong CommissionWad, ulong MaximumWad);

/// <summary>A commission changes by more than the validator promised for a day.</summary>
[Error] public readonly partial record struct CommissionStepTooLarge(ulong StepWad, ulong MaximumWad);

/// <summary>The commission changed less than a day ago; it may change again from block <c>From</c> on.</summary>
[Error] public readonly partial record struct CommissionChangedRecently(ulong From);

/// <summary>The operator's own stake is less than promised, or the promise less than allowed.</summary>
[Error] public readonly partial record struct SelfBondTooLow(Amount Needed, Amount Had);

/// <summary>A delegation is below the minimum.</summary>
[Error] public readonly partial record struct DelegationTooSmall(Amount Needed, Amount Had);

/// <summary>The validator is excluded for ever and takes no stake.</summary>
[Error] public readonly partial record struct ValidatorTombstoned(Address Validator);

/// <summary>All stake of the validator was slashed; its shares have no price.</summary>
[Error] public readonly partial record struct ValidatorDead(Address Validator);

/// <summary>The delegator has fewer shares than it wants to take away.</summary>
[Error] public readonly partial record struct InsufficientShares(UInt256 Needed, UInt256 Had);

/// <summary>The shares are worth nothing, or the amount is zero.</summary>
[Error] public readonly partial record struct NothingToMove;

/// <summary>The delegator has as many entries of this kind open at the validator as it may have.</summary>
[Error] public readonly partial record struct TooManyEntries(uint Maximum);

/// <summary>Stake came to this validator by redelegation and answers for its source until a block; until then it may not move on.</summary>
[Error] public readonly partial record struct TransitiveRedelegation(ulong Until);

/// <summary>Source and target of a redelegation are the same.</summary>
[Error] public readonly partial record struct SameValidator(Address Validator);

/// <summary>No unbonding has this number; it may have been paid already.</summary>
[Error] public readonly partial record struct UnknownUnbonding(ulong Id);

/// <summary>The unbonding belongs to another account.</summary>
[Error] public readonly partial record struct NotDelegator(Address Delegator, Address Caller);

/// <summary>The unbonding completes at a later block.</summary>
[Error] public readonly partial record struct NotMatured(ulong CompletesAt, ulong Now);

/// <summary>The unbonding has completed: claim it instead.</summary>
[Error] public readonly partial record struct AlreadyMatured(ulong Id);

/// <summary>A slash of the validator is being worked through; until it has seen this entry, nothing moves.</summary>
[Error] public readonly partial record struct EntryFrozen(Address Validator);

/// <summary>The amount exceeds what the unbonding holds.</summary>
[Error] public readonly partial record struct UnbondingTooSmall(Amount Needed, Amount Had);

/// <summary>The validator is not in jail.</summary>
[Error] public readonly partial record struct NotJailed(Address Validator);

/// <summary>The validator stays in jail until a block.</summary>
[Error] public readonly partial record struct StillJailed(ulong Until, ulong Now);

/// <summary>There is nothing to withdraw.</summary>
[Error] public readonly partial record struct NothingToWithdraw;

/// <summary>Rewards cannot go to the zero account or to Staking itself.</summary>
[Error] public readonly partial record struct InvalidRecipient(Address Recipient);

/// <summary>The bytes are no proof of two conflicting signed messages.</summary>
[Error] public readonly partial record struct InvalidEvidence;

/// <summary>The signer had no seat at that height.</summary>
[Error] public readonly partial record struct NotSeated(Address Signer, ulong Height);

/// <summary>Evidence is judged back to a block only: older stake has left.</summary>
[Error] public readonly partial record struct EvidenceTooOld(ulong Height, ulong Oldest);

/// <summary>The validator was punished for signing twice already; that happens once.</summary>
[Error] public readonly partial record struct AlreadyTombstoned(Address Validator);

/// <summary>There is no such epoch, or its set is no longer kept.</summary>
[Error] public readonly partial record struct UnknownEpoch(ulong Epoch);

/// <summary>A view returns at most so many entries at once.</summary>
[Error] public readonly partial record struct PageTooLarge(uint Maximum);
