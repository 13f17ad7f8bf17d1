using System.Text;
using System.Text.Json;
using DePinChain.Client;
using DePinChain.Explorer.Chain;
using DePinChain.Explorer.Grids;
using DePinChain.Primitives;

namespace DePinChain.Explorer.Api;

/// <summary>REST: every grid as JSON and CSV under /api/v1, described in OpenAPI.</summary>
public static class RestApi
{
    private const int LimitDefault = 50;

    public static void Map(WebApplication site)
    {
        site.MapGet("/api/v1/openapi.json", () => Results.Bytes(OpenApi.Document(), "application/json"));
        site.MapGet("/api/v1/status", (Site state) => Status(state));
        site.MapGet("/api/v1/encode", (Site state) => Encode(state));
        site.MapGet("/api/v1/statement.csv", (Site state) => state.IsReady ? Statements.Answer(state) : Wait(state));
        site.MapGet("/api/v1/proof/{kind}/{key}", (string kind, string key, Site state) =>
            state.IsReady ? ProofFiles.AnswerAsync(kind, key, state) : Task.FromResult(Wait(state)));
        site.MapGet("/api/v1/{name}", (string name, Site state) => GridAsync(name, state));
    }

    private static IResult Status(Site site)
    {
        if (!site.IsReady) return Wait(site);
        var status = site.Status;
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            json.WriteNumber("chainId", site.Chain.Identity.ChainId);
            json.WriteString("network", site.Chain.Identity.Network);
            json.WriteString("genesis", site.Chain.Identity.Genesis.ToString());
            json.WriteString("state", status.State.ToString());
            json.WriteNumber("nodeHeight", status.NodeHeight);
            json.WriteNumber("indexedHeight", status.Mark.Height);
            json.WriteNumber("lag", status.Lag);
            json.WriteNumber("transactions", status.Mark.Transactions);
            json.WriteNumber("events", status.Mark.Events);
            json.WriteNumber("accounts", status.Mark.Accounts);
            json.WriteString("supplyWei", status.Mark.Supply.ToString());
            json.WriteString("trouble", status.Trouble);
            json.WriteEndObject();
        }

        return Results.Bytes(buffer.ToArray(), "application/json");
    }

    /// <summary>
    /// Calldata for a wallet: the page's form with the module's ABI. Encoding reveals and decides nothing; the wallet shows what it signs.
    /// </summary>
    private static IResult Encode(Site site)
    {
        if (!site.IsReady) return Wait(site);
        try
        {
            PublishedModule? module = Address.TryParse(site.Query("module"), out Address address) ? site.Chain.Codec.FindModule(address)
                : null;
            AbiFunction function = module?.Abi.FindFunction(site.Query("call") ?? "") ?? throw new FormatException("no such function");
            IQueryCollection query = site.Http.Request.Query;
            object?[] values = [.. function.Inputs.Select((input, i) => AbiValues.Parse(input.Type, query[$"a{i}"].ToString().Trim()))];
            Amount value = site.Query("value") is { } dpn ? Amount.Parse(dpn.Trim()) : Amount.Zero;
            return Results.Json(new Calldata(Hex.Encode(function.EncodeCall(values)), Hex.Quantity(value.Wei)));
        }
        catch (FormatException malformed)
        {
            return Results.Json(new ProblemText(malformed.Message), statusCode: StatusCodes.Status400BadRequest);
        }
    }

    private static async Task<IResult> GridAsync(string name, Site site)
    {
        bool isCsv = name.EndsWith(".csv", StringComparison.Ordinal);
        string grid = isCsv ? name[..^4] : name.EndsWith(".json", StringComparison.Ordinal) ? name[..^5] : name;
        if (GridCatalog.Find(grid) is not { } found)
        {
            return Results.Json(new ProblemText($"there is no list '{grid}'; there are: "
                + string.Join(", ", GridCatalog.All.Select(one => one.Name))), statusCode: StatusCodes.Status404NotFound);
        }

        if (!site.IsReady) return Wait(site);
        GridPage page = await found.Read(site, QueryOf(site, found));
        if (!isCsv) return Results.Bytes(GridFiles.ToJson(found, page, site.Height), "application/json");
        site.Http.Response.Headers.ContentDisposition = $"attachment; filename=\"{grid}-{site.Height}.csv\"";
        return Results.Text(GridFiles.ToCsv(found, page), "text/csv", Encoding.UTF8);
    }

    private static GridQuery QueryOf(Site site, Grid grid)
    {
        var filter = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (string name in grid.Filters)
            if (site.Query(name) is { } value) filter[name] = value;
        int limit = int.TryParse(site.Query("limit"), out int asked) ? Math.Clamp(asked, 1, GridQuery.LimitMax) : LimitDefault;
        return new GridQuery(site.Query("before"), limit, filter);
    }

    private static IResult Wait(Site site) =>
        Results.Json(new ProblemText(site.Waiting), statusCode: StatusCodes.Status503ServiceUnavailable);

    private sealed record ProblemText(string Problem);

    private sealed record Calldata(string Data, string Value);
}
