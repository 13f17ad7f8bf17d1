using DePinChain.Explorer.Chain;
using DePinChain.Primitives;

namespace DePinChain.Explorer.Grids;

/// <summary>The compute market: providers with what they have and what is taken, orders with all their bids, leases, devices.</summary>
public static class ComputeGrids
{
    private const string Market = "computeMarket";
    private const long BasisPoints = 10_000;

    public static readonly Grid Providers = new(
        "compute-providers", "Compute providers",
        [
            new("provider", "Provider"), new("state", "State"), new("uri", "Address", false, true), new("cpu", "CPU used"),
            new("memory", "Memory used"), new("disk", "Disk used", false, true), new("gpus", "GPUs", true), new("leases", "Leases", true),
            new("score", "Score", true, true),
        ],
        [], ReadProviders)
    { Module = Market, Empty = "No provider has registered yet." };

    public static readonly Grid Orders = new(
        "orders", "Orders",
        [
            new("order", "Order"), new("state", "State"), new("tenant", "Tenant"), new("mode", "Auction"), new("bids", "Bids", true),
            new("ceiling", "Ceiling", true, true), new("opened", "Opened", true, true), new("closes", "Closes", true),
        ],
        [], ReadOrders)
    { Module = Market, Empty = "No order yet. A tenant makes one with createDeployment." };

    public static readonly Grid Bids = new(
        "bids", "Bids",
        [
            new("bid", "Bid"), new("state", "Result"), new("provider", "Provider"), new("price", "Price per block", true),
            new("reclaim", "Reclaim blocks", true, true), new("valid", "Valid until", true, true),
        ],
        ["order"], ReadBids)
    { Module = Market, Empty = "Nobody has bid." };

    public static readonly Grid Leases = new(
        "leases", "Leases",
        [
            new("lease", "Lease"), new("state", "State"), new("tenant", "Tenant"), new("provider", "Provider"),
            new("price", "Price per block", true), new("started", "Started", true), new("closed", "Closed", true, true),
            new("heard", "Last heard", true, true),
        ],
        [], ReadLeases)
    { Module = Market, Empty = "No lease yet." };

    public static readonly Grid Devices = new(
        "devices", "Devices",
        [
            new("device", "Device"), new("owner", "Owner"), new("model", "Model", true), new("gpus", "GPUs", true),
            new("stake", "Stake", true), new("uptime", "Uptime", true), new("bench", "Bench", true, true),
                new("jobs", "Jobs done", true, true),
        ],
        [], ReadDevices)
    { Module = "devices", Empty = "No device has registered yet." };

    private static ulong Offset(GridQuery query) => ulong.TryParse(query.Before, out ulong from) ? from : 0;

    private static string? NextOf(GridQuery query, int count) =>
        count > query.Limit ? $"{Offset(query) + (ulong)query.Limit}" : null;

    private static async Task<GridPage> ReadProviders(Site site, GridQuery query)
    {
        Facts? list = await site.Views.AskAsync(Market, "getProviders", (UInt256)Offset(query), (UInt256)(ulong)(query.Limit + 1));
        Address[] all = [.. (list?.Only.Items ?? []).Select(one => one.Account)];
        Address[] page = [.. all.Take(query.Limit)];
        Facts?[] answers = await site.Views.AskAsync(
        [
            .. page.SelectMany(account => new ViewCall[]
            {
                new(Market, "getProvider", account), new("devices", "capacityOf", account), new(Market, "getScore", account),
            }),
        ]);
        var rows = new List<IReadOnlyList<Cell>>();
        for (int i = 0; i < page.Length; i++)
        {
            Facts provider = answers[3 * i]?.Only ?? new Facts(null);
            Facts capacity = answers[(3 * i) + 1]?.Only ?? new Facts(null);
            string state = ModuleTexts.WordOf(site.Chain, Market, "ProviderState", provider["state"].Number);
            rows.Add(
            [
                new Cell(CellKind.Account, page[i].ToString(), $"/provider/{page[i]}"),
                Cell.Tag(state, state switch { "Active" => "good", "Jailed" => "bad", _ => null }), Cell.Text(provider.Of("uri")),
                Used(capacity, "cpuMilli"), Used(capacity, "memMiB"), Used(capacity, "diskMiB"), Gpus(capacity),
                Cell.Number(provider["leases"].Number), Cell.Number(answers[(3 * i) + 2]?.Only.Number ?? 0),
            ]);
        }

        return new GridPage(rows, NextOf(query, all.Length));
    }

    /// <summary>How much of a capacity is taken: what is free stands beside the total.</summary>
    private static Cell Used(Facts capacity, string what)
    {
        long total = capacity["total"][what].Number;
        return total == 0 ? Cell.Empty : Cell.Share(capacity[what].Number * BasisPoints / total);
    }

    private static Cell Gpus(Facts capacity)
    {
        long total = capacity["total"]["gpus"].Items.Sum(group => group["count"].Number);
        long taken = capacity["gpus"].Items.Sum(group => group.Number);
        return Cell.Text(total == 0 ? "none" : $"{taken} of {total}");
    }

    private static async Task<GridPage> ReadOrders(Site site, GridQuery query)
    {
        var births = await EventObjects.FindAsync(site, query, Market, "OrderOpened");
        string[] keys = [.. births.Select(birth => birth.Values.Of("order"))];
        Facts?[] answers = await site.Views.AskAsync(
        [
            .. keys.SelectMany(key => new ViewCall[]
            {
                new(Market, "getOrder", Hex.Decode(key)), new(Market, "getBids", Hex.Decode(key), (UInt256)0UL, (UInt256)200UL),
            }),
        ]);
        var rows = births.Select((birth, i) => (birth.EventId, birth.Values, Order: answers[2 * i]?.Only ?? new Facts(null),
            Bids: answers[(2 * i) + 1]?.Only.Items.Count ?? 0)).ToList();
        return GridPage.Of(rows, query.Limit, row => $"{row.EventId}", row =>
        {
            string state = ModuleTexts.WordOf(site.Chain, Market, "OrderState", row.Order["state"].Number);
            return
            [
                Cell.Key(row.Values.Of("order"), $"/order/{row.Values.Of("order")}"), Cell.Tag(state, state == "Active" ? "good" : null),
                Cell.Account(row.Values["owner"].Account),
                Cell.Text(ModuleTexts.WordOf(site.Chain, Market, "AuctionMode", row.Values["mode"].Number)), Cell.Number(row.Bids),
                Cell.Wei(row.Values["ceiling"].Wei), Cell.Block(row.Order["openedAt"].Number), Cell.Block(row.Values["closesAt"].Number),
            ];
        });
    }

    private static async Task<GridPage> ReadBids(Site site, GridQuery query)
    {
        if (query.Find("order") is not { } order || !Hash256.TryParse(order, out Hash256 key)) return GridPage.None;
        Facts? list = await site.Views.AskAsync(
            Market, "getBids", key.ToArray(), (UInt256)Offset(query), (UInt256)(ulong)(query.Limit + 1));
        string[] all = [.. (list?.Only.Items ?? []).Select(one => one.Text)];
        string[] page = [.. all.Take(query.Limit)];
        Facts?[] bids = await site.Views.AskAsync([.. page.Select(bid => new ViewCall(Market, "getBid", Hex.Decode(bid)))]);
        return new GridPage(
            [
                .. page.Zip(bids, (id, bid) => (Id: id, Bid: bid?.Only ?? new Facts(null))).Select(row =>
                {
                    string state = ModuleTexts.WordOf(site.Chain, Market, "BidState", row.Bid["state"].Number);
                    return (IReadOnlyList<Cell>)
                    [
                        Cell.Key(row.Id), Cell.Tag(state, state switch { "Active" => "good", "Lost" => "bad", _ => null }),
                        Cell.Account(row.Bid["provider"].Account), Cell.Wei(row.Bid["price"].Wei),
                            Cell.Number(row.Bid["reclaimBlocks"].Number),
                        Cell.Block(row.Bid["validUntil"].Number),
                    ];
                }),
            ],
            NextOf(query, all.Length));
    }

    private static async Task<GridPage> ReadLeases(Site site, GridQuery query)
    {
        var births = await EventObjects.FindAsync(site, query, Market, "LeaseCreated");
        Facts?[] leases = await site.Views.AskAsync(
            [.. births.Select(birth => new ViewCall(Market, "getLease", Hex.Decode(birth.Values.Of("lease"))))]);
        var rows = births.Zip(leases, (birth, lease) => (birth.EventId, Key: birth.Values.Of("lease"), Lease: lease?.Only ?? birth.Values))
            .ToList();
        return GridPage.Of(rows, query.Limit, row => $"{row.EventId}", row =>
        {
            string state = ModuleTexts.WordOf(site.Chain, Market, "LeaseState", row.Lease["state"].Number);
            return
            [
                Cell.Key(row.Key, $"/lease/{row.Key}"),
                Cell.Tag(state, state switch { "Active" => "good", "InsufficientFunds" or "Reclaiming" => "bad", _ => null }),
                Cell.Account(row.Lease["owner"].Account), Cell.Account(row.Lease["provider"].Account), Cell.Wei(row.Lease["price"].Wei),
                BlockOrNone(row.Lease["startedAt"].Number), BlockOrNone(row.Lease["closedAt"].Number),
                    BlockOrNone(row.Lease["heardAt"].Number),
            ];
        });
    }

    private static Cell BlockOrNone(long block) => block > 0 ? Cell.Block(block) : Cell.Text("–");

    private static async Task<GridPage> ReadDevices(Site site, GridQuery query)
    {
        Facts? list = await site.Views.AskAsync("devices", "getDevices", (UInt256)Offset(query), (UInt256)(ulong)(query.Limit + 1));
        string[] all = [.. (list?.Only.Items ?? []).Select(one => one.Text)];
        string[] page = [.. all.Take(query.Limit)];
        Facts?[] devices = await site.Views.AskAsync([.. page.Select(key => new ViewCall("devices", "getDevice", Hex.Decode(key)))]);
        return new GridPage(
            [
                .. page.Zip(devices, (key, device) => (Key: key, Device: device?.Only ?? new Facts(null)))
                    .Select(row => (IReadOnlyList<Cell>)
                [
                    Cell.Key(row.Key, $"/device/{row.Key}"), Cell.Account(row.Device["owner"].Account),
                        Cell.Number(row.Device["model"].Number),
                    Cell.Number(row.Device["gpus"].Number), Cell.Wei(row.Device["stake"].Wei + row.Device["coStake"].Wei),
                    Cell.Number(row.Device["uptime"].Number), Cell.Number(row.Device["bench"].Number),
                    Cell.Text($"{row.Device.Of("jobsOk")} of {row.Device.Of("jobsAll")}"),
                ]),
            ],
            NextOf(query, all.Length));
    }
}
