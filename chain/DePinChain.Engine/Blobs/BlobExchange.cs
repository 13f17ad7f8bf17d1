using System.Globalization;
using DePinChain.Network;
using DePinChain.Primitives;
using DePinChain.Proofs.Availability;

namespace DePinChain.Engine.Blobs;

/// <summary>
/// Moves blobs between nodes. Whoever needs one asks all peers which shards they have, takes any k that lie under one root, and believes
/// the result only when it has the blob's own root; a peer whose shard does not lie where it says is caught by the shard's path.
/// </summary>
/// <remarks>Nothing here runs on the consensus loop. Questions that are being answered and fetches under way are bounded.</remarks>
public sealed class BlobExchange : IDisposable
{
    private const int ServedAtOnce = 4;
    private const int ServedWaitingMax = 64;
    private const int FetchedAtOnce = 4;
    private const int RecentMax = 4;

    private static readonly TimeSpan AnswerWithin = TimeSpan.FromSeconds(15);

    private readonly ITransport _transport;
    private readonly TimeProvider _clock;
    private readonly Lock _gate = new();
    private readonly Dictionary<ulong, TaskCompletionSource<Answer>> _asked = [];
    private readonly Dictionary<ulong, Answer> _early = [];
    private readonly Dictionary<BlobName, Task<BlobFetch>> _fetching = [];
    private readonly LinkedList<(BlobName Name, byte[] Blob)> _recent = [];
    private readonly SemaphoreSlim _serving = new(ServedAtOnce);
    private readonly SemaphoreSlim _fetches = new(FetchedAtOnce);
    private readonly CancellationTokenSource _stop = new();
    private readonly CancellationToken _stopping;
    private bool _isAsking;
    private int _waiting;

    /// <param name="transport">The peers; the node's consensus uses <see cref="Lane"/>.</param>
    /// <param name="folder">What lies here.</param>
    /// <param name="clock">Bounds how long an answer is awaited.</param>
    public BlobExchange(ITransport transport, BlobFolder folder, TimeProvider clock)
    {
        _transport = transport;
        _clock = clock;
        _stopping = _stop.Token;
        Folder = folder;
        Lane = new BlobLane(transport, this);
    }

    /// <summary>What lies here.</summary>
    public BlobFolder Folder { get; }

    /// <summary>The transport for everything else.</summary>
    public ITransport Lane { get; }

    /// <summary>Answers a peer, on a thread of the pool.</summary>
    public void Requested(IncomingRequest request)
    {
        if (Interlocked.Increment(ref _waiting) > ServedWaitingMax)
        {
            Interlocked.Decrement(ref _waiting);
            request.Respond(Answer.Refused(AnswerStatus.NotAvailable));
            return;
        }

        _ = Task.Run(async () =>
        {
            try
            {
                await _serving.WaitAsync(_stopping);
                try
                {
                    request.Respond(AnswerOf(request.Payload.Span));
                }
                finally
                {
                    _serving.Release();
                }
            }
            catch (OperationCanceledException)
            {
                // The node stops.
            }
            finally
            {
                Interlocked.Decrement(ref _waiting);
            }
        });
    }

    /// <summary>Takes an answer to a question of this exchange; false for others'.</summary>
    public bool TryTake(ulong number, Answer answer)
    {
        lock (_gate)
        {
            if (_asked.Remove(number, out TaskCompletionSource<Answer>? awaited)) return awaited.TrySetResult(answer);

            // Nodes of one process answer within the question's call, before its number is known.
            if (!_isAsking) return false;
            _early[number] = answer;
            return true;
        }
    }

    /// <summary>A blob, from here or from peers; several who ask for one at a time share the search.</summary>
    public Task<BlobFetch> FetchAsync(BlobName name)
    {
        if (BlobFolder.FaultOf(name) is { } fault) return Task.FromResult(new BlobFetch(null, fault));
        lock (_gate)
        {
            foreach ((BlobName known, byte[] blob) in _recent)
                if (known == name) return Task.FromResult(new BlobFetch(blob, null));
            if (_fetching.TryGetValue(name, out Task<BlobFetch>? running)) return running;
            Task<BlobFetch> task = Task.Run(() => SearchAsync(name));
            _fetching[name] = task;
            return task;
        }
    }

    /// <summary>Receipts for a job, from here and from peers; nothing about them is checked.</summary>
    public async Task<IReadOnlyList<SignedReceipt>> ReceiptsAsync(Hash256 root, byte custodians, ulong job)
    {
        byte[] question = new BlobRequest(BlobQuestion.Receipts, root, custodians, job).Encode();
        List<SignedReceipt> found = [.. Folder.ReceiptsOf(root, custodians, job)];
        Answer[] answers = await Task.WhenAll(_transport.Peers.Select(peer => AskAsync(peer, question)));
        foreach (Answer answer in answers)
        {
            if (answer.Chunks.Count != 1 || !BlobReceipts.TryDecode(answer.Chunks[0].Span, out BlobReceipts? receipts)) continue;
            foreach (SignedReceipt receipt in receipts.Receipts)
            {
                if (found.Count >= BlobReceipts.CountMax) return found;
                bool isKnown = found.Any(one => one.Index == receipt.Index && one.Signature.AsSpan().SequenceEqual(receipt.Signature));
                if (!isKnown) found.Add(receipt);
            }
        }

        return found;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _stop.Cancel();
        _stop.Dispose();
    }

    private async Task<BlobFetch> SearchAsync(BlobName name)
    {
        try
        {
            await _fetches.WaitAsync(_stopping);
            try
            {
                BlobFetch found = Folder.Restore(name) is { } here ? new BlobFetch(here, null) : await AskAllAsync(name);
                if (found.Blob is { } blob) Remember(name, blob);
                return found;
            }
            finally
            {
                _fetches.Release();
            }
        }
        catch (OperationCanceledException)
        {
            return new BlobFetch(null, "the node stops");
        }
        finally
        {
            lock (_gate) _fetching.Remove(name);
        }
    }

    private async Task<BlobFetch> AskAllAsync(BlobName name)
    {
        byte[] question = new BlobRequest(BlobQuestion.Holdings, name.Root, name.Custodians, 0).Encode();
        IReadOnlyList<PeerId> peers = _transport.Peers;
        Answer[] answers = await Task.WhenAll(peers.Select(peer => AskAsync(peer, question)));
        SortedDictionary<string, List<(PeerId Peer, BlobHoldings Held)>> offers = new(StringComparer.Ordinal);
        for (int at = 0; at < answers.Length; at++)
        {
            if (answers[at].Chunks.Count != 1 || !BlobHoldings.TryDecode(answers[at].Chunks[0].Span, out BlobHoldings? held)) continue;
            string root = held.ShardRoot.ToString();
            if (!offers.TryGetValue(root, out List<(PeerId, BlobHoldings)>? list)) offers[root] = list = [];
            list.Add((peers[at], held));
        }

        // What most say comes first; a root that nothing true lies under costs one try and its peers.
        int needed = ShardSet.DataShardsOf(name.Custodians), most = 0;
        foreach (List<(PeerId Peer, BlobHoldings Held)> offer in offers.Values.OrderByDescending(static list => list.Count))
        {
            List<(byte Index, byte[] Shard)> shards = await CollectAsync(name, offer, needed);
            most = Math.Max(most, shards.Count);
            if (!ShardSet.TryDecode(name.Custodians, name.Bytes, shards, out byte[] blob)) continue;
            if (BlobTree.RootOf(blob, name.ChunkBytes) == name.Root) return new BlobFetch(blob, null);
            foreach ((PeerId peer, _) in offer) _transport.Judge(peer, PeerConduct.ProvenLie);
        }

        return new BlobFetch(null, string.Create(
            CultureInfo.InvariantCulture, $"{most} of the {needed} shards that give blob {name.Root} were found at {peers.Count} peers"));
    }

    private async Task<List<(byte Index, byte[] Shard)>> CollectAsync(
        BlobName name, List<(PeerId Peer, BlobHoldings Held)> offer, int needed)
    {
        List<(byte Index, byte[] Shard)> shards = [];
        SortedSet<int> taken = [];
        foreach ((PeerId peer, BlobHoldings held) in offer)
        {
            for (int index = 0; index < name.Custodians && shards.Count < needed; index++)
            {
                if (!held.Has(index) || !taken.Add(index)) continue;
                if (await ShardAsync(name, peer, held.ShardRoot, index) is not { } shard)
                {
                    // This one is left; another peer may have the same shard.
                    taken.Remove(index);
                    break;
                }

                shards.Add(((byte)index, shard));
            }
        }

        return shards;
    }

    private async Task<byte[]?> ShardAsync(BlobName name, PeerId peer, Hash256 root, int index)
    {
        byte[] question = new BlobRequest(BlobQuestion.Shard, name.Root, name.Custodians, (ulong)index).Encode();
        Answer answer = await AskAsync(peer, question);
        if (answer.Status != AnswerStatus.Success) return null;
        bool isRead = BlobShard.TryDecode(answer.Chunks.Count == 1 ? answer.Chunks[0].Span : default, out BlobShard? shard);
        if (isRead && ShardSet.VerifyShard(root, name.Bytes, name.Custodians, index, shard!.Bytes, shard.Path)) return shard.Bytes;
        _transport.Judge(peer, isRead ? PeerConduct.ProvenLie : PeerConduct.InvalidMessage);
        return null;
    }

    private async Task<Answer> AskAsync(PeerId peer, byte[] question)
    {
        TaskCompletionSource<Answer> awaited = new(TaskCreationOptions.RunContinuationsAsynchronously);
        ulong number;
        lock (_gate)
        {
            _isAsking = true;
            number = _transport.Request(peer, RequestProtocol.Blob, question);
            _isAsking = false;
            if (_early.Remove(number, out Answer? came)) awaited.TrySetResult(came);
            else _asked[number] = awaited;
            _early.Clear();
        }

        try
        {
            return await awaited.Task.WaitAsync(AnswerWithin, _clock, _stopping);
        }
        catch (TimeoutException)
        {
            lock (_gate) _asked.Remove(number);
            return Answer.Unanswered;
        }
    }

    private Answer AnswerOf(ReadOnlySpan<byte> question)
    {
        if (!BlobRequest.TryDecode(question, out BlobRequest? wanted)) return Answer.Refused(AnswerStatus.InvalidRequest);
        byte[]? answer = wanted.Question switch
        {
            BlobQuestion.Holdings => Folder.Find(wanted.Root, wanted.Custodians) is { } set
                ? new BlobHoldings(set.ShardRoot, set.Held).Encode()
                : null,
            BlobQuestion.Receipts => new BlobReceipts(Folder.ReceiptsOf(wanted.Root, wanted.Custodians, wanted.Number)).Encode(),
            _ => ShardOf(wanted),
        };
        return answer is null ? Answer.Refused(AnswerStatus.NotAvailable) : new Answer(AnswerStatus.Success, [answer]);
    }

    private byte[]? ShardOf(BlobRequest wanted)
    {
        int index = (int)wanted.Number; // decoded: below the custodians
        if (Folder.Find(wanted.Root, wanted.Custodians) is not { } set) return null;
        byte[]? bytes = Folder.FindShard(wanted.Root, wanted.Custodians, index);
        return bytes is null ? null : new BlobShard(set.ShardRoot, ShardSet.PathOver(set.Roots, index), bytes).Encode();
    }

    private void Remember(BlobName name, byte[] blob)
    {
        lock (_gate)
        {
            _recent.AddFirst((name, blob));
            if (_recent.Count > RecentMax) _recent.RemoveLast();
        }
    }
}

/// <summary>What came of looking for a blob.</summary>
/// <param name="Blob">Its bytes; null when it could not be had.</param>
/// <param name="Fault">Why not; null when it could.</param>
public sealed record BlobFetch(byte[]? Blob, string? Fault);
