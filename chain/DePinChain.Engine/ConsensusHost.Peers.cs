using DePinChain.Blocks;
using DePinChain.Consensus;
using DePinChain.Network;
using DePinChain.Primitives;

namespace DePinChain.Engine;

/// <remarks>What peers send, ask and answer.</remarks>
public sealed partial class ConsensusHost
{
    private ulong? _syncedFrom;
    private long _toldAt;

    private Verdict OnGossip(HostEvent.Gossiped gossip)
    {
        GossipMessage message = gossip.Message;
        if (message.Payload.Length > TopicLimits.SizeMax(message.Topic))
            return Blame(message.From, $"{message.Payload.Length} bytes on {message.Topic}");
        switch (message.Topic)
        {
            case Topic.Proposal:
                return OnProposal(message, gossip.ReceivedAtMs);
            case Topic.Vote:
                return OnVote(message);
            case Topic.Evidence:
                return OnEvidence(message);
            case Topic.Status:
                return OnStatus(message);
            default:
                return Verdict.Ignore;
        }
    }

    private Verdict OnProposal(GossipMessage message, long receivedAtMs)
    {
        if (_ingress.ReadProposal(message.Payload, receivedAtMs, out string? fault) is not { } proposed)
            return fault is null ? Verdict.Ignore : Blame(message.From, fault);
        if (!_proposed.TryAdd(proposed.Block, proposed.Input.Proposal, proposed.Input.Signer)) return Verdict.Ignore;
        BeginIfOthersHave(proposed.Block.Number, isProposer: proposed.Input.Signer == ProposerNow());
        if (proposed.Block.Number == NextHeight) _proposalAt = _edge.Clock.GetTimestamp();
        return Feed(proposed.Input);
    }

    private Verdict OnVote(GossipMessage message)
    {
        if (!Blocks.Vote.TryDecode(message.Payload.Span, out Vote? vote, out string? why)) return Blame(message.From, why);
        if (vote.Height + 1 < NextHeight) return Verdict.Ignore;
        if (!_ingress.TryReadVote(vote, out Input.VoteReceived? input)) return Blame(message.From, "a vote's seal is not a signature");
        BeginIfOthersHave(vote.Height, isProposer: false);
        return Feed(input);
    }

    // The proposer may wake a little before us: waiting for our own clock would cost us our votes at every height. What it may
    // not do is decide the time: a first proposal that is too early for our clock is prevoted nil. Where blocks wait for a
    // transaction or a command, whoever sees it first begins, and the others follow any message.
    private void BeginIfOthersHave(ulong height, bool isProposer)
    {
        bool isWanted = isProposer || _edge.Pacing.Mode != PacingMode.Interval;
        if (isWanted && !IsOpen && height == NextHeight && !_sync.IsCatchingUp) BeginHeight();
    }

    private Address ProposerNow() => _chain.Head.Rotation.ProposerAt(NextHeight - _chain.Head.EpochStart + (IsOpen ? _core.Round : 0));

    private Verdict OnStatus(GossipMessage message)
    {
        if (!StatusMessage.TryDecode(message.Payload.Span, out StatusMessage? status))
            return Blame(message.From, "a status that cannot be read");
        if (!_sync.Note(message.From, status)) return Verdict.Ignore;
        _sync.Continue(isLookAround: false);
        return Verdict.Accept;
    }

    private Verdict Blame(PeerId peer, string what)
    {
        Report(new HostReport.PeerMisbehaved(peer.Value, what));
        return Verdict.Reject;
    }

    private Answer Answer(IncomingRequest request)
    {
        ReadOnlySpan<byte> question = request.Payload.Span;
        return request.Protocol switch
        {
            RequestProtocol.Status => Chunk(_chain.Status.Encode()),
            RequestProtocol.Blocks when BlocksRequest.TryDecode(question, out BlocksRequest? wanted) => _chain.Serve(wanted),
            RequestProtocol.Headers when HeadersRequest.TryDecode(question, out HeadersRequest? wanted) => _chain.Serve(wanted),
            RequestProtocol.Light when LightRequest.TryDecode(question, out LightRequest? wanted) => _chain.Serve(wanted),
            RequestProtocol.PooledTransactions when PooledTransactionsRequest.TryDecode(question, out PooledTransactionsRequest? wanted) =>
                _chain.Serve(wanted),
            RequestProtocol.Snapshot when SnapshotRequest.TryDecode(question, out SnapshotRequest? wanted) =>
                _chain.Snapshots?.Folder.Answer(wanted) ?? Network.Answer.Refused(AnswerStatus.NotAvailable),
            RequestProtocol.Blob => Network.Answer.Refused(AnswerStatus.NotAvailable), // this node keeps no blobs
            RequestProtocol.Votes => AnswerVotes(request),
            RequestProtocol.ProposedBlock => AnswerProposedBlock(request),
            _ => Network.Answer.Refused(AnswerStatus.InvalidRequest),
        };
    }

    private Answer AnswerVotes(IncomingRequest request)
    {
        if (!VoteRequest.TryDecode(request.Payload.Span, out VoteRequest? wanted, out _))
            return Network.Answer.Refused(AnswerStatus.InvalidRequest);
        VoteRepair repair = _core.Answer(wanted);
        if (repair.Commit is null && wanted.Height < NextHeight) repair = repair with { Commit = _chain.FindCommit(wanted.Height) };
        return Chunk(repair.Encode());
    }

    private Answer AnswerProposedBlock(IncomingRequest request)
    {
        if (!ProposedBlockRequest.TryDecode(request.Payload.Span, out ProposedBlockRequest? wanted))
            return Network.Answer.Refused(AnswerStatus.InvalidRequest);
        Block? block = _proposed.Find(wanted.BlockHash) ?? _chain.FindBlock(wanted.Height, wanted.BlockHash);
        return block is null ? Network.Answer.Refused(AnswerStatus.NotAvailable) : Chunk(block.Encode());
    }

    private static Answer Chunk(byte[] chunk) => new(AnswerStatus.Success, [chunk]);

    private void OnAnswer(ulong number, Answer answer)
    {
        if (_questions.Close(number) is not { } question) return;
        if (question.Protocol == RequestProtocol.Blocks)
        {
            _sync.OnAnswer(number, question, answer);
            _sync.Continue(isLookAround: false);
            return;
        }

        if (answer.Status != AnswerStatus.Success) return;

        switch (question.Protocol)
        {
            case RequestProtocol.Votes:
                OnRepair(question, answer);
                break;
            case RequestProtocol.ProposedBlock:
                OnBlock(question, answer);
                break;
        }
    }

    private void OnRepair(PeerQuestion question, Answer answer)
    {
        if (answer.Chunks.Count != 1 || !VoteRepair.TryDecode(answer.Chunks[0].Span, out VoteRepair? repair, out _))
        {
            Blame(question.Peer, "an answer that cannot be read");
            _edge.Transport.Judge(question.Peer, PeerConduct.InvalidMessage);
            return;
        }

        // An answer may be late: what is not of the open height is of no use.
        foreach (Vote vote in repair.Votes)
        {
            if (vote.Height == _core.Height && _ingress.TryReadVote(vote, out Input.VoteReceived? input)) Feed(input);
        }

        foreach (PolkaCertificate polka in repair.Polkas)
        {
            if (polka.Height == NextHeight && IsOpen && polka.TryVerify(_chain.ChainId, _chain.Head.Rotation.Set, out _))
                Feed(new Input.PolkaReceived(polka));
        }

        if (repair.Commit is { } commit && commit.Height == NextHeight && IsOpen
            && commit.TryVerify(_chain.ChainId, _chain.Head.Rotation.Set, out _))
        {
            Feed(new Input.CommitReceived(commit));
        }
    }

    private void OnBlock(PeerQuestion question, Answer answer)
    {
        if (_questions.WantedBlock is not { } wanted || wanted.Height != NextHeight) return;

        // A late answer to an earlier question is nobody's fault.
        if (!wanted.Encode().AsSpan().SequenceEqual(question.Request)) return;
        if (answer.Chunks.Count != 1 || !Block.TryDecode(answer.Chunks[0], out Block? block, out _) || block.Hash != wanted.BlockHash)
        {
            Blame(question.Peer, "another block than was asked for");
            _edge.Transport.Judge(question.Peer, PeerConduct.UselessAnswer);
            return;
        }

        _questions.ForgetBlock();
        _proposed.Add(block);
        Feed(new Input.ValueJudged(block.Number, block.Hash, _chain.FindFault(block) is null));
    }

    private void OnPrepared(PreparedRange prepared)
    {
        if (_sync.Place(prepared) is { } fault) Blame(fault.Peer, fault.What);
        ApplyReady();
    }

    // One range at a time: whoever else asks or speaks is heard in between.
    private void ApplyReady()
    {
        ulong before = _chain.Head.Number;
        (int applied, PeerFault? fault) = _sync.ApplyReady();
        if (fault is not null) Blame(fault.Peer, fault.What);
        if (applied > 0)
        {
            // The blocks we missed may hold what somebody else signed with our key.
            RefuseOldMark();
            ListenOnAfterCatchUp();
            _timers.Cancel(_chain.Head.Number);
            TellProgress(before + 1);
            OnCommitted(round: null);
        }

        _sync.Continue(isLookAround: false);
        if (_sync.HasReady) _edge.Mailbox.Post(new HostEvent.MoreReady());
    }

    // Thousands of blocks come in a second: people are told once a second, and when it is done.
    private void TellProgress(ulong from)
    {
        _syncedFrom ??= from;
        bool isTime = !_sync.IsCatchingUp || _edge.Clock.GetElapsedTime(_toldAt) > TimeSpan.FromSeconds(1);
        if (!isTime) return;
        Report(new HostReport.Synchronized(_syncedFrom.Value, _chain.Head.Number));
        _syncedFrom = null;
        _toldAt = _edge.Clock.GetTimestamp();
    }

    private void LookAround()
    {
        GreetNewPeers();
        _sync.KeepOnly(_edge.Transport.Peers);
        foreach ((ulong number, PeerQuestion overdue) in _questions.DropOverdue())
        {
            if (overdue.Protocol == RequestProtocol.Blocks) _sync.OnOverdue(number, overdue);
            else _edge.Transport.Judge(overdue.Peer, PeerConduct.Timeout);
        }

        _questions.AskAgainForBlock();
        ListenNoLongerThanAllowed();
        PublishStatus();
        _sync.Continue(isLookAround: true);
        TryBeginHeight();
    }

    // What we said before a peer came is lost to it; without this it would hear it with the next rebroadcast, or a round later.
    private void GreetNewPeers()
    {
        IReadOnlyList<PeerId> present = _edge.Transport.Peers;
        if (IsOpen && present.Any(peer => !_present.Contains(peer)))
        {
            Input.TimeoutElapsed again = new(NextHeight, _core.Round, TimeoutKind.Rebroadcast);
            _timers.PostAfter(NextHeight, GreetAfterMs, new HostEvent.Elapsed(again));
        }

        _present = present;
    }
}
