using System.Numerics;
using System.Text.Json.Nodes;
using DePinChain.Client;
using DePinChain.Indexer.Rows;
using DePinChain.Indexer.Store;
using DePinChain.Primitives;
using Microsoft.EntityFrameworkCore;

namespace DePinChain.Explorer.Chain;

/// <summary>Something taken from somebody for a breach, computed again from what the chain held in the block before.</summary>
/// <param name="EventId">The event that reported it.</param>
/// <param name="Title">Whose.</param>
/// <param name="Formula">In words and signs, with the rounding.</param>
/// <param name="Inputs">As the chain had them.</param>
/// <param name="Computed">Base units; null when the node has dropped the inputs.</param>
/// <param name="Said">Base units, by the event.</param>
public sealed record Penalty(
    long EventId, string Title, string Formula, IReadOnlyList<(string Name, string Value)> Inputs, BigInteger? Computed, UInt128 Said)
{
    private const int ShownMax = 5;

    /// <summary>The newest of those that name an account.</summary>
    public static async Task<IReadOnlyList<Penalty>> OfAccountAsync(Site site, string module, Address account)
    {
        string[] names = [.. PenaltyFormulas.NamesOf(module)];
        await using IndexContext index = site.Store.Read();
        List<EventRow> rows = await (from link in index.AccountEvents
                                     where link.Account == account
                                     join row in index.Events on link.EventId equals row.Id
                                     where row.Module == module && names.Contains(row.Name)
                                     orderby row.Id descending
                                     select row).Take(ShownMax).ToListAsync(site.Cancelled);
        return await ExplainAsync(site, rows);
    }

    /// <summary>The newest of those that name an object.</summary>
    public static async Task<IReadOnlyList<Penalty>> OfObjectAsync(Site site, string module, string parameter, string value)
    {
        string[] names = [.. PenaltyFormulas.NamesOf(module)];
        await using IndexContext index = site.Store.Read();
        List<EventRow> rows = await (from link in index.ObjectEvents
                                     where link.Module == module && link.Parameter == parameter && link.Value == value
                                     join row in index.Events on link.EventId equals row.Id
                                     where names.Contains(row.Name)
                                     orderby row.Id descending
                                     select row).Take(ShownMax).ToListAsync(site.Cancelled);
        return await ExplainAsync(site, rows);
    }

    /// <summary>Those that a transaction reported, the system's own included.</summary>
    public static async Task<IReadOnlyList<Penalty>> OfTransactionAsync(Site site, long transactionId)
    {
        await using IndexContext index = site.Store.Read();
        List<EventRow> rows = await index.Events.Where(row => row.TransactionId == transactionId).OrderBy(row => row.Id)
            .ToListAsync(site.Cancelled);
        return await ExplainAsync(site, [.. rows.Where(row => PenaltyFormulas.NamesOf(row.Module).Contains(row.Name)).Take(ShownMax)]);
    }

    private static async Task<IReadOnlyList<Penalty>> ExplainAsync(Site site, IReadOnlyList<EventRow> rows)
    {
        var all = new List<Penalty>();
        foreach (EventRow row in rows)
        {
            var values = new Facts(JsonNode.Parse(row.Arguments));
            var formulas = new PenaltyFormulas(site, row.Id, values);
            try
            {
                all.Add(await formulas.ExplainAsync(row.Module, row.Name));
            }
            catch (NodeRefusedException)
            {
                all.Add(formulas.Unknown(row.Module, row.Name));
            }
        }

        return all;
    }
}
