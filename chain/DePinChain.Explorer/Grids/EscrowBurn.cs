using DePinChain.Client;
using DePinChain.Explorer.Chain;
using DePinChain.Indexer.Rows;
using DePinChain.Indexer.Store;
using DePinChain.Primitives;
using Microsoft.EntityFrameworkCore;

namespace DePinChain.Explorer.Grids;

/// <summary>An escrow account's balance as it was, out of the node's states, and as it will be if nothing changes.</summary>
public static class EscrowBurn
{
    // A question for each, so few; a node that keeps no old states answers the last of them only.
    private const int PastPoints = 24;
    private const int FuturePoints = 12;

    public static async Task<GridPage> ReadAsync(Site site, GridQuery query)
    {
        if (!Hash256.TryParse(query.Find("account"), out Hash256 account)) return GridPage.None;
        Facts? now = (await site.Views.AskAsync("escrow", "getAccount", account.ToArray()))?.Only;
        if (now is null || now["owner"].Account.IsZero) return GridPage.None;
        var rows = new List<IReadOnlyList<Cell>>();
        foreach ((long height, UInt128 balance) in await PastAsync(site, account))
            rows.Add([Cell.Block(height), Cell.Wei(balance), height == site.Height ? Cell.Wei(balance) : Cell.Empty]);
        long dry = now["dryHeight"].Number;
        if (now["rateSum"].Wei > 0 && dry > site.Height)
        {
            foreach (long height in HistoryGrids.Spread(site.Height, dry, FuturePoints).Skip(1))
                rows.Add([Cell.Block(height), Cell.Empty, Cell.Wei(After(now, height - site.Height))]);
        }

        return new GridPage(rows, null);
    }

    // The view gives the balance as of its block, drawn already; from there on a rate goes with each block.
    private static UInt128 After(Facts now, long blocks)
    {
        UInt128 spent = now["rateSum"].Wei * (UInt128)Math.Max(0, blocks);
        return spent > now["balance"].Wei ? 0 : now["balance"].Wei - spent;
    }

    private static async Task<long> FirstBlockAsync(Site site, string account)
    {
        await using IndexContext index = site.Store.Read();
        long? first = await index.ObjectEvents.Where(row => row.Module == "escrow" && row.Parameter == "account" && row.Value == account)
            .MinAsync(row => (long?)row.EventId, site.Cancelled);
        return first is { } id ? RowId.BlockOf(id) : site.Height;
    }

    private static async Task<IReadOnlyList<(long, UInt128)>> PastAsync(Site site, Hash256 account)
    {
        long first = await FirstBlockAsync(site, account.ToString());
        IReadOnlyList<long> heights = HistoryGrids.Spread(first, site.Height, PastPoints);
        Facts?[] states = await Task.WhenAll(heights.Select(async height =>
        {
            try
            {
                return (await new NodeViews(site.Chain, height).AskAsync("escrow", "getAccount", account.ToArray()))?.Only;
            }
            catch (NodeRefusedException)
            {
                return null; // that state is gone
            }
        }));
        return
        [
            .. heights.Zip(states).Where(one => one.Second is { } state && !state["owner"].Account.IsZero)
                .Select(one => (one.First, one.Second!["balance"].Wei)), // filtered above
        ];
    }
}
