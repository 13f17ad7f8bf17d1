using System.Globalization;
using System.Text;
using DePinChain.Explorer.Chain;
using DePinChain.Explorer.Grids;
using DePinChain.Indexer.Rows;
using DePinChain.Indexer.Store;
using DePinChain.Primitives;
using Microsoft.EntityFrameworkCore;

namespace DePinChain.Explorer.Api;

/// <summary>
/// An account's movements of coins in a period as CSV, for its books: opening balance, every credit and debit with its reason, closing
/// balance. Exact wei; opening + credits − debits = closing, which whoever reads it can check line by line.
/// </summary>
internal static class Statements
{
    // Entries read at a time: the file may be long, the memory for it is not.
    private const int PageSize = 1_000;
    private const string Header = "time,block,transaction,kind,counterparty,reason,credit_wei,debit_wei,balance_wei\r\n";

    /// <summary>GET /api/v1/statement.csv?account=0x…&amp;from=2026-01-01&amp;to=2026-12-31 (days of UTC, both included).</summary>
    public static IResult Answer(Site site)
    {
        if (!Address.TryParse(site.Query("account"), out Address account)) return Refuse("account takes an address: 0x and 40 hex digits");
        if (!TryDay(site.Query("from"), out DateOnly? from) || !TryDay(site.Query("to"), out DateOnly? to))
            return Refuse("from and to take days of UTC as 2026-01-31");
        if (from > to) return Refuse($"the period ends on {to:yyyy-MM-dd}, before it begins on {from:yyyy-MM-dd}");
        string name = string.Create(CultureInfo.InvariantCulture, $"statement-{account}-{from:yyyyMMdd}-{to:yyyyMMdd}.csv");
        site.Http.Response.Headers.ContentDisposition = $"attachment; filename=\"{name}\"";
        return Results.Stream(stream => WriteAsync(site, account, from, to, stream), "text/csv; charset=utf-8");
    }

    private static async Task WriteAsync(Site site, Address account, DateOnly? from, DateOnly? to, Stream stream)
    {
        await using var text = new StreamWriter(stream, new UTF8Encoding(false));
        await using IndexContext index = site.Store.Read();
        long firstBlock = from is { } first ? await FirstBlockAsync(site, index, Seconds(first)) : 0;
        long endBlock = to is { } last ? await FirstBlockAsync(site, index, Seconds(last.AddDays(1))) : site.Height + 1;
        (long start, long end) = (RowId.Of(firstBlock, 0), RowId.Of(endBlock, 0));
        UInt128 balance = await BalanceBeforeAsync(site, index, account, start);
        await text.WriteAsync(Header);
        await text.WriteAsync(Edge("opening", firstBlock, balance));
        while (true)
        {
            List<EntryRow> page = await index.Entries.Where(row => row.Account == account && row.Id >= start && row.Id < end)
                .OrderBy(row => row.Id).Take(PageSize).ToListAsync(site.Cancelled);
            await WritePageAsync(site, index, page, text);
            if (page.Count > 0) (start, balance) = (page[^1].Id + 1, page[^1].Balance);
            if (page.Count < PageSize) break;
        }

        await text.WriteAsync(Edge("closing", endBlock - 1, balance));
    }

    private static async Task WritePageAsync(Site site, IndexContext index, List<EntryRow> page, StreamWriter text)
    {
        long[] numbers = [.. page.Select(row => RowId.BlockOf(row.Id)).Distinct()];
        long[] transactionIds = [.. page.Select(row => row.TransactionId).Distinct()];
        long?[] eventIds = [.. page.Select(row => row.EventId).Where(id => id is not null).Distinct()];
        Dictionary<long, long> times = await index.Blocks.Where(row => numbers.Contains(row.Number))
            .ToDictionaryAsync(row => row.Number, row => row.Timestamp, site.Cancelled);
        Dictionary<long, Hash256> hashes = await index.Transactions.Where(row => transactionIds.Contains(row.Id))
            .ToDictionaryAsync(row => row.Id, row => row.Hash, site.Cancelled);
        var events = await index.Events.Where(row => eventIds.Contains(row.Id))
            .ToDictionaryAsync(row => row.Id, row => $"{row.Module}.{row.Name}", site.Cancelled);
        foreach (EntryRow row in page)
        {
            long block = RowId.BlockOf(row.Id);
            string reason = row.EventId is { } id && events.TryGetValue(id, out string? name) ? name : "";
            string amount = row.Amount.ToString(CultureInfo.InvariantCulture);
            await text.WriteAsync(string.Join(',',
                times.TryGetValue(block, out long time) ? Parts.Show.Iso(time) : "", block.ToString(CultureInfo.InvariantCulture),
                hashes.TryGetValue(row.TransactionId, out Hash256 hash) ? hash.ToString() : "", ChainGrids.NameOf(row.Kind),
                row.Counterparty?.ToString() ?? "supply", reason, row.IsCredit ? amount : "", row.IsCredit ? "" : amount,
                row.Balance.ToString(CultureInfo.InvariantCulture)) + "\r\n");
        }
    }

    private static async Task<UInt128> BalanceBeforeAsync(Site site, IndexContext index, Address account, long start)
    {
        EntryRow? last = await index.Entries.Where(row => row.Account == account && row.Id < start).OrderByDescending(row => row.Id)
            .FirstOrDefaultAsync(site.Cancelled);
        if (last is not null) return last.Balance;
        AccountRow? known = await index.Accounts.FirstOrDefaultAsync(row => row.Address == account, site.Cancelled);
        return known?.Opening ?? 0;
    }

    // Blocks' times rise with their numbers, so the first block at or after a time is found by halving.
    private static async Task<long> FirstBlockAsync(Site site, IndexContext index, long time)
    {
        (long low, long high) = (0, site.Height + 1);
        while (low < high)
        {
            long middle = low + ((high - low) / 2);
            long at = await index.Blocks.Where(row => row.Number == middle).Select(row => row.Timestamp).FirstAsync(site.Cancelled);
            if (at >= time) high = middle;
            else low = middle + 1;
        }

        return low;
    }

    private static string Edge(string kind, long block, UInt128 balance) =>
        string.Create(CultureInfo.InvariantCulture, $",{block},,{kind},,,,,{balance}\r\n");

    private static long Seconds(DateOnly day) => new DateTimeOffset(day, TimeOnly.MinValue, TimeSpan.Zero).ToUnixTimeSeconds();

    private static bool TryDay(string? text, out DateOnly? day)
    {
        bool isDay = DateOnly.TryParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out DateOnly parsed);
        day = isDay ? parsed : null;
        return isDay || text is null;
    }

    private static IResult Refuse(string problem) =>
        Results.Json(new { problem }, statusCode: StatusCodes.Status400BadRequest);
}
