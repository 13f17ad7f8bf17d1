using DePinChain.Network.Swarming;

namespace DePinChain.Network.Peers;

/// <summary>Keeps this node connected: the operator's peers always, others from the book until the outbound places are filled.</summary>
internal sealed class PeerSeeker(
    Swarm swarm, AddressBook book, PeerExchange exchange, PeerStandings standings, ConnectionPolicy policy, PeerFile file,
    IReadOnlyList<PeerId> anchors, Libp2pOptions options)
{
    private const int DialsAtOnce = 8;

    // The first so many outbound peers are of as many different providers.
    private const int DistinctGroups = 4;

    private const int AnchorsKept = 4;

    private static readonly TimeSpan Tick = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan ExchangeEvery = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan SaveEvery = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(30);

    private readonly Lock _gate = new();
    private readonly Dictionary<string, (int Failures, long At)> _pauses = [];
    private readonly HashSet<string> _dialling = [];
    private readonly Queue<PeerId> _anchors = new(anchors);
    private bool _hasExchanged;

    /// <summary>Runs until it is stopped; saves what it knows at the end.</summary>
    public async Task RunAsync(CancellationToken cancellation)
    {
        TimeProvider time = options.Time;
        long exchangedAt = time.GetTimestamp(), felt = exchangedAt, saved = exchangedAt;
        try
        {
            while (!cancellation.IsCancellationRequested)
            {
                DialNamed(cancellation);
                if (!options.PersistentOnly)
                {
                    FillOutbound(cancellation);
                    if ((!_hasExchanged && swarm.Connections.Count > 0) || IsOver(ref exchangedAt, ExchangeEvery)) Exchange(cancellation);
                    if (IsOver(ref felt, options.FeelerEvery)) Feel(cancellation);
                }

                if (IsOver(ref saved, SaveEvery)) Save();
                await Task.Delay(Tick, time, cancellation);
            }
        }
        catch (OperationCanceledException)
        {
            // Stopped.
        }

        Save();

        bool IsOver(ref long since, TimeSpan every)
        {
            if (time.GetElapsedTime(since) < every) return false;
            since = time.GetTimestamp();
            return true;
        }
    }

    private void DialNamed(CancellationToken cancellation)
    {
        bool isAlone = swarm.Connections.Count == 0;
        IEnumerable<Multiaddress> named = options.PersistentPeers.Concat(isAlone && !options.PersistentOnly ? options.Bootnodes : []);
        foreach (Multiaddress address in named)
        {
            if (address.Peer is { } peer && (peer == swarm.Self || swarm.Find(peer) is not null)) continue;
            if (address.Peer is null && swarm.Connections.Any(connection => connection.Dialled == address)) continue;
            BeginDial(address, cancellation);
        }
    }

    private void FillOutbound(CancellationToken cancellation)
    {
        PeerConnection[] outbound = [.. swarm.Connections.Where(connection => !connection.IsInbound)];
        int missing = options.OutboundMax - outbound.Length;
        SortedSet<string> groups = [.. outbound.Select(connection => AddressGroup.Wide(connection.Remote.Address))];
        for (int count = 0; count < Math.Min(missing, 2); count++)
        {
            bool needsOtherGroup = groups.Count < DistinctGroups;
            BookEntry? entry = NextAnchor() ?? book.Pick(candidate => IsWanted(candidate)
                && (!needsOtherGroup || !groups.Contains(AddressBook.GroupOf(candidate.Address)) || IsLocal(candidate)));
            if (entry is null) return;
            groups.Add(AddressBook.GroupOf(entry.Address));
            BeginDial(entry.Address, cancellation);
        }
    }

    private static bool IsLocal(BookEntry entry) => entry.Address.Address is { } ip && !AddressGroup.IsCapped(ip);

    private BookEntry? NextAnchor()
    {
        while (_anchors.TryDequeue(out PeerId peer))
        {
            if (book.Find(peer) is { } entry && IsWanted(entry)) return entry;
        }

        return null;
    }

    private bool IsWanted(BookEntry entry)
    {
        if (entry.Peer == swarm.Self || swarm.Find(entry.Peer) is not null || standings.IsBanned(entry.Peer)) return false;
        lock (_gate) return !_dialling.Contains(entry.Address.ToString());
    }

    private void BeginDial(Multiaddress address, CancellationToken cancellation)
    {
        string key = address.ToString();
        lock (_gate)
        {
            if (_dialling.Count >= DialsAtOnce || _dialling.Contains(key)) return;
            if (_pauses.TryGetValue(key, out (int Failures, long At) pause))
            {
                TimeSpan wait = TimeSpan.FromSeconds(Math.Pow(2, Math.Min(pause.Failures, 6)) / 2);
                if (options.Time.GetElapsedTime(pause.At) < (wait > LongestPause ? LongestPause : wait)) return;
            }

            _dialling.Add(key);
        }

        _ = Task.Run(() => DialAsync(address, cancellation), CancellationToken.None);
    }

    private async Task DialAsync(Multiaddress address, CancellationToken cancellation)
    {
        string key = address.ToString();
        try
        {
            PeerConnection connection = await swarm.DialAsync(address, cancellation);
            if (connection.Dialled is not null) book.Succeeded(connection.Peer, address);
            lock (_gate) _pauses.Remove(key);
        }
        catch (Exception e) when (e is IOException or OperationCanceledException)
        {
            if (cancellation.IsCancellationRequested) return;
            if (address.Peer is { } peer) book.Failed(peer);
            int failures;
            lock (_gate)
            {
                if (_pauses.Count > 1024) _pauses.Clear();
                failures = _pauses.TryGetValue(key, out (int Failures, long At) pause) ? pause.Failures + 1 : 1;
                _pauses[key] = (failures, options.Time.GetTimestamp());
            }

            if (failures == 1) options.Log($"dialling {address} failed: {e.Message}");
        }
        finally
        {
            lock (_gate) _dialling.Remove(key);
        }
    }

    private void Exchange(CancellationToken cancellation)
    {
        PeerConnection[] peers = [.. swarm.Connections];
        if (peers.Length == 0) return;
        _hasExchanged = true;
        PeerConnection asked = peers[Random.Shared.Next(peers.Length)];
        _ = Task.Run(() => exchange.AskAsync(asked, cancellation), CancellationToken.None);
    }

    // A dial to somebody unknown, only to learn whether the address is good: so the tried table grows beyond those who dial us.
    private void Feel(CancellationToken cancellation)
    {
        if (swarm.Connections.Count(connection => !connection.IsInbound) < options.OutboundMax) return;
        if (book.Pick(IsWanted, onlyNew: true) is not { } entry || policy.IsTrusted(entry.Peer)) return;
        _ = Task.Run(() => FeelAsync(entry, cancellation), CancellationToken.None);
    }

    private async Task FeelAsync(BookEntry entry, CancellationToken cancellation)
    {
        try
        {
            await swarm.ProbeAsync(entry.Address, cancellation);
            book.Succeeded(entry.Peer, entry.Address);
        }
        catch (Exception e) when (e is IOException or OperationCanceledException)
        {
            book.Failed(entry.Peer);
        }
    }

    private void Save()
    {
        try
        {
            IEnumerable<PeerId> outbound = swarm.Connections.Where(connection => !connection.IsInbound)
                .OrderBy(connection => connection.ConnectedAt).Select(connection => connection.Peer);
            file.Save(book, standings, outbound.Take(AnchorsKept));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentOutOfRangeException) // the last is EFBIG
        {
            options.Log($"the address book was not saved: {e.Message}");
        }
    }
}
