using DePinChain.Primitives;

namespace DePinChain.Modules.Staking;

/// <summary>Which validators a list is of.</summary>
public enum ValidatorStatus : byte
{
    /// <summary>All there ever were.</summary>
    Any = 0,

    /// <summary>Those with a seat in this epoch.</summary>
    Active = 1,

    /// <summary>Those without a seat that are neither jailed nor tombstoned.</summary>
    Waiting = 2,

    /// <summary>Those in jail.</summary>
    Jailed = 3,

    /// <summary>Those excluded for ever.</summary>
    Tombstoned = 4,
}

/// <summary>A validator as a view shows it.</summary>
/// <param name="Validator">Its operator.</param>
/// <param name="Moniker">Its name.</param>
/// <param name="Status">Active, waiting, jailed or tombstoned.</param>
/// <param name="Signer">Address of its signing key.</param>
/// <param name="VrfKey">Its VRF key, 33 bytes.</param>
/// <param name="ActiveFrom">First epoch in which it may have a seat.</param>
/// <param name="Tokens">Stake of all its delegators.</param>
/// <param name="Shares">Shares of all its delegators.</param>
/// <param name="Power">Power in this epoch.</param>
/// <param name="SelfBond">Stake of the operator's own.</param>
/// <param name="MinSelfBond">Stake of its own below which it is jailed.</param>
/// <param name="CommissionWad">Part of the rewards the operator keeps, in 10^-18.</param>
/// <param name="MaxCommissionWad">Highest commission it may ever take.</param>
/// <param name="MaxDailyChangeWad">Most the commission may change in a day.</param>
/// <param name="CommissionChangedAt">Block of the last change.</param>
/// <param name="JailedUntil">Block from which it may leave jail.</param>
public readonly record struct ValidatorReport(
    Address Validator,
    string Moniker,
    ValidatorStatus Status,
    Address Signer,
    byte[] VrfKey,
    ulong ActiveFrom,
    Amount Tokens,
    UInt256 Shares,
    ulong Power,
    Amount SelfBond,
    Amount MinSelfBond,
    ulong CommissionWad,
    ulong MaxCommissionWad,
    ulong MaxDailyChangeWad,
    ulong CommissionChangedAt,
    ulong JailedUntil);

/// <summary>A delegation as a view shows it.</summary>
/// <param name="Validator">With whom.</param>
/// <param name="Shares">How many shares.</param>
/// <param name="Tokens">What they are worth now.</param>
/// <param name="Rewards">What could be withdrawn now.</param>
public readonly record struct DelegationReport(Address Validator, UInt256 Shares, Amount Tokens, Amount Rewards);

/// <summary>An unbonding as a view shows it.</summary>
/// <param name="Id">Its number.</param>
/// <param name="Validator">Where the DPN was staked.</param>
/// <param name="Initial">How much was unbonded.</param>
/// <param name="Balance">How much slashes have left.</param>
/// <param name="CreatedAt">Block of the unbonding.</param>
/// <param name="CompletesAt">Block from which it is paid.</param>
/// <param name="Frozen">True while an open slash has to look at it.</param>
public readonly record struct UnbondingReport(
    ulong Id, Address Validator, Amount Initial, Amount Balance, ulong CreatedAt, ulong CompletesAt, bool Frozen);

/// <summary>A redelegation as a view shows it.</summary>
/// <param name="Id">Its number.</param>
/// <param name="Source">The validator it left and answers for.</param>
/// <param name="Target">The validator it joined.</param>
/// <param name="Initial">How much moved.</param>
/// <param name="CompletesAt">Block from which it answers no longer.</param>
public readonly record struct RedelegationReport(ulong Id, Address Source, Address Target, Amount Initial, ulong CompletesAt);

/// <summary>What a seat signed lately.</summary>
/// <param name="Since">First block that is counted.</param>
/// <param name="Window">Blocks over which seals are counted.</param>
/// <param name="Missed">Blocks of the window without its seal.</param>
/// <param name="MissedMax">Blocks it may miss before it is jailed.</param>
/// <param name="MissedProposals">Proposals of this epoch it missed.</param>
/// <param name="JailedUntil">Block from which it may leave jail.</param>
/// <param name="Tombstoned">True when it signed twice.</param>
public readonly record struct SigningReport(
    ulong Since, ulong Window, ulong Missed, ulong MissedMax, uint MissedProposals, ulong JailedUntil, bool Tombstoned);

/// <summary>An epoch as a view shows it.</summary>
/// <param name="Number">Its number, from 0.</param>
/// <param name="Start">Its first block.</param>
/// <param name="End">Its last block.</param>
/// <param name="TotalPower">Power of its set.</param>
/// <param name="Stake">Stake behind its set.</param>
/// <param name="Validators">Seats.</param>
/// <param name="SetHash">keccak of its set: the headers' validatorsHash.</param>
public readonly record struct EpochReport(
    ulong Number, ulong Start, ulong End, ulong TotalPower, Amount Stake, uint Validators, Hash256 SetHash);

/// <summary>What a validator earned and has not paid out.</summary>
/// <param name="Outstanding">For its delegators, rounding dust included.</param>
/// <param name="Commission">For its operator.</param>
/// <param name="PerShare">Reward of one share since the beginning, in 10^-36 wei.</param>
public readonly record struct EarningsReport(Amount Outstanding, Amount Commission, UInt256 PerShare);
