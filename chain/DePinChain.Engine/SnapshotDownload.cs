using DePinChain.Blocks;
using DePinChain.Database;
using DePinChain.LightClient;
using DePinChain.Network;
using DePinChain.Primitives;

namespace DePinChain.Engine;

/// <summary>Fetches the newest state snapshot that peers have, from a block that is trusted, into an empty store.</summary>
/// <remarks>
/// The header of the snapshot is reached by a light client over <c>/dpc/light/1</c>; then every chunk is proven before it is written. A
/// peer that answers wrongly is reported to the transport and not asked again; what others gave stays. Asks one question at a time.
/// </remarks>
/// <param name="transport">Not attached to anything else meanwhile.</param>
/// <param name="rules">Whose chain, and how far to trust.</param>
/// <param name="trusted">A block of that chain.</param>
/// <param name="clock">The machine's time, for the trusting period.</param>
public sealed class SnapshotDownload(
    ITransport transport, TrustRules rules, (ulong Height, Hash256 Hash) trusted, TimeProvider clock) : IInbox
{
    private static readonly TimeSpan AnswerWithin = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan PeersWithin = TimeSpan.FromSeconds(30);

    private readonly Lock _gate = new();
    private readonly Dictionary<ulong, Answer> _early = [];
    private readonly SortedSet<PeerId> _refused = [];
    private TaskCompletionSource<Answer>? _awaited;
    private ulong _awaitedNumber;

    /// <summary>Says what is being done, for people.</summary>
    public event Action<string>? Told;

    /// <summary>Fills a store as far as a snapshot goes; the caller finishes it.</summary>
    /// <exception cref="RefusalException">No peer has a snapshot that can be proven; the message says what to do.</exception>
    public async Task<SnapshotRestore> FillAsync(IKeyValueStore store, CancellationToken stopping)
    {
        transport.Attach(this);
        await WaitForPeersAsync(stopping);
        foreach (PeerId peer in transport.Peers)
        {
            if (await FindManifestAsync(peer, stopping) is not { } manifest) continue;
            Told?.Invoke($"height {manifest.Height} is proven; {manifest.Chunks.Count} chunks follow");
            SnapshotRestore restore = SnapshotRestore.Begin(store, manifest, rules.ChainId, manifest.Light.Hash);
            if (await TakeAllAsync(restore, manifest, stopping)) return restore;
        }

        throw new RefusalException(
            ExitCode.LocalState,
            "No peer has a state snapshot that can be proven from the trusted block; try again later, name other peers, "
            + "or start the node without a snapshot, and it synchronises from genesis.");
    }

    /// <inheritdoc/>
    public void Gossiped(GossipMessage message)
    {
        // Nothing can be made of it before there is a state.
    }

    /// <inheritdoc/>
    public void Requested(IncomingRequest request) => request.Respond(Network.Answer.Refused(AnswerStatus.NotAvailable));

    /// <inheritdoc/>
    public void Answered(ulong requestNumber, Answer answer)
    {
        lock (_gate)
        {
            // An answer may come before the asker knows the question's number.
            if (_awaited is { } waiting && _awaitedNumber == requestNumber) waiting.TrySetResult(answer);
            else _early[requestNumber] = answer;
        }
    }

    /// <inheritdoc/>
    public void PeersChanged()
    {
        // They are looked at each time.
    }

    private async Task WaitForPeersAsync(CancellationToken stopping)
    {
        for (TimeSpan waited = TimeSpan.Zero; transport.Peers.Count == 0 && waited < PeersWithin; waited += TimeSpan.FromMilliseconds(200))
            await Task.Delay(TimeSpan.FromMilliseconds(200), stopping);
    }

    // The header comes first: a manifest that names a block which the trusted one does not lead to is not looked into.
    private async Task<SnapshotManifest?> FindManifestAsync(PeerId peer, CancellationToken stopping)
    {
        SnapshotRequest question = new(SnapshotQuestion.Newest, 0, 0);
        if (await AskAsync(peer, RequestProtocol.Snapshot, question.Encode(), stopping) is not { } bytes) return null;
        if (!SnapshotManifest.TryDecode(bytes.Span, out SnapshotManifest? manifest, out string? why)) return Refuse(peer, why);
        if (await FetchAsync(peer, trusted.Height, stopping) is not { } checkpoint) return null;
        if (checkpoint.Hash != trusted.Hash || checkpoint.Fault(rules.ChainId) is not null)
            return Refuse(peer, $"its block {trusted.Height} is not the trusted one");
        HeaderSearch search = new(rules, checkpoint, manifest.Height);
        while (search.Wanted is { } wanted)
        {
            if (await FetchAsync(peer, wanted, stopping) is not { } block) return null;
            search.Offer(block, (ulong)clock.GetUtcNow().ToUnixTimeSeconds());
        }

        if (search.Failure is { } failure) return Refuse(peer, failure.Why ?? "its headers lead nowhere");
        return search.Trusted.Hash == manifest.Light.Hash ? manifest : Refuse(peer, "its snapshot is of another block");
    }

    private async Task<bool> TakeAllAsync(SnapshotRestore restore, SnapshotManifest manifest, CancellationToken stopping)
    {
        while (!restore.HasAll)
        {
            uint index = restore.Next;
            bool isTaken = false;
            foreach (PeerId peer in transport.Peers)
            {
                SnapshotRequest question = new(SnapshotQuestion.Chunk, manifest.Height, index);
                if (await AskAsync(peer, RequestProtocol.Snapshot, question.Encode(), stopping) is not { } chunk) continue;
                if (restore.Take(chunk.Span) is { } fault)
                {
                    Refuse(peer, fault);
                    continue;
                }

                isTaken = true;
                break;
            }

            if (!isTaken) return false;
        }

        return true;
    }

    private async Task<LightBlock?> FetchAsync(PeerId peer, ulong height, CancellationToken stopping)
    {
        if (await AskAsync(peer, RequestProtocol.Light, new LightRequest(height).Encode(), stopping) is not { } bytes) return null;
        if (LightBlock.TryDecode(bytes.Span, out LightBlock? block, out string? why)) return block;
        Refuse(peer, why);
        return null;
    }

    private async Task<ReadOnlyMemory<byte>?> AskAsync(
        PeerId peer, RequestProtocol protocol, byte[] question, CancellationToken stopping)
    {
        if (_refused.Contains(peer)) return null;
        TaskCompletionSource<Answer> awaited = new(TaskCreationOptions.RunContinuationsAsynchronously);
        ulong number = transport.Request(peer, protocol, question);
        lock (_gate)
        {
            (_awaited, _awaitedNumber) = (awaited, number);
            if (_early.Remove(number, out Answer? came)) awaited.TrySetResult(came);
            _early.Clear();
        }

        try
        {
            Answer answer = await awaited.Task.WaitAsync(AnswerWithin, clock, stopping);
            return answer.Status == AnswerStatus.Success && answer.Chunks.Count == 1 ? answer.Chunks[0] : null;
        }
        catch (TimeoutException)
        {
            transport.Judge(peer, PeerConduct.Timeout);
            _refused.Add(peer);
            return null;
        }
    }

    private SnapshotManifest? Refuse(PeerId peer, string why)
    {
        Told?.Invoke($"{peer} is not asked again: {why}");
        transport.Judge(peer, PeerConduct.ProvenLie);
        _refused.Add(peer);
        return null;
    }
}
