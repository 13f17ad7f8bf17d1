using System.Globalization;
using DePinChain.Explorer.Chain;
using DePinChain.Indexer.Rows;
using DePinChain.Indexer.Store;
using DePinChain.Primitives;
using Microsoft.EntityFrameworkCore;

namespace DePinChain.Explorer.Grids;

/// <summary>What charts are drawn from: numbers over time, and of one thing against another. Lists like all others, so each chart is also a
/// file.</summary>
public static class HistoryGrids
{
    private const int PointsMax = 120;
    private const int PeriodsShown = 60;
    private const int UptimeParts = 20;

    public static readonly Grid Supply = new(
        "supply-history", "Supply against its cap",
        [
            new("block", "Block"), new("supply", "Supply", true), new("cap", "Cap", true), new("minted", "Minted in it", true, true),
            new("burned", "Burned in it", true, true),
        ],
        [], ReadSupply)
    { Module = "emission" };

    public static readonly Grid Minutes = new(
        "minutes", "Minute by minute",
        [
            new("start", "Minute"), new("blocks", "Blocks", true), new("transactions", "Transactions", true), new("failed", "Failed", true),
            new("gasUsed", "Gas", true), new("minted", "Minted", true), new("burned", "Burned", true), new("tips", "Tips", true),
        ],
        [], ReadMinutes);

    public static readonly Grid Uptime = new(
        "uptime", "Uptime of validators",
        [
            new("validator", "Validator"), new("from", "From block"), new("to", "To block", true), new("signed", "Signed", true),
            new("missed", "Missed", true), new("share", "Signed, of 10,000", true),
        ],
        [], ReadUptime);

    public static readonly Grid Proofs = new(
        "proof-calendar", "Proof calendar",
        [new("period", "Period"), new("proven", "Proven", true), new("missed", "Missed", true), new("block", "Block", true)],
        ["set"], ReadProofs)
    { Module = "dataSets", Empty = "No period has ended yet." };

    public static readonly Grid Burn = new(
        "escrow-burn", "How long the escrow lasts",
        [new("block", "Block"), new("balance", "Balance", true), new("forecast", "Forecast", true)],
        ["account"], EscrowBurn.ReadAsync)
    { Module = "escrow" };

    public static readonly Grid Weights = new(
        "weights", "Weights that validators gave",
        [
            new("validator", "Validator", true), new("hotkey", "Hotkey"), new("miner", "Miner", true), new("weight", "Weight", true),
            new("setAt", "Set at", true, true),
        ],
        ["netuid"], ReadWeights)
    { Module = "subnets", Empty = "No validator has set weights yet." };

    public static IReadOnlyList<Grid> All { get; } = [Supply, Minutes, Uptime, Proofs, Burn, Weights];

    /// <summary>Numbers that divide 0 to <paramref name="last"/> into equal parts, both ends included.</summary>
    public static IReadOnlyList<long> Spread(long first, long last, int points)
    {
        if (last <= first) return [first];
        int count = (int)Math.Min(points, last - first + 1);
        return [.. Enumerable.Range(0, count).Select(i => first + (long)((Int128)(last - first) * i / Math.Max(1, count - 1))).Distinct()];
    }

    private static async Task<GridPage> ReadSupply(Site site, GridQuery query)
    {
        IReadOnlyList<long> heights = Spread(0, site.Height, Math.Min(PointsMax, query.Limit));
        await using IndexContext index = site.Store.Read();
        List<BlockRow> blocks = await index.Blocks.Where(row => heights.Contains(row.Number)).OrderBy(row => row.Number)
            .ToListAsync(site.Cancelled);
        UInt128 cap = (await site.Views.AskAsync("emission", "supply"))?.Only["cap"].Wei ?? 0;
        return new GridPage(
            [
                .. blocks.Select(row => (IReadOnlyList<Cell>)
                    [Cell.Block(row.Number), Cell.Wei(row.Supply), Cell.Wei(cap), Cell.Wei(row.Minted), Cell.Wei(row.Burned)]),
            ],
            null);
    }

    private static async Task<GridPage> ReadMinutes(Site site, GridQuery query)
    {
        await using IndexContext index = site.Store.Read();
        long before = query.BeforeNumber;
        List<PeriodRow> page = await index.Periods.Where(row => row.Start < before).OrderByDescending(row => row.Start)
            .Take(query.Limit + 1).ToListAsync(site.Cancelled);
        return GridPage.Of(page, query.Limit, row => $"{row.Start}", row =>
        [
            Cell.Time(row.Start), Cell.Number(row.Blocks), Cell.Number(row.Transactions), Cell.Number(row.Failed), Cell.Number(row.GasUsed),
            Cell.Wei(row.Minted), Cell.Wei(row.Burned), Cell.Wei(row.Tips),
        ]);
    }

    private static async Task<GridPage> ReadUptime(Site site, GridQuery query)
    {
        await using IndexContext index = site.Store.Read();
        UptimeMap map = await UptimeMap.ReadAsync(index, site.Height, site.Cancelled);
        var rows = new List<IReadOnlyList<Cell>>();
        foreach (Address owner in map.Owners)
        {
            bool?[] blocks = map.Of(owner);
            int size = Math.Max(1, (blocks.Length + UptimeParts - 1) / UptimeParts);
            for (int at = 0; at < blocks.Length; at += size)
            {
                bool?[] part = blocks[at..Math.Min(blocks.Length, at + size)];
                int signed = part.Count(one => one == true), missed = part.Count(one => one == false);
                rows.Add(
                [
                    Cell.Account(owner), Cell.Block(map.First + at), Cell.Block(map.First + at + part.Length - 1), Cell.Number(signed),
                    Cell.Number(missed), Cell.Number(signed + missed == 0 ? 0 : signed * 10_000L / (signed + missed)),
                ]);
            }
        }

        return new GridPage(rows, null);
    }

    private static async Task<GridPage> ReadProofs(Site site, GridQuery query)
    {
        if (!ulong.TryParse(query.Find("set"), NumberStyles.None, CultureInfo.InvariantCulture, out ulong set)) return GridPage.None;
        var all = new GridQuery(null, PeriodsShown, query.Filter);
        var proofs = await EventObjects.FindAsync(site, all, "dataSets", "PossessionProven", "setId", $"{set}");
        var faults = await EventObjects.FindAsync(site, all, "dataSets", "PdpFault", "setId", $"{set}");
        return new GridPage(
            [
                .. proofs.Select(one => (one.EventId, one.Values, IsProven: true))
                    .Concat(faults.Select(one => (one.EventId, one.Values, IsProven: false)))
                    .OrderBy(one => one.EventId).TakeLast(PeriodsShown).Select(one => (IReadOnlyList<Cell>)
                    [
                        Cell.Number(one.Values["period"].Number), Cell.Number(one.IsProven ? 1 : 0), Cell.Number(one.IsProven ? 0 : 1),
                        Cell.Block(RowId.BlockOf(one.EventId)),
                    ]),
            ],
            null);
    }

    private static async Task<GridPage> ReadWeights(Site site, GridQuery query)
    {
        if (!ulong.TryParse(query.Find("netuid"), NumberStyles.None, CultureInfo.InvariantCulture, out ulong netuid)) return GridPage.None;
        IReadOnlyList<Facts> neurons = (await site.Views.AskAsync("subnets", "neurons", (UInt256)netuid))?.Only.Items ?? [];
        Facts?[] rows = await site.Views.AskAsync(
            [.. neurons.Select(one => new ViewCall("subnets", "weights", (UInt256)netuid, (UInt256)(ulong)one["uid"].Number))]);
        return new GridPage(
            [
                .. neurons.Zip(rows).SelectMany(pair => PairsOf(pair.Second?.Only.Text).Select(given => (IReadOnlyList<Cell>)
                [
                    Cell.Number(pair.First["uid"].Number), Cell.Account(pair.First["hotkey"].Account), Cell.Number(given.Uid),
                    Cell.Number(given.Value), Cell.Block(pair.First["updatedAt"].Number),
                ])),
            ],
            null);
    }

    /// <summary>Weights as they are stored: uid and value, two big-endian bytes each.</summary>
    private static IEnumerable<(int Uid, int Value)> PairsOf(string? text)
    {
        if (!Hex.TryDecode(text, out byte[] bytes)) yield break;
        for (int at = 0; at + 4 <= bytes.Length; at += 4)
            yield return ((bytes[at] << 8) | bytes[at + 1], (bytes[at + 2] << 8) | bytes[at + 3]);
    }
}
