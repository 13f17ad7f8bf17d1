using DePinChain.Primitives;

namespace DePinChain.Modules.Staking;

/// <summary>A validator: an account that runs a node and answers with its own and its delegators' stake.</summary>
/// <param name="Moniker">What people see: 1 to 64 bytes of UTF-8.</param>
/// <param name="Signer">Address of the hot key that signs proposals and votes.</param>
/// <param name="VrfKey">Hot key of the randomness beacon, 33 bytes compressed.</param>
/// <param name="ActiveFrom">First epoch in which it may have a seat: its keys must have waited.</param>
/// <param name="Tokens">Stake of all its delegators, its own included.</param>
/// <param name="Shares">Shares of all its delegators. A slash lowers the tokens and leaves the shares.</param>
/// <param name="CommissionWad">Part of the rewards the operator keeps, in 10^-18.</param>
/// <param name="MaxCommissionWad">Highest commission it may ever take; fixed at creation.</param>
/// <param name="MaxDailyChangeWad">Most the commission may change in a day; fixed at creation.</param>
/// <param name="CommissionChangedAt">Block of the last change.</param>
/// <param name="MinSelfBond">Least stake of the operator's own; below it the validator is jailed.</param>
/// <param name="JailedUntil">Block from which it may leave jail; meaningless while free.</param>
/// <param name="Standing">Free, jailed or tombstoned.</param>
public readonly record struct ValidatorRecord(
    string Moniker,
    Address Signer,
    byte[] VrfKey,
    ulong ActiveFrom,
    Amount Tokens,
    UInt128 Shares,
    ulong CommissionWad,
    ulong MaxCommissionWad,
    ulong MaxDailyChangeWad,
    ulong CommissionChangedAt,
    Amount MinSelfBond,
    ulong JailedUntil,
    Standing Standing)
{
    /// <summary>All stake is gone while shares remain: nobody can buy in at a price of zero.</summary>
    public bool IsDead => Tokens.IsZero && Shares != UInt128.Zero;
}

/// <summary>Whether a validator may have a seat.</summary>
public enum Standing : byte
{
    /// <summary>It competes for a seat.</summary>
    Free = 0,

    /// <summary>It waits until it may, and does, ask to be unjailed.</summary>
    Jailed = 1,

    /// <summary>It signed twice and never comes back.</summary>
    Tombstoned = 2,
}

/// <summary>A key that waits for its epoch.</summary>
/// <param name="Key">Signing key: its 20-byte address. VRF key: 33 bytes compressed.</param>
/// <param name="Epoch">First epoch it is used in.</param>
public readonly record struct PendingKey(byte[] Key, ulong Epoch);

/// <summary>One delegator's part of one validator.</summary>
/// <param name="Shares">Its shares.</param>
/// <param name="PaidUpTo">The validator's reward per share up to which it was paid.</param>
public readonly record struct DelegationRecord(UInt128 Shares, UInt256 PaidUpTo);

/// <summary>What a validator earned and has not paid out.</summary>
/// <param name="Power">Power it earns with in this epoch; 0 without a seat.</param>
/// <param name="EarnedUpTo">
/// Reward index up to which it was credited. A block it is absent from moves this along with the index, so that it earns nothing.
/// </param>
/// <param name="PerShare">Reward of one share since the beginning, in 10^-36 wei.</param>
/// <param name="Pending">Proposer bonuses since the last settlement.</param>
/// <param name="Outstanding">Credited to delegators and not withdrawn, dust included.</param>
/// <param name="Commission">Credited to the operator and not withdrawn.</param>
public readonly record struct RewardRecord(
    ulong Power, UInt256 EarnedUpTo, UInt256 PerShare, Amount Pending, Amount Outstanding, Amount Commission);

/// <summary>The one record that every block's rewards change.</summary>
/// <param name="Index">Reward of one unit of power since genesis, in 10^-36 wei.</param>
/// <param name="Unsettled">Coins the index stands for that no validator was credited with yet, dust included.</param>
public readonly record struct RewardIndex(UInt256 Index, Amount Unsettled);

/// <summary>Coins on their way from a validator back to a delegator.</summary>
/// <param name="Delegator">Who gets them.</param>
/// <param name="Validator">Where they were staked: its older misdeeds still cost them.</param>
/// <param name="Initial">How much was unbonded; slashes are a part of this.</param>
/// <param name="Balance">How much is left.</param>
/// <param name="CreatedAt">Block of the unbonding.</param>
/// <param name="CompletesAt">Block from which they are paid.</param>
public readonly record struct UnbondingRecord(
    Address Delegator, Address Validator, Amount Initial, Amount Balance, ulong CreatedAt, ulong CompletesAt);

/// <summary>Stake that moved from one validator to another and still answers for the first.</summary>
/// <param name="Delegator">Whose stake.</param>
/// <param name="Source">The validator it left.</param>
/// <param name="Target">The validator it joined.</param>
/// <param name="Initial">How much moved; slashes are a part of this.</param>
/// <param name="CreatedAt">Block of the move.</param>
/// <param name="CompletesAt">Block from which it no longer answers for the source.</param>
public readonly record struct RedelegationRecord(
    Address Delegator, Address Source, Address Target, Amount Initial, ulong CreatedAt, ulong CompletesAt);

/// <summary>A slash that still has to visit the unbonding entries and redelegations of its validator.</summary>
/// <param name="Validator">Who is slashed.</param>
/// <param name="FractionWad">Which part, in 10^-18.</param>
/// <param name="InfractionHeight">Entries created before it are free.</param>
/// <param name="OpenedAt">Block of the slash; entries that had matured by then are free.</param>
/// <param name="Unbondings">Unbonding entries to visit: those there were at the opening.</param>
/// <param name="Redelegations">Redelegations to visit, likewise.</param>
/// <param name="Visited">Entries visited so far, unbondings first.</param>
public readonly record struct OpenSlash(
    Address Validator, ulong FractionWad, ulong InfractionHeight, ulong OpenedAt, ulong Unbondings, ulong Redelegations, ulong Visited);

/// <summary>What a seat signed lately.</summary>
/// <param name="Since">First block that is counted.</param>
/// <param name="Missed">Blocks of the window without its seal.</param>
/// <param name="Bits">The ring of missed blocks; empty before the first one.</param>
public readonly record struct SigningRecord(ulong Since, ulong Missed, byte[] Bits);

/// <summary>An epoch: the blocks that share one validator set.</summary>
/// <param name="Number">0 from block 1 on.</param>
/// <param name="Start">Its first block.</param>
/// <param name="Length">Blocks it lasts.</param>
/// <param name="TotalPower">Power of its set.</param>
/// <param name="Stake">Stake behind its set: the bonded part of the supply, as inflation sees it.</param>
/// <param name="SetHash">keccak of its set: the headers' validatorsHash.</param>
public readonly record struct EpochRecord(ulong Number, ulong Start, ulong Length, ulong TotalPower, Amount Stake, Hash256 SetHash)
{
    /// <summary>Its last block.</summary>
    public ulong End => Start + Length - 1;
}

/// <summary>A validator set and what proposing, rewards and evidence need to know of it.</summary>
/// <param name="Members">Ascending by signing address.</param>
public sealed record EpochSet(IReadOnlyList<EpochMember> Members)
{
    /// <summary>The index of a signing address, or −1.</summary>
    public int IndexOf(Address signer)
    {
        int low = 0;
        int high = Members.Count - 1;
        while (low <= high)
        {
            int middle = (low + high) / 2;
            int order = Members[middle].Signer.CompareTo(signer);
            if (order == 0) return middle;
            if (order < 0) low = middle + 1;
            else high = middle - 1;
        }
        return -1;
    }

    /// <summary>The set as consensus sees it.</summary>
    public ValidatorSet ToValidatorSet() => new(Members.Select(static member => new Validator(member.Signer, member.Power)));

    /// <summary>Who proposes in the epoch of this set.</summary>
    public ProposerRotation ToRotation() =>
        ProposerRotation.StartOf(ToValidatorSet(), [.. Members.Select(static member => member.Priority)]);
}

/// <summary>One seat of an epoch.</summary>
/// <param name="Signer">Signing address.</param>
/// <param name="Operator">Whose seat.</param>
/// <param name="Power">Voting power.</param>
/// <param name="Stake">Stake at the ranking: what a slash for this epoch is a part of.</param>
/// <param name="VrfKey">Key of its VRF proofs in this epoch, 33 bytes.</param>
/// <param name="Priority">Proposer priority at the epoch's first block.</param>
public readonly record struct EpochMember(Address Signer, Address Operator, ulong Power, Amount Stake, byte[] VrfKey, long Priority);

/// <summary>Sums of stake.</summary>
/// <param name="Bonded">Tokens of all validators.</param>
/// <param name="Unbonding">Balances of all unbonding entries.</param>
public readonly record struct StakeTotals(Amount Bonded, Amount Unbonding);
