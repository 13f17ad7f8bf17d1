namespace DePinChain.Network.Peers;

/// <summary>What the node thinks of its peers, and whom it does not want to see for a while.</summary>
/// <remarks>
/// Points halve every ten minutes. Below -50 a peer is banned for an hour, then for twice as long each time, up to a day; a ban that has
/// been over for a day is forgotten. Peers that the operator named are scored and never banned.
/// </remarks>
public sealed class PeerStandings(Func<PeerId, bool> isTrusted, TimeProvider time)
{
    private const double BanBelow = -50;
    private const double Highest = 50;

    // More than can be connected in a day of churn; the least remarkable are forgotten first.
    private const int PeersMax = 4096;

    private static readonly TimeSpan HalfLife = TimeSpan.FromMinutes(10);
    private static readonly TimeSpan FirstBan = TimeSpan.FromHours(1);
    private static readonly TimeSpan LongestBan = TimeSpan.FromHours(24);

    private readonly Lock _gate = new();
    private readonly SortedDictionary<PeerId, Standing> _peers = [];

    /// <summary>A peer is banned from now on; its connections must end.</summary>
    public event Action<PeerId, TimeSpan>? Banned;

    /// <summary>The bans that hold or are remembered: (peer, until, how many so far).</summary>
    public IReadOnlyList<(PeerId Peer, DateTimeOffset Until, int Count)> Bans
    {
        get
        {
            lock (_gate) return [.. _peers.Where(entry => entry.Value.Bans > 0)
                .Select(entry => (entry.Key, entry.Value.BannedUntil, entry.Value.Bans))];
        }
    }

    public void Report(PeerId peer, PeerConduct conduct)
    {
        TimeSpan? ban = null;
        lock (_gate)
        {
            Standing standing = Of(peer);
            standing.Points = Math.Min(Highest, standing.Points + conduct switch
            {
                PeerConduct.GoodBlock => 1,
                PeerConduct.Timeout => -2,
                PeerConduct.UselessAnswer => -5,
                PeerConduct.InvalidMessage => -20,
                _ => -100,
            });
            if (standing.Points < BanBelow && !isTrusted(peer)) ban = Ban(standing, conduct == PeerConduct.ProvenLie);
        }

        if (ban is not { } length) return;
        PeerMetrics.Ban(conduct);
        Banned?.Invoke(peer, length);
    }

    /// <summary>The points now; the application's part of the gossip score.</summary>
    public double PointsOf(PeerId peer)
    {
        lock (_gate) return _peers.ContainsKey(peer) ? Of(peer).Points : 0;
    }

    public bool IsBanned(PeerId peer) => BannedUntil(peer) is not null;

    public DateTimeOffset? BannedUntil(PeerId peer)
    {
        lock (_gate)
        {
            bool banned = _peers.TryGetValue(peer, out Standing? standing) && standing.BannedUntil > time.GetUtcNow();
            return banned ? standing!.BannedUntil : null;
        }
    }

    /// <summary>Puts back a ban that was written down.</summary>
    public void Restore(PeerId peer, DateTimeOffset until, int count)
    {
        lock (_gate)
        {
            if (until + LongestBan < time.GetUtcNow()) return;
            Standing standing = Of(peer);
            (standing.BannedUntil, standing.Bans) = (until, Math.Clamp(count, 1, 16));
        }
    }

    private TimeSpan Ban(Standing standing, bool forDay)
    {
        if (time.GetUtcNow() > standing.BannedUntil + LongestBan) standing.Bans = 0;
        TimeSpan length = FirstBan * Math.Pow(2, Math.Min(standing.Bans, 8));
        if (forDay || length > LongestBan) length = LongestBan;
        standing.Bans++;
        standing.BannedUntil = time.GetUtcNow() + length;
        standing.Points = BanBelow / 2; // It comes back on probation.
        return length;
    }

    private Standing Of(PeerId peer)
    {
        long now = time.GetTimestamp();
        if (!_peers.TryGetValue(peer, out Standing? standing))
        {
            if (_peers.Count >= PeersMax)
                _peers.Remove(_peers.OrderBy(entry => entry.Value.BannedUntil).ThenBy(entry => Math.Abs(entry.Value.Points)).First().Key);
            _peers[peer] = standing = new Standing { At = now };
        }

        standing.Points *= Math.Pow(0.5, time.GetElapsedTime(standing.At, now) / HalfLife);
        standing.At = now;
        return standing;
    }

    private sealed class Standing
    {
        public double Points { get; set; }

        public long At { get; set; }

        public DateTimeOffset BannedUntil { get; set; }

        public int Bans { get; set; }
    }
}
