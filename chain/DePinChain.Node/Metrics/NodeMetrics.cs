using System.Diagnostics.Metrics;
using System.Reflection;
using DePinChain.Blocks;
using DePinChain.Database;
using DePinChain.Engine;
using DePinChain.Ledger;
using DePinChain.Primitives;

namespace DePinChain.Node.Metrics;

/// <summary>A running node's figures; the pool, the RPC server and the engine publish their own.</summary>
/// <remarks>
/// Gauges are read when somebody asks; counters move on the loop that reports. Nothing here waits for consensus, and nothing in the node
/// reads it back.
/// </remarks>
internal sealed class NodeMetrics : IDisposable
{
    private const string Seconds = "s";
    private const string Bytes = "By";

    private readonly Meter _meter = new("DePinChain.Node");
    private readonly ValidatorNode _node;
    private readonly PeerWire? _wire;
    private readonly IDisposable _blocks;
    private readonly Histogram<int> _rounds;
    private readonly Histogram<double> _commitSeconds;
    private readonly Counter<long> _missed;
    private readonly Counter<long> _equivocations;
    private readonly Counter<long> _amnesia;
    private readonly Counter<long> _refusals;
    private readonly Counter<long> _dropped;
    private readonly Counter<long> _moduleCalls;
    private readonly Counter<long> _moduleGas;
    private double _powerOnline = 1;
    private long _missedInARow;

    /// <param name="node">Whose figures they are.</param>
    /// <param name="wire">Its peers of other processes; null on a localnet in one.</param>
    /// <param name="dataFolder">Its disk is watched.</param>
    public NodeMetrics(ValidatorNode node, PeerWire? wire, string dataFolder)
    {
        _node = node;
        _wire = wire;
        _rounds = _meter.CreateHistogram<int>("depin_consensus_rounds_per_height", description: "Rounds a height took.");
        _commitSeconds = _meter.CreateHistogram<double>(
            "depin_consensus_proposal_to_commit_seconds", Seconds, "From a height's beginning to its durable block.");
        _missed = _meter.CreateCounter<long>("depin_consensus_missed_blocks_total", description: "Commits without a validator's seal.");
        _equivocations = _meter.CreateCounter<long>("depin_consensus_equivocations_total", description: "Proofs of double signing seen.");
        _amnesia = _meter.CreateCounter<long>("depin_consensus_amnesia_total", description: "Validators that forgot a lock, by height.");
        _refusals = _meter.CreateCounter<long>("depin_signer_refusals_total", description: "Signatures that the mark forbade.");
        _dropped = _meter.CreateCounter<long>("depin_p2p_dropped_frames_total", description: "Messages that went no further.");
        _moduleCalls = _meter.CreateCounter<long>("depin_module_calls_total", description: "Transactions to a module.");
        _moduleGas = _meter.CreateCounter<long>("depin_module_gas_total", description: "Gas that transactions to a module used.");
        AddConsensus();
        AddDisk(dataFolder);
        AddIdentity();
        node.Host.Reported += Note;
        _blocks = node.Feed.Subscribe(Count);
    }

    public void Dispose()
    {
        _node.Host.Reported -= Note;
        _blocks.Dispose();
        _meter.Dispose();
    }

    private void AddConsensus()
    {
        Gauge("depin_consensus_height", () => (long)_node.Chain.Head.Number, "The last final block.");
        Gauge("depin_consensus_round", () => _node.Host.Summary.Round, "The round of the open height.");
        _meter.CreateObservableGauge(
            "depin_consensus_power_online_ratio", () => Volatile.Read(ref _powerOnline), description: "Power that sealed the last block.");
        Gauge("depin_consensus_block_time_seconds", () => (long)BlockSeconds(), "Seconds between the last two blocks.");
        Gauge("depin_signer_high_water_height", () => (long)(_node.Host.SignerMark?.Slot.Height ?? 0), "The highest height signed.");
        _meter.CreateObservableGauge("depin_p2p_peers", CountPeers, description: "Connected peers, by who dialled.");
        Gauge("depin_upgrade_missing_height", () => (long)(_node.Chain.Gate.ClosedFrom ?? 0), "A block this program cannot decide.");
        Gauge("depin_signer_missed_in_a_row", () => Volatile.Read(ref _missedInARow), "Commits in a row without this node's seal.");
    }

    private void AddDisk(string dataFolder)
    {
        IKeyValueStore store = _node.Stores.Database;
        Gauge("depin_state_bytes", () => store.ApproximateBytes, "Size of the database.", Bytes);
        _meter.CreateObservableGauge(
            "depin_disk_free_ratio", () => FreeRatio(dataFolder), description: "Part of the data folder's disk that is free.");
        Gauge("depin_disk_free_bytes", () => new DriveInfo(dataFolder).AvailableFreeSpace, "Free on the data folder's disk.", Bytes);
        if (store is not RocksDatabase rocks) return;
        _meter.CreateObservableCounter(
            "depin_db_write_stall_seconds", () => rocks.WriteStallSeconds, Seconds, "Time that writes waited for compaction.");
        Gauge("depin_db_wal_bytes", () => rocks.LogBytes, "Size of the database's log.", Bytes);
        Gauge("depin_db_compaction_pending_bytes", () => rocks.PendingCompactionBytes, "What compaction has still to rewrite.", Bytes);
    }

    private void AddIdentity()
    {
        _meter.CreateObservableGauge("depin_clock_offset_seconds", SystemClock.OffsetSeconds, Seconds, "Of the machine's clock.");
        var version = typeof(NodeMetrics).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>();
        string[] parts = (version?.InformationalVersion ?? "1.0.0").Split('+', 2);
        KeyValuePair<string, object?>[] tags =
        [
            new("version", parts[0]),
            new("commit", parts.Length > 1 ? parts[1] : "unknown"),
        ];
        _meter.CreateObservableGauge("depin_build_info", () => new Measurement<int>(1, tags), description: "Always 1.");
    }

    private Measurement<int>[] CountPeers()
    {
        if (_wire is null) return [Peers(_node.Host.Peers.Count, "local")];
        (int inbound, int outbound) = _wire.Count();
        return [Peers(inbound, "inbound"), Peers(outbound, "outbound")];
    }

    private static Measurement<int> Peers(int count, string direction) =>
        new(count, new KeyValuePair<string, object?>("direction", direction));

    private void Gauge(string name, Func<long> read, string what, string? unit = null) =>
        _meter.CreateObservableGauge(name, read, unit, what);

    private ulong BlockSeconds()
    {
        ChainHead head = _node.Chain.Head;
        BlockHeader? parent = head.Number > 0 ? _node.Stores.Archive.FindHeader(head.Number - 1) : null;
        return parent is null ? 0 : head.Header.Timestamp - parent.Timestamp;
    }

    private void Note(HostReport report)
    {
        switch (report)
        {
            case HostReport.Committed committed:
                Commit(committed);
                break;
            case HostReport.Equivocation:
                _equivocations.Add(1);
                break;
            case HostReport.LockForgotten:
                _amnesia.Add(1);
                break;
            case HostReport.SignatureRefused { Trouble: null }:
                _refusals.Add(1);
                break;
            case HostReport.PeerMisbehaved:
                _dropped.Add(1, new KeyValuePair<string, object?>("reason", "invalid"));
                break;
        }
    }

    private void Commit(HostReport.Committed committed)
    {
        _rounds.Record((int)committed.Round + 1);
        _commitSeconds.Record(committed.TookMs / 1000d);
        if (committed.Head.Commit is not { } commit || committed.Head.Signers is not { } signers) return;
        UInt128 power = 0;
        for (int index = 0; index < signers.Count; index++)
        {
            bool isSealed = commit.HasSigned(index);
            if (signers[index].Address == _node.SigningAddress) _missedInARow = isSealed ? 0 : _missedInARow + 1;
            if (isSealed) power += signers[index].Power;
            else _missed.Add(1, new KeyValuePair<string, object?>("validator", signers[index].Address.ToString()));
        }

        Volatile.Write(ref _powerOnline, signers.TotalPower == 0 ? 1 : (double)power / (double)signers.TotalPower);
    }

    private void Count(CommittedBlock committed)
    {
        for (int index = 0; index < committed.Receipts.Count; index++)
        {
            Transaction transaction = committed.Block.Transactions[index];
            if (transaction.To is not { } to || NameOf(to) is not { } module) continue;
            KeyValuePair<string, object?> tag = new("module", module);
            _moduleCalls.Add(1, tag);
            _moduleGas.Add((long)committed.Receipts[index].GasUsed, tag);
        }
    }

    private string? NameOf(Address address)
    {
        foreach (var module in _node.Executor.Modules.Descriptors)
        {
            if (module.Address == address) return module.Name;
        }

        return null;
    }

    private static double FreeRatio(string folder)
    {
        DriveInfo drive = new(folder);
        return drive.TotalSize == 0 ? 1 : (double)drive.AvailableFreeSpace / drive.TotalSize;
    }
}
