using DePinChain.Explorer.Chain;
using DePinChain.Primitives;

namespace DePinChain.Explorer.Grids;

/// <summary>Render jobs, and the nodes that render.</summary>
public static class RenderGrids
{
    private const string Module = "render";

    public static readonly Grid Jobs = new(
        "render-jobs", "Render jobs",
        [
            new("job", "Job", true), new("state", "State"), new("artist", "Artist"), new("tier", "Tier", true),
            new("paid", "Frames paid", true), new("checks", "Rendered twice", true, true), new("upheld", "Wrongly rejected", true, true),
            new("escrow", "In escrow", true), new("deadline", "Deadline", true, true),
        ],
        [], ReadJobs)
    { Module = Module, Empty = "No render job yet. 'depin render submit' makes one." };

    public static readonly Grid Nodes = new(
        "render-nodes", "Render nodes",
        [
            new("node", "Node"), new("state", "State"), new("score", "OctaneBench", true), new("vram", "VRAM MiB", true, true),
            new("bond", "Bond", true), new("open", "Frames at work", true), new("ok", "Good frames", true), new("all", "All", true, true),
        ],
        [], ReadNodes)
    { Module = Module, Empty = "No node has registered yet." };

    private static async Task<GridPage> ReadJobs(Site site, GridQuery query)
    {
        long all = (await site.Views.AskAsync(Module, "jobCount"))?.Only.Number ?? 0;
        long first = Math.Min(all, query.BeforeNumber - 1);
        long[] ids = [.. Enumerable.Range(0, query.Limit + 1).Select(i => first - i).TakeWhile(id => id >= 1)];
        Facts?[] answers = await site.Views.AskAsync([.. ids.Select(id => new ViewCall(Module, "getJob", (UInt256)(ulong)id))]);
        var rows = ids.Zip(answers, (id, answer) => (Id: id, Job: answer?.Only ?? new Facts(null))).ToList();
        return GridPage.Of(rows, query.Limit, row => $"{row.Id}", row =>
        [
            Cell.Number(row.Id, $"/render/{row.Id}"), Cell.Tag(ModuleTexts.WordOf(site.Chain, Module, "JobStage", row.Job["stage"].Number)),
            Cell.Account(row.Job["artist"].Account), Cell.Number(row.Job["tier"].Number),
            Cell.Text($"{row.Job.Of("paid")} of {row.Job.Of("frames")}"), Cell.Number(row.Job["checks"].Number),
            Cell.Number(row.Job["upheld"].Number, tone: row.Job["upheld"].Number > 0 ? "warn" : null), Cell.Wei(row.Job["escrow"].Wei),
            Cell.Number(row.Job.Of("deadline")),
        ]);
    }

    private static async Task<GridPage> ReadNodes(Site site, GridQuery query)
    {
        ulong offset = ulong.TryParse(query.Before, out ulong from) ? from : 0;
        int limit = Math.Min(query.Limit, 99);
        Facts? list = await site.Views.AskAsync(Module, "getNodes", (UInt256)offset, (UInt256)(ulong)(limit + 1));
        Address[] all = [.. (list?.Only.Items ?? []).Select(one => one.Account)];
        Address[] page = [.. all.Take(limit)];
        Facts?[] answers = await site.Views.AskAsync([.. page.Select(account => new ViewCall(Module, "getNode", account))]);
        return new GridPage(
            [
                .. page.Zip(answers, (account, answer) => (Account: account, Node: answer?.Only ?? new Facts(null)))
                    .Select(row => (IReadOnlyList<Cell>)
                [
                    Cell.Account(row.Account), row.Node["isBusy"].Flag ? Cell.Tag("busy", "warn") : Cell.Tag("free", "good"),
                    Cell.Number(row.Node["obScore"].Number), Cell.Number(row.Node["vramMiB"].Number), Cell.Wei(row.Node["bond"].Wei),
                    Cell.Number(row.Node["open"].Number), Cell.Number(row.Node["ok"].Number), Cell.Number(row.Node["all"].Number),
                ]),
            ],
            all.Length > limit ? $"{offset + (ulong)limit}" : null);
    }
}
