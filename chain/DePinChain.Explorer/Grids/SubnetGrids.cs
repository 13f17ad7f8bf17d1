using DePinChain.Explorer.Chain;
using DePinChain.Primitives;

namespace DePinChain.Explorer.Grids;

/// <summary>Subnets and their metagraphs.</summary>
public static class SubnetGrids
{
    // Scores are parts of 65,535, emission and price 10^-9 DPN.
    private const long ScoreMax = 65_535;
    private const ulong WeiPerUnit = 1_000_000_000;

    public static readonly Grid Subnets = new(
        "subnets", "Subnets",
        [
            new("subnet", "Subnet"), new("name", "Name"), new("owner", "Owner"), new("emits", "Emission"), new("neurons", "Neurons", true),
            new("price", "Price of a place", true), new("pending", "Pending", true), new("next", "Next epoch", true),
            new("lock", "Lock", true, true),
        ],
        [], ReadSubnets)
    { Module = "subnets", Empty = "No subnet yet. An owner makes one with registerSubnet." };

    public static readonly Grid Neurons = new(
        "neurons", "Metagraph",
        [
            new("uid", "Uid", true), new("hotkey", "Hotkey"), new("stake", "Stake", true), new("permit", "Permit"), new("trust", "Trust"),
            new("consensus", "Consensus"), new("incentive", "Incentive"), new("dividends", "Dividends"), new("emission", "Emission", true),
            new("updated", "Weights set", true, true), new("coldkey", "Coldkey", false, true),
        ],
        ["netuid"], ReadNeurons)
    { Module = "subnets", Empty = "No neuron has registered yet." };

    public static readonly Grid Pay = new(
        "epoch-pay", "Emission of the last epoch",
        [
            new("uid", "Uid", true), new("incentive", "Incentive, of 2^32", true), new("dividends", "Dividends, of 2^32", true),
            new("miner", "As a miner", true), new("validator", "As a validator", true),
        ],
        ["netuid"], ReadPay)
    { Module = "subnets", Empty = "No epoch has run yet." };

    private static async Task<GridPage> ReadPay(Site site, GridQuery query)
    {
        if (!ulong.TryParse(query.Find("netuid"), out ulong netuid)) return GridPage.None;
        EpochPay? epoch = await EpochPay.FindAsync(site, netuid);
        return new GridPage(
            [
                .. (epoch?.Pay ?? []).Select(one => (IReadOnlyList<Cell>)
                [
                    Cell.Number(one.Uid), Cell.Number($"{one.Incentive}"), Cell.Number($"{one.Dividends}"), Cell.Wei(one.MinerPart),
                    Cell.Wei(one.ValidatorPart),
                ]),
            ],
            null);
    }

    private static async Task<GridPage> ReadSubnets(Site site, GridQuery query)
    {
        long count = (await site.Views.AskAsync("subnets", "subnetCount"))?.Only.Number ?? 0;
        long first = Math.Min(count, query.BeforeNumber - 1);
        long[] ids = [.. Enumerable.Range(0, query.Limit + 1).Select(i => first - i).TakeWhile(id => id >= 1)];
        Facts?[] answers = await site.Views.AskAsync(
        [
            .. ids.SelectMany(id => new ViewCall[]
            {
                new("subnets", "subnet", (UInt256)(ulong)id), new("subnets", "price", (UInt256)(ulong)id),
                new("subnets", "pendingEmission", (UInt256)(ulong)id),
            }),
        ]);
        var rows = ids.Select((id, i) => (Id: id, Subnet: answers[3 * i]?.Only ?? new Facts(null),
            Price: answers[(3 * i) + 1]?.Only.Wei ?? 0,
            Pending: answers[(3 * i) + 2]?.Only.Wei ?? 0)).ToList();
        return GridPage.Of(rows, query.Limit, row => $"{row.Id}", row =>
        [
            Cell.Number(row.Id, $"/subnet/{row.Id}"), Cell.Text(row.Subnet.Of("name"), $"/subnet/{row.Id}"),
            Cell.Account(row.Subnet["owner"].Account), row.Subnet["emits"].Flag ? Cell.Tag("emits", "good")
                : Cell.Tag(row.Subnet.Of("name").Length > 0 ? "not started" : "dissolved"),
            Cell.Number(row.Subnet["uids"].Number), Cell.Wei(row.Price), Cell.Wei(row.Pending),
                Cell.Block(row.Subnet["nextEpochAt"].Number),
            Cell.Wei(row.Subnet["lock"].Wei),
        ]);
    }

    private static async Task<GridPage> ReadNeurons(Site site, GridQuery query)
    {
        if (!ulong.TryParse(query.Find("netuid"), out ulong netuid)) return GridPage.None;
        Facts? neurons = await site.Views.AskAsync("subnets", "neurons", (UInt256)netuid);
        return new GridPage(
            [
                .. (neurons?.Only.Items ?? []).Select(one => (IReadOnlyList<Cell>)
                [
                    Cell.Number(one["uid"].Number), Cell.Account(one["hotkey"].Account), Cell.Wei(one["stake"].Wei),
                    one["permit"].Flag ? Cell.Tag("validator", "good") : Cell.Tag("miner"), Score(one, "trust"), Score(one, "consensus"),
                    Score(one, "incentive"), Score(one, "dividends"), Cell.Wei(one["emission"].Wei * WeiPerUnit),
                    Cell.Block(one["updatedAt"].Number), Cell.Account(one["coldkey"].Account),
                ]),
            ],
            null);
    }

    private static Cell Score(Facts neuron, string name) => Cell.Share(neuron[name].Number * 10_000 / ScoreMax);
}
