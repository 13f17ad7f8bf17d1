using DePinChain.Blocks;
using DePinChain.Consensus;
using DePinChain.Network;
using DePinChain.Primitives;

namespace DePinChain.Engine;

/// <summary>Carries out what consensus asks for, in order, and feeds back what comes of it.</summary>
/// <remarks>
/// One loop owns an instance: it calls <see cref="Start"/> once and <see cref="Process"/> for each event, so that a simulator
/// can be that loop. Order within an effect: the log is durable, then the signer's mark, then the signature leaves, then it
/// comes back to us like anybody's.
/// </remarks>
public sealed partial class ConsensusHost : IDisposable
{
    private const uint LateVotesMs = 100;

    // A connection is there a moment before its streams are.
    private const uint GreetAfterMs = 150;

    private readonly LiveChain _chain;
    private readonly HeightLog _log;
    private readonly IValidatorSigner? _signer;
    private readonly HostEdge _edge;
    private readonly HostTimers _timers;
    private readonly ProposedBlocks _proposed = new();
    private readonly Ingress _ingress;
    private readonly PeerQuestions _questions;
    private readonly BlockSync _sync;
    private readonly Queue<Input> _inputs = new();
    private readonly TaskCompletionSource _started = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private Core _core;
    private bool _mayVote = true;
    private HostReport.Committed? _committed;
    private long _heightBeganMs;
    private long _proposalAt;
    private IReadOnlyList<PeerId> _present = [];

    /// <param name="chain">The decided chain and its state.</param>
    /// <param name="log">This node's write-ahead log.</param>
    /// <param name="signer">Null on a node that only follows.</param>
    /// <param name="edge">Clock, pacing, transport and mailbox.</param>
    public ConsensusHost(LiveChain chain, HeightLog log, IValidatorSigner? signer, HostEdge edge)
    {
        _chain = chain;
        _log = log;
        _signer = signer;
        _edge = edge;
        _timers = new HostTimers(edge.Clock, edge.Mailbox.Post);
        _core = NewCore();
        _ingress = new Ingress(chain, edge.Timeouts, edge.Pacing);
        _questions = new PeerQuestions(edge.Transport, edge.Clock);
        _sync = new BlockSync(chain, _questions, edge);
    }

    /// <summary>What happened to this node that a person wants to see; called on the loop.</summary>
    public event Action<HostReport>? Reported;

    /// <summary>Done when the log is replayed and nothing spoke against a start.</summary>
    public Task Started => _started.Task;

    /// <summary>Where consensus stands; replaced after every step, never changed.</summary>
    public ConsensusSummary Summary { get; private set; } = new();

    /// <summary>Whose votes this node casts; null on a node that only follows.</summary>
    public Address? SigningAddress => _signer?.Address;

    /// <summary>The highest slot this node has signed; null on a node that only follows.</summary>
    public SignerMark? SignerMark => _signer?.Mark;

    /// <summary>What peers have said of themselves.</summary>
    public IReadOnlyList<KnownPeer> Peers => _sync.Peers;

    /// <summary>The catch-up that is under way, or null.</summary>
    public CatchUp? CatchUp => _sync.Progress;

    private ulong NextHeight => _chain.Head.Number + 1;

    private bool IsOpen => _core.Height == NextHeight;

    /// <summary>Where work goes that needs nothing of the loop; in place unless said otherwise, as a simulation needs it.</summary>
    public void OffloadTo(Action<Action> run) => _sync.Offload = run;

    /// <summary>Joins the network: from now on messages wait in the mailbox. Called before <see cref="Start"/>, from any thread.</summary>
    public void Join() => _edge.Transport.Attach(_edge.Mailbox);

    /// <summary>Replays the write-ahead log and goes on where the node stopped.</summary>
    public void Start()
    {
        _chain.Gate.Require(NextHeight);
        _edge.Pacing.Changed += Nudge;
        Recover();
        _timers.LookAroundEverySecond();
        PublishStatus();
        _started.SetResult();
        TryBeginHeight();
    }

    /// <summary>Handles one event to its end.</summary>
    public void Process(HostEvent happened)
    {
        switch (happened)
        {
            case HostEvent.Gossiped gossip:
                _edge.Transport.Conclude(gossip.Message, OnGossip(gossip));
                break;
            case HostEvent.HandedIn handed:
                handed.Respond(OnHandedIn(handed));
                break;
            case HostEvent.Elapsed elapsed:
                Feed(elapsed.Input);
                break;
            case HostEvent.WakeUp:
                TryBeginHeight();
                break;
            case HostEvent.Requested asked:
                asked.Request.Respond(Answer(asked.Request));
                break;
            case HostEvent.Answered answered:
                OnAnswer(answered.Number, answered.Answer);
                break;
            case HostEvent.Prepared prepared:
                OnPrepared(prepared.Range);
                break;
            case HostEvent.MoreReady:
                ApplyReady();
                break;
            case HostEvent.LookAround:
                LookAround();
                break;
            case HostEvent.ReportDue:
                ReportNow();
                break;
        }

        if (_edge.Mailbox.IsEmpty) Summary = Summarize();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        ReportNow();
        _edge.Pacing.Changed -= Nudge;
        _edge.Transport.Detach();
        _timers.Dispose();
        _log.Dispose();
        _signer?.Dispose();
    }

    private Core NewCore() => new(_edge.Timeouts);

    private void Nudge() => _edge.Mailbox.Post(new HostEvent.WakeUp());

    private void TryBeginHeight()
    {
        if (IsOpen || _sync.IsCatchingUp) return;
        BlockHeader head = _chain.Head.Header;
        long? due = _edge.Pacing.BeginAt(NextHeight, head.Timestamp, _heightBeganMs, _chain.TransactionWaits);
        if (due is null) return;
        if (due > _edge.Clock.NowMs) _timers.WakeAt(due.Value);
        else BeginHeight();
    }

    private void BeginHeight()
    {
        _chain.Gate.Require(NextHeight);
        _heightBeganMs = _edge.Clock.NowMs;
        _proposalAt = 0;
        ReportNow();
        ListenIfUnheard();
        Feed(OpeningOf(_mayVote ? _signer?.Address : null));
    }

    private Input.StartHeight OpeningOf(Address? self)
    {
        ChainHead head = _chain.Head;
        return new Input.StartHeight(NextHeight, head.Rotation, NextHeight - head.EpochStart, self, head.Commit, head.Signers);
    }

    // Feeds an input and whatever it leads to; says whether the sender of the first is to blame for it.
    private Verdict Feed(Input input)
    {
        Verdict verdict = Verdict.Accept;
        _inputs.Enqueue(input);
        while (_inputs.TryDequeue(out Input? next))
        {
            foreach (Effect effect in _core.Step(next))
            {
                if (effect is Effect.Refuse refusal && ReferenceEquals(refusal.Input, input))
                    verdict = refusal.Reason == RefusalReason.TooFarAhead ? Verdict.Ignore : Verdict.Reject;
                if (effect.NeedsDurableLog) _log.Flush();
                Carry(effect);
            }
        }

        return verdict;
    }

    // Synchronisation may have committed the open height: a vote that comes in later still moves its run, and must lead to nothing.
    private bool IsOvertaken(Effect effect) => NextHeight > effect switch
    {
        Effect.SignProposal sign => sign.Height,
        Effect.SignVote sign => sign.Height,
        Effect.BuildValue build => build.Height,
        Effect.ValidateValue validate => validate.Height,
        Effect.Decide decide => decide.Height,
        _ => ulong.MaxValue,
    };

    private void Carry(Effect effect)
    {
        if (IsOvertaken(effect)) return;
        switch (effect)
        {
            case Effect.Persist persist:
                // A log begun without the height's first inputs must never look like a whole one: see Recover.
                if (_mayVote) _log.Append(persist.Input, BlockOf(persist.Input));
                break;
            case Effect.SignProposal sign:
                Propose(sign);
                break;
            case Effect.SignVote sign:
                Vote(sign);
                break;
            case Effect.RebroadcastProposal again:
                Publish(again.Proposal);
                break;
            case Effect.RebroadcastVote again:
                _edge.Transport.Publish(Topic.Vote, again.Vote.Encode());
                break;
            case Effect.ScheduleTimeout timeout:
                _timers.Schedule(timeout);
                break;
            case Effect.CancelTimeouts cancel:
                _timers.Cancel(cancel.Height);
                break;
            case Effect.BuildValue build:
                Build(build);
                break;
            case Effect.ValidateValue validate:
                Judge(validate);
                break;
            case Effect.Decide decide:
                Commit(decide);
                break;
            case Effect.RequestVotes request:
                _questions.AskSome(RequestProtocol.Votes, request.Request.Encode());
                break;
            case Effect.ReportEvidence report:
                Accuse(report);
                break;
            case Effect.Halt halt:
                throw new ConsensusHaltedException(
                    halt.Height,
                    halt.BlockHash,
                    _proposed.Find(halt.BlockHash),
                    _core.FindCommit(halt.Height));
        }
    }

    private Block? BlockOf(Input input) => input switch
    {
        Input.ProposalReceived received => _proposed.Find(received.Proposal.BlockHash),
        Input.ValueBuilt built => _proposed.Find(built.BlockHash),
        _ => null,
    };

    private void Propose(Effect.SignProposal wanted)
    {
        if (_signer?.Sign(wanted.Height, wanted.Round, wanted.ValidRound, wanted.BlockHash) is not { } proposal)
        {
            Report(new HostReport.SignatureRefused(new SigningSlot(wanted.Height, wanted.Round, SigningStep.Propose), _signer?.Trouble));
            return;
        }

        _proposalAt = _edge.Clock.GetTimestamp();

        // The polka of a re-proposal is not published: whoever lacks it asks for the round's votes and gets it with them.
        Publish(proposal);
        _inputs.Enqueue(new Input.ProposalReceived(proposal, _signer.Address, IsAcceptable: true));
    }

    private void Publish(Proposal proposal)
    {
        if (_proposed.Find(proposal.BlockHash) is { } block)
            _edge.Transport.Publish(Topic.Proposal, new ProposalMessage(proposal, block.Encode()).Encode());
    }

    private void Vote(Effect.SignVote wanted)
    {
        if (_signer?.Sign(wanted.Kind, wanted.Height, wanted.Round, wanted.ValidRound, wanted.BlockHash) is not { } vote)
        {
            SigningStep step = wanted.Kind == VoteKind.Prevote ? SigningStep.Prevote : SigningStep.Precommit;
            Report(new HostReport.SignatureRefused(new SigningSlot(wanted.Height, wanted.Round, step), _signer?.Trouble));
            return;
        }

        _edge.Transport.Publish(Topic.Vote, vote.Encode());
        _inputs.Enqueue(new Input.VoteReceived(vote, _signer.Address));
    }

    private void Build(Effect.BuildValue wanted)
    {
        Invariant.Assert(_signer is not null, "only a validator is asked to build");
        if (_chain.Build(_signer, (ulong)(_edge.Clock.NowMs / 1000), wanted.LastCommit, out string? fault) is not { } block)
        {
            Report(new HostReport.BuildFailed(wanted.Height, fault ?? "no reason given"));
            return;
        }

        _proposed.Add(block);
        _inputs.Enqueue(new Input.ValueBuilt(wanted.Height, wanted.Round, block.Hash));
    }

    private void Judge(Effect.ValidateValue wanted)
    {
        if (_proposed.Find(wanted.BlockHash) is not { } block)
        {
            _questions.AskForBlock(wanted.Height, wanted.BlockHash);
            return;
        }

        string? fault = _chain.FindFault(block);
        if (fault is not null) Report(new HostReport.BlockRefused(block, fault));
        _inputs.Enqueue(new Input.ValueJudged(wanted.Height, wanted.BlockHash, fault is null));
    }

    private void Commit(Effect.Decide decided)
    {
        Block block = _proposed.Find(decided.BlockHash)!; // it was judged valid, so it is at hand
        if (decided.Round > 0) KeepVotes(decided.Height, decided.Certificate);
        _chain.Commit(block, decided.Certificate);
        OnCommitted(decided.Round);
    }

    // The round is null for blocks that others decided while we were away.
    private void OnCommitted(uint? round)
    {
        _log.Reset(NextHeight);
        _proposed.ForgetBelow(NextHeight);
        _questions.ForgetBlock();
        RefuseTwin();
        EndListening();
        if (_chain.Head.Number > (_signer?.Mark.Slot.Height ?? 0) && !IsListening) _mayVote = true;
        if (round is not null) ReportLater(CommittedIn(round.Value));
        _chain.SnapshotIfDue(_sync.Offload);

        // While we catch up our height changes with every answer; the look around each second tells it.
        if (round is not null || !_sync.IsCatchingUp) PublishStatus();
        Nudge();
    }

    private HostReport.Committed CommittedIn(uint round) => new(
        _chain.Head,
        round,
        _edge.Clock.NowMs - _heightBeganMs,
        _proposalAt == 0 ? null : (long)_edge.Clock.GetElapsedTime(_proposalAt).TotalMilliseconds);

    private void PublishStatus() => _edge.Transport.Publish(Topic.Status, _chain.Status.Encode());

    // Two thirds decide; a moment later all have signed, and that is what people want to see.
    private void ReportLater(HostReport.Committed committed)
    {
        ReportNow();
        _committed = committed;
        _timers.PostAfter(NextHeight, LateVotesMs, new HostEvent.ReportDue());
    }

    private void ReportNow()
    {
        if (_committed is not { } committed) return;
        _committed = null;
        CommitCertificate? fullest = _core.FindCommit(committed.Head.Number) ?? committed.Head.Commit;
        Report(committed with { Head = committed.Head with { Commit = fullest } });
    }

    private void Report(HostReport report) => Reported?.Invoke(report);
}
