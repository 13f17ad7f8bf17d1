using Npgsql;
using NpgsqlTypes;

namespace DePinChain.Indexer.Store;

/// <summary>PostgreSQL's binary COPY.</summary>
internal sealed class CopyWriter(NpgsqlConnection connection, NpgsqlTransaction transaction) : IBulkWriter
{
    private readonly PreparedWriter _prepared = new(connection, transaction);

    /// <inheritdoc/>
    public void Insert<T>(RowTable<T> table, IReadOnlyList<T> rows)
        where T : class
    {
        if (rows.Count == 0) return;
        string columns = string.Join(", ", table.Columns.Select(column => $"\"{column}\""));
        using NpgsqlBinaryImporter import = connection.BeginBinaryImport($"COPY \"{table.Name}\" ({columns}) FROM STDIN (FORMAT BINARY)");
        foreach (T row in rows)
        {
            import.StartRow();
            for (int i = 0; i < table.Columns.Count; i++) Write(import, table.Read(row, i));
        }

        import.Complete();
    }

    /// <inheritdoc/>
    public void Replace<T>(RowTable<T> table, IReadOnlyList<T> rows)
        where T : class => _prepared.Replace(table, rows);

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
