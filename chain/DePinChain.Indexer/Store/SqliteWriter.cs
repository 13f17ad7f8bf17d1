using System.Globalization;
using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace DePinChain.Indexer.Store;

/// <summary>
/// SQLite's own statement, prepared once for all rows of a table and bound by place: ADO.NET's commands look every parameter up by its name
/// for every row, which costs more than the insertion.
/// </summary>
/// <remarks>The transaction is open and holds the write lock, so no step finds the database busy.</remarks>
internal sealed class SqliteWriter(SqliteConnection connection) : IBulkWriter
{
    private readonly sqlite3 _database = connection.Handle
        ?? throw new InvalidOperationException("a connection in a transaction is open");

    /// <inheritdoc/>
    public void Insert<T>(RowTable<T> table, IReadOnlyList<T> rows)
        where T : class => Run(table, rows, table.InsertText);

    /// <inheritdoc/>
    public void Replace<T>(RowTable<T> table, IReadOnlyList<T> rows)
        where T : class => Run(table, rows, table.InsertText + table.OnConflict);

    private void Run<T>(RowTable<T> table, IReadOnlyList<T> rows, string text)
        where T : class
    {
        if (rows.Count == 0) return;
        Check(raw.sqlite3_prepare_v2(_database, text, out sqlite3_stmt statement));
        using (statement)
        {
            foreach (T row in rows)
            {
                for (int i = 0; i < table.Columns.Count; i++) Check(Bind(statement, i + 1, table.Read(row, i)));
                Check(raw.sqlite3_step(statement));
                Check(raw.sqlite3_reset(statement));
            }
        }
    }

    private static int Bind(sqlite3_stmt statement, int place, object? value) => value switch
    {
        null => raw.sqlite3_bind_null(statement, place),
        long number => raw.sqlite3_bind_int64(statement, place, number),
        int number => raw.sqlite3_bind_int(statement, place, number),
        bool flag => raw.sqlite3_bind_int(statement, place, flag ? 1 : 0),
        byte[] { Length: 0 } => raw.sqlite3_bind_zeroblob(statement, place, 0),
        byte[] bytes => raw.sqlite3_bind_blob(statement, place, bytes),
        string text => raw.sqlite3_bind_text(statement, place, text),
        Enum kind => raw.sqlite3_bind_int(statement, place, Convert.ToInt32(kind, CultureInfo.InvariantCulture)),
        _ => throw new InvalidOperationException($"no column takes a {value.GetType().Name}"),
    };

    private void Check(int result) => SqliteException.ThrowExceptionForRC(result, _database);
}
