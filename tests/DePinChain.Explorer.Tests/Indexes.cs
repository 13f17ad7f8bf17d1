using System.Text.Json;
using DePinChain.Client;
using DePinChain.Indexer.Following;
using DePinChain.Indexer.Store;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;

namespace DePinChain.Explorer.Tests;

/// <summary>Indexes of the shared network, made for one test, and everything they hold as text.</summary>
internal static class Indexes
{
    /// <summary>Opens a schema of the server, or a file, anew at each call.</summary>
    public static Func<IndexStore> Open(bool isPostgres, string folder, string name) => isPostgres
        ? () => IndexStore.OpenPostgres(SharedNetwork.Postgres.Connection, name)
        : () => IndexStore.OpenSqlite(Path.Combine(folder, name + ".sqlite"));

    public static string NewFolder() => Directory.CreateTempSubdirectory("depin-index-").FullName;

    public static async Task<IndexStore> MakeAsync(Func<IndexStore> open, long height, long[] stops)
    {
        ModuleDirectory modules = await ModuleDirectory.LoadAsync(SharedNetwork.Node, CancellationToken.None);
        foreach (long stop in stops)
        {
            // A new store and a new follower know nothing but the database, as after a kill.
            var follower = new Follower(new ChainReader(SharedNetwork.Node), open(), modules, TimeProvider.System);
            await follower.CatchUpAsync(stop, CancellationToken.None);
        }

        IndexStore store = open();
        Assert.That(store.ReadMark().Height, Is.EqualTo(height));
        return store;
    }

    public static async Task<string> DumpAsync(IndexStore store)
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

    public static void Remove(string folder)
    {
        SqliteConnection.ClearAllPools();
        Directory.Delete(folder, recursive: true);
    }
}
