using DePinChain.Blocks;
using DePinChain.Database;
using DePinChain.LightClient;
using DePinChain.Network;
using DePinChain.Primitives;

namespace DePinChain.Engine;

/// <summary>Fetches a state snapshot that peers have, from a block that is trusted, into an empty store.</summary>
/// <remarks>
/// The header of a snapshot is reached by a light client over <c>/dpc/light/1</c>; then every chunk is proven before it is written. Which
/// bodies belong to a state cannot be proven, so the list of chunks that most peers name comes first, and its chunks are asked only of
/// them: a chunk that is not the one its giver named is that peer's own lie. Who lies is reported to the transport and not asked again;
/// what others gave stays. Asks one question at a time.
/// </remarks>
/// <param name="transport">Not attached to anything else meanwhile.</param>
/// <param name="rules">Whose chain, and how far to trust.</param>
/// <param name="trusted">A block of that chain.</param>
/// <param name="clock">The machine's time, for the trusting period.</param>
public sealed class SnapshotDownload(
    ITransport transport, TrustRules rules, (ulong Height, Hash256 Hash) trusted, TimeProvider clock) : IInbox
{
    private static readonly TimeSpan LookAgainAfter = TimeSpan.FromSeconds(1);

    private readonly PeerInquiry _inquiry = new(transport, clock);

    /// <summary>How long peers with a snapshot are waited for.</summary>
    public TimeSpan Patience { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Says what is being done, for people.</summary>
    public event Action<string>? Told;

    /// <summary>Fills a store as far as a snapshot goes; the caller finishes it.</summary>
    /// <exception cref="RefusalException">No peer has a snapshot that can be proven, or the store holds a state.</exception>
    public async Task<SnapshotRestore> FillAsync(IKeyValueStore store, CancellationToken stopping)
    {
        _inquiry.Dropped += (peer, why) => Told?.Invoke($"{peer} is not asked again: {why}");
        transport.Attach(this);
        long began = clock.GetTimestamp();
        while (true)
        {
            foreach (SnapshotOffer offer in await CollectAsync(stopping))
            {
                SnapshotManifest manifest = offer.Manifest;
                Told?.Invoke(
                    $"height {manifest.Height} is proven and offered by {offer.Peers.Count} peers; {manifest.Chunks.Count} chunks follow");
                SnapshotRestore restore = SnapshotRestore.Begin(store, manifest, rules.ChainId, manifest.Light.Hash);
                if (!await TakeAllAsync(restore, offer, stopping)) continue;
                if (restore.FindGap() is not { } gap) return restore;
                foreach (PeerId peer in offer.Peers) Refuse(peer, gap); // they named a list of chunks that makes no state
            }

            if (clock.GetElapsedTime(began) >= Patience) break;
            await Task.Delay(LookAgainAfter, clock, stopping);
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
    public void Requested(IncomingRequest request) => request.Respond(Answer.Refused(AnswerStatus.NotAvailable));

    /// <inheritdoc/>
    public void Answered(ulong requestNumber, Answer answer) => _inquiry.Answered(requestNumber, answer);

    /// <inheritdoc/>
    public void PeersChanged()
    {
        // They are looked at each time.
    }

    // What each peer has, equal offers together: first what most of them offer, then what is newest.
    private async Task<IReadOnlyList<SnapshotOffer>> CollectAsync(CancellationToken stopping)
    {
        SortedDictionary<(ulong Height, Hash256 Cut), SnapshotOffer> offers = [];
        foreach (PeerId peer in transport.Peers)
        {
            if (await FindManifestAsync(peer, stopping) is not { } manifest) continue;
            if (!offers.TryGetValue((manifest.Height, manifest.Cut), out SnapshotOffer? offer))
                offers[(manifest.Height, manifest.Cut)] = offer = new SnapshotOffer(manifest, []);
            offer.Peers.Add(peer);
        }

        return [.. offers.Values.OrderByDescending(offer => offer.Peers.Count).ThenByDescending(offer => offer.Manifest.Height)];
    }

    // The header comes first: a manifest that names a block which the trusted one does not lead to is not looked into.
    private async Task<SnapshotManifest?> FindManifestAsync(PeerId peer, CancellationToken stopping)
    {
        SnapshotRequest question = new(SnapshotQuestion.Newest, 0, 0);
        if (await _inquiry.AskAsync(peer, RequestProtocol.Snapshot, question.Encode(), stopping) is not { } bytes) return null;
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
        if (search.Trusted.Hash != manifest.Light.Hash) return Refuse(peer, "its snapshot is of another block");
        return manifest.TryOpen(rules.ChainId, out _) is { } fault ? Refuse(peer, fault) : manifest;
    }

    private async Task<bool> TakeAllAsync(SnapshotRestore restore, SnapshotOffer offer, CancellationToken stopping)
    {
        while (!restore.HasAll)
        {
            SnapshotRequest question = new(SnapshotQuestion.Chunk, restore.Height, restore.Next);
            bool isTaken = false;
            foreach (PeerId peer in offer.Peers)
            {
                if (await _inquiry.AskAsync(peer, RequestProtocol.Snapshot, question.Encode(), stopping) is not { } chunk) continue;
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
        byte[] question = new LightRequest(height).Encode();
        if (await _inquiry.AskAsync(peer, RequestProtocol.Light, question, stopping) is not { } bytes) return null;
        if (LightBlock.TryDecode(bytes.Span, out LightBlock? block, out string? why)) return block;
        Refuse(peer, why);
        return null;
    }

    private SnapshotManifest? Refuse(PeerId peer, string why)
    {
        _inquiry.Drop(peer, PeerConduct.ProvenLie, why);
        return null;
    }

    /// <summary>A snapshot whose header is proven, and who says that it has it in these chunks.</summary>
    private sealed record SnapshotOffer(SnapshotManifest Manifest, List<PeerId> Peers);
}
