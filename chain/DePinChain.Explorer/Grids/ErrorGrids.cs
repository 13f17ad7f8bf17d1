using DePinChain.Client;
using DePinChain.Explorer.Chain;
using DePinChain.Primitives;

namespace DePinChain.Explorer.Grids;

/// <summary>Every way to be refused: the node's own catalogue, and each module's errors.</summary>
public static class ErrorGrids
{
    public static readonly Grid Errors = new(
        "errors", "Errors",
        [new("error", "Error"), new("of", "Of"), new("code", "Code or selector"), new("meaning", "Meaning"),
            new("hint", "What to do", false, true)],
        ["of"], ReadErrors);

    private static async Task<GridPage> ReadErrors(Site site, GridQuery query)
    {
        var rows = new List<IReadOnlyList<Cell>>();
        var node = new Facts(await site.Node.CallAsync("depin_getErrors", site.Cancelled));
        foreach (Facts one in node.Items)
        {
            rows.Add(
            [
                Cell.Text(one.Of("name"), $"/error/{one.Of("name")}"), Cell.Text("node"), Cell.Text(one.Of("code")),
                Cell.Text(one.Of("message")), Cell.Text(one.Of("hint")),
            ]);
        }

        foreach (PublishedModule module in site.Chain.Codec.Directory.All)
        {
            foreach (AbiError error in module.Abi.Errors)
            {
                rows.Add(
                [
                    Cell.Text(error.Name, $"/module/{module.Name}#error-{error.Name}"), Cell.Text(module.Name, $"/module/{module.Name}"),
                    Cell.Text($"0x{error.Selector:x8}"), Cell.Text(ModuleTexts.NoticeOf(module, "errors", error.Signature)), Cell.Empty,
                ]);
            }
        }

        string? of = query.Find("of");
        return new GridPage([.. rows.Where(row => of is null || row[1].Value == of)], null);
    }
}
