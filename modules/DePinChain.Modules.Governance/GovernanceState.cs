using DePinChain.Modules.Sdk;
using DePinChain.Primitives;

namespace DePinChain.Modules.Governance;

/// <summary>What a proposal asks for.</summary>
public enum ProposalKind : byte
{
    /// <summary>An opinion: nothing but the outcome goes on the chain.</summary>
    Text = 0,

    /// <summary>Another value of a governed parameter.</summary>
    Parameter = 1,

    /// <summary>A payment out of the community pool.</summary>
    Spend = 2,

    /// <summary>The height of a fork, for operators to write into their networks' documents.</summary>
    Fork = 3,

    /// <summary>A call of a function that a module keeps for governance.</summary>
    Order = 4,
}

/// <summary>How far a proposal is.</summary>
public enum ProposalStatus : byte
{
    /// <summary>It waits for its deposit.</summary>
    Deposit = 0,

    /// <summary>It is voted on.</summary>
    Voting = 1,

    /// <summary>Its deposit did not come together in time.</summary>
    Expired = 2,

    /// <summary>Too few voted, or not more than the threshold for it.</summary>
    Rejected = 3,

    /// <summary>It was vetoed; its deposit is burned.</summary>
    Vetoed = 4,

    /// <summary>It passed and waits for its effect.</summary>
    Queued = 5,

    /// <summary>It had its effect.</summary>
    Executed = 6,

    /// <summary>It passed, and its effect was refused by the module it was meant for.</summary>
    Failed = 7,
}

/// <summary>A voter's single choice.</summary>
public enum VoteOption : byte
{
    /// <summary>For it.</summary>
    Yes = 1,

    /// <summary>Present, without an opinion.</summary>
    Abstain = 2,

    /// <summary>Against it.</summary>
    No = 3,

    /// <summary>Against it, and its deposit shall burn.</summary>
    Veto = 4,
}

/// <summary>A proposal.</summary>
/// <param name="Proposer">Who submitted it.</param>
/// <param name="Kind">What it asks for.</param>
/// <param name="Status">How far it is.</param>
/// <param name="SubmittedAt">Its block.</param>
/// <param name="DepositEnds">Block at whose start it expires without its deposit.</param>
/// <param name="VotingEnds">Block at whose start votes are counted; 0 before the vote.</param>
/// <param name="EffectAt">First block in which it may have its effect; 0 unless it passed.</param>
/// <param name="Deposited">What was deposited on it.</param>
public readonly record struct ProposalRecord(
    Address Proposer,
    ProposalKind Kind,
    ProposalStatus Status,
    ulong SubmittedAt,
    ulong DepositEnds,
    ulong VotingEnds,
    ulong EffectAt,
    Amount Deposited);

/// <summary>What a proposal says. Which fields mean something depends on its kind; the others are empty.</summary>
/// <param name="Title">1 to 140 bytes of text.</param>
/// <param name="Uri">Where its reasons can be read; may be empty.</param>
/// <param name="Subject">Parameter and order: the module's name. Fork: the fork's.</param>
/// <param name="Key">Parameter: its key.</param>
/// <param name="Account">Spend: who is paid.</param>
/// <param name="Token">Spend: the token's number; 0 is DPN.</param>
/// <param name="Number">Parameter: the value. Spend: base units. Fork: the height.</param>
/// <param name="Calldata">Order: selector and arguments.</param>
public sealed record ProposalBody(
    string Title, string Uri, string Subject, string Key, Address Account, uint Token, UInt256 Number, byte[] Calldata);

/// <summary>How one account votes, in parts of 10,000 that add up to it.</summary>
/// <param name="Yes">For it.</param>
/// <param name="Abstain">Present, without an opinion.</param>
/// <param name="No">Against it.</param>
/// <param name="Veto">Against it, and its deposit shall burn.</param>
public readonly record struct Ballot(ushort Yes, ushort Abstain, ushort No, ushort Veto);

/// <summary>Delegators of one validator that vote by themselves: their shares, and these by option in 1/10,000 shares.</summary>
/// <param name="Shares">Shares that do not follow the validator.</param>
/// <param name="Yes">Parts for it.</param>
/// <param name="Abstain">Parts without an opinion.</param>
/// <param name="No">Parts against it.</param>
/// <param name="Veto">Parts against it that burn the deposit.</param>
public readonly record struct OverrideRecord(UInt128 Shares, UInt256 Yes, UInt256 Abstain, UInt256 No, UInt256 Veto);

/// <summary>A count of votes, in stake.</summary>
/// <param name="Yes">For it.</param>
/// <param name="Abstain">Present, without an opinion.</param>
/// <param name="No">Against it.</param>
/// <param name="Veto">Against it, and its deposit shall burn.</param>
/// <param name="Bonded">Stake of all seats that count: what the quorum is a part of.</param>
public readonly record struct TallyRecord(Amount Yes, Amount Abstain, Amount No, Amount Veto, Amount Bonded)
{
    /// <summary>Stake that voted at all.</summary>
    public Amount Voted => Yes + Abstain + No + Veto;
}

/// <summary>A proposal as a view shows it.</summary>
/// <param name="Id">Its number.</param>
/// <param name="Proposer">Who submitted it.</param>
/// <param name="Kind">What it asks for.</param>
/// <param name="Status">How far it is.</param>
/// <param name="SubmittedAt">Its block.</param>
/// <param name="DepositEnds">Block at whose start it expires without its deposit.</param>
/// <param name="VotingEnds">Block at whose start votes are counted; 0 before the vote.</param>
/// <param name="EffectAt">First block in which it may have its effect; 0 unless it passed.</param>
/// <param name="Deposited">What was deposited on it.</param>
/// <param name="Title">What it is called.</param>
/// <param name="Uri">Where its reasons can be read.</param>
/// <param name="Subject">Parameter and order: the module's name. Fork: the fork's.</param>
/// <param name="Key">Parameter: its key.</param>
/// <param name="Account">Spend: who is paid.</param>
/// <param name="Token">Spend: the token's number; 0 is DPN.</param>
/// <param name="Number">Parameter: the value. Spend: base units. Fork: the height.</param>
/// <param name="Calldata">Order: selector and arguments.</param>
public readonly record struct ProposalReport(
    ulong Id,
    Address Proposer,
    ProposalKind Kind,
    ProposalStatus Status,
    ulong SubmittedAt,
    ulong DepositEnds,
    ulong VotingEnds,
    ulong EffectAt,
    Amount Deposited,
    string Title,
    string Uri,
    string Subject,
    string Key,
    Address Account,
    uint Token,
    UInt256 Number,
    byte[] Calldata);

/// <summary>What a depositor put on a proposal.</summary>
/// <param name="Depositor">Who.</param>
/// <param name="Amount">How much.</param>
public readonly record struct DepositReport(Address Depositor, Amount Amount);

/// <summary>What ends for a proposal at a height.</summary>
public enum Phase : byte
{
    /// <summary>The time to deposit.</summary>
    Deposit = 0,

    /// <summary>The time to vote.</summary>
    Vote = 1,

    /// <summary>The delay of its effect.</summary>
    Delay = 2,
}

/// <summary>One entry of the calendar.</summary>
/// <param name="Proposal">Which proposal.</param>
/// <param name="Phase">What ends.</param>
public readonly record struct PhaseEnd(ulong Proposal, Phase Phase);

/// <summary>What governance may change about itself. Rates are in 10^-18; durations are in blocks.</summary>
/// <param name="DepositMin">What must lie on a proposal before it is voted on.</param>
/// <param name="DepositBlocks">How long that may take.</param>
/// <param name="VotingBlocks">How long a vote lasts.</param>
/// <param name="DelayBlocks">How long what passed waits at least; its effect comes at the first epoch boundary after that.</param>
/// <param name="QuorumWad">Part of the bonded stake that must vote.</param>
/// <param name="ThresholdWad">Part of the votes, abstentions aside, that yes must exceed.</param>
/// <param name="VetoWad">Part of the votes beyond which vetoes reject a proposal and burn its deposit.</param>
public readonly record struct GovernanceParameters(
    [Bounds("1 DPN", "1000000 DPN")] Amount DepositMin,
    [Bounds(1, 1_000_000)] ulong DepositBlocks,
    [Bounds(1, 1_000_000)] ulong VotingBlocks,
    [Bounds(1, 1_000_000)] ulong DelayBlocks,
    [Bounds(GovernancePolicy.Wad / 10, GovernancePolicy.Wad)] ulong QuorumWad,
    [Bounds(GovernancePolicy.Wad / 2, GovernancePolicy.Wad - 1)] ulong ThresholdWad,
    [Bounds(GovernancePolicy.Wad / 10, GovernancePolicy.Wad / 2)] ulong VetoWad)
{
    /// <summary>Mainnet at 12 seconds a block: two days to deposit, five to vote, seven until the effect.</summary>
    public static GovernanceParameters Mainnet { get; } = new(
        GovernancePolicy.DepositMin, GovernancePolicy.DepositBlocks, GovernancePolicy.VotingBlocks, GovernancePolicy.DelayBlocks,
        GovernancePolicy.QuorumWad, GovernancePolicy.ThresholdWad, GovernancePolicy.VetoWad);
}
