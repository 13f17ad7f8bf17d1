using System.Text.Json;
using DePinChain.Client;
using DePinChain.Indexer.Following;
using DePinChain.Indexer.Rows;
using DePinChain.Indexer.Store;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;

namespace DePinChain.Explorer.Tests;

public sealed class IndexTests
{
    [Test]
    public async Task The_ledger_of_every_account_closes_with_the_node_to_the_base_unit()
    {
        MarkRow mark = await SharedNetwork.UntilIndexedAsync();
        string folder = Directory.CreateTempSubdirectory("depin-index-").FullName;
        IndexStore store = await MakeAsync(folder, "ledger", mark.Height, [mark.Height]);
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
        Remove(folder);
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
        MarkRow mark = await SharedNetwork.UntilIndexedAsync();
        string folder = Directory.CreateTempSubdirectory("depin-index-").FullName;
        IndexStore whole = await MakeAsync(folder, "whole", mark.Height, [mark.Height]);
        long[] stops = [.. Stops(mark.Height)];
        IndexStore pieces = await MakeAsync(folder, "pieces", mark.Height, stops);
        Assert.That(stops, Has.Length.GreaterThan(10));
        Assert.That(await DumpAsync(pieces), Is.EqualTo(await DumpAsync(whole)));
        Remove(folder);
    }

    [Test]
    public async Task A_batch_that_fails_half_way_leaves_nothing()
    {
        MarkRow mark = await SharedNetwork.UntilIndexedAsync();
        string folder = Directory.CreateTempSubdirectory("depin-index-").FullName;
        IndexStore store = await MakeAsync(folder, "half", mark.Height, [mark.Height]);
        var batch = new IndexBatch { Before = mark, After = store.ReadMark() };
        batch.Words.Add(new WordRow { Word = "new", Parameter = "name", EventId = long.MaxValue });
        await using IndexContext index = store.Read();
        batch.Blocks.Add(await index.Blocks.FirstAsync()); // is there already, so the database refuses it
        string before = await DumpAsync(store);
        Assert.That(() => store.Write(batch), Throws.InstanceOf<System.Data.Common.DbException>());
        Assert.That(await DumpAsync(store), Is.EqualTo(before));
        Remove(folder);
    }

    [Test]
    public async Task Two_indexers_on_one_index_are_found_out()
    {
        MarkRow mark = await SharedNetwork.UntilIndexedAsync();
        string folder = Directory.CreateTempSubdirectory("depin-index-").FullName;
        IndexStore store = await MakeAsync(folder, "two", mark.Height, [mark.Height]);
        var late = new IndexBatch { Before = MarkRow.Nothing, After = mark };
        Assert.That(() => store.Write(late), Throws.InstanceOf<IndexTakenException>());
        Remove(folder);
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

    private static async Task<IndexStore> MakeAsync(string folder, string name, long height, long[] stops)
    {
        ModuleDirectory modules = await ModuleDirectory.LoadAsync(SharedNetwork.Node, CancellationToken.None);
        string file = Path.Combine(folder, name + ".sqlite");
        foreach (long stop in stops)
        {
            // A new store and a new follower know nothing but the file, as after a kill.
            var follower = new Follower(new ChainReader(SharedNetwork.Node), IndexStore.OpenSqlite(file), modules, TimeProvider.System);
            await follower.CatchUpAsync(stop, CancellationToken.None);
        }

        IndexStore store = IndexStore.OpenSqlite(file);
        Assert.That(store.ReadMark().Height, Is.EqualTo(height));
        return store;
    }

    private static async Task<string> DumpAsync(IndexStore store)
    {
        await using IndexContext index = store.Read();
        return JsonSerializer.Serialize(new object[]
        {
            await index.Blocks.OrderBy(row => row.Number).ToListAsync(), await index.Transactions.OrderBy(row => row.Id).ToListAsync(),
            await index.Events.OrderBy(row => row.Id).ToListAsync(), await index.Entries.OrderBy(row => row.Id).ToListAsync(),
            await index.Accounts.OrderBy(row => row.Address).ToListAsync(), await index.Periods.OrderBy(row => row.Start).ToListAsync(),
            await index.AccountEvents.OrderBy(row => row.EventId).ThenBy(row => row.Account).ToListAsync(),
            await index.AccountTransactions.OrderBy(row => row.TransactionId).ThenBy(row => row.Account).ToListAsync(),
            await index.ObjectEvents.OrderBy(row => row.EventId).ThenBy(row => row.Parameter).ToListAsync(),
            await index.Words.OrderBy(row => row.EventId).ThenBy(row => row.Parameter).ToListAsync(),
            await index.ValidatorSets.OrderBy(row => row.FromBlock).ToListAsync(), await index.Marks.ToListAsync(),
            await index.Faults.ToListAsync(),
        });
    }

    private static void Remove(string folder)
    {
        SqliteConnection.ClearAllPools();
        Directory.Delete(folder, recursive: true);
    }
}
