using DePinChain.Blocks;
using DePinChain.Primitives;

namespace DePinChain.Consensus;

/// <summary>
/// Weighted Tendermint (arXiv:1807.04938) as a synchronous machine: an input in, effects out. It reads no clock, signs nothing and sends
/// nothing; values are block hashes, and the host keeps the blocks.
/// </summary>
/// <remarks>
/// The same inputs give the same effects, so the write-ahead log is a log of inputs. Not safe for several threads: the host's one loop
/// owns it. The host carries out the effects in order and feeds its own messages back like anybody's.
/// </remarks>
public sealed class Core(TimeoutSchedule timeouts)
{
    private readonly FutureMessages _future = new();
    private HeightRun? _run;
    private CommitTally? _lastCommit;

    /// <summary>The open height; 0 before the first.</summary>
    public ulong Height => _run?.Height ?? 0;

    /// <summary>The current round of the open height.</summary>
    public uint Round => _run?.Driver.State.Round ?? 0;

    /// <summary>True from the open height's decision until the next height opens.</summary>
    public bool IsDecided => _run?.Tally is not null;

    /// <summary>True once more than two thirds committed a block that is invalid here. Every input is ignored from then on.</summary>
    public bool IsHalted => _run is { IsHalted: true };

    /// <summary>The round in which we are locked on a value, or -1. For the node's status and the simulator's checks.</summary>
    public int LockedRound => _run?.Driver.State.LockedRound ?? -1;

    /// <summary>The value we are locked on, zero for none.</summary>
    public Hash256 LockedValue => _run?.Driver.State.LockedValue ?? default;

    /// <summary>The latest round in which we saw a polka for a value, or -1. For the node's status.</summary>
    public int ValidRound => _run?.Driver.State.ValidRound ?? -1;

    /// <summary>That value, zero for none.</summary>
    public Hash256 ValidValue => _run?.Driver.State.ValidValue ?? default;

    /// <summary>
    /// The power that has voted anything in the current round, and whether a validator has; nothing once the height is decided.
    /// </summary>
    public (UInt128 Power, bool HasVoted) CountVotes(VoteKind kind, Address? voter)
    {
        if (_run is not { Tally: null } run) return (0, false);
        int index = voter is { } address ? run.Driver.Validators.IndexOf(address) : -1;
        return (run.Driver.Votes.CastIn(kind, Round), index >= 0 && run.Driver.Votes.Find(kind, Round, index) is not null);
    }

    /// <summary>The paper's lines that the last step fired, in order.</summary>
    public IReadOnlyList<TraceEntry> Trace { get; private set; } = [];

    /// <summary>Takes one input. The effects are to be carried out in order, before the next step.</summary>
    public IReadOnlyList<Effect> Step(Input input)
    {
        StepResult result = new();
        Handle(input, result);
        Trace = result.Trace;
        return result.Effects;
    }

    /// <summary>The fullest commit known for the open height, once decided, or for the one before; null for any other.</summary>
    public CommitCertificate? FindCommit(ulong height)
    {
        if (_run?.Tally is { } tally && tally.Height == height) return tally.Certificate;
        return _lastCommit is not null && _lastCommit.Height == height ? _lastCommit.Certificate : null;
    }

    /// <summary>
    /// Answers a peer's request from what this core holds; empty when the height is another, for which the ledger has the commit.
    /// </summary>
    public VoteRepair Answer(VoteRequest request)
    {
        if (_run is null || request.Height != Height) return VoteRepair.Empty with { Commit = FindCommit(request.Height) };
        if (_run.Tally is { } tally) return VoteRepair.Empty with { Commit = tally.Certificate };
        Driver driver = _run.Driver;
        List<Vote> votes = [];
        Collect(driver, request.Round, request, votes);
        if (driver.State.Round != request.Round) Collect(driver, driver.State.Round, request: null, votes);
        return new VoteRepair(votes, PolkasFor(driver, Height, request.Round), Commit: null);
    }

    /// <summary>All votes that are held of the open height, round by round: what forensics compares. Empty for any other height.</summary>
    public IReadOnlyList<Vote> VotesOf(ulong height)
    {
        if (_run is null || _run.Height != height) return [];
        VoteKeeper keeper = _run.Driver.Votes;
        List<Vote> votes = [];
        foreach (uint round in keeper.Rounds)
        {
            foreach (VoteKind kind in (ReadOnlySpan<VoteKind>)[VoteKind.Prevote, VoteKind.Precommit])
                votes.AddRange(keeper.VotesOf(kind, round).OfType<Vote>());
        }

        return votes;
    }

    // The asked round's, which a re-proposal may be waiting for, and that of our valid value, which we would propose ourselves.
    private static List<PolkaCertificate> PolkasFor(Driver driver, ulong height, uint round)
    {
        List<PolkaCertificate> polkas = [];
        if (driver.FindPolka(height, round) is { } asked) polkas.Add(asked);
        int validRound = driver.State.ValidRound;
        if (validRound >= 0 && validRound != round && driver.FindPolka(height, (uint)validRound) is { } valid) polkas.Add(valid);
        return polkas;
    }

    private static void Collect(Driver driver, uint round, VoteRequest? request, List<Vote> votes)
    {
        for (int i = 0; i < driver.Validators.Count && votes.Count < VoteRepair.VotesMax - 1; i++)
        {
            foreach (VoteKind kind in (ReadOnlySpan<VoteKind>)[VoteKind.Prevote, VoteKind.Precommit])
            {
                if (request?.Has(kind, i) != true && driver.Votes.Find(kind, round, i) is { } vote) votes.Add(vote);
            }
        }
    }

    private void Handle(Input input, StepResult result)
    {
        if (IsHalted) return;
        switch (input)
        {
            case Input.StartHeight start:
                Open(start, result);
                break;
            case Input.ProposalReceived received when IsOpen(received.Proposal.Height):
                _run.OnProposal(received, result);
                break;
            case Input.ProposalReceived received when received.Proposal.Height > Height:
                Keep(received, received.Proposal.Height, received.Signer, result);
                break;
            case Input.VoteReceived received when IsOpen(received.Vote.Height):
                _run.OnVote(received, result);
                break;
            case Input.VoteReceived received when received.Vote.Height > Height:
                Keep(received, received.Vote.Height, received.Signer, result);
                break;
            case Input.VoteReceived received when received.Vote.Height == _lastCommit?.Height:
                if (_lastCommit.AddLate(received.Vote, received.Signer) is { } evidence && received.Signer != _run?.Self)
                {
                    result.Add(new Effect.ReportEvidence(evidence, received.Signer));
                }

                break;
            case Input.PolkaReceived received when IsOpen(received.Certificate.Height):
                _run.OnPolka(received, result);
                break;
            case Input.CommitReceived received when IsOpen(received.Certificate.Height):
                _run.OnCommit(received, result);
                break;
            case Input.TimeoutElapsed elapsed when IsOpen(elapsed.Height):
                _run.OnTimeout(elapsed, result);
                break;
            case Input.ValueBuilt built when IsOpen(built.Height):
                _run.OnBuilt(built, result);
                break;
            case Input.ValueJudged judged when IsOpen(judged.Height):
                _run.OnJudged(judged, result);
                break;
            case Input.Recovered recovered when IsOpen(recovered.Height):
                _run.OnRecovered(result);
                break;
        }
    }

    [System.Diagnostics.CodeAnalysis.MemberNotNullWhen(true, nameof(_run))]
    private bool IsOpen(ulong height) => _run is not null && _run.Height == height;

    private void Open(Input.StartHeight start, StepResult result)
    {
        Invariant.Assert(_run is null || start.Height > _run.Height, "Heights are opened in ascending order.");
        Invariant.Assert(start.LastCommit is null == start.LastValidators is null, "A last commit comes with the set that signed it.");
        if (_run is { Tally: null }) result.Add(new Effect.CancelTimeouts(_run.Height));
        _lastCommit = TallyOfParent(start);
        _run = new HeightRun(start, timeouts, _lastCommit);
        _run.Open(result);
        foreach (Input early in _future.Take(start.Height)) Handle(early, result);
    }

    // Our own tally may hold more votes than the commit that the ledger kept, or the other way round.
    private CommitTally? TallyOfParent(Input.StartHeight start)
    {
        if (start.LastCommit is not { } commit || start.LastValidators is not { } validators) return null;
        CommitTally? own = _run?.Tally;
        CommitTally tally = own is not null && own.Height == commit.Height && own.BlockHash == commit.BlockHash
            ? own
            : new CommitTally(validators, commit.Height, commit.Round, commit.BlockHash);
        tally.Add(commit);
        return tally;
    }

    private void Keep(Input input, ulong height, Address signer, StepResult result)
    {
        if (_run is null || !_future.TryAdd(input, height, signer, Height, _run.Driver.Validators))
        {
            result.Refuse(input, RefusalReason.TooFarAhead);
        }
    }
}
