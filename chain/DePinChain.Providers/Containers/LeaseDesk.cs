using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text.Json;
using DePinChain.Client;
using DePinChain.Client.Containers;
using DePinChain.Client.Programs;
using DePinChain.Primitives;

namespace DePinChain.Providers.Containers;

/// <summary>
/// What the chain says of this provider's leases, brought together with what runs here: manifests are waited for, containers started,
/// leases acknowledged and kept alive; what is over is removed. Free room is never counted: it is what the chain has not sold.
/// </summary>
internal sealed class LeaseDesk(ComputeHome home, ComputeSettings settings, ComputeChain chain, LeaseRunner runner, ProgramLog log)
{
    private const int HeartbeatLeasesMax = 64, WithdrawalsMax = 64;
    private static readonly TimeSpan LookAgain = TimeSpan.FromSeconds(5);

    private readonly LeaseShelf _shelf = new(home, settings);
    private readonly ConcurrentDictionary<Hash256, Work> _work = [];
    private readonly Dictionary<string, string> _told = new(StringComparer.Ordinal);
    private ulong _withdrawnAt;

    /// <summary>Whether something came that does not wait for the next block.</summary>
    public bool HasNews => _work.Values.Any(static work => work.IsWanted || work.Running is { IsCompleted: true });

    /// <summary>How many leases run here.</summary>
    public int Running => _work.Values.Count(static work => work.IsUp);

    public async Task RunAsync(ulong head, CancellationToken cancellation)
    {
        IReadOnlyList<Hash256> live = await chain.LeasesAsync(cancellation);
        var alive = new List<object?>();
        foreach (Hash256 lease in live)
        {
            AbiRecord record = await chain.LeaseAsync(lease, cancellation);
            await AttendAsync(lease, record, head, cancellation);
            bool isPaid = record.Count("state") is MarketWords.Active or MarketWords.Reclaiming;

            // A sign of life is for what can be used: a container that its tenant's program ended is, a dead engine is not.
            bool isDue = head >= record.Count("heardAt") + (chain.Blocks("heartbeatBlocks") / 3);
            if (isPaid && isDue && _work.TryGetValue(lease, out Work? work) && work.IsUp) alive.Add(lease.ToArray());
        }

        foreach (object?[] batch in alive.Chunk(HeartbeatLeasesMax))
            await TrySendAsync("heartbeat", chain.Market.Plan("heartbeat", Amount.Zero, [batch]), cancellation);
        await RemoveOverAsync(live, cancellation);
        await WithdrawAsync(live, head, cancellation);
    }

    /// <summary>Takes the manifest of a lease from its tenant.</summary>
    /// <exception cref="ManifestRefusedException">It is not what was leased, or cannot run here.</exception>
    public async Task<LeaseStanding> TakeAsync(Hash256 lease, AbiRecord record, ManifestDelivery delivery, CancellationToken cancellation)
    {
        AbiRecord order = (await chain.OrderAsync(record.Hash("order"), cancellation)).Record("id");
        object?[] group = [order.Address("owner"), order["dseq"]];
        AbiRecord deployment = await chain.Market.RecordAsync("getDeployment", cancellation, group);
        AbiRecord spec = await chain.Market.RecordAsync("getSpec", cancellation, [.. group, order["gseq"]]);
        (byte[] bytes, string hash) = Checked(delivery, deployment.Hash("manifest"), order.Count("gseq"));
        LeaseManifest manifest = Read(bytes);
        if (LeaseDemand.Difference(manifest, LeaseDemand.UnitsOf(spec)) is { } other)
        {
            throw new ManifestRefusedException(
                "ManifestNotLeased", $"{other.Place} is not what was leased", other.Leased, other.Asked,
                "deploy again with this manifest: an order asks for what its manifest runs");
        }

        await runner.RequireStartableAsync(manifest, cancellation);
        _shelf.Keep(lease, bytes, hash, manifest);
        Work work = _work.GetOrAdd(lease, static _ => new Work());
        work.Begin();
        log.Tell("manifest taken", ("lease", lease), ("services", manifest.Services.Count));
        return StandingOf(lease);
    }

    /// <summary>How a lease stands here.</summary>
    public LeaseStanding StandingOf(Hash256 lease)
    {
        if (!_work.TryGetValue(lease, out Work? work))
        {
            bool isKept = _shelf.Find(lease) is not null;
            return new LeaseStanding(lease.ToString(), isKept ? "starting" : "waiting", isKept ? null : "for the manifest", []);
        }

        return new LeaseStanding(lease.ToString(), work.State, work.Reason, work.Replicas);
    }

    /// <summary>Ends what runs here and keeps the notes: a localnet that stops takes its containers along.</summary>
    public async Task SuspendAsync(CancellationToken cancellation)
    {
        foreach (Hash256 lease in _shelf.All()) await runner.RemoveAsync(LeaseNote.ShortOf(lease), cancellation);
    }

    private static (byte[] Bytes, string Hash) Checked(ManifestDelivery delivery, Hash256 agreed, ulong group)
    {
        byte[] bytes = new byte[LeaseManifest.BytesMax];
        if (!Convert.TryFromBase64String(delivery.Manifest, bytes, out int length))
            throw new ManifestRefusedException("MalformedManifest", $"the manifest is no base64 of at most {LeaseManifest.BytesMax} bytes");
        bytes = bytes[..length];
        byte[] hash = SHA256.HashData(bytes);
        var groups = new List<byte[]>();
        foreach (string text in delivery.Groups)
        {
            if (!Hex.TryDecode(text, out byte[] one) || one.Length != Hash256.Size)
                throw new ManifestRefusedException("MalformedManifest", "a group's hash is not 32 bytes in hex");
            groups.Add(one);
        }

        bool isGroup = group >= 1 && group <= (ulong)groups.Count && groups[(int)group - 1].AsSpan().SequenceEqual(hash);
        var whole = new Hash256(LeaseManifest.HashOf(groups));
        if (isGroup && whole == agreed) return (bytes, Hex.Encode(hash));
        throw new ManifestRefusedException(
            "OtherManifest", "the manifest is not the one whose hash the deployment names", agreed.ToString(), whole.ToString(),
            "send the manifest that was deployed, or change the hash first: depin compute update");
    }

    private static LeaseManifest Read(byte[] bytes)
    {
        LeaseManifest manifest;
        try
        {
            manifest = LeaseManifest.Decode(bytes);
        }
        catch (JsonException trouble)
        {
            throw new ManifestRefusedException("MalformedManifest", $"the manifest cannot be read: {trouble.Message}");
        }

        return ManifestFault.Of(manifest) is { } fault
            ? throw new ManifestRefusedException(fault.Name, fault.Sentence, had: fault.Place) : manifest;
    }

    private async Task AttendAsync(Hash256 lease, AbiRecord record, ulong head, CancellationToken cancellation)
    {
        bool isMatched = record.Count("state") == MarketWords.Matched;
        if (record.Count("state") == MarketWords.Reclaiming && head >= record.Count("reclaimDeadline"))
        {
            await TrySendAsync($"end {lease}",
                chain.Market.Plan("closeBid", Amount.Zero, lease.ToArray(), record["reason"]), cancellation);
            return;
        }

        if (_shelf.Find(lease) is { } note)
        {
            Work work = _work.GetOrAdd(lease, static _ => new Work());
            Pump(lease, note, work, cancellation);
            if (isMatched && work.IsUp
                && await TrySendAsync($"acknowledge {lease}", chain.Market.Plan("acknowledgeLease", Amount.Zero, lease.ToArray()),
                    cancellation))
                log.Tell("lease runs", ("lease", lease), ("price", record.Amount("price")));
            if (work.State != "refused") return;
        }
        else if (!isMatched)
        {
            WarnOnce(lease.ToString(), "its manifest is not in this home: its tenant must send it again, or it ends as lost");
        }

        // Nobody sent a manifest that can run: the bid's deposit is not forfeit for that.
        if (isMatched && head >= record.Count("createdAt") + chain.Blocks("manifestBlocks"))
        {
            await TrySendAsync($"give up {lease}",
                chain.Market.Plan("closeBid", Amount.Zero, lease.ToArray(), (UInt256)MarketWords.NoManifest), cancellation);
        }
    }

    // The engine may take long, as for a large image: the other leases do not wait for it.
    private void Pump(Hash256 lease, LeaseNote note, Work work, CancellationToken cancellation)
    {
        if (work.Running is { IsCompleted: false }) return;
        if (work.Running is not null)
        {
            work.Running = null;
            work.Looked = DateTime.UtcNow;
        }

        bool isTime = work.IsWanted || (work.State != "refused" && DateTime.UtcNow >= work.Looked + LookAgain);
        if (!isTime) return;
        work.IsWanted = false;
        work.Running = Task.Run(() => EnsureAsync(lease, note, work, cancellation), CancellationToken.None);
    }

    private async Task EnsureAsync(Hash256 lease, LeaseNote note, Work work, CancellationToken cancellation)
    {
        try
        {
            work.Up(await runner.EnsureAsync(lease, note, cancellation));
        }
        catch (ManifestRefusedException refused)
        {
            work.Down("refused", refused.Message);
            WarnOnce(lease.ToString(), $"refused: {refused.Message}");
        }
        catch (Exception trouble) when (trouble is EngineFailure or IOException or UnauthorizedAccessException)
        {
            work.Down("starting", trouble.Message);
            WarnOnce(lease.ToString(), trouble.Message);
        }
        catch (OperationCanceledException)
        {
            // The agent stops.
        }
    }

    private async Task RemoveOverAsync(IReadOnlyList<Hash256> live, CancellationToken cancellation)
    {
        try
        {
            HashSet<string> wanted = [.. live.Select(LeaseNote.ShortOf)];
            foreach (Hash256 lease in _shelf.All())
            {
                if (live.Contains(lease)) continue;
                await runner.RemoveAsync(LeaseNote.ShortOf(lease), cancellation);
                _shelf.Forget(lease);
                _work.TryRemove(lease, out _);
                AbiRecord record = await chain.LeaseAsync(lease, cancellation);
                log.Tell("lease over", ("lease", lease), ("reason", record["reason"]), ("block", record["closedAt"]));
            }

            foreach (string name in await runner.PresentAsync(cancellation))
            {
                if (wanted.Contains(name)) continue;
                await runner.RemoveAsync(name, cancellation);
                log.Tell("removed what no lease needs", ("name", name));
            }
        }
        catch (EngineFailure failure)
        {
            WarnOnce("engine", failure.Message);
        }
    }

    private async Task WithdrawAsync(IReadOnlyList<Hash256> live, ulong head, CancellationToken cancellation)
    {
        if (_withdrawnAt == 0) _withdrawnAt = head;
        if (head < _withdrawnAt + settings.WithdrawBlocks) return;
        _withdrawnAt = head;
        object?[] paid = [.. live.Where(lease => _work.TryGetValue(lease, out Work? work) && work.IsUp)
            .Select(static lease => (object?)lease.ToArray())];
        foreach (object?[] batch in paid.Chunk(WithdrawalsMax))
            if (await TrySendAsync("withdraw", chain.Escrow.Plan("withdraw", Amount.Zero, [batch]), cancellation)) log.Tell(
                "earnings collected");
        if (settings.PayTo is not { } payee || !Address.TryParse(payee, out Address to)) return;
        Amount balance = await chain.Account.BalanceAsync(cancellation), kept = Amount.Parse(settings.KeepDpn);
        if (balance > kept)
            await TrySendAsync("pay out", new TransactionPlan(to, (balance - kept).ToUInt256(), []), cancellation);
    }

    // Refused is no reason to stop: the next round sees how things stand.
    private async Task<bool> TrySendAsync(string what, TransactionPlan plan, CancellationToken cancellation)
    {
        try
        {
            await chain.Account.SendAsync(plan, cancellation);
            return true;
        }
        catch (NodeRefusedException refused)
        {
            WarnOnce(what, chain.Account.Words(refused));
            return false;
        }
    }

    private void WarnOnce(string key, string what)
    {
        lock (_told)
        {
            if (_told.TryGetValue(key, out string? last) && last == what) return;
            _told[key] = what;
        }

        log.Warn($"{key}: {what}");
    }

    // Written by the loop and by one task at a time; read by requests.
    private sealed class Work
    {
        private volatile IReadOnlyList<ReplicaStanding> _replicas = [];
        private volatile string _state = "starting";
        private volatile string? _reason;
        private volatile bool _isWanted = true;

        public Task? Running { get; set; }

        public DateTime Looked { get; set; }

        public bool IsWanted
        {
            get => _isWanted;
            set => _isWanted = value;
        }

        public string State => _state;

        public string? Reason => _reason;

        public IReadOnlyList<ReplicaStanding> Replicas => _replicas;

        public bool IsUp => _state == "running";

        public void Begin()
        {
            (_state, _reason) = ("starting", null);
            _isWanted = true;
        }

        public void Up(IReadOnlyList<ReplicaStanding> replicas)
        {
            _replicas = replicas;
            (_state, _reason) = ("running", null);
        }

        public void Down(string state, string reason) => (_state, _reason) = (state, reason);
    }
}
