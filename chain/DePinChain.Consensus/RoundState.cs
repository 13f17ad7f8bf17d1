using DePinChain.Primitives;

namespace DePinChain.Consensus;

/// <summary>Where a validator stands in a round.</summary>
internal enum RoundStep : byte
{
    Unstarted = 0,
    Propose = 1,
    Prevote = 2,
    Precommit = 3,
    Decided = 4,
}

/// <summary>
/// The variables of the paper for one height: round_p, step_p, locked and valid value and round, and which "first time" is spent.
/// </summary>
/// <remarks>A round of -1 and a zero hash mean none, as in the paper's initial values (L4 to L9).</remarks>
internal sealed record RoundState
{
    public uint Round { get; init; }

    public RoundStep Step { get; init; }

    public Hash256 LockedValue { get; init; }

    public int LockedRound { get; init; } = -1;

    public Hash256 ValidValue { get; init; }

    public int ValidRound { get; init; } = -1;

    /// <summary>L34 fired in this round.</summary>
    public bool HasPrevoteTimer { get; init; }

    /// <summary>L47 fired in this round.</summary>
    public bool HasPrecommitTimer { get; init; }

    /// <summary>L36 fired in this round.</summary>
    public bool HasPolka { get; init; }

    /// <summary>L49 fired: the decision and the round of its precommits.</summary>
    public Hash256 Decision { get; init; }

    public uint DecisionRound { get; init; }
}
