using System.Buffers;
using System.Collections.Immutable;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Threading.Channels;
using DePinChain.Blocks;
using DePinChain.Ledger;
using DePinChain.Mempool;
using DePinChain.Rpc.Formats;
using DePinChain.Rpc.Namespaces;
using DePinChain.Rpc.Protocol;

namespace DePinChain.Rpc.Live;

/// <summary>Turns commits and admissions into notifications. Each is put into JSON once, however many listen.</summary>
/// <remarks>
/// Commits come on the feed's own thread and admissions through a bounded channel: neither consensus nor the pool waits for a reader.
/// </remarks>
internal sealed class BlockAnnouncer : IAsyncDisposable
{
    private const int AdmissionsMax = 16_384;

    private static readonly JsonWriterOptions WriterOptions = new()
    {
        SkipValidation = true,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    private readonly SubscriptionHub _hub;
    private readonly PendingFeed _pending;
    private readonly INodeStatus _node;
    private readonly TransactionPool _pool;
    private readonly RecentBlocks _recent;
    private readonly IDisposable _commits;
    private readonly Channel<SignedTransaction> _admissions = Channel.CreateBounded<SignedTransaction>(
        new BoundedChannelOptions(AdmissionsMax) { SingleReader = true, FullMode = BoundedChannelFullMode.DropWrite });
    private readonly Task _announcing;
    private bool _wasSyncing;

    public BlockAnnouncer(ChainView chain, SubscriptionHub hub, PendingFeed pending, INodeStatus node)
    {
        _hub = hub;
        _pending = pending;
        _node = node;
        _pool = chain.Pool;
        _recent = chain.Recent;
        _commits = chain.Feed.Subscribe(OnCommitted);
        _pool.Admitted += OnAdmitted;
        _announcing = AnnounceAdmissionsAsync();
    }

    public async ValueTask DisposeAsync()
    {
        _pool.Admitted -= OnAdmitted;
        _commits.Dispose();
        _admissions.Writer.TryComplete();
        await _announcing;
    }

    private void OnAdmitted(SignedTransaction signed)
    {
        _pending.Add(signed.Transaction.Hash);
        if (_hub.HasAny(SubscriptionKind.PendingHashes) || _hub.HasAny(SubscriptionKind.PendingTransactions))
            _admissions.Writer.TryWrite(signed);
    }

    private void OnCommitted(CommittedBlock committed)
    {
        _recent.Put(committed);
        ImmutableArray<Subscription> subscriptions = _hub.All;
        if (subscriptions.IsEmpty) return;
        var buffer = new ArrayBufferWriter<byte>();
        using var json = new Utf8JsonWriter(buffer, WriterOptions);
        AnnounceHead(subscriptions, committed.Block.Header, buffer, json);
        AnnounceLogs(subscriptions, committed, buffer, json);
        AnnounceSyncing(subscriptions, buffer, json);
    }

    private static void AnnounceHead(
        ImmutableArray<Subscription> subscriptions, BlockHeader header, ArrayBufferWriter<byte> buffer, Utf8JsonWriter json)
    {
        ReadOnlySpan<byte> head = default;
        foreach (Subscription subscription in subscriptions)
        {
            if (subscription.Kind != SubscriptionKind.NewHeads) continue;
            if (head.IsEmpty)
            {
                Restart(buffer, json);
                BlockFormat.WriteHeader(json, header);
                json.Flush();
                head = buffer.WrittenSpan;
            }

            subscription.Notify(head);
        }
    }

    private static void AnnounceLogs(
        ImmutableArray<Subscription> subscriptions, CommittedBlock committed, ArrayBufferWriter<byte> buffer, Utf8JsonWriter json)
    {
        (Subscription, LogFilter)[] listeners =
        [
            .. subscriptions.Where(subscription => subscription.Kind == SubscriptionKind.Logs)
                .Select(subscription => (subscription, subscription.Logs!.ToFilter())), // a log subscription has a query
        ];
        if (listeners.Length == 0) return;
        ulong index = 0;
        for (int i = 0; i < committed.Receipts.Count; i++)
        {
            foreach (LogEntry log in committed.Receipts[i].Logs)
            {
                var place = new LogPlace(committed.Block.Header, committed.Block.Transactions[i].Hash, (ulong)i, index++);
                AnnounceLog(listeners, log, place, buffer, json);
            }
        }
    }

    private static void AnnounceLog(
        (Subscription Subscription, LogFilter Filter)[] listeners,
        LogEntry log,
        in LogPlace place,
        ArrayBufferWriter<byte> buffer,
        Utf8JsonWriter json)
    {
        ReadOnlySpan<byte> text = default;
        foreach ((Subscription listener, LogFilter filter) in listeners)
        {
            if (!filter.Matches(log)) continue;
            if (text.IsEmpty)
            {
                Restart(buffer, json);
                ReceiptFormat.WriteLog(json, log, place);
                json.Flush();
                text = buffer.WrittenSpan;
            }

            listener.Notify(text);
        }
    }

    private void AnnounceSyncing(ImmutableArray<Subscription> subscriptions, ArrayBufferWriter<byte> buffer, Utf8JsonWriter json)
    {
        SyncProgress? progress = _node.Syncing;
        bool isSyncing = progress is not null;
        if (isSyncing == _wasSyncing) return;
        _wasSyncing = isSyncing;
        Restart(buffer, json);
        if (progress is null)
        {
            json.WriteBooleanValue(false);
        }
        else
        {
            json.WriteStartObject();
            json.WriteBoolean("syncing"u8, true);
            json.WritePropertyName("status"u8);
            NetAndWeb3.WriteSyncing(json, progress);
            json.WriteEndObject();
        }

        json.Flush();
        foreach (Subscription subscription in subscriptions)
        {
            if (subscription.Kind == SubscriptionKind.Syncing) subscription.Notify(buffer.WrittenSpan);
        }
    }

    private async Task AnnounceAdmissionsAsync()
    {
        var buffer = new ArrayBufferWriter<byte>();
        using var json = new Utf8JsonWriter(buffer, WriterOptions);
        await foreach (SignedTransaction signed in _admissions.Reader.ReadAllAsync())
        {
            ImmutableArray<Subscription> subscriptions = _hub.All;
            Restart(buffer, json);
            json.WriteHashValue(signed.Transaction.Hash);
            json.Flush();
            Notify(subscriptions, SubscriptionKind.PendingHashes, buffer.WrittenSpan);
            if (!_hub.HasAny(SubscriptionKind.PendingTransactions)) continue;
            Restart(buffer, json);
            TransactionFormat.Write(json, signed.Transaction, signed.Sender, inclusion: null);
            json.Flush();
            Notify(subscriptions, SubscriptionKind.PendingTransactions, buffer.WrittenSpan);
        }
    }

    private static void Notify(ImmutableArray<Subscription> subscriptions, SubscriptionKind kind, ReadOnlySpan<byte> result)
    {
        foreach (Subscription subscription in subscriptions)
        {
            if (subscription.Kind == kind) subscription.Notify(result);
        }
    }

    private static void Restart(ArrayBufferWriter<byte> buffer, Utf8JsonWriter json)
    {
        buffer.ResetWrittenCount();
        json.Reset(buffer);
    }
}
