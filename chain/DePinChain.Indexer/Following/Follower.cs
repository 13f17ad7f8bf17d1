using DePinChain.Client;
using DePinChain.Indexer.Decoding;
using DePinChain.Indexer.Rows;
using DePinChain.Indexer.Store;
using DePinChain.Primitives;
using Microsoft.EntityFrameworkCore;

namespace DePinChain.Indexer.Following;

/// <summary>Keeps an index up with a node: fetches finalized blocks, decodes them, books the money, writes, compares with the
/// node.</summary>
/// <remarks>
/// A finalized block never goes away, so the index only grows. Whatever kills it, it goes on where its mark stands, because the mark is
/// written with the rows it speaks of.
/// </remarks>
/// <param name="reader">The node.</param>
/// <param name="store">The index.</param>
/// <param name="modules">As the node publishes them.</param>
/// <param name="time">For when the node was heard.</param>
/// <param name="isDevelopment">A development network's state may be taken back by its owner (a snapshot loaded); its index then begins
/// again. Anywhere else that is a contradiction.</param>
public sealed class Follower(
    ChainReader reader, IndexStore store, ModuleDirectory modules, TimeProvider time, bool isDevelopment = false)
{
    /// <summary>Accounts whose balance is compared with the node's after a batch: one request's worth.</summary>
    private const int ComparedMax = 96;

    private const string SetChanged = "ValidatorSetChanged";

    private static readonly TimeSpan LookEvery = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan RetryAfter = TimeSpan.FromSeconds(1);

    private ModuleCodec _codec = new(modules);
    private byte[] _members = [];
    private bool _isSetStale = true;
    private volatile FollowerStatus _status = new(FollowerState.Connecting, -1, 0, store.ReadMark(), "", time.GetUtcNow());

    public FollowerStatus Status => _status;

    /// <summary>Modules as the node publishes them now.</summary>
    public ModuleCodec Codec => _codec;

    /// <summary>Rises after each batch; for pages that show what is new.</summary>
    public event Action<FollowerStatus>? Advanced;

    /// <summary>Follows until cancelled. Trouble shows in <see cref="Status"/> and ends when it can.</summary>
    public async Task RunAsync(CancellationToken cancellation)
    {
        using var bell = new HeadBell(reader.Node.Endpoint);
        Task listening = bell.ListenAsync(cancellation);
        while (!cancellation.IsCancellationRequested)
        {
            try
            {
                await CatchUpAsync(long.MaxValue, cancellation);
                await bell.WaitAsync(LookEvery, cancellation);
            }
            catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
            {
                break;
            }
            catch (Exception trouble) when (StateOf(trouble) is { } state)
            {
                Report(_status with { State = state, Trouble = trouble.Message });
                if (isDevelopment && state == FollowerState.NodeContradicts) BeginAgain();
                if (state == FollowerState.NodeSilent) _isSetStale = true;
                await Task.Delay(RetryAfter, cancellation).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }

        await listening;
    }

    /// <summary>Takes blocks until the node's finalized head, or <paramref name="last"/>.</summary>
    public async Task CatchUpAsync(long last, CancellationToken cancellation)
    {
        (long head, long timestamp) = await reader.FinalizedAsync(cancellation);
        MarkRow mark = store.ReadMark();
        if (isDevelopment && head < mark.Height) mark = BeginAgain();
        if (_status.State == FollowerState.NodeSilent)
            _codec = new ModuleCodec(await ModuleDirectory.LoadAsync(reader.Node, cancellation)); // it may have been upgraded
        string trouble = head < mark.Height ? $"the node is at block {head}, behind the index" : "";
        Report(new FollowerStatus(FollowerState.Following, head, timestamp, mark, trouble, time.GetUtcNow()));
        long end = Math.Min(head, last);
        await using var ahead = new ReadAhead(reader, mark.Height + 1, end, cancellation);
        while (mark.Height < end && !cancellation.IsCancellationRequested)
        {
            mark = await TakeAsync(await ahead.NextAsync(), mark, cancellation);
            Report(_status with { NodeHeight = Math.Max(_status.NodeHeight, mark.Height), Mark = mark, HeardAt = time.GetUtcNow() });
        }
    }

    /// <summary>Indexes consecutive blocks that follow on the mark, whoever fetched them.</summary>
    public async Task<MarkRow> TakeAsync(IReadOnlyList<FetchedBlock> blocks, MarkRow mark, CancellationToken cancellation)
    {
        var batch = new IndexBatch { Before = mark };
        var rows = new RowBuilder(_codec, batch);
        UInt128 supply = mark.Height >= 0 ? mark.Supply : await reader.SupplyAsync(0, cancellation) ?? 0;
        Hash256 parent = mark.Hash;
        long height = mark.Height;
        foreach (FetchedBlock block in blocks)
        {
            if (block.Number != height + 1 || (height >= 0 && block.ParentHash != parent))
                throw new ContradictionException($"block {block.Number} does not follow on block {height} {parent}, which was final");
            int firstEvent = batch.Events.Count;
            await AddSetAsync(batch, block, cancellation);
            supply = rows.Add(block, supply).Supply;
            _isSetStale |= batch.Events.Skip(firstEvent).Any(log => log.Name == SetChanged);
            (height, parent) = (block.Number, block.Hash);
        }

        await AddKnownPeriodsAsync(batch, cancellation);
        await new Bookkeeper(reader, store).BookAsync(batch, rows, cancellation);
        batch.After = MarkOf(batch, blocks[^1], supply);
        await CompareAsync(batch, rows, cancellation);
        store.Write(batch);
        return batch.After;
    }

    private MarkRow BeginAgain()
    {
        store.Forget();
        (_members, _isSetStale) = ([], true);
        return MarkRow.Nothing;
    }

    private static FollowerState? StateOf(Exception trouble) => trouble switch
    {
        NodeUnreachableException or NodeRefusedException => FollowerState.NodeSilent,
        ContradictionException => FollowerState.NodeContradicts,
        IndexTakenException or OpeningUnknownException or System.Data.Common.DbException or DbUpdateException => FollowerState.Stopped,
        _ => null,
    };

    private static MarkRow MarkOf(IndexBatch batch, FetchedBlock last, UInt128 supply)
    {
        MarkRow before = batch.Before;
        UInt128 minted = before.Minted;
        UInt128 burned = before.Burned;
        foreach (BlockRow block in batch.Blocks) (minted, burned) = (minted + block.Minted, burned + block.Burned);
        return new MarkRow
        {
            Height = last.Number,
            Hash = last.Hash,
            Timestamp = last.Timestamp,
            Transactions = before.Transactions + batch.Transactions.Count,
            Events = before.Events + batch.Events.Count,
            Accounts = before.Accounts + batch.Accounts.Values.Count(account => account.FirstBlock > before.Height),
            Minted = minted,
            Burned = burned,
            Supply = supply,
        };
    }

    // The set changes with an epoch, and Staking says so a block before; a start of this program looks once more.
    private async Task AddSetAsync(IndexBatch batch, FetchedBlock block, CancellationToken cancellation)
    {
        if (!_isSetStale || block.Number == 0) return;
        ValidatorSetRow set = await reader.ValidatorsAsync(block.Number, cancellation);
        _isSetStale = false;
        if (_members.Length == 0)
        {
            await using IndexContext context = store.Read();
            _members = await context.ValidatorSets.OrderByDescending(row => row.FromBlock).Select(row => row.Members)
                .FirstOrDefaultAsync(cancellation) ?? [];
        }

        if (set.Members.AsSpan().SequenceEqual(_members)) return;
        _members = set.Members;
        batch.ValidatorSets.Add(set);
    }

    // A minute that an earlier batch began goes on.
    private async Task AddKnownPeriodsAsync(IndexBatch batch, CancellationToken cancellation)
    {
        long first = batch.Periods.Keys.Min();
        await using IndexContext context = store.Read();
        foreach (PeriodRow known in await context.Periods.Where(period => period.Start >= first).ToListAsync(cancellation))
        {
            if (!batch.Periods.TryGetValue(known.Start, out PeriodRow? more)) continue;
            more.Blocks += known.Blocks;
            more.Transactions += known.Transactions;
            more.Failed += known.Failed;
            more.GasUsed += known.GasUsed;
            more.Minted += known.Minted;
            more.Burned += known.Burned;
            more.Tips += known.Tips;
        }
    }

    /// <summary>Asks the node for the balances that the ledger just added up. What differs is kept and shown, never corrected.</summary>
    private async Task CompareAsync(IndexBatch batch, RowBuilder rows, CancellationToken cancellation)
    {
        long height = batch.After.Height;
        Address[] accounts = [.. rows.Touched.Keys.Take(ComparedMax)];
        UInt128[]? balances = accounts.Length == 0 ? [] : await reader.BalancesAsync(accounts, height, cancellation);
        for (int i = 0; balances is not null && i < accounts.Length; i++)
        {
            UInt128 found = batch.Accounts[accounts[i]].Balance;
            if (found != balances[i]) batch.Faults.Add(FaultOf(height, accounts[i], balances[i], found));
        }

        if (await reader.SupplyAsync(height, cancellation) is { } supply && supply != batch.After.Supply)
            batch.Faults.Add(FaultOf(height, Address.Zero, supply, batch.After.Supply));
    }

    private static FaultRow FaultOf(long block, Address account, UInt128 expected, UInt128 found) =>
        new() { Block = block, Account = account, Expected = expected, Found = found };

    private void Report(FollowerStatus status)
    {
        bool advanced = status.Mark.Height != _status.Mark.Height;
        _status = status;
        if (advanced) Advanced?.Invoke(status);
    }
}
