using DePinChain.Blocks;
using DePinChain.Network;

namespace DePinChain.Engine;

/// <summary>Catching up: asks who is ahead for decided blocks, checks each against its certificate, executes and commits it.</summary>
/// <remarks>
/// Consensus rests while the node is two or more heights behind. A block's certificate is verified under the
/// validators our own state names for the height, so a lying peer can only waste time. Used by the consensus loop only.
/// </remarks>
internal sealed class BlockSync(LiveChain chain, PeerQuestions questions, LocalClock clock)
{
    // One height ahead is the ordinary case: its commit is on the way to us too.
    private const ulong BehindBy = 2;

    // Long enough that claiming heights one does not have holds nobody up for a noticeable part of the time.
    private static readonly TimeSpan DistrustFor = TimeSpan.FromMinutes(10);

    private readonly SortedDictionary<PeerId, ulong> _heights = [];
    private readonly SortedDictionary<PeerId, long> _distrustedAt = [];
    private volatile IReadOnlyList<KnownPeer> _peers = [];
    private volatile CatchUp? _progress;
    private PeerId? _lastAsked;
    private ulong _lagSeenAt;

    public IReadOnlyList<KnownPeer> Peers => _peers;

    /// <summary>How far a catch-up is; null when we follow the chain.</summary>
    public CatchUp? Progress => _progress;

    private ulong BestHeight => Math.Max(chain.Head.Number, _heights.Count == 0 ? 0 : _heights.Values.Max());

    /// <summary>Whether to leave consensus alone: we are behind, and an answer that brings us on is awaited.</summary>
    public bool IsCatchingUp => IsBehind && questions.IsAwaiting(RequestProtocol.Blocks);

    private bool IsBehind => BestHeight >= chain.Head.Number + BehindBy;

    /// <summary>Notes what a peer says of itself; false when it is of another network.</summary>
    public bool Note(PeerId peer, StatusMessage status)
    {
        if (status.Genesis != chain.GenesisHash || !chain.Forks.IsCompatible(status.Fork, chain.Head.Number)) return false;
        if (_distrustedAt.TryGetValue(peer, out long since))
        {
            if (clock.GetElapsedTime(since) < DistrustFor) return true;
            _distrustedAt.Remove(peer);
        }

        _heights[peer] = status.Head;
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

    /// <summary>Stops believing a peer's word about its height for a while: it claimed blocks that it did not give.</summary>
    public void Distrust(PeerId peer)
    {
        _heights.Remove(peer);
        _distrustedAt[peer] = clock.GetTimestamp();
        Publish();
    }

    /// <summary>Asks for the next blocks when somebody has them and nobody is being asked.</summary>
    /// <param name="isLookAround">Whether a second has passed: one height behind for that long is behind too.</param>
    public void Continue(bool isLookAround)
    {
        ulong next = chain.Head.Number + 1;
        bool isStuck = isLookAround && BestHeight >= next && _lagSeenAt == next;
        if (isLookAround) _lagSeenAt = BestHeight >= next ? next : 0;
        if ((!IsBehind && !isStuck) || questions.IsAwaiting(RequestProtocol.Blocks)) return;

        // Another peer each time, so that one that answers badly does not hold us up.
        PeerId[] ahead = [.. _heights.Where(entry => entry.Value >= next).Select(entry => entry.Key)];
        PeerId chosen = ahead.FirstOrDefault(peer => _lastAsked is null || peer > _lastAsked.Value, ahead[0]);
        _lastAsked = chosen;
        questions.Ask(
            chosen,
            RequestProtocol.Blocks,
            new BlocksRequest(next, BlocksRequest.CountMax, BlocksRequest.AnswerBytesMax).Encode());
    }

    /// <summary>Commits the blocks of an answer as far as they are right; the last write is synced, those before ride on it.</summary>
    /// <param name="answer">Chunks in ascending order of height.</param>
    /// <param name="fault">What the peer did wrong, or null.</param>
    /// <returns>How many blocks were committed.</returns>
    public int Apply(Answer answer, out string? fault)
    {
        fault = null;
        int applied = 0;
        for (int index = 0; index < answer.Chunks.Count && fault is null; index++)
        {
            fault = Apply(answer.Chunks[index], out bool isNew);
            if (isNew) applied++;
        }

        if (applied > 0) chain.Sync();
        Publish();
        return applied;
    }

    private string? Apply(ReadOnlyMemory<byte> chunk, out bool isNew)
    {
        isNew = false;
        if (!DecidedBlock.TryDecode(chunk, out DecidedBlock? decided)) return "a chunk is not a block with its certificate";
        Block block = decided.Block;
        ulong next = chain.Head.Number + 1;
        if (block.Number < next) return null;
        if (block.Number > next) return $"block {block.Number} was sent where {next} comes next";
        if (decided.Certificate.Height != block.Number || decided.Certificate.BlockHash != block.Hash)
            return "a certificate is for another block";
        if (!decided.Certificate.TryVerify(chain.ChainId, chain.Head.Rotation.Set, out string? why)) return why;
        if (!chain.CouldHaveProposed(block.Header.Miner, decided.Certificate.Round))
            return $"{block.Header.Miner} had no turn at height {block.Number}";
        if (chain.FindFault(block) is { } invalid)
            throw new ConsensusHaltedException(block.Number, block.Hash, block, decided.Certificate) { Data = { ["fault"] = invalid } };
        chain.Commit(block, decided.Certificate, isDurable: false);
        isNew = true;
        return null;
    }

    private void Publish()
    {
        _peers = [.. _heights.Select(entry => new KnownPeer(entry.Key, entry.Value))];
        _progress = IsBehind ? new CatchUp(_progress?.From ?? chain.Head.Number, BestHeight) : null;
    }
}

/// <summary>A catch-up under way.</summary>
/// <param name="From">Height at which it began.</param>
/// <param name="To">The best height that a peer has announced.</param>
public sealed record CatchUp(ulong From, ulong To);
