using DePinChain.Blocks;
using DePinChain.Primitives;

namespace DePinChain.Consensus;

/// <summary>
/// One height from its first round to its decision and the late votes after it: inputs become facts, facts become events, events effects.
/// </summary>
internal sealed class HeightRun
{
    private readonly Input.StartHeight _start;
    private readonly TimeoutSchedule _timeouts;
    private readonly CommitTally? _lastCommit;
    private readonly int _selfIndex;

    private readonly OwnMessages _own;

    // The round for whose re-proposal votes were asked, so that it is done once.
    private uint? _polkaAskedIn;

    // By vote kind, then validator: one report for each offender, kind and height is all that is punished.
    private readonly bool[][] _reported;

    public HeightRun(Input.StartHeight start, TimeoutSchedule timeouts, CommitTally? lastCommit)
    {
        _start = start;
        _timeouts = timeouts;
        _lastCommit = lastCommit;
        _selfIndex = start.Self is { } self ? start.Rotation.Set.IndexOf(self) : -1;
        Driver = new Driver(start.Rotation, start.RotationStep, start.Self);
        _own = new OwnMessages(Driver, _selfIndex);
        _reported = [new bool[Driver.Validators.Count], new bool[Driver.Validators.Count]];
    }

    public Driver Driver { get; }

    public ulong Height => _start.Height;

    public Address? Self => _start.Self;

    /// <summary>The decision's precommits, once there is one.</summary>
    public CommitTally? Tally { get; private set; }

    public bool IsHalted { get; private set; }

    private RoundState State => Driver.State;

    private bool IsDecided => State.Step == RoundStep.Decided;

    public void Open(StepResult result) => EnterRound(0, result);

    public void OnProposal(Input.ProposalReceived input, StepResult result)
    {
        Proposal proposal = input.Proposal;
        bool isOdd = proposal.ValidRound < -1 || proposal.ValidRound >= proposal.Round || proposal.BlockHash.IsZero;
        if (proposal.Round > Driver.RoundMax || isOdd)
        {
            result.Refuse(input, RefusalReason.Malformed);
        }
        else if (!Driver.Validators.Contains(input.Signer))
        {
            result.Refuse(input, RefusalReason.UnknownSigner);
        }
        else if (proposal.Round > State.Round + VoteKeeper.RoundsAhead)
        {
            result.Refuse(input, RefusalReason.TooFarAhead);
        }
        else if (Driver.ProposerOf(proposal.Round) != input.Signer)
        {
            result.Refuse(input, RefusalReason.WrongProposer);
        }
        else if (Driver.FindProposal(proposal.Round) is { } slot)
        {
            OnSecondProposal(slot, input, result);
        }
        else
        {
            Driver.SetProposal(new ProposalSlot(proposal, input.IsAcceptable));
            result.Add(new Effect.Persist(input));
            Settle(result);
        }
    }

    public void OnVote(Input.VoteReceived input, StepResult result)
    {
        Vote vote = input.Vote;
        int index = Driver.Validators.IndexOf(input.Signer);
        bool isOdd = vote.ValidRound >= 0 && (vote.IsNil || vote.Kind == VoteKind.Precommit);
        if (vote.Round > Driver.RoundMax || vote.ValidRound < -1 || vote.ValidRound >= vote.Round || isOdd)
        {
            result.Refuse(input, RefusalReason.Malformed);
            return;
        }

        if (index < 0)
        {
            result.Refuse(input, RefusalReason.UnknownSigner);
            return;
        }

        List<Threshold> reached = [];
        IReadOnlyList<(int Index, Vote Vote)> noted = Driver.Votes.NotedAbove(State.Round);
        VoteOutcome outcome = Count(index, vote, reached, result);
        if (IsDecided)
        {
            Tally?.Add(index, vote);
            return;
        }

        bool isSkip = reached.Exists(static threshold => threshold.Kind == ThresholdKind.Skip);

        // A noted vote is written down only when it moves us: a flood of far rounds must not fill the log.
        if (outcome != VoteOutcome.Counted && !isSkip) return;
        if (isSkip) PersistNoted(noted.Where(entry => entry.Index != index), result);
        result.Add(new Effect.Persist(input));
        Driver.Reach(reached);
        if (reached.Count > 0) Settle(result);
    }

    public void OnPolka(Input.PolkaReceived input, StepResult result)
    {
        PolkaCertificate polka = input.Certificate;
        if (polka.Round > Driver.RoundMax || polka.BlockHash.IsZero || polka.ValidRound >= polka.Round)
        {
            result.Refuse(input, RefusalReason.Malformed);
            return;
        }

        bool isKnown = Driver.Votes.IsPolka(polka.Round, polka.BlockHash, polka.ValidRound);
        IReadOnlyList<(int Index, Vote Vote)> noted = Driver.Votes.NotedAbove(State.Round);
        if (IsDecided || isKnown || !Driver.TryAddPolka(polka)) return;
        List<Threshold> reached = [];
        foreach ((int index, Vote vote) in polka.Votes()) Count(index, vote, reached, result);
        if (reached.Exists(static threshold => threshold.Kind == ThresholdKind.Skip)) PersistNoted(noted, result);
        result.Add(new Effect.Persist(input));
        Driver.Reach(reached);
        Settle(result);
    }

    public void OnCommit(Input.CommitReceived input, StepResult result)
    {
        CommitCertificate commit = input.Certificate;
        if (IsDecided)
        {
            Tally?.Add(commit);
            return;
        }

        // Its votes are not counted, so that they cannot push us into a round that is over; they only convict.
        foreach ((int index, Vote vote) in commit.Votes())
        {
            if (Driver.Votes.Find(VoteKind.Precommit, commit.Round, index) is { } known && !known.IsSameBallot(vote))
            {
                ReportVotes(index, known, vote, result);
            }
        }

        if (Driver.Quorum is not null) return;
        Driver.SetCommit(commit);
        result.Add(new Effect.Persist(input));
        Settle(result);
    }

    public void OnTimeout(Input.TimeoutElapsed input, StepResult result)
    {
        if (IsDecided || input.Round != State.Round) return;
        RoundEventKind? kind = input.Kind switch
        {
            TimeoutKind.Propose when State.Step == RoundStep.Propose => RoundEventKind.TimeoutPropose,
            TimeoutKind.Prevote when State.Step == RoundStep.Prevote => RoundEventKind.TimeoutPrevote,
            TimeoutKind.Precommit when State.Round < Driver.RoundMax => RoundEventKind.TimeoutPrecommit,
            _ => null,
        };
        if (kind is { } elapsed)
        {
            result.Add(new Effect.Persist(input));
            Fire(new RoundEvent(elapsed, input.Round), result);
            Settle(result);
        }
        else if (input.Kind == TimeoutKind.Rebroadcast)
        {
            Repeat(result);
        }
    }

    public void OnBuilt(Input.ValueBuilt input, StepResult result)
    {
        bool isAwaited = _own.IsBuilding && input.Round == State.Round && State.Step == RoundStep.Propose;
        if (!isAwaited || input.BlockHash.IsZero || Driver.VerdictOf(input.BlockHash) == Verdict.Invalid) return;
        _own.IsBuilding = false;
        Driver.SetVerdict(input.BlockHash, Verdict.Valid);
        result.Add(new Effect.Persist(input));
        Fire(new RoundEvent(RoundEventKind.ValueBuilt, input.Round, input.BlockHash), result);
        Settle(result);
    }

    public void OnJudged(Input.ValueJudged input, StepResult result)
    {
        if (Driver.VerdictOf(input.BlockHash) != Verdict.Asked) return;
        Driver.SetVerdict(input.BlockHash, input.IsValid ? Verdict.Valid : Verdict.Invalid);
        result.Add(new Effect.Persist(input));
        Settle(result);
    }

    /// <summary>After a replay: the timers that run, the answers that are awaited, the messages that may not have left.</summary>
    public void OnRecovered(StepResult result)
    {
        if (Tally is { } tally)
        {
            result.Add(new Effect.Decide(Height, State.DecisionRound, State.Decision, tally.Certificate));
            return;
        }

        if (State.Step == RoundStep.Propose) Schedule(TimeoutKind.Propose, result);
        if (State.Step == RoundStep.Prevote && State.HasPrevoteTimer) Schedule(TimeoutKind.Prevote, result);
        if (State.HasPrecommitTimer) Schedule(TimeoutKind.Precommit, result);
        Schedule(TimeoutKind.Rebroadcast, result);
        foreach ((uint round, Hash256 value, bool isProposed) in Driver.FindAsked())
        {
            result.Add(new Effect.ValidateValue(Height, round, value, isProposed));
        }

        if (_own.IsBuilding && State.Step == RoundStep.Propose) AskToBuild(result);
        _own.Resume(result);
    }

    private void OnSecondProposal(ProposalSlot slot, Input.ProposalReceived input, StepResult result)
    {
        if (slot.Second is not null || slot.First.IsSameContent(input.Proposal)) return;
        slot.Second = input.Proposal;
        if (input.Signer == Self) return;
        result.Add(new Effect.ReportEvidence(DuplicateProposal.Of(slot.First, input.Proposal), input.Signer));
    }

    private VoteOutcome Count(int index, Vote vote, List<Threshold> reached, StepResult result)
    {
        VoteOutcome outcome = Driver.Votes.Add(index, vote, State.Round, reached, out Vote? first);
        if (outcome == VoteOutcome.Conflicting && first is not null) ReportVotes(index, first, vote, result);
        return outcome;
    }

    private void ReportVotes(int index, Vote first, Vote second, StepResult result)
    {
        ref bool isReported = ref _reported[first.Kind == VoteKind.Prevote ? 0 : 1][index];
        if (isReported || index == _selfIndex) return;
        isReported = true;
        result.Add(new Effect.ReportEvidence(DuplicateVote.Of(first, second), Driver.Validators[index].Address));
    }

    private void PersistNoted(IEnumerable<(int Index, Vote Vote)> noted, StepResult result)
    {
        foreach ((int index, Vote vote) in noted)
        {
            result.Add(new Effect.Persist(new Input.VoteReceived(vote, Driver.Validators[index].Address)));
        }
    }

    // Lets the facts act until nothing is left to do.
    private void Settle(StepResult result)
    {
        while (!IsHalted)
        {
            while (Driver.FindUnjudged() is { } unjudged)
            {
                Driver.SetVerdict(unjudged.Value, Verdict.Asked);
                result.Add(new Effect.ValidateValue(Height, unjudged.Round, unjudged.Value, unjudged.IsProposed));
            }

            if (Driver.Quorum is { } quorum && Driver.VerdictOf(quorum.Value) == Verdict.Invalid)
            {
                IsHalted = true;
                result.Add(new Effect.Halt(Height, quorum.Round, quorum.Value));
            }
            else if (Driver.Next() is { } happened)
            {
                Fire(happened, result);
            }
            else
            {
                AskForPolka(result);
                return;
            }
        }
    }

    private void Fire(in RoundEvent happened, StepResult result)
    {
        Transition transition = RoundMachine.Apply(State, happened);
        Invariant.Assert(transition.Line is not null, "The multiplexer offers only events that the round machine takes.");
        Driver.State = transition.Next;
        result.Trace.Add(new TraceEntry(transition.Line.Value, Height, State.Round));
        switch (transition.Output)
        {
            case RoundOutput.Propose propose:
                Propose(propose, result);
                break;
            case RoundOutput.Build:
                _own.IsBuilding = true;
                AskToBuild(result);
                break;
            case RoundOutput.Wait wait:
                // Entering a round starts its propose timer in every case.
                if (wait.Kind != TimeoutKind.Propose) Schedule(wait.Kind, result);
                break;
            case RoundOutput.Cast cast:
                Cast(cast, result);
                break;
            case RoundOutput.Enter enter:
                EnterRound(enter.Round, result);
                break;
            case RoundOutput.Decide decide:
                Decide(decide, result);
                break;
        }
    }

    private void EnterRound(uint round, StepResult result)
    {
        bool hasMissed = round > State.Round + VoteKeeper.RoundsAhead;
        _own.Clear();
        PersistNoted(Driver.Votes.Enter(round), result);
        RoundEventKind kind = Driver.IsProposer(round) ? RoundEventKind.NewRoundProposer : RoundEventKind.NewRound;

        // The proposer waits for itself too: its signer may refuse.
        Schedule(TimeoutKind.Propose, round, result);
        Schedule(TimeoutKind.Rebroadcast, round, result);
        Fire(new RoundEvent(kind, round), result);
        if (hasMissed) AskForVotes(round, result);
    }

    private void Propose(RoundOutput.Propose propose, StepResult result)
    {
        PolkaCertificate? polka = propose.ValidRound >= 0 ? Driver.FindPolka(Height, (uint)propose.ValidRound) : null;
        PolkaCertificate? proof = polka?.BlockHash == propose.Value ? polka : null;
        _own.Say(new Effect.SignProposal(Height, State.Round, propose.ValidRound, propose.Value, proof), result);
    }

    private void Cast(RoundOutput.Cast cast, StepResult result)
    {
        if (_selfIndex >= 0) _own.Say(new Effect.SignVote(cast.Kind, Height, State.Round, cast.ValidRound, cast.Value), result);
    }

    private void Decide(RoundOutput.Decide decide, StepResult result)
    {
        Tally = new CommitTally(Driver.Validators, Height, decide.Round, decide.Value);
        if (Driver.Commit is { } commit) Tally.Add(commit);
        IReadOnlyList<Vote?> precommits = Driver.Votes.VotesOf(VoteKind.Precommit, decide.Round);
        for (int i = 0; i < precommits.Count; i++)
        {
            if (precommits[i] is { } vote) Tally.Add(i, vote);
        }

        result.Add(new Effect.CancelTimeouts(Height));
        result.Add(new Effect.Decide(Height, decide.Round, decide.Value, Tally.Certificate));
    }

    private void AskToBuild(StepResult result) => result.Add(new Effect.BuildValue(Height, State.Round, _lastCommit?.Certificate));

    private void Schedule(TimeoutKind kind, StepResult result) => Schedule(kind, State.Round, result);

    private void Schedule(TimeoutKind kind, uint round, StepResult result) =>
        result.Add(new Effect.ScheduleTimeout(Height, round, kind, _timeouts.DurationMs(kind, round)));

    // Without the polka of its valid round a re-proposal means nothing to us: ask at once, once in a round.
    private void AskForPolka(StepResult result)
    {
        if (Driver.FindMissingPolka() is not { } round || _polkaAskedIn == State.Round) return;
        _polkaAskedIn = State.Round;
        AskForVotes(round, result);
    }

    private void AskForVotes(uint round, StepResult result) => result.Add(new Effect.RequestVotes(new VoteRequest(
        Height, round, Driver.Votes.BitmapOf(VoteKind.Prevote, round), Driver.Votes.BitmapOf(VoteKind.Precommit, round))));

    private void Repeat(StepResult result)
    {
        _own.Repeat(result);
        AskForVotes(State.Round, result);
        if (Driver.FindMissingPolka() is { } round) AskForVotes(round, result);
        Schedule(TimeoutKind.Rebroadcast, result);
    }
}
