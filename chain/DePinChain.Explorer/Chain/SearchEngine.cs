using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;
using DePinChain.Client;
using DePinChain.Indexer.Decoding;
using DePinChain.Indexer.Rows;
using DePinChain.Indexer.Store;
using DePinChain.Primitives;
using Microsoft.EntityFrameworkCore;

namespace DePinChain.Explorer.Chain;

/// <summary>Something found.</summary>
/// <param name="Kind">Block, transaction, account, module, function, event, error, name, deal….</param>
/// <param name="Title">Safe to show.</param>
/// <param name="Address">Its page.</param>
/// <param name="Note">A word more.</param>
/// <param name="IsItself">It is what was asked for, not something that names it.</param>
public sealed record SearchHit(string Kind, string Title, string Address, string Note = "", bool IsItself = false);

/// <summary>One box for everything: numbers, hashes, addresses, names, objects, functions, events, errors.</summary>
public static partial class SearchEngine
{
    private const int HitsMax = 40;
    private const int NamesMax = 12;

    public static async Task<IReadOnlyList<SearchHit>> FindAsync(Site site, string question)
    {
        string text = question.Trim();
        if (text.Length == 0) return [];
        var hits = new List<SearchHit>();
        await using IndexContext index = site.Store.Read();
        string digits = text.Replace(",", "", StringComparison.Ordinal).TrimStart('#');
        if (long.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out long number))
            await AddNumber(site, index, number, hits);
        else if (Hash256.TryParse(text.ToLowerInvariant(), out Hash256 hash)) await AddHash(site, index, hash, hits);
        else if (Address.TryParse(text, out Address address)) hits.Add(new("account", address.ToString(), $"/address/{address}"));
        if (Numbered().Match(text) is { Success: true } match) AddObject(match.Groups[1].Value, match.Groups[2].Value, hits);
        bool isFound = hits.Count > 0 && digits.All(char.IsAsciiDigit);
        if (!isFound && !text.StartsWith("0x", StringComparison.Ordinal))
        {
            AddDeclared(site, text, hits);
            foreach ((Address account, AccountLabel label) in site.Book.Search(text).Where(hit => hit.Label.Kind != "module"))
            {
                string page = label.Kind == "validator" ? $"/validator/{account}" : $"/address/{account}";
                hits.Add(new(label.Kind, label.Name, page, account.ToString()));
            }

            foreach ((ulong id, string name) in site.Book.SearchSubnets(text))
                hits.Add(new("subnet", name, $"/subnet/{id}", $"netuid {id}"));
            await AddNames(site, index, text, hits);
        }

        return [.. hits.DistinctBy(hit => hit.Address).Take(HitsMax)];
    }

    private static async Task AddNumber(Site site, IndexContext index, long number, List<SearchHit> hits)
    {
        if (await index.Blocks.AnyAsync(row => row.Number == number, site.Cancelled))
            hits.Add(new("block", number.ToString("#,0", CultureInfo.InvariantCulture), $"/block/{number}"));
    }

    private static async Task AddHash(Site site, IndexContext index, Hash256 hash, List<SearchHit> hits)
    {
        if (await index.Transactions.AnyAsync(row => row.Hash == hash, site.Cancelled))
            hits.Add(new("transaction", hash.ToString(), $"/tx/{hash}"));
        else if (await index.Blocks.AnyAsync(row => row.Hash == hash, site.Cancelled))
            hits.Add(new("block", hash.ToString(), $"/block/{hash}"));
        else if (await site.Node.CallAsync("eth_getTransactionByHash", site.Cancelled, hash.ToString()) is not null)
            hits.Add(new("transaction", hash.ToString(), $"/tx/{hash}", "not indexed yet, or the system's"));
        string value = hash.ToString();
        var objects = await index.ObjectEvents.Where(row => row.Value == value)
            .Select(row => new { row.Module, row.Parameter }).Distinct().Take(NamesMax).ToListAsync(site.Cancelled);
        foreach (var found in objects)
        {
            string page = ObjectPages.Of(found.Module, found.Parameter, value);
            bool isItself = ObjectPages.Find(found.Module, found.Parameter, value) is not null;
            hits.Add(new($"{found.Module} {found.Parameter}", value, page, IsItself: isItself));
        }
    }

    private static void AddObject(string kind, string number, List<SearchHit> hits)
    {
        string word = kind.ToLowerInvariant();
        string? page = word switch
        {
            "block" => $"/block/{number}",
            "deal" => $"/deal/{number}",
            "provider" => $"/storage/providers/{number}",
            "request" => $"/request/{number}",
            "dataset" or "set" or "data set" => $"/dataset/{number}",
            "proposal" => $"/proposal/{number}",
            "render" or "render job" => $"/render/{number}",
            "job" => $"/job/{number}",
            "cluster" => $"/cluster/{number}",
            "channel" => ObjectPages.Of("paymentChannels", "channel", number),
            "subnet" or "netuid" => $"/subnet/{number}",
            _ => null,
        };
        if (page is not null) hits.Insert(0, new(word, number, page));
    }

    private static void AddDeclared(Site site, string text, List<SearchHit> hits)
    {
        string last = text.Split('.')[^1];
        foreach (PublishedModule module in site.Chain.Codec.Directory.All)
        {
            bool isWhole = text.Contains('.', StringComparison.Ordinal);
            if (isWhole && !string.Equals(text.Split('.')[0], module.Name, StringComparison.OrdinalIgnoreCase)) continue;
            if (!isWhole && module.Name.Contains(text, StringComparison.OrdinalIgnoreCase))
                hits.Add(new("module", module.Name, $"/module/{module.Name}"));
            foreach (AbiFunction function in module.Abi.Functions.Where(one => Matches(one.Name, last)))
                hits.Add(new("function", $"{module.Name}.{function.Name}", $"/module/{module.Name}#fn-{function.Name}"));
            foreach (AbiEvent declared in module.Abi.Events.Where(one => Matches(one.Name, last)))
                hits.Add(new("event", $"{module.Name}.{declared.Name}", $"/events?module={module.Name}&event={declared.Name}"));
            foreach (AbiError error in module.Abi.Errors.Where(one => Matches(one.Name, last)))
                hits.Add(new("error", $"{module.Name}.{error.Name}", $"/module/{module.Name}#error-{error.Name}"));
        }
    }

    // Whole names for one letter, beginnings for more.
    private static bool Matches(string name, string text) => text.Length < 3
        ? string.Equals(name, text, StringComparison.OrdinalIgnoreCase)
        : name.Contains(text, StringComparison.OrdinalIgnoreCase);

    private static async Task AddNames(Site site, IndexContext index, string text, List<SearchHit> hits)
    {
        string word = SafeText.Fold(text, WordRow.LengthMax);
        if (word.Length == 0) return;
        string end = word + "\uffff";
        var found = await (from row in index.Words
                           where string.Compare(row.Word, word) >= 0 && string.Compare(row.Word, end) < 0
                           join log in index.Events on row.EventId equals log.Id
                           orderby row.Word
                           select new { row.Word, row.Parameter, log.Id, log.Module, log.Name, log.Arguments, log.TransactionId })
            .Take(NamesMax).ToListAsync(site.Cancelled);
        foreach (var row in found)
        {
            string page = PageOf(row.Module, row.Arguments) ?? $"/block/{RowId.BlockOf(row.Id)}/tx/{RowId.NumberOf(row.TransactionId)}";
            hits.Add(new($"{row.Module} {row.Parameter}", row.Word, page, row.Name));
        }
    }

    // The page of the object that an event with a name is about.
    private static string? PageOf(string module, string arguments)
    {
        using JsonDocument document = JsonDocument.Parse(arguments);
        foreach (JsonProperty part in document.RootElement.EnumerateObject())
        {
            string? value = part.Value.ValueKind == JsonValueKind.String ? part.Value.GetString() : null;
            if (value is not null && ObjectPages.Find(module, part.Name, value) is { } page) return page;
        }

        return null;
    }

    [GeneratedRegex(@"^([a-zA-Z ]+?)\s*#?\s*(\d{1,18})$")]
    private static partial Regex Numbered();
}
