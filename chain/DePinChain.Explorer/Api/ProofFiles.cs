using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using DePinChain.Client;
using DePinChain.Explorer.Chain;
using DePinChain.Primitives;

namespace DePinChain.Explorer.Api;

/// <summary>
/// A value that nobody has to be believed for, in one file: the block's header with the validators that signed it and their seals, and the
/// Merkle proof from its state root. <c>depin verify file</c> and the browser check it alike.
/// </summary>
public static class ProofFiles
{
    /// <summary>Of the file's shape; readers refuse any other.</summary>
    public const string Format = "depin-proof-1";

    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true };

    public static async Task<IResult> AnswerAsync(string kind, string key, Site site)
    {
        if (ProofSubject.Find(kind) is not { } subject)
        {
            return Problem($"there is no proof of a '{kind}'; there are: "
                + string.Join(", ", ProofSubject.All.Select(one => one.Kind)), StatusCodes.Status404NotFound);
        }

        long height = site.Height;
        if (site.Query("block") is { } block
            && (!long.TryParse(block, NumberStyles.None, CultureInfo.InvariantCulture, out height) || height < 1 || height > site.Height))
        {
            return Problem($"block takes a number from 1 to {site.Height}", StatusCodes.Status400BadRequest);
        }

        try
        {
            JsonObject? file = await MakeAsync(subject, key, height, site);
            if (file is null) return Problem($"the node publishes no record of a {subject.Word}", StatusCodes.Status404NotFound);
            site.Http.Response.Headers.ContentDisposition = $"attachment; filename=\"proof-{kind}-{height}.json\"";
            return Results.Text(file.ToJsonString(Indented), "application/json", Encoding.UTF8);
        }
        catch (FormatException malformed)
        {
            return Problem(malformed.Message, StatusCodes.Status400BadRequest);
        }
        catch (NodeRefusedException refused)
        {
            return Problem($"the node cannot prove block {height}: {refused.Message}", StatusCodes.Status404NotFound);
        }
    }

    private static async Task<JsonObject?> MakeAsync(ProofSubject subject, string key, long height, Site site)
    {
        RecordPlace? place = null;
        if (subject.Module.Length > 0 && (place = subject.Locate(site.Chain, key)) is null) return null;
        Address address = place?.Module.Address ?? Address.Parse(key);
        string number = Hex.Quantity((ulong)height);
        var locations = new JsonArray();
        if (place is not null) locations.Add((JsonNode)place.Location.ToString());
        JsonNode? light = await site.Node.CallAsync("depin_getLightBlock", site.Cancelled, number);
        JsonNode? proof = await site.Node.CallAsync("eth_getProof", site.Cancelled, address.ToString(), locations, number);
        return new JsonObject
        {
            ["format"] = Format,
            ["chainId"] = site.Chain.Identity.ChainId,
            ["height"] = height,
            ["kind"] = subject.Kind,
            ["key"] = key,
            ["address"] = address.ToString(),
            ["record"] = place is null ? null : new JsonObject
            {
                ["module"] = place.Module.Name,
                ["slot"] = place.Slot,
                ["keyType"] = place.KeyType,
                ["location"] = place.Location.ToString(),
                ["type"] = place.Type,
                ["types"] = TypesOf(place),
            },
            ["lightBlock"] = light?.DeepClone(),
            ["proof"] = proof?.DeepClone(),
        };
    }

    /// <summary>Of the module's layout, what the record is made of.</summary>
    private static JsonObject TypesOf(RecordPlace place)
    {
        var all = (JsonObject)place.Module.StorageLayout!["types"]!; // the place was found in it
        var needed = new JsonObject();
        var open = new Queue<string>([place.Type]);
        while (open.TryDequeue(out string? type))
        {
            if (needed.ContainsKey(type) || all[type] is not { } shape) continue;
            needed[type] = shape.DeepClone();
            foreach (JsonNode? member in shape["members"] as JsonArray ?? []) open.Enqueue(member!["type"]!.ToString());
            if (shape["base"] is { } element) open.Enqueue(element.ToString());
        }

        return needed;
    }

    private static IResult Problem(string problem, int status) =>
        Results.Json(new JsonObject { ["problem"] = problem }, statusCode: status);
}
