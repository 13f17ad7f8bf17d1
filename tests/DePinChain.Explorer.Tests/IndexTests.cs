using DePinChain.Client;
using DePinChain.Indexer.Decoding;
using DePinChain.Indexer.Following;
using DePinChain.Indexer.Rows;
using DePinChain.Indexer.Store;
using Microsoft.EntityFrameworkCore;

namespace DePinChain.Explorer.Tests;

/// <summary>What an index holds, on each of the databases it may lie in.</summary>
[TestFixture(false)]
[TestFixture(true)]
public sealed class IndexTests(bool isPostgres)
{
    [Test]
    public async Task The_ledger_of_every_account_closes_with_the_node_to_the_base_unit()
    {
        MarkRow mark = await SharedNetwork.UntilIndexedAsync();
        string folder = Indexes.NewFolder();
        IndexStore store = await Indexes.MakeAsync(Open(folder, "ledger"), mark.Height, [mark.Height]);
        await using IndexContext index = store.Read();
        List<AccountRow> accounts = await index.Accounts.ToListAsync();
        Assert.That(accounts, Has.Count.GreaterThan(10));
        var reader = new ChainReader(SharedNetwork.Node);
        UInt128[]? balances = await reader.BalancesAsync([.. accounts.Select(row => row.Address)], mark.Height, CancellationToken.None);
        Assert.That(accounts.Select(row => row.Balance), Is.EqualTo(balances));
        foreach (AccountRow account in accounts)
        {
            // Opening plus what came less what went is the balance, and the last entry says so.
            List<EntryRow> entries = await index.Entries.Where(row => row.Account == account.Address).OrderBy(row => row.Id).ToListAsync();
            UInt128 sum = entries.Aggregate(account.Opening, (left, row) => row.IsCredit ? left + row.Amount : left - row.Amount);
            Assert.That(sum, Is.EqualTo(account.Balance), account.Address.ToString());
            if (entries.Count > 0) Assert.That(entries[^1].Balance, Is.EqualTo(account.Balance));
        }

        Assert.That(await index.Faults.CountAsync(), Is.Zero);
        Assert.That(await reader.SupplyAsync(mark.Height, CancellationToken.None), Is.EqualTo(store.ReadMark().Supply));
        Indexes.Remove(folder);
    }

    [Test]
    public async Task What_the_accounts_of_a_block_gain_and_lose_is_what_it_minted_and_burned()
    {
        MarkRow mark = await SharedNetwork.UntilIndexedAsync();
        await using IndexContext index = SharedNetwork.Live.Store.Read();
        List<EntryRow> entries = await index.Entries.ToListAsync();
        ILookup<long, EntryRow> byBlock = entries.ToLookup(row => RowId.BlockOf(row.Id));
        foreach (BlockRow block in await index.Blocks.Where(row => row.Number <= mark.Height).ToListAsync())
        {
            UInt128 gained = byBlock[block.Number].Where(row => row.IsCredit).Aggregate((UInt128)0, (sum, row) => sum + row.Amount);
            UInt128 lost = byBlock[block.Number].Where(row => !row.IsCredit).Aggregate((UInt128)0, (sum, row) => sum + row.Amount);
            Assert.That(gained + block.Burned, Is.EqualTo(lost + block.Minted), $"block {block.Number}");
        }
    }

    [Test]
    public async Task An_indexer_that_is_stopped_again_and_again_makes_the_same_database()
    {
        MarkRow mark = await SharedNetwork.UntilIndexedAsync(atLeast: 40);
        string folder = Indexes.NewFolder();
        IndexStore whole = await Indexes.MakeAsync(Open(folder, "whole"), mark.Height, [mark.Height]);
        long[] stops = [.. Stops(mark.Height)];
        IndexStore pieces = await Indexes.MakeAsync(Open(folder, "pieces"), mark.Height, stops);
        Assert.That(stops, Has.Length.GreaterThan(10));
        Assert.That(await Indexes.DumpAsync(pieces), Is.EqualTo(await Indexes.DumpAsync(whole)));
        Indexes.Remove(folder);
    }

    [Test]
    public async Task A_batch_that_fails_half_way_leaves_nothing()
    {
        MarkRow mark = await SharedNetwork.UntilIndexedAsync();
        string folder = Indexes.NewFolder();
        IndexStore store = await Indexes.MakeAsync(Open(folder, "half"), mark.Height, [mark.Height]);
        var batch = new IndexBatch { Before = mark, After = store.ReadMark() };
        batch.Words.Add(new WordRow { Word = "new", Parameter = "name", EventId = long.MaxValue });
        await using IndexContext index = store.Read();
        batch.Blocks.Add(await index.Blocks.FirstAsync()); // is there already, so the database refuses it
        string before = await Indexes.DumpAsync(store);
        Assert.That(() => store.Write(batch), Throws.InstanceOf<System.Data.Common.DbException>());
        Assert.That(await Indexes.DumpAsync(store), Is.EqualTo(before));
        Indexes.Remove(folder);
    }

    [Test]
    public async Task Two_indexers_on_one_index_are_found_out()
    {
        MarkRow mark = await SharedNetwork.UntilIndexedAsync();
        string folder = Indexes.NewFolder();
        IndexStore store = await Indexes.MakeAsync(Open(folder, "two"), mark.Height, [mark.Height]);
        var late = new IndexBatch { Before = MarkRow.Nothing, After = mark };
        Assert.That(() => store.Write(late), Throws.InstanceOf<IndexTakenException>());
        Indexes.Remove(folder);
    }

    // Uneven steps from a fixed recurrence: the same in every run.
    private static IEnumerable<long> Stops(long height)
    {
        long at = 0;
        for (uint state = 7; at < height; state = unchecked((state * 1_664_525) + 1_013_904_223))
        {
            at = Math.Min(height, at + 1 + (state >> 30));
            yield return at;
        }
    }

    [Test]
    public async Task An_index_that_is_forgotten_and_made_again_is_the_same()
    {
        MarkRow mark = await SharedNetwork.UntilIndexedAsync();
        string folder = Indexes.NewFolder();
        IndexStore store = await Indexes.MakeAsync(Open(folder, "again"), mark.Height, [mark.Height]);
        string before = await Indexes.DumpAsync(store);
        store.Forget();
        Assert.That(store.ReadMark().Height, Is.EqualTo(-1));
        IndexStore again = await Indexes.MakeAsync(Open(folder, "again"), mark.Height, [mark.Height]);
        Assert.That(await Indexes.DumpAsync(again), Is.EqualTo(before));
        Indexes.Remove(folder);
    }

    [Test]
    public async Task Who_comes_when_the_node_has_dropped_block_0_has_a_ledger_all_the_same()
    {
        const int Transactions = 1_000;
        await using var recorded = new RecordedNode(Transactions, perBlock: 100);
        using var node = new JsonRpcConnection(recorded.Endpoint, TimeSpan.FromMinutes(2));
        ModuleDirectory modules = await ModuleDirectory.LoadAsync(node, CancellationToken.None);
        string folder = Indexes.NewFolder();
        IndexStore store = Open(folder, "late")();
        var follower = new Follower(new ChainReader(node), store, modules, TimeProvider.System);
        await follower.CatchUpAsync(3, CancellationToken.None);
        recorded.FirstState = 3;
        await follower.CatchUpAsync(long.MaxValue, CancellationToken.None);
        await using IndexContext index = store.Read();
        Assert.That(store.ReadMark().Accounts, Is.EqualTo(Transactions + RecordedNode.Senders));
        Assert.That(await index.Accounts.CountAsync(row => row.FirstBlock > 3), Is.EqualTo(700), "each transfer is to somebody new");
        Assert.That(await index.Faults.CountAsync(), Is.Zero);

        // Who begins now cannot know what was there before.
        var late = new Follower(new ChainReader(node), Open(folder, "too_late")(), modules, TimeProvider.System);
        Assert.That(() => late.CatchUpAsync(long.MaxValue, CancellationToken.None), Throws.InstanceOf<OpeningUnknownException>());
        Indexes.Remove(folder);
    }

    private Func<IndexStore> Open(string folder, string name) => Indexes.Open(isPostgres, folder, name);
}
