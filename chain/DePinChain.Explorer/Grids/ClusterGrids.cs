using DePinChain.Explorer.Chain;
using DePinChain.Primitives;

namespace DePinChain.Explorer.Grids;

/// <summary>Clusters of devices that were booked at once, and their members.</summary>
public static class ClusterGrids
{
    private const string Module = "clusters";

    public static readonly Grid Clusters = new(
        "clusters", "Clusters",
        [
            new("cluster", "Cluster", true), new("state", "State"), new("renter", "Renter"), new("devices", "Ready", true),
            new("hourly", "Price an hour", true), new("hours", "Hours", true, true), new("started", "Started", true),
        ],
        [], ReadClusters)
    { Module = Module, Empty = "No cluster yet. 'depin cluster book' books one." };

    public static readonly Grid Members = new(
        "cluster-members", "Members",
        [
            new("device", "Device"), new("state", "State"), new("hourly", "Price an hour", true), new("from", "Paid from", true),
            new("heard", "Last heard", true, true),
        ],
        ["cluster"], ReadMembers)
    { Module = Module, Empty = "Nobody is left in it." };

    private static async Task<GridPage> ReadClusters(Site site, GridQuery query)
    {
        long all = (await site.Views.AskAsync(Module, "clusterCount"))?.Only.Number ?? 0;
        long first = Math.Min(all, query.BeforeNumber - 1);
        long[] ids = [.. Enumerable.Range(0, query.Limit + 1).Select(i => first - i).TakeWhile(id => id >= 1)];
        Facts?[] answers = await site.Views.AskAsync([.. ids.Select(id => new ViewCall(Module, "getCluster", (UInt256)(ulong)id))]);
        var rows = ids.Zip(answers, (id, answer) => (Id: id, Cluster: answer?.Only ?? new Facts(null))).ToList();
        return GridPage.Of(rows, query.Limit, row => $"{row.Id}", row =>
        {
            string state = ModuleTexts.WordOf(site.Chain, Module, "ClusterState", row.Cluster["state"].Number);
            return
            [
                Cell.Number(row.Id, $"/cluster/{row.Id}"), Cell.Tag(state, state == "Running" ? "good" : null),
                Cell.Account(row.Cluster["renter"].Account), Cell.Text($"{row.Cluster.Of("ready")} of {row.Cluster.Of("devices")}"),
                Price(row.Cluster["token"].Number, row.Cluster["hourly"].Wei), Cell.Number(row.Cluster["hours"].Number),
                BlockOrNone(row.Cluster["startedAt"].Number),
            ];
        });
    }

    private static async Task<GridPage> ReadMembers(Site site, GridQuery query)
    {
        if (!ulong.TryParse(query.Find("cluster"), out ulong cluster)) return GridPage.None;
        Facts? whole = (await site.Views.AskAsync(Module, "getCluster", (UInt256)cluster))?.Only;
        ulong offset = ulong.TryParse(query.Before, out ulong from) ? from : 0;
        ulong limit = (ulong)Math.Min(query.Limit + 1, 100);
        Facts? list = await site.Views.AskAsync(Module, "getMembers", (UInt256)cluster, (UInt256)offset, (UInt256)limit);
        IReadOnlyList<Facts> members = list?.Only.Items ?? [];
        return new GridPage(
            [
                .. members.Take((int)limit - 1).Select(member => (IReadOnlyList<Cell>)
                [
                    Cell.Key(member.Of("device"), $"/device/{member.Of("device")}"),
                    Cell.Tag(ModuleTexts.WordOf(site.Chain, Module, "MemberState", member["state"].Number)),
                    Price(whole?["token"].Number ?? 0, member["hourly"].Wei), BlockOrNone(member["from"].Number),
                    BlockOrNone(member["heardAt"].Number),
                ]),
            ],
            (ulong)members.Count == limit ? $"{offset + limit - 1}" : null);
    }

    // Tokens have their own decimals, so base units are shown as they are.
    private static Cell Price(long token, UInt128 units) =>
        token == 0 ? Cell.Wei(units) : Cell.Text($"{Parts.Show.Grouped($"{units}")} of token {token}");

    private static Cell BlockOrNone(long block) => block > 0 ? Cell.Block(block) : Cell.Text("–");
}
