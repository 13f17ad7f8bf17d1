using DePinChain.Blocks;
using DePinChain.Network;

namespace DePinChain.Engine;

/// <summary>Catching up: asks those ahead for decided blocks, has them looked at ahead, executes and commits them in order.</summary>
/// <remarks>
/// Consensus rests while the node is two or more heights behind. Every certificate is verified under the validators our own state names
/// for the height, so a lying peer can only waste time; it is reported to the transport, and another one is asked. Used by the consensus
/// loop only.
/// </remarks>
internal sealed class BlockSync(LiveChain chain, PeerQuestions questions, HostEdge edge)
{
    // One height ahead is the ordinary case: its commit is on the way to us too.
    private const ulong BehindBy = 2;

    // A slow peer must not hold what others could bring.
    private const int AskedPerPeerMax = 4;

    // Long enough that claiming heights one does not have holds nobody up for a noticeable part of the time.
    private static readonly TimeSpan DistrustFor = TimeSpan.FromMinutes(10);

    private readonly SortedDictionary<PeerId, ulong> _heights = [];
    private readonly SortedDictionary<PeerId, long> _distrustedAt = [];
    private readonly SyncWindow _window = new();
    private volatile IReadOnlyList<KnownPeer> _peers = [];
    private volatile CatchUp? _progress;
    private PeerId? _lastAsked;
    private ulong _lagSeenAt;

    /// <summary>Runs work that needs nothing of the loop; at once and in place unless the loop's owner has threads.</summary>
    public Action<Action> Offload { get; set; } = static work => work();

    public IReadOnlyList<KnownPeer> Peers => _peers;

    /// <summary>How far a catch-up is; null when we follow the chain.</summary>
    public CatchUp? Progress => _progress;

    private ulong Next => chain.Head.Number + 1;

    private ulong BestHeight => Math.Max(chain.Head.Number, _heights.Count == 0 ? 0 : _heights.Values.Max());

    /// <summary>Whether to leave consensus alone: we are behind, and what brings us on is under way.</summary>
    public bool IsCatchingUp => IsBehind && !_window.IsEmpty;

    private bool IsBehind => BestHeight >= chain.Head.Number + BehindBy;

    /// <summary>Notes what a peer says of itself; false when it is of another network or follows other rules.</summary>
    public bool Note(PeerId peer, StatusMessage status)
    {
        if (status.Genesis != chain.GenesisHash || !chain.Forks.IsCompatible(status.Fork, chain.Head.Number)) return false;
        if (_distrustedAt.TryGetValue(peer, out long since))
        {
            if (edge.Clock.GetElapsedTime(since) < DistrustFor) return true;
            _distrustedAt.Remove(peer);
        }

        // A peer that began from a snapshot has nothing below it.
        if (status.Earliest > Next) _heights.Remove(peer);
        else _heights[peer] = status.Head;
        Publish();
        return true;
    }

    /// <summary>Drops peers that are gone.</summary>
    public void KeepOnly(IReadOnlyList<PeerId> present)
    {
        foreach (PeerId gone in _heights.Keys.Where(peer => !present.Contains(peer)).ToArray()) _heights.Remove(gone);
        foreach (PeerId gone in _distrustedAt.Keys.Where(peer => !present.Contains(peer)).ToArray()) _distrustedAt.Remove(gone);
        Publish();
    }

    /// <summary>Asks for the next blocks as far as somebody has them and there is room.</summary>
    /// <param name="isLookAround">Whether a second has passed: one height behind for that long is behind too.</param>
    public void Continue(bool isLookAround)
    {
        ulong next = Next;
        bool isStuck = isLookAround && BestHeight >= next && _lagSeenAt == next;
        if (isLookAround) _lagSeenAt = BestHeight >= next ? next : 0;
        if (BestHeight < next) _window.Clear();
        if (IsBehind || isStuck || !_window.IsEmpty) _window.Extend(next, BestHeight);
        foreach (SyncRange range in _window.Wanted)
        {
            if (Choose(range.From) is not { } peer) continue;
            BlocksRequest request = new(range.From, range.Count, SyncWindow.RangeBytesMax);
            range.Ask(peer, questions.Ask(peer, RequestProtocol.Blocks, request.Encode()));
        }
    }

    /// <summary>Takes an answer and has it prepared; <see cref="HostEvent.Prepared"/> brings it back.</summary>
    public void OnAnswer(ulong number, PeerQuestion question, Answer answer)
    {
        if (_window.Find(number) is not { } range) return;
        if (answer.Status != AnswerStatus.Success || answer.Chunks.Count == 0 || answer.Chunks.Count > range.Count)
        {
            bool isSilent = answer.Status == AnswerStatus.Unanswered;
            Abandon(range, question.Peer, isSilent ? PeerConduct.Timeout : PeerConduct.UselessAnswer);
            return;
        }

        ChainHead head = chain.Head;
        Offload(() => edge.Mailbox.Post(
            new HostEvent.Prepared(SyncStage.Prepare(chain.ChainId, head.View, number, range.From, answer.Chunks))));
    }

    /// <summary>Gives up on a question that nobody answered in time.</summary>
    public void OnOverdue(ulong number, PeerQuestion question)
    {
        if (_window.Find(number) is { } range) Abandon(range, question.Peer, PeerConduct.Timeout);
    }

    /// <summary>Puts a prepared answer in its place, or turns to another peer; the fault is what the peer did wrong.</summary>
    public PeerFault? Place(PreparedRange prepared)
    {
        if (_window.Find(prepared.Question) is not { Peer: { } peer } range) return null;
        if (prepared.Fault is { } fault)
        {
            Abandon(range, peer, PeerConduct.ProvenLie);
            return new PeerFault(peer, fault);
        }

        _window.Place(range, prepared);
        return null;
    }

    /// <summary>Whether the next height is at hand.</summary>
    public bool HasReady => _window.Ready(Next) is not null;

    /// <summary>Commits the range that is next, as far as its blocks are right; one synced write carries them all.</summary>
    /// <returns>How many were committed, and what their sender did wrong, if anything.</returns>
    public (int Applied, PeerFault? Fault) ApplyReady()
    {
        if (_window.Ready(Next) is not { Prepared: { } prepared, Peer: { } peer } range) return (0, null);
        int applied = 0;
        string? fault = null;
        foreach (PreparedBlock block in prepared.Blocks)
        {
            if (block.Decided.Block.Number < Next) continue;
            fault = Apply(block);
            if (fault is not null) break;
            applied++;
        }

        if (applied > 0) chain.Sync();
        if (fault is null)
        {
            _window.Remove(range);
            edge.Transport.Judge(peer, PeerConduct.GoodBlock);
        }
        else
        {
            // What came of it is committed; the rest, and whatever else this peer gave, is fetched again from somebody else.
            Abandon(range, peer, PeerConduct.ProvenLie);
            _window.Clear();
        }

        Publish();
        return (applied, fault is null ? null : new PeerFault(peer, fault));
    }

    private string? Apply(PreparedBlock prepared)
    {
        (Block block, CommitCertificate certificate) = prepared.Decided;
        ChainHead head = chain.Head;
        if (prepared.VerifiedUnder != head.Rotation.Set.Hash && !certificate.TryVerify(chain.ChainId, head.Rotation.Set, out string? why))
            return why;
        if (!chain.CouldHaveProposed(block.Header.Miner, certificate.Round))
            return $"{block.Header.Miner} had no turn at height {block.Number}";
        if (chain.FindFault(block) is { } invalid)
            throw new ConsensusHaltedException(block.Number, block.Hash, block, certificate) { Data = { ["fault"] = invalid } };
        chain.Commit(block, certificate, isDurable: false);
        return null;
    }

    private void Abandon(SyncRange range, PeerId peer, PeerConduct conduct)
    {
        range.Release();
        edge.Transport.Judge(peer, conduct);
        _heights.Remove(peer);
        _distrustedAt[peer] = edge.Clock.GetTimestamp();
        Publish();
    }

    // Another peer each time, so that one that is slow or answers badly does not hold us up.
    private PeerId? Choose(ulong from)
    {
        PeerId[] able = [.. _heights.Where(entry => entry.Value >= from && _window.CountAsked(entry.Key) < AskedPerPeerMax)
            .Select(entry => entry.Key)];
        if (able.Length == 0) return null;
        int after = Array.FindIndex(able, peer => _lastAsked is null || peer > _lastAsked.Value);
        _lastAsked = able[Math.Max(after, 0)];
        return _lastAsked;
    }

    private void Publish()
    {
        _peers = [.. _heights.Select(entry => new KnownPeer(entry.Key, entry.Value))];
        _progress = IsBehind ? new CatchUp(_progress?.From ?? chain.Head.Number, BestHeight) : null;
    }
}

/// <summary>What a peer did wrong.</summary>
internal sealed record PeerFault(PeerId Peer, string What);

/// <summary>A catch-up under way.</summary>
/// <param name="From">Height at which it began.</param>
/// <param name="To">The best height that a peer has announced.</param>
public sealed record CatchUp(ulong From, ulong To);
