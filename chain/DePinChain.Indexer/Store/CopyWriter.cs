using Npgsql;
using NpgsqlTypes;

namespace DePinChain.Indexer.Store;

/// <summary>PostgreSQL's binary COPY.</summary>
internal sealed class CopyWriter(NpgsqlConnection connection, NpgsqlTransaction transaction) : IBulkWriter
{
    // Fewer are sent one by one: a table of their own costs more.
    private const int StagedMin = 32;

    private readonly PreparedWriter _prepared = new(connection, transaction);

    /// <inheritdoc/>
    public void Insert<T>(RowTable<T> table, IReadOnlyList<T> rows)
        where T : class => Copy(table, rows, table.Name);

    /// <inheritdoc/>
    /// <remarks>Many rows go through a temporary table: one round trip for all of them instead of one for each.</remarks>
    public void Replace<T>(RowTable<T> table, IReadOnlyList<T> rows)
        where T : class
    {
        if (rows.Count < StagedMin)
        {
            _prepared.Replace(table, rows);
            return;
        }

        string staged = "Staged" + table.Name;
        Run($"CREATE TEMPORARY TABLE \"{staged}\" ON COMMIT DROP AS SELECT {table.Listed} FROM \"{table.Name}\" LIMIT 0");
        Copy(table, rows, staged);
        Run($"INSERT INTO \"{table.Name}\" ({table.Listed}) SELECT {table.Listed} FROM \"{staged}\" "
            + table.OnConflict);
    }

    // Names come from EF Core's model, never from outside.
    private void Run(string statement)
    {
#pragma warning disable CA2100 // the text holds names of the model only
        using var command = new NpgsqlCommand(statement, connection, transaction);
#pragma warning restore CA2100
        command.ExecuteNonQuery();
    }

    private void Copy<T>(RowTable<T> table, IReadOnlyList<T> rows, string into)
        where T : class
    {
        if (rows.Count == 0) return;
        string copy = $"COPY \"{into}\" ({table.Listed}) FROM STDIN (FORMAT BINARY)";
        using NpgsqlBinaryImporter import = connection.BeginBinaryImport(copy);
        foreach (T row in rows)
        {
            import.StartRow();
            for (int i = 0; i < table.Columns.Count; i++) Write(import, table.Read(row, i));
        }

        import.Complete();
    }

    private static void Write(NpgsqlBinaryImporter import, object? value)
    {
        switch (value)
        {
            case null:
                import.WriteNull();
                break;
            case long number:
                import.Write(number, NpgsqlDbType.Bigint);
                break;
            case int number:
                import.Write(number, NpgsqlDbType.Integer);
                break;
            case bool flag:
                import.Write(flag, NpgsqlDbType.Boolean);
                break;
            case byte[] bytes:
                import.Write(bytes, NpgsqlDbType.Bytea);
                break;
            case Enum kind:
                import.Write(Convert.ToInt32(kind, System.Globalization.CultureInfo.InvariantCulture), NpgsqlDbType.Integer);
                break;
            case string text:
                import.Write(text, NpgsqlDbType.Text);
                break;
            default:
                throw new InvalidOperationException($"no column takes a {value.GetType().Name}");
        }
    }
}
