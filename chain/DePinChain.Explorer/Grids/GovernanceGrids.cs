using DePinChain.Explorer.Chain;
using DePinChain.Primitives;

namespace DePinChain.Explorer.Grids;

/// <summary>Proposals, as the governance module tells them.</summary>
public static class GovernanceGrids
{
    private const string Module = "governance";

    public static readonly Grid Proposals = new(
        "proposals", "Proposals",
        [
            new("id", "Number", true), new("title", "Title"), new("state", "State"), new("kind", "Asks for"), new("proposer", "Proposer"),
            new("deposited", "Deposited", true, true), new("ends", "Vote ends", true), new("effect", "Effect from", true, true),
        ],
        [], ReadProposals)
    { Module = Module, Empty = "No proposal yet. 'depin gov propose' makes one." };

    /// <summary>How a proposal's state is coloured.</summary>
    public static string? ToneOf(string state) => state switch
    {
        "Executed" or "Queued" => "good",
        "Vetoed" or "Failed" or "Rejected" => "bad",
        "Voting" => "warn",
        _ => null,
    };

    private static async Task<GridPage> ReadProposals(Site site, GridQuery query)
    {
        long all = (await site.Views.AskAsync(Module, "proposalCount"))?.Only.Number ?? 0;
        long first = Math.Min(all, query.BeforeNumber - 1);
        long[] ids = [.. Enumerable.Range(0, query.Limit + 1).Select(i => first - i).TakeWhile(id => id >= 1)];
        Facts?[] answers = await site.Views.AskAsync([.. ids.Select(id => new ViewCall(Module, "proposal", (UInt256)(ulong)id))]);
        var rows = ids.Zip(answers, (id, answer) => (Id: id, Proposal: answer?.Only ?? new Facts(null))).ToList();
        return GridPage.Of(rows, query.Limit, row => $"{row.Id}", row =>
        {
            string state = ModuleTexts.WordOf(site.Chain, Module, "ProposalStatus", row.Proposal["status"].Number);
            return
            [
                Cell.Number(row.Id, $"/proposal/{row.Id}"), Cell.Text(row.Proposal.Of("title"), $"/proposal/{row.Id}"),
                Cell.Tag(state, ToneOf(state)),
                Cell.Text(ModuleTexts.WordOf(site.Chain, Module, "ProposalKind", row.Proposal["kind"].Number)),
                Cell.Account(row.Proposal["proposer"].Account), Cell.Wei(row.Proposal["deposited"].Wei),
                BlockOrNone(row.Proposal["votingEnds"].Number), BlockOrNone(row.Proposal["effectAt"].Number),
            ];
        });
    }

    private static Cell BlockOrNone(long block) => block > 0 ? Cell.Block(block) : Cell.Text("–");
}
