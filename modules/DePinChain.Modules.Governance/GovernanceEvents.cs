using DePinChain.Modules.Sdk;
using DePinChain.Primitives;

namespace DePinChain.Modules.Governance;

/// <summary>Somebody proposes something.</summary>
[Event]
public readonly partial record struct ProposalSubmitted(
    [Indexed] ulong Id, [Indexed] Address Proposer, ProposalKind Kind, string Title, ulong DepositEnds);

/// <summary>Somebody deposited on a proposal.</summary>
[Event] public readonly partial record struct Deposited([Indexed] ulong Id, [Indexed] Address Depositor, Amount Amount, Amount Total);

/// <summary>A proposal has its deposit and is voted on until a block.</summary>
[Event] public readonly partial record struct VotingStarted([Indexed] ulong Id, ulong EndsAt);

/// <summary>An account votes, in parts of 10,000; an earlier vote of it no longer counts.</summary>
[Event]
public readonly partial record struct Voted(
    [Indexed] ulong Id, [Indexed] Address Voter, ushort Yes, ushort Abstain, ushort No, ushort Veto);

/// <summary>The votes were counted. A proposal that passed has its effect at the first epoch boundary from a block on.</summary>
[Event]
public readonly partial record struct ProposalDecided(
    [Indexed] ulong Id,
    ProposalStatus Status,
    Amount Yes,
    Amount Abstain,
    Amount No,
    Amount Veto,
    Amount Bonded,
    ulong EffectAt);

/// <summary>A proposal's deposit did not come together in time.</summary>
[Event] public readonly partial record struct ProposalExpired([Indexed] ulong Id, Amount Deposited);

/// <summary>A proposal had its effect.</summary>
[Event] public readonly partial record struct ProposalExecuted([Indexed] ulong Id);

/// <summary>What passed was refused when it came: by whom it was meant for, with this return data.</summary>
[Event] public readonly partial record struct ProposalFailed([Indexed] ulong Id, FaultCode Code, byte[] Reason);

/// <summary>A depositor has its deposit back.</summary>
[Event] public readonly partial record struct DepositRefunded([Indexed] ulong Id, [Indexed] Address Depositor, Amount Amount);

/// <summary>A vetoed proposal's deposit is destroyed.</summary>
[Event] public readonly partial record struct DepositBurned([Indexed] ulong Id, Amount Amount);

/// <summary>A governed parameter has another value.</summary>
[Event] public readonly partial record struct ParameterChanged([Indexed] ulong Id, string Module, string Key, UInt256 Value);

/// <summary>A fork shall be active from a height on.</summary>
[Event] public readonly partial record struct ForkPlanned([Indexed] ulong Id, string Name, ulong Height);
