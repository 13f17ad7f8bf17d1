using DePinChain.Blocks;
using DePinChain.Primitives;

namespace DePinChain.Consensus;

/// <summary>What the round machine wants done: at most one for each event.</summary>
internal abstract record RoundOutput
{
    private RoundOutput()
    {
    }

    public sealed record Propose(Hash256 Value, int ValidRound) : RoundOutput;

    public sealed record Build : RoundOutput;

    public sealed record Wait(TimeoutKind Kind) : RoundOutput;

    /// <summary>Value zero is nil.</summary>
    public sealed record Cast(VoteKind Kind, Hash256 Value, int ValidRound = -1) : RoundOutput;

    public sealed record Enter(uint Round) : RoundOutput;

    public sealed record Decide(uint Round, Hash256 Value) : RoundOutput;
}

/// <summary>
/// The result of one event: the next state, the paper's line that fired and its output. Nothing fired: no line, the same state.
/// </summary>
internal readonly record struct Transition(RoundState Next, PaperLine? Line = null, RoundOutput? Output = null);
