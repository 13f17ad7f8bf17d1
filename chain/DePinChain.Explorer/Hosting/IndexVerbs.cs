using System.Globalization;
using DePinChain.Client;
using DePinChain.Explorer.Chain;
using DePinChain.Indexer.Following;
using DePinChain.Indexer.Rows;
using DePinChain.Indexer.Store;
using DePinChain.Primitives;
using Microsoft.EntityFrameworkCore;

namespace DePinChain.Explorer.Hosting;

/// <summary>What an operator does with an index while nobody serves it.</summary>
public static class IndexVerbs
{
    private static readonly TimeSpan AnswerWithin = TimeSpan.FromSeconds(30);

    /// <summary>Makes the index again, from block 0 to the node's finalized head.</summary>
    public static async Task<int> ReindexAsync(ExplorerOptions options, TextWriter output)
    {
        using var node = new JsonRpcConnection(options.Rpc, AnswerWithin);
        if (options.Postgres is null)
        {
            ChainIdentity identity = await new ChainReader(node).IdentifyAsync(CancellationToken.None);
            string file = Path.Combine(options.Data, IndexStore.NameOf(identity.ChainId, identity.Genesis) + ".sqlite");
            foreach (string part in (string[])[file, file + "-wal", file + "-shm"]) File.Delete(part);
        }
        else
        {
            LiveChain old = await IndexHost.OpenAsync(options, node, CancellationToken.None);
            old.Store.Forget();
        }

        LiveChain chain = await IndexHost.OpenAsync(options, node, CancellationToken.None);
        await chain.Follower.CatchUpAsync(long.MaxValue, CancellationToken.None);
        MarkRow mark = chain.Store.ReadMark();
        await output.WriteLineAsync(string.Create(CultureInfo.InvariantCulture,
            $"indexed to block {mark.Height}: {mark.Transactions} transactions, {mark.Events} events, {mark.Accounts} accounts"));
        return 0;
    }

    /// <summary>Compares every account's ledger with the node's balance at the indexed height, and the supply with the node's.</summary>
    /// <returns>0 when all agree, 1 otherwise.</returns>
    public static async Task<int> CheckAsync(ExplorerOptions options, TextWriter output)
    {
        const int AccountsAtOnce = 96;
        using var node = new JsonRpcConnection(options.Rpc, AnswerWithin);
        LiveChain chain = await IndexHost.OpenAsync(options, node, CancellationToken.None);
        var reader = new ChainReader(node);
        MarkRow mark = chain.Store.ReadMark();
        long compared = 0;
        long wrong = 0;
        await using IndexContext context = chain.Store.Read();
        Address[] all = await context.Accounts.OrderBy(row => row.Address).Select(row => row.Address).ToArrayAsync();
        foreach (Address[] chunk in all.Chunk(AccountsAtOnce))
        {
            UInt128[]? balances = await reader.BalancesAsync(chunk, mark.Height, CancellationToken.None);
            if (balances is null)
            {
                await output.WriteLineAsync($"the node no longer has the state of block {mark.Height}");
                return 1;
            }

            Dictionary<Address, UInt128> ledger = await context.Accounts.Where(row => chunk.Contains(row.Address))
                .ToDictionaryAsync(row => row.Address, row => row.Balance);
            for (int i = 0; i < chunk.Length; i++, compared++)
            {
                if (ledger[chunk[i]] == balances[i]) continue;
                wrong++;
                await output.WriteLineAsync($"{chunk[i]}: the ledger says {ledger[chunk[i]]}, the node {balances[i]} wei");
            }
        }

        UInt128? supply = await reader.SupplyAsync(mark.Height, CancellationToken.None);
        if (supply != mark.Supply) wrong++;
        await output.WriteLineAsync(string.Create(CultureInfo.InvariantCulture,
            $"block {mark.Height}: {compared} ledgers compared, {wrong} differ; supply {mark.Supply} wei, the node says {supply}"));
        return wrong == 0 ? 0 : 1;
    }
}
