using System.Data.Common;
using System.Globalization;
using DePinChain.Indexer.Rows;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Storage;
using Npgsql;

namespace DePinChain.Indexer.Store;

/// <summary>The index's database: SQLite, or PostgreSQL with the same model.</summary>
/// <remarks>
/// An index is derived: it can always be made again from a node. So its tables are made from the model, and a change of the model takes the
/// next <see cref="Version"/>, which is part of the database's name, instead of a migration.
/// </remarks>
public sealed class IndexStore
{
    /// <summary>Of the model; a change of the tables or of what a row means takes the next one.</summary>
    public const int Version = 2;

    /// <summary>The longest that one query of a page may take, in seconds.</summary>
    private const int QuerySecondsMax = 2;

    private readonly DbContextOptions<IndexContext> _options;
    private readonly Tables _tables;

    private IndexStore(DbContextOptions<IndexContext> options)
    {
        _options = options;
        using IndexContext context = new(options);
        _tables = new Tables(context);
        Create(context);
    }

    /// <summary>Called between any two statements of <see cref="Write"/>, before and after its end: where a test may kill it.</summary>
    public Action<string>? Between { get; set; }

    /// <summary>Opens or begins an index in a file.</summary>
    public static IndexStore OpenSqlite(string file)
    {
        string connection = new SqliteConnectionStringBuilder { DataSource = file, DefaultTimeout = 30 }.ToString();
        using (var first = new SqliteConnection(connection))
        {
            first.Open();
            using SqliteCommand journal = first.CreateCommand();

            // Readers go on while a block is written; a power cut may lose the last blocks, which are fetched again, never half of one.
            journal.CommandText = "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL;";
            journal.ExecuteNonQuery();
        }

        return new IndexStore(new DbContextOptionsBuilder<IndexContext>().UseSqlite(connection).Options);
    }

    /// <summary>Opens or begins an index in a schema of a PostgreSQL database.</summary>
    /// <param name="connection">Npgsql's connection string.</param>
    /// <param name="schema">Letters, digits and underscores.</param>
    public static IndexStore OpenPostgres(string connection, string schema)
    {
        bool isName = schema.All(letter => char.IsAsciiLetterLower(letter) || char.IsAsciiDigit(letter) || letter == '_');
        if (schema.Length is 0 or > 63 || !isName)
            throw new ArgumentException($"'{schema}' is no schema: small letters, digits and underscores", nameof(schema));
        string whole = new NpgsqlConnectionStringBuilder(connection) { SearchPath = schema }.ToString();
        using (var first = new NpgsqlConnection(whole))
        {
            first.Open();
#pragma warning disable CA2100 // checked above
            using var create = new NpgsqlCommand($"CREATE SCHEMA IF NOT EXISTS {schema}", first);
#pragma warning restore CA2100
            create.ExecuteNonQuery();
        }

        return new IndexStore(new DbContextOptionsBuilder<IndexContext>().UseNpgsql(whole).Options);
    }

    /// <summary>The name of the index of a chain: another chain, or another model, has another one.</summary>
    public static string NameOf(ulong chainId, Primitives.Hash256 genesis) =>
        string.Create(CultureInfo.InvariantCulture, $"index_v{Version}_{chainId}_{genesis.ToString()[2..10]}");

    /// <summary>A view for reading; dispose it.</summary>
    public IndexContext Read()
    {
        var context = new IndexContext(_options);
        context.ChangeTracker.QueryTrackingBehavior = QueryTrackingBehavior.NoTracking;
        context.Database.SetCommandTimeout(QuerySecondsMax);
        return context;
    }

    public MarkRow ReadMark()
    {
        using IndexContext context = Read();
        return context.Marks.FirstOrDefault() ?? MarkRow.Nothing;
    }

    /// <summary>Writes a batch whole or not at all.</summary>
    /// <exception cref="IndexTakenException">The index is not where the batch begins: somebody else writes it too.</exception>
    public void Write(IndexBatch batch)
    {
        using var context = new IndexContext(_options);
        using IDbContextTransaction transaction = context.Database.BeginTransaction();
        long height = context.Marks.Select(mark => (long?)mark.Height).FirstOrDefault() ?? -1;
        Between?.Invoke("begun");
        if (height != batch.Before.Height) throw new IndexTakenException(height, batch.Before.Height);
        DbConnection connection = context.Database.GetDbConnection();
        DbTransaction inner = transaction.GetDbTransaction();
        IBulkWriter writer = connection is NpgsqlConnection postgres
            ? new CopyWriter(postgres, (NpgsqlTransaction)inner)
            : new SqliteWriter((SqliteConnection)connection);
        _tables.Write(writer, batch, Between);
        Between?.Invoke("written");
        transaction.Commit();
        Between?.Invoke("committed");
    }

    /// <summary>Empties the index.</summary>
    public void Forget()
    {
        using var context = new IndexContext(_options);
        using IDbContextTransaction transaction = context.Database.BeginTransaction();
        context.Blocks.ExecuteDelete();
        context.Transactions.ExecuteDelete();
        context.Events.ExecuteDelete();
        context.AccountEvents.ExecuteDelete();
        context.AccountTransactions.ExecuteDelete();
        context.ObjectEvents.ExecuteDelete();
        context.Words.ExecuteDelete();
        context.Entries.ExecuteDelete();
        context.Accounts.ExecuteDelete();
        context.Periods.ExecuteDelete();
        context.ValidatorSets.ExecuteDelete();
        context.Faults.ExecuteDelete();
        context.Marks.ExecuteDelete();
        transaction.Commit();
    }

    private static void Create(IndexContext context)
    {
        var creator = (RelationalDatabaseCreator)context.GetService<IDatabaseCreator>();
        try
        {
            _ = context.Marks.AsNoTracking().FirstOrDefault();
        }
        catch (DbException)
        {
            creator.CreateTables();
        }
    }

    private sealed class Tables(IndexContext context)
    {
        private readonly RowTable<BlockRow> _blocks = new(context.Model);
        private readonly RowTable<TransactionRow> _transactions = new(context.Model);
        private readonly RowTable<EventRow> _events = new(context.Model);
        private readonly RowTable<AccountEventRow> _accountEvents = new(context.Model);
        private readonly RowTable<AccountTransactionRow> _accountTransactions = new(context.Model);
        private readonly RowTable<ObjectEventRow> _objectEvents = new(context.Model);
        private readonly RowTable<WordRow> _words = new(context.Model);
        private readonly RowTable<EntryRow> _entries = new(context.Model);
        private readonly RowTable<ValidatorSetRow> _validatorSets = new(context.Model);
        private readonly RowTable<AccountRow> _accounts = new(context.Model);
        private readonly RowTable<PeriodRow> _periods = new(context.Model);
        private readonly RowTable<FaultRow> _faults = new(context.Model);
        private readonly RowTable<MarkRow> _marks = new(context.Model);

        public void Write(IBulkWriter writer, IndexBatch batch, Action<string>? between)
        {
            Insert(_blocks, batch.Blocks);
            Insert(_transactions, batch.Transactions);
            Insert(_events, batch.Events);
            Insert(_accountEvents, batch.AccountEvents);
            Insert(_accountTransactions, batch.AccountTransactions);
            Insert(_objectEvents, batch.ObjectEvents);
            Insert(_words, batch.Words);
            Insert(_entries, batch.Entries);
            Insert(_validatorSets, batch.ValidatorSets);
            Replace(_accounts, [.. batch.Accounts.Values]);
            Replace(_periods, [.. batch.Periods.Values]);
            Replace(_faults, batch.Faults);
            Replace(_marks, [batch.After]);

            void Insert<T>(RowTable<T> table, IReadOnlyList<T> rows)
                where T : class
            {
                writer.Insert(table, rows);
                between?.Invoke(table.Name);
            }

            void Replace<T>(RowTable<T> table, IReadOnlyList<T> rows)
                where T : class
            {
                writer.Replace(table, rows);
                between?.Invoke(table.Name);
            }
        }
    }
}

/// <summary>Two indexers write one index.</summary>
public sealed class IndexTakenException(long found, long expected)
    : Exception($"the index is at height {found} and not {expected}: another indexer writes it; stop one of the two");
