using DePinChain.Primitives;

namespace DePinChain.Consensus;

/// <summary>The complex events of the paper's "upon" clauses, already matched against messages and validity.</summary>
internal enum RoundEventKind : byte
{
    /// <summary>Enter the round as its proposer.</summary>
    NewRoundProposer,

    /// <summary>Enter the round and wait for a proposal.</summary>
    NewRound,

    /// <summary>The block we asked for is built.</summary>
    ValueBuilt,

    /// <summary>A valid and acceptable first proposal.</summary>
    Proposal,

    /// <summary>A first proposal that is invalid or not acceptable.</summary>
    BadProposal,

    /// <summary>A valid re-proposal with the polka of its valid round.</summary>
    ProposalAndPolkaPrevious,

    /// <summary>An invalid re-proposal with the polka of its valid round.</summary>
    BadProposalAndPolkaPrevious,

    /// <summary>The round's valid proposal with its polka in this round.</summary>
    ProposalAndPolkaCurrent,

    PolkaAny,
    PolkaNil,
    PrecommitAny,

    /// <summary>A valid value with more than two thirds of precommits in the event's round.</summary>
    ProposalAndPrecommits,

    /// <summary>More than one third is in the event's round or later.</summary>
    SkipRound,

    TimeoutPropose,
    TimeoutPrevote,
    TimeoutPrecommit,
}

/// <summary>One event for the round machine.</summary>
/// <param name="Kind">What happened.</param>
/// <param name="Round">The round it belongs to.</param>
/// <param name="Value">The block hash, zero where the kind has none.</param>
/// <param name="ValidRound">The proposal's valid round, or -1.</param>
internal readonly record struct RoundEvent(RoundEventKind Kind, uint Round, Hash256 Value = default, int ValidRound = -1);
