using DePinChain.Blocks;
using DePinChain.Client.Programs;
using DePinChain.Client;
using DePinChain.Crypto;
using DePinChain.Primitives;
using DePinChain.Worker.Reports;

namespace DePinChain.Worker;

/// <summary>
/// The transactions of one key. Each is in the journal before it is sent; after a kill the same bytes are sent again. One that does not
/// land is sent anew with the same nonce and calldata for a higher fee, so that of all its forms at most one can land.
/// </summary>
internal sealed class Outbox(JsonRpcConnection node, PrivateKey key, Journal journal, Drill drill, ProgramLog log, WorkerMetrics metrics)
    : IDisposable
{
    private const ulong ResendAfter = 3;
    private const ulong RaiseAfter = 6;
    private const int WaitingMax = 64;
    private const ulong GasReserve = 250_000;

    // EIP-7825.
    private const ulong GasPerTransactionMax = 1 << 24;

    private readonly TransactionSender _sender = new(node, key);
    private readonly SemaphoreSlim _one = new(1);
    private readonly List<WaitingCall> _waiting = [];
    private readonly HashSet<string> _landed = new(StringComparer.Ordinal);
    private readonly Lock _gate = new();

    public Address From => key.Address;

    /// <summary>Takes up what the journal says was signed and has not landed.</summary>
    public void Recover()
    {
        string own = From.ToString();
        IReadOnlyList<JournalEntry> entries = journal.Entries;
        Dictionary<string, JournalKind> ends = [];
        foreach (JournalEntry entry in entries)
            if (entry.Kind is JournalKind.Landed or JournalKind.Void) ends[entry.Hash!] = entry.Kind;
        foreach (JournalEntry entry in entries.Where(entry => entry.Kind == JournalKind.Call && entry.Worker == own))
        {
            if (!ends.TryGetValue(entry.Hash!, out JournalKind end)) _waiting.Add(new WaitingCall(entry, 0));
            else if (end == JournalKind.Landed) _landed.UnionWith(entry.Acts!);
        }
    }

    /// <summary>Whether a transaction that does this is in a block, or waits for one. The state that a view answers from may be a moment
    /// older than the receipts, so what landed is remembered here.</summary>
    public bool IsTaken(string act)
    {
        lock (_gate) return _landed.Contains(act) || _waiting.Exists(call => call.Entry.Acts!.Contains(act));
    }

    /// <summary>Forgets what landed for a job that is over; turns of a dispute about it are another matter.</summary>
    public void Forget(ulong job)
    {
        lock (_gate) _landed.RemoveWhere(act => Act.JobOf(act) == job && !Act.IsTurn(act));
    }

    /// <summary>Forgets the turns of a dispute that is over.</summary>
    public void ForgetTurns(ulong job)
    {
        lock (_gate) _landed.RemoveWhere(act => Act.JobOf(act) == job && Act.IsTurn(act));
    }

    /// <summary>Signs and sends a call.</summary>
    /// <param name="plan">The call.</param>
    /// <param name="acts">What it does.</param>
    /// <param name="drillName">The state that a drill may hold at: <c>commit</c> or <c>reveal</c>; null for none.</param>
    /// <param name="head">The last block.</param>
    /// <param name="cancellation">Ends the wait.</param>
    /// <exception cref="NodeRefusedException">It would revert, or the node did not take it; nothing will land.</exception>
    public async Task SendAsync(
        TransactionPlan plan, IReadOnlyList<string> acts, string? drillName, ulong head, CancellationToken cancellation)
    {
        await _one.WaitAsync(cancellation);
        try
        {
            ulong next = (ulong)await node.QuantityAsync("eth_getTransactionCount", cancellation, From.ToString(), "latest");
            lock (_gate)
            {
                if (_waiting.Count >= WaitingMax) return;
                foreach (WaitingCall call in _waiting) next = Math.Max(next, call.Entry.Nonce + 1);
            }

            UnsignedTransaction filled = await _sender.PrepareAsync(plan with { Nonce = next }, cancellation);

            // Room for the base fee to rise for some blocks, and for the records of the job's next phase, which the last one of a committee
            // to act begins: the estimate cannot know who that will be. What is not used is not paid.
            JournalEntry entry = Write(
                filled with
                {
                    MaxFeePerGas = filled.MaxFeePerGas * 2,
                    GasLimit = Math.Min(filled.GasLimit + GasReserve, Math.Max(filled.GasLimit, GasPerTransactionMax)),
                },
                acts);
            if (drillName is not null) await drill.ReachAsync(drillName + "-signed");

            // From here on it may be on its way, whether an answer comes or not.
            WaitingCall waiting = new(entry, 0);
            lock (_gate) _waiting.Add(waiting);
            try
            {
                await PostAsync(entry, cancellation);
            }
            catch (NodeRefusedException)
            {
                End(entry, JournalKind.Void);
                throw;
            }

            (waiting.SentAt, waiting.FirstAt) = (head, head);
            metrics.Count("transactions");
            if (drillName is not null) await drill.ReachAsync(drillName + "-sent");
        }
        finally
        {
            _one.Release();
        }
    }

    /// <summary>Looks what became of the transactions that wait; sends again what the node may have forgotten.</summary>
    /// <returns>Acts that are in a block now.</returns>
    public async Task<IReadOnlyList<string>> FollowAsync(ulong head, CancellationToken cancellation)
    {
        WaitingCall[] waiting;
        lock (_gate) waiting = [.. _waiting];
        List<string> landed = [];
        if (waiting.Length == 0) return landed;
        ulong next = (ulong)await node.QuantityAsync("eth_getTransactionCount", cancellation, From.ToString(), "latest");
        foreach (WaitingCall call in waiting)
        {
            if (await node.CallAsync("eth_getTransactionReceipt", cancellation, call.Entry.Hash) is { } receipt)
            {
                bool isDone = receipt["status"]?.GetValue<string>() == "0x1";
                End(call.Entry, isDone ? JournalKind.Landed : JournalKind.Void);
                if (isDone) landed.AddRange(call.Entry.Acts!);
                else log.Warn("a transaction reverted", ("hash", call.Entry.Hash), ("acts", string.Join("; ", call.Entry.Acts!)));
            }
            else if (next > call.Entry.Nonce)
            {
                // Another form of it landed, or somebody else uses this key.
                End(call.Entry, JournalKind.Void);
            }
            else
            {
                await PushAsync(call, head, cancellation);
            }
        }

        return landed;
    }

    private async Task PushAsync(WaitingCall call, ulong head, CancellationToken cancellation)
    {
        if (head < call.SentAt + ResendAfter && call.SentAt != 0) return;
        try
        {
            bool isNewest;
            lock (_gate) isNewest = !_waiting.Exists(other => other.Entry.Nonce == call.Entry.Nonce && other.RaisedAt > call.RaisedAt);
            if (!isNewest) return;
            if (call.SentAt != 0 && head >= Math.Max(call.RaisedAt, call.FirstAt) + RaiseAfter
                && TransactionCodec.TryDecode(Hex.Decode(call.Entry.Raw!), out Transaction? old, out _))
            {
                UnsignedTransaction raised = new()
                {
                    ChainId = old.ChainId ?? 0,
                    Nonce = old.Nonce,
                    MaxPriorityFeePerGas = old.MaxPriorityFeePerGas * 2,
                    MaxFeePerGas = old.MaxFeePerGas * 2,
                    GasLimit = old.GasLimit,
                    To = old.To,
                    Value = old.Value,
                    Data = old.Data.ToArray(),
                };
                JournalEntry entry = Write(raised, call.Entry.Acts!);
                await PostAsync(entry, cancellation);
                lock (_gate) _waiting.Add(new WaitingCall(entry, head) { RaisedAt = head, FirstAt = head });
                return;
            }

            await PostAsync(call.Entry, cancellation);
        }
        catch (NodeRefusedException refused)
        {
            // The node knows it already, or a block is about to hold it: the next look tells.
            log.Tell("not sent again", ("hash", call.Entry.Hash), ("why", refused.Message));
        }

        if (call.FirstAt == 0) call.FirstAt = head;
        call.SentAt = head;
    }

    private JournalEntry Write(UnsignedTransaction filled, IReadOnlyList<string> acts)
    {
        Transaction signed = TransactionCodec.Sign(filled, key);
        JournalEntry entry = new()
        {
            Kind = JournalKind.Call,
            Worker = From.ToString(),
            Nonce = filled.Nonce,
            Hash = signed.Hash.ToString(),
            Raw = Hex.Encode(signed.Raw.Span),
            Acts = [.. acts],
        };
        journal.Append(entry);
        return entry;
    }

    public void Dispose() => _one.Dispose();

    private async Task PostAsync(JournalEntry entry, CancellationToken cancellation) =>
        await node.CallAsync("eth_sendRawTransaction", cancellation, entry.Raw);

    private void End(JournalEntry entry, JournalKind kind)
    {
        journal.Append(new JournalEntry { Kind = kind, Hash = entry.Hash });
        lock (_gate)
        {
            _waiting.RemoveAll(call => call.Entry.Hash == entry.Hash);
            if (kind == JournalKind.Landed) _landed.UnionWith(entry.Acts!);
        }
    }

    private sealed class WaitingCall(JournalEntry entry, ulong sentAt)
    {
        public JournalEntry Entry => entry;

        /// <summary>0 after a start: sent again at once.</summary>
        public ulong SentAt { get; set; } = sentAt;

        public ulong FirstAt { get; set; }

        public ulong RaisedAt { get; set; }
    }
}
