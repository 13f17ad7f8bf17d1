using DePinChain.Explorer.Chain;
using DePinChain.Primitives;

namespace DePinChain.Explorer.Grids;

/// <summary>Emission and the storage market, as the node's views tell them at the page's block.</summary>
public static class MarketGrids
{
    public static readonly Grid Streams = new(
        "streams", "Emission streams",
        [
            new("stream", "Stream"), new("minted", "Minted", true), new("cap", "Cap", true), new("used", "Of the cap"),
            new("recycled", "Recycled", true, true), new("remaining", "Remaining", true),
        ],
        [], ReadStreams)
    { Module = "emission" };

    public static readonly Grid StorageProviders = new(
        "storage-providers", "Storage providers",
        [
            new("provider", "Provider"), new("owner", "Owner"), new("endpoint", "Endpoint"), new("price", "Price per GiB and block", true),
            new("sizeMax", "Largest piece", true, true), new("blocksMax", "Longest deal", true, true),
        ],
        [], ReadProviders)
    { Module = "storageMarket", Empty = "No provider has registered yet." };

    public static readonly Grid Deals = new(
        "deals", "Deals",
        [
            new("deal", "Deal"), new("state", "State"), new("client", "Client"), new("provider", "Provider", true),
            new("size", "Size", true), new("price", "Price per block", true), new("start", "From block", true, true),
            new("end", "To block", true), new("settled", "Paid up to", true, true),
        ],
        ["provider"], ReadDeals)
    { Module = "storageMarket", Empty = "No deal yet. A client publishes one with a provider's signature; see the module's publishDeals." };

    public static readonly Grid DataSets = new(
        "datasets", "Data sets under proof",
        [
            new("set", "Data set"), new("state", "State"), new("provider", "Provider", true), new("pieces", "Pieces", true),
            new("leaves", "Leaves", true, true), new("period", "Next period", true), new("faults", "Faults in a row", true),
        ],
        [], ReadDataSets)
    { Module = "dataSets", Empty = "No data set yet." };

    private static async Task<GridPage> ReadStreams(Site site, GridQuery query)
    {
        Facts? streams = await site.Views.AskAsync("emission", "streams");
        return new GridPage(
            [
                .. (streams?.Only.Items ?? []).Select(one => (IReadOnlyList<Cell>)
                [
                    Cell.Text(ModuleTexts.WordOf(site.Chain, "emission", "EmissionStream", one["stream"].Number)),
                    Cell.Wei(one["minted"].Wei), Cell.Wei(one["cap"].Wei),
                    Cell.Share(one["cap"].Wei == 0 ? 0 : (long)(one["minted"].Wei * 10_000 / one["cap"].Wei)),
                    Cell.Wei(one["recycled"].Wei), Cell.Wei(one["remaining"].Wei),
                ]),
            ],
            null);
    }

    /// <summary>Ids count from one; the newest come first.</summary>
    private static async Task<long[]> IdsAsync(Site site, GridQuery query, string module, string count)
    {
        long all = (await site.Views.AskAsync(module, count))?.Only.Number ?? 0;
        long first = Math.Min(all, query.BeforeNumber - 1);
        return [.. Enumerable.Range(0, query.Limit + 1).Select(i => first - i).TakeWhile(id => id >= 1)];
    }

    private static async Task<GridPage> ReadProviders(Site site, GridQuery query)
    {
        long[] ids = await IdsAsync(site, query, "storageMarket", "providerCount");
        Facts?[] answers = await site.Views.AskAsync(
            [.. ids.SelectMany(id => new[] { Call("storageMarket", "getProvider", id), Call("storageMarket", "getOffer", id) })]);
        var rows = ids.Select((id, i) => (Id: id, Provider: answers[2 * i]?.Only, Offer: answers[(2 * i) + 1]?.Only)).ToList();
        return GridPage.Of(rows, query.Limit, row => $"{row.Id}", row =>
        [
            Cell.Number(row.Id, $"/storage/providers/{row.Id}"), Cell.Account(row.Provider?["owner"].Account),
            Cell.Text(row.Provider?.Of("endpoint")), Cell.Wei(row.Offer?["pricePerGiBBlock"].Wei ?? 0),
            Size(row.Offer?["sizeMax"].Wei ?? 0), Cell.Number(row.Offer?["blocksMax"].Number ?? 0),
        ]);
    }

    private static async Task<GridPage> ReadDeals(Site site, GridQuery query)
    {
        long[] ids = query.Find("provider") is { } provider
            ? [.. (await EventObjects.FindAsync(site, query, "storageMarket", "DealPublished", "providerId", provider))
                .Select(birth => birth.Values["id"].Number)]
            : await IdsAsync(site, query, "storageMarket", "dealCount");
        Facts?[] deals = await site.Views.AskAsync([.. ids.Select(id => Call("storageMarket", "getDeal", id))]);
        var rows = ids.Zip(deals, (id, deal) => (Id: id, Deal: deal?.Only ?? new Facts(null))).ToList();
        return GridPage.Of(rows, query.Limit, row => $"{row.Id}", row =>
        [
            Cell.Number(row.Id, $"/deal/{row.Id}"), StateOf(site, row.Deal), Cell.Account(row.Deal["client"].Account),
            Cell.Number(row.Deal["provider"].Number, $"/storage/providers/{row.Deal.Of("provider")}"),
            Size(StorageSizes.Payload(row.Deal["height"].Number, row.Deal["padding"].Number)),
            Cell.Wei(row.Deal["price"].Wei), Cell.Block(row.Deal["start"].Number), Cell.Block(row.Deal["end"].Number),
            Cell.Block(row.Deal["settledUpTo"].Number),
        ]);
    }

    private static Cell StateOf(Site site, Facts deal)
    {
        string state = ModuleTexts.WordOf(site.Chain, "storageMarket", "DealState", deal["state"].Number);
        return Cell.Tag(state, state switch { "Active" or "Completed" => "good", "Slashed" or "Terminated" => "bad", _ => null });
    }

    private static async Task<GridPage> ReadDataSets(Site site, GridQuery query)
    {
        var births = await EventObjects.FindAsync(site, query, "dataSets", "DataSetCreated");
        Facts?[] sets = await site.Views.AskAsync([.. births.Select(birth =>
            Call("dataSets", "getDataSet", birth.Values["setId"].Number))]);
        var rows = births.Zip(sets, (birth, set) => (birth.EventId, Id: birth.Values.Of("setId"), Set: set?.Only ?? new Facts(null)))
            .ToList();
        return GridPage.Of(rows, query.Limit, row => $"{row.EventId}", row =>
        {
            string state = ModuleTexts.WordOf(site.Chain, "dataSets", "DataSetState", row.Set["state"].Number);
            long faults = row.Set["faultRun"].Number;
            return
            [
                Cell.Number(row.Id, $"/dataset/{row.Id}"), Cell.Tag(state, state switch { "Live" => "good", "Failed" => "bad", _ => null }),
                Cell.Number(row.Set["provider"].Number, $"/storage/providers/{row.Set.Of("provider")}"),
                Cell.Number(row.Set["pieces"].Number), Cell.Number(row.Set["leaves"].Number), Cell.Number(row.Set["nextPeriod"].Number),
                Cell.Number(faults, null, faults > 0 ? "bad" : null),
            ];
        });
    }

    private static ViewCall Call(string module, string view, long id) => new(module, view, (UInt256)(ulong)id);

    private static Cell Size(UInt128 bytes) => Cell.Text(Parts.Show.Bytes(bytes));
}
