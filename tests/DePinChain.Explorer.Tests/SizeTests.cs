using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Runtime.InteropServices;
using DePinChain.Client;
using DePinChain.Explorer.Hosting;
using DePinChain.Indexer.Following;
using DePinChain.Indexer.Rows;
using DePinChain.Indexer.Store;
using DePinChain.Primitives;
using Microsoft.AspNetCore.Builder;

namespace DePinChain.Explorer.Tests;

/// <summary>
/// How it fares at size: <c>tests/run.sh long</c>, or DEPIN_INDEX_ROWS=1000000 for as many transactions. Figures are printed beside the
/// load of the machine; only what holds on any machine is asserted.
/// </summary>
[NonParallelizable]
public sealed class SizeTests
{
    private const int PerBlock = 2_857;
    private const int BlocksPerBatch = 8;
    private const int Warming = 20;

    private static readonly bool IsLong = Environment.GetEnvironmentVariable("DEPIN_TEST_LONG") == "1";
    private static readonly string Wanted = Environment.GetEnvironmentVariable("DEPIN_INDEX_ROWS") ?? (IsLong ? "10000000" : "0");
    private static readonly int Rows = int.Parse(Wanted, CultureInfo.InvariantCulture);

    private static readonly int Asked = Rows > 0 ? 200 : 20;
    private static readonly double[] Shares = [0.5, 0.95, 0.99];

    [Test]
    public async Task Two_hundred_thousand_recorded_transactions_are_indexed_and_every_balance_is_right([Values] bool isPostgres)
    {
        // The same at a hundredth of the size where nobody asked for it all: the figures are then of no interest.
        int count = Rows > 0 ? 200_000 : 2_000;
        await using var recorded = new RecordedNode(count, Rows > 0 ? PerBlock : 200);
        string folder = Indexes.NewFolder();
        IndexStore store = Indexes.Open(isPostgres, folder, "recorded")();
        using var node = new JsonRpcConnection(recorded.Endpoint, TimeSpan.FromMinutes(2));
        ModuleDirectory modules = await ModuleDirectory.LoadAsync(node, CancellationToken.None);
        var clock = Stopwatch.StartNew();
        TimeSpan before = Process.GetCurrentProcess().TotalProcessorTime;
        await new Follower(new ChainReader(node), store, modules, TimeProvider.System).CatchUpAsync(long.MaxValue, CancellationToken.None);
        clock.Stop();
        double processor = (Process.GetCurrentProcess().TotalProcessorTime - before).TotalSeconds;
        MarkRow mark = store.ReadMark();
        Assert.That((mark.Height, mark.Transactions), Is.EqualTo((recorded.Head, (long)count)));
        Assert.That(mark.Accounts, Is.EqualTo(count + RecordedNode.Senders));
        await using IndexContext index = store.Read();
        Assert.That(index.Faults.Count(), Is.Zero, "balances and supply were compared after each batch");
        string database = isPostgres ? "PostgreSQL" : "SQLite";
        Report($"{count} transactions ({recorded.Bytes >> 20} MiB) into {database}: {clock.Elapsed.TotalSeconds:0.0} s, "
            + $"{count / clock.Elapsed.TotalSeconds:#,0} a second; {processor:0.0} s of processor here, the recorded node's included: "
            + $"{count / processor:#,0} a second of it");
        Indexes.Remove(folder);
    }

    [Test]
    public async Task Pages_and_searches_stay_quick_in_an_index_of_many_millions_of_rows()
    {
        int count = Rows > 0 ? Rows : 20_000;
        string folder = Indexes.NewFolder();
        string file = Path.Combine(folder, IndexStore.NameOf(0x51, RecordedNode.BlockHash(0)) + ".sqlite");
        var clock = Stopwatch.StartNew();
        IndexStore store = IndexStore.OpenSqlite(file);
        long head = Generate(store, count);
        Report($"{count} transactions generated in {clock.Elapsed.TotalSeconds:0.0} s, {new FileInfo(file).Length >> 20} MiB");
        await using var node = new RecordedNode(0, PerBlock, head);
        WebApplication site = SiteHost.Compose(new ExplorerOptions
        {
            Rpc = node.Endpoint,
            Port = EndToEnd.Tests.Localnet.FreePort(),
            Data = folder,
        });
        await site.StartAsync();
        using var web = new HttpClient(new HttpClientHandler { AllowAutoRedirect = false }) { BaseAddress = new Uri(site.Urls.First()) };
        var random = new Random(20_261_122);
        await MeasureAsync(web, "pages", () => random.Next(7) switch
        {
            0 => "/blocks",
            1 => $"/block/{random.NextInt64(1, head)}",
            2 => "/txs",
            3 => $"/txs?transactions.before={RowId.Of(random.NextInt64(1, head), 0)}",
            4 => $"/address/{RecordedNode.Recipient(random.NextInt64(count))}",
            5 => $"/address/{RecordedNode.Sender(random.Next(RecordedNode.Senders))}",
            _ => $"/events?events.before={RowId.Of(random.NextInt64(1, head), 0)}",
        });
        await MeasureAsync(web, "searches", () => "/search?q=" + (random.Next(4) switch
        {
            0 => RecordedNode.TransactionHash(random.NextInt64(count)).ToString(),
            1 => RecordedNode.BlockHash(random.NextInt64(1, head)).ToString(),
            2 => RecordedNode.Recipient(random.NextInt64(count)).ToString(),
            _ => $"name {random.Next(count)}",
        }));
        Report($"memory {Environment.WorkingSet >> 20} MiB, tests and recorded node included");
        await site.DisposeAsync();
        Indexes.Remove(folder);
    }

    private static async Task MeasureAsync(HttpClient web, string what, Func<string> route)
    {
        var times = new List<double>();
        string slowest = "";
        for (int i = 0; i < Asked + Warming; i++)
        {
            // The site takes sixty requests a second from one visitor.
            await Task.Delay(25);
            string asked = route();
            var clock = Stopwatch.StartNew();
            using HttpResponseMessage answer = await web.GetAsync(asked);
            await answer.Content.ReadAsStringAsync();
            double took = clock.Elapsed.TotalMilliseconds;
            HttpStatusCode[] fine = [HttpStatusCode.OK, HttpStatusCode.Redirect, HttpStatusCode.NotFound];
            if (answer.StatusCode is HttpStatusCode.TooManyRequests or HttpStatusCode.ServiceUnavailable)
            {
                i--; // not ready yet, or asked too fast on a machine that stalls
                continue;
            }

            Assert.That(fine, Does.Contain(answer.StatusCode), asked);
            if (i < Warming) continue; // the first ones compile
            if (times.Count == 0 || took > times.Max()) slowest = asked;
            times.Add(took);
        }

        times.Sort();
        string shares = string.Join(", ", Shares.Select(share => $"p{share * 100:0} {times[(int)(share * (times.Count - 1))]:0.0} ms"));
        Report($"{times.Count} {what}: {shares}, slowest {times[^1]:0} ms {slowest}");
    }

    /// <summary>Rows as the indexer would have written them: a transfer with two sides, a fee, an event that names its recipient.</summary>
    private static long Generate(IndexStore store, int count)
    {
        MarkRow mark = MarkRow.Nothing;
        long head = (count + PerBlock - 1) / PerBlock;
        for (long first = 0; first <= head; first += BlocksPerBatch)
        {
            var batch = new IndexBatch { Before = mark };
            for (long number = first; number < Math.Min(head + 1, first + BlocksPerBatch); number++) AddBlock(batch, number, count);
            BlockRow last = batch.Blocks[^1];
            mark = batch.After = new MarkRow
            {
                Height = last.Number,
                Hash = last.Hash,
                Timestamp = last.Timestamp,
                Transactions = mark.Transactions + batch.Transactions.Count,
                Events = mark.Events + batch.Events.Count,
                Accounts = mark.Accounts + batch.Accounts.Count,
                Minted = 0,
                Burned = 0,
                Supply = 1,
            };
            store.Write(batch);
        }

        return head;
    }

    private static void AddBlock(IndexBatch batch, long number, int count)
    {
        long first = (number - 1) * PerBlock;
        int here = number == 0 ? 0 : (int)Math.Min(PerBlock, count - first);
        batch.Blocks.Add(new BlockRow
        {
            Number = number,
            Hash = RecordedNode.BlockHash(number),
            ParentHash = number == 0 ? Hash256.Zero : RecordedNode.BlockHash(number - 1),
            Timestamp = 1_700_000_000 + number,
            Proposer = RecordedNode.Sender(number % 4),
            ParentRound = 0,
            ParentSigners = [0x0f],
            Transactions = here,
            Events = here,
            GasUsed = here * 21_000L,
            GasLimit = 60_000_000,
            BaseFee = 1_000_000_000,
            Size = 1,
            Minted = 0,
            Burned = 0,
            FeesBurned = 0,
            Tips = 0,
            Supply = 1,
        });
        for (int i = 0; i < here; i++) AddTransaction(batch, number, i, first + i);
    }

    private static void AddTransaction(IndexBatch batch, long number, int i, long place)
    {
        long id = RowId.Of(number, i + 1);
        Address from = RecordedNode.Sender(place % RecordedNode.Senders), to = RecordedNode.Recipient(place);
        batch.Transactions.Add(new TransactionRow
        {
            Id = id,
            Hash = RecordedNode.TransactionHash(place),
            From = from,
            To = to,
            Module = place % 3 == 0 ? "storageMarket" : null,
            Method = null,
            Succeeded = true,
            Error = null,
            Value = 1,
            GasUsed = 21_000,
            GasPrice = 1_000_000_000,
            Nonce = place / RecordedNode.Senders,
            Timestamp = 1_700_000_000 + number,
        });
        batch.AccountTransactions.Add(new AccountTransactionRow { Account = from, TransactionId = id });
        batch.AccountTransactions.Add(new AccountTransactionRow { Account = to, TransactionId = id });
        batch.Entries.Add(EntryOf(RowId.Of(number, 2 * i), from, to, false, id));
        batch.Entries.Add(EntryOf(RowId.Of(number, (2 * i) + 1), to, from, true, id));
        batch.Events.Add(new EventRow
        {
            Id = id,
            TransactionId = id,
            Emitter = to,
            Module = "storageMarket",
            Name = "DealPublished",
            Arguments = "{}",
        });
        batch.AccountEvents.Add(new AccountEventRow { Account = to, EventId = id });
        batch.ObjectEvents.Add(new ObjectEventRow { Module = "storageMarket", Parameter = "id", Value = $"{place}", EventId = id });
        if (place % 10 == 0) batch.Words.Add(new WordRow { Word = $"name {place}", Parameter = "endpoint", EventId = id });
        batch.Accounts[to] = new AccountRow { Address = to, Opening = 0, Balance = 1, Sent = 0, FirstBlock = number, LastBlock = number };
    }

    private static EntryRow EntryOf(long id, Address account, Address other, bool isCredit, long transaction) => new()
    {
        Id = id,
        Account = account,
        Counterparty = other,
        Kind = EntryKind.Transfer,
        IsCredit = isCredit,
        Amount = 1,
        Balance = 1,
        TransactionId = transaction,
        EventId = null,
    };

    private static void Report(string line)
    {
        string load = RuntimeInformation.IsOSPlatform(OSPlatform.Linux) ? File.ReadAllText("/proc/loadavg").Split(' ')[0] : "?";
        TestContext.Progress.WriteLine($"{line} (load {load})");
    }
}
