using System.Text.Json.Nodes;
using DePinChain.Explorer.Chain;
using DePinChain.Indexer.Rows;
using DePinChain.Indexer.Store;
using Microsoft.EntityFrameworkCore;

namespace DePinChain.Explorer.Grids;

/// <summary>Objects that no view lists, found by the event of their birth; what they are now is asked from the node.</summary>
public static class EventObjects
{
    /// <summary>The newest births before a key, one more than asked for.</summary>
    public static async Task<IReadOnlyList<(long EventId, Facts Values)>> FindAsync(
        Site site, GridQuery query, string module, string name, string? parameter = null, string? value = null)
    {
        await using IndexContext index = site.Store.Read();
        long before = query.BeforeNumber;
        IQueryable<EventRow> rows = index.Events.Where(row => row.Module == module && row.Name == name && row.Id < before);
        if (parameter is not null && value is not null)
        {
            rows = from link in index.ObjectEvents
                   where link.Module == module && link.Parameter == parameter && link.Value == value && link.EventId < before
                   join row in index.Events on link.EventId equals row.Id
                   where row.Name == name
                   select row;
        }

        List<EventRow> page = await rows.OrderByDescending(row => row.Id).Take(query.Limit + 1).ToListAsync(site.Cancelled);
        return [.. page.Select(row => (row.Id, new Facts(JsonNode.Parse(row.Arguments))))];
    }
}
