using DePinChain.Blocks;
using DePinChain.Primitives;

namespace DePinChain.Consensus;

/// <summary>
/// Algorithm 1 of arXiv:1807.04938, one branch for each acting line: state and event in, state and at most one output out.
/// </summary>
internal static class RoundMachine
{
    public static Transition Apply(RoundState state, in RoundEvent happened)
    {
        // L49: any round, any step. It comes before the same-round check.
        if (happened.Kind == RoundEventKind.ProposalAndPrecommits) return Decide(state, happened);
        if (state.Step == RoundStep.Decided) return Nothing(state);

        switch (happened.Kind)
        {
            case RoundEventKind.NewRoundProposer:
            case RoundEventKind.NewRound:
                return EnterRound(state, happened);

            // L55
            case RoundEventKind.SkipRound when happened.Round > state.Round:
                return new Transition(state, PaperLine.L56, new RoundOutput.Enter(happened.Round));
        }

        // Every other event belongs to a round; those of another than ours are stale, timeouts above all.
        return happened.Round == state.Round ? InRound(state, happened) : Nothing(state);
    }

    private static Transition InRound(RoundState state, in RoundEvent happened)
    {
        RoundStep step = state.Step;
        return happened.Kind switch
        {
            RoundEventKind.ValueBuilt when step == RoundStep.Propose =>
                new Transition(state, PaperLine.L19, new RoundOutput.Propose(happened.Value, ValidRound: -1)),

            // L22, L23
            RoundEventKind.Proposal when step == RoundStep.Propose && (state.LockedRound == -1 || state.LockedValue == happened.Value) =>
                Prevote(state, PaperLine.L24, happened.Value, validRound: -1),
            RoundEventKind.Proposal or RoundEventKind.BadProposal when step == RoundStep.Propose => PrevoteNil(state, PaperLine.L26),

            // L28, L29
            RoundEventKind.ProposalAndPolkaPrevious
                when step == RoundStep.Propose && (state.LockedRound <= happened.ValidRound || state.LockedValue == happened.Value) =>
                Prevote(state, PaperLine.L30, happened.Value, happened.ValidRound),
            RoundEventKind.ProposalAndPolkaPrevious or RoundEventKind.BadProposalAndPolkaPrevious when step == RoundStep.Propose =>
                PrevoteNil(state, PaperLine.L32),

            // L34: while step is prevote, for the first time.
            RoundEventKind.PolkaAny when step == RoundStep.Prevote && !state.HasPrevoteTimer => new Transition(
                state with { HasPrevoteTimer = true }, PaperLine.L35, new RoundOutput.Wait(TimeoutKind.Prevote)),

            // L36: while step is at least prevote, for the first time.
            RoundEventKind.ProposalAndPolkaCurrent when step >= RoundStep.Prevote && !state.HasPolka => SeePolka(state, happened.Value),

            // L44
            RoundEventKind.PolkaNil when step == RoundStep.Prevote => PrecommitNil(state, PaperLine.L45),

            // L47: in any step, for the first time.
            RoundEventKind.PrecommitAny when !state.HasPrecommitTimer => new Transition(
                state with { HasPrecommitTimer = true }, PaperLine.L48, new RoundOutput.Wait(TimeoutKind.Precommit)),

            // L57, L61, L65
            RoundEventKind.TimeoutPropose when step == RoundStep.Propose => PrevoteNil(state, PaperLine.L59),
            RoundEventKind.TimeoutPrevote when step == RoundStep.Prevote => PrecommitNil(state, PaperLine.L63),
            RoundEventKind.TimeoutPrecommit => new Transition(state, PaperLine.L67, new RoundOutput.Enter(state.Round + 1)),
            _ => Nothing(state),
        };
    }

    // L11 to L21: round_p and step_p change, locks and valid values stay, each "first time" is new.
    private static Transition EnterRound(RoundState state, in RoundEvent happened)
    {
        // A round is entered once: L67 and L56 only go up.
        if (state.Step != RoundStep.Unstarted && happened.Round <= state.Round) return Nothing(state);
        RoundState entered = state with
        {
            Round = happened.Round,
            Step = RoundStep.Propose,
            HasPrevoteTimer = false,
            HasPrecommitTimer = false,
            HasPolka = false,
        };
        if (happened.Kind == RoundEventKind.NewRound)
        {
            return new Transition(entered, PaperLine.L21, new RoundOutput.Wait(TimeoutKind.Propose));
        }

        return state.ValidRound >= 0
            ? new Transition(entered, PaperLine.L16, new RoundOutput.Propose(state.ValidValue, state.ValidRound))
            : new Transition(entered, PaperLine.L18, new RoundOutput.Build());
    }

    private static Transition SeePolka(RoundState state, Hash256 value)
    {
        // L42, L43
        RoundState seen = state with { HasPolka = true, ValidValue = value, ValidRound = (int)state.Round };
        if (state.Step != RoundStep.Prevote) return new Transition(seen, PaperLine.L42);

        // L37 to L41
        RoundState locked = seen with { LockedValue = value, LockedRound = (int)state.Round, Step = RoundStep.Precommit };
        return new Transition(locked, PaperLine.L40, new RoundOutput.Cast(VoteKind.Precommit, value));
    }

    private static Transition Decide(RoundState state, in RoundEvent happened) => state.Step == RoundStep.Decided
        ? Nothing(state)
        : new Transition(
            state with { Step = RoundStep.Decided, Decision = happened.Value, DecisionRound = happened.Round },
            PaperLine.L51,
            new RoundOutput.Decide(happened.Round, happened.Value));

    private static Transition Prevote(RoundState state, PaperLine line, Hash256 value, int validRound) =>
        new(state with { Step = RoundStep.Prevote }, line, new RoundOutput.Cast(VoteKind.Prevote, value, validRound));

    private static Transition PrevoteNil(RoundState state, PaperLine line) =>
        new(state with { Step = RoundStep.Prevote }, line, new RoundOutput.Cast(VoteKind.Prevote, Hash256.Zero));

    private static Transition PrecommitNil(RoundState state, PaperLine line) =>
        new(state with { Step = RoundStep.Precommit }, line, new RoundOutput.Cast(VoteKind.Precommit, Hash256.Zero));

    private static Transition Nothing(RoundState state) => new(state);
}
