using System.Globalization;
using DePinChain.Explorer.Chain;
using DePinChain.Indexer.Rows;
using DePinChain.Indexer.Store;
using DePinChain.Primitives;
using Microsoft.EntityFrameworkCore;

namespace DePinChain.Explorer.Grids;

/// <summary>Blocks, transactions, events, accounts and ledgers: out of the index, by key, never by offset.</summary>
public static class ChainGrids
{
    public static readonly Grid Blocks = new(
        "blocks", "Blocks",
        [
            new("block", "Block"), new("age", "Age"), new("proposer", "Proposer"), new("transactions", "Txs", true),
            new("events", "Events", true, true), new("gasUsed", "Gas used", true, true), new("burned", "Burned", true, true),
            new("minted", "Minted", true, true),
        ],
        ["proposer"], ReadBlocks);

    public static readonly Grid Transactions = new(
        "transactions", "Transactions",
        [
            new("hash", "Transaction"), new("block", "Block"), new("age", "Age", false, true), new("status", "Status"),
            new("from", "From"), new("to", "To"), new("call", "Call"), new("value", "Value", true), new("fee", "Fee", true, true),
        ],
        ["account", "module", "method", "block"], ReadTransactions)
    { Empty = "No transaction here yet. On a localnet: depin account send dev1 1" };

    public static readonly Grid Events = new(
        "events", "Events",
        [
            new("block", "Block"), new("transaction", "From", false, true), new("module", "Module"), new("event", "Event"),
            new("values", "Values"),
        ],
        ["account", "module", "event", "block", "transaction", "object", "parameter", "prefix"], ReadEvents);

    public static readonly Grid Entries = new(
        "entries", "Ledger",
        [
            new("block", "Block"), new("account", "Account"), new("kind", "Kind"), new("counterparty", "Counterparty"),
            new("amount", "Change", true),
            new("balance", "Balance after", true), new("event", "Reported by", false, true),
        ],
        ["account", "block", "transaction"], ReadEntries);

    public static readonly Grid Accounts = new(
        "accounts", "Accounts by balance",
        [
            new("account", "Account"), new("balance", "Balance", true), new("sent", "Sent txs", true),
            new("firstBlock", "First seen", true, true),
            new("lastBlock", "Last active", true, true),
        ],
        [], ReadAccounts);

    public static readonly Grid Faults = new(
        "faults", "Differences",
        [new("block", "Block"), new("account", "Account"), new("node", "The node says", true), new("ledger", "The ledger says", true)],
        [], ReadFaults);

    private static async Task<GridPage> ReadFaults(Site site, GridQuery query)
    {
        await using IndexContext index = site.Store.Read();
        long before = query.BeforeNumber;
        List<FaultRow> page = await index.Faults.Where(row => row.Block < before).OrderByDescending(row => row.Block)
            .Take(query.Limit + 1).ToListAsync(site.Cancelled);
        return GridPage.Of(page, query.Limit, row => $"{row.Block}", row =>
        [
            Cell.Block(row.Block), row.Account.IsZero ? Cell.Text("supply", "/economy") : Cell.Account(row.Account),
            Cell.Wei(row.Expected), Cell.Wei(row.Found),
        ]);
    }

    private static async Task<GridPage> ReadBlocks(Site site, GridQuery query)
    {
        await using IndexContext index = site.Store.Read();
        long before = query.BeforeNumber;
        IQueryable<BlockRow> rows = index.Blocks.Where(row => row.Number < before);
        if (query.Find("proposer") is { } text)
        {
            if (!Address.TryParse(text, out Address proposer)) return GridPage.None;
            rows = rows.Where(row => row.Proposer == proposer);
        }

        List<BlockRow> page = await rows.OrderByDescending(row => row.Number).Take(query.Limit + 1).ToListAsync(site.Cancelled);
        return GridPage.Of(page, query.Limit, row => $"{row.Number}", row =>
        [
            Cell.Block(row.Number), Cell.Time(row.Timestamp), Cell.Account(row.Proposer), Cell.Number(row.Transactions),
            Cell.Number(row.Events), Cell.Number(row.GasUsed), Cell.Wei(row.Burned), Cell.Wei(row.Minted),
        ]);
    }

    private static async Task<GridPage> ReadTransactions(Site site, GridQuery query)
    {
        await using IndexContext index = site.Store.Read();
        long before = query.BeforeNumber;
        IQueryable<TransactionRow> rows = index.Transactions.Where(row => row.Id < before);
        if (query.Find("account") is { } text)
        {
            if (!Address.TryParse(text, out Address account)) return GridPage.None;
            rows = from link in index.AccountTransactions
                   where link.Account == account && link.TransactionId < before
                   join row in index.Transactions on link.TransactionId equals row.Id
                   select row;
        }

        if (query.Find("module") is { } module) rows = rows.Where(row => row.Module == module);
        if (query.Find("method") is { } method) rows = rows.Where(row => row.Method == method);
        if (query.Find("block") is { } block && long.TryParse(block, out long number))
        {
            (long first, long end) = (RowId.Of(number, 0), RowId.Of(number + 1, 0));
            rows = rows.Where(row => row.Id >= first && row.Id < end);
        }

        List<TransactionRow> page = await rows.OrderByDescending(row => row.Id).Take(query.Limit + 1).ToListAsync(site.Cancelled);
        return GridPage.Of(page, query.Limit, row => $"{row.Id}", Show);
    }

    private static string PlaceOf(long id) => $"/block/{RowId.BlockOf(id)}/tx/{RowId.NumberOf(id)}";

    private static Cell[] Show(TransactionRow row) =>
    [
        Cell.Transaction(row.Hash), Cell.BlockOf(row.Id), Cell.Time(row.Timestamp),
        row.Succeeded ? Cell.Tag("success", "good") : Cell.Tag(row.Error ?? "failed", "bad"),
        Cell.Account(row.From), Cell.Account(row.To), CallOf(row), Cell.Wei(row.Value),
        Cell.Wei((UInt128)(ulong)row.GasUsed * row.GasPrice),
    ];

    private static Cell CallOf(TransactionRow row) => row switch
    {
        { Method: null } => Cell.Tag("transfer"),
        { Module: null } => Cell.Tag(row.Method),
        _ => Cell.Tag($"{row.Module}.{row.Method}", null, $"/module/{row.Module}#fn-{row.Method}"),
    };

    private static async Task<GridPage> ReadEvents(Site site, GridQuery query)
    {
        await using IndexContext index = site.Store.Read();
        long before = query.BeforeNumber;
        IQueryable<EventRow> rows = index.Events.Where(row => row.Id < before);
        string? module = query.Find("module");
        if (query.Find("account") is { } text)
        {
            if (!Address.TryParse(text, out Address account)) return GridPage.None;
            rows = from link in index.AccountEvents
                   where link.Account == account && link.EventId < before
                   join row in index.Events on link.EventId equals row.Id
                   select row;
        }
        else if (query.Find("object") is { } value && query.Find("parameter") is { } parameter && module is not null)
        {
            rows = from link in index.ObjectEvents
                   where link.Module == module && link.Parameter == parameter && link.Value == value && link.EventId < before
                   join row in index.Events on link.EventId equals row.Id
                   select row;
        }

        if (module is not null) rows = rows.Where(row => row.Module == module);
        if (query.Find("event") is { } name) rows = rows.Where(row => row.Name == name);
        if (query.Find("prefix") is { } prefix) rows = rows.Where(row => row.Name.StartsWith(prefix));
        if (query.Find("block") is { } block && long.TryParse(block, out long number))
        {
            (long first, long end) = (RowId.Of(number, 0), RowId.Of(number + 1, 0));
            rows = rows.Where(row => row.Id >= first && row.Id < end);
        }

        if (query.Find("transaction") is { } of && long.TryParse(of, out long id)) rows = rows.Where(row => row.TransactionId == id);
        List<EventRow> page = await rows.OrderByDescending(row => row.Id).Take(query.Limit + 1).ToListAsync(site.Cancelled);
        return GridPage.Of(page, query.Limit, row => $"{row.Id}", row =>
        [
            Cell.BlockOf(row.Id),
            RowId.NumberOf(row.TransactionId) == 0
                ? Cell.Tag("block start", null, $"/block/{RowId.BlockOf(row.Id)}")
                : Cell.Text($"tx {RowId.NumberOf(row.TransactionId)}", PlaceOf(row.TransactionId)),
            row.Module.Length > 0 ? Cell.Text(row.Module, $"/module/{row.Module}") : Cell.Account(row.Emitter),
            Cell.Tag(row.Name), Cell.Values(row.Arguments, row.Module, row.Name),
        ]);
    }

    private static async Task<GridPage> ReadEntries(Site site, GridQuery query)
    {
        await using IndexContext index = site.Store.Read();
        long before = query.BeforeNumber;
        IQueryable<EntryRow> rows = index.Entries.Where(row => row.Id < before);
        if (query.Find("account") is { } text)
        {
            if (!Address.TryParse(text, out Address account)) return GridPage.None;
            rows = rows.Where(row => row.Account == account);
        }

        if (query.Find("block") is { } block && long.TryParse(block, out long number))
        {
            (long first, long end) = (RowId.Of(number, 0), RowId.Of(number + 1, 0));
            rows = rows.Where(row => row.Id >= first && row.Id < end);
        }

        if (query.Find("transaction") is { } of && long.TryParse(of, out long id)) rows = rows.Where(row => row.TransactionId == id);
        List<EntryRow> page = await rows.OrderByDescending(row => row.Id).Take(query.Limit + 1).ToListAsync(site.Cancelled);
        return GridPage.Of(page, query.Limit, row => $"{row.Id}", row =>
        [
            Cell.BlockOf(row.Id), Cell.Account(row.Account), Cell.Tag(NameOf(row.Kind)),
            row.Counterparty is { } other ? Cell.Account(other) : Cell.Text("supply", "/economy"),
            new Cell(CellKind.Amount, $"{(row.IsCredit ? "" : "-")}{row.Amount}", null, row.IsCredit ? "good" : "bad"),
            Cell.Wei(row.Balance),
            Cell.Text($"tx {RowId.NumberOf(row.TransactionId)}", PlaceOf(row.TransactionId)),
        ]);
    }

    /// <summary>The word for a kind of entry.</summary>
    public static string NameOf(EntryKind kind) => kind switch
    {
        EntryKind.Transfer => "transfer",
        EntryKind.Module => "module",
        EntryKind.BaseFee => "base fee",
        EntryKind.Tip => "tip",
        EntryKind.Mint => "mint",
        _ => "burn",
    };

    // The key is a balance and how many accounts with just that balance were shown, because balances repeat.
    private static async Task<GridPage> ReadAccounts(Site site, GridQuery query)
    {
        await using IndexContext index = site.Store.Read();
        string[] key = (query.Before ?? "").Split('-');
        bool isFirst = key.Length != 2 || !UInt128.TryParse(key[0], out UInt128 last) || !int.TryParse(key[1], out int shown) || shown < 0;
        UInt128 balance = isFirst ? UInt128.MaxValue : UInt128.Parse(key[0], CultureInfo.InvariantCulture);
        int skipped = isFirst ? 0 : int.Parse(key[1], CultureInfo.InvariantCulture);
        List<AccountRow> page = await index.Accounts.Where(row => row.Balance <= balance)
            .OrderByDescending(row => row.Balance).ThenByDescending(row => row.Address)
            .Skip(skipped).Take(query.Limit + 1).ToListAsync(site.Cancelled);
        return GridPage.Of(page, query.Limit, row => KeyAfter(page, query.Limit, balance, skipped, row), row =>
        [
            Cell.Account(row.Address), Cell.Wei(row.Balance), Cell.Number(row.Sent), Cell.Block(row.FirstBlock), Cell.Block(row.LastBlock),
        ]);
    }

    private static string KeyAfter(List<AccountRow> page, int limit, UInt128 from, int skipped, AccountRow last)
    {
        int same = page.Take(limit).Count(row => row.Balance == last.Balance);
        return $"{last.Balance}-{same + (last.Balance == from ? skipped : 0)}";
    }
}
