using System.Data.Common;
using System.Globalization;

namespace DePinChain.Indexer.Store;

/// <summary>One prepared command for all rows of a table: where there are few.</summary>
internal sealed class PreparedWriter(DbConnection connection, DbTransaction transaction) : IBulkWriter
{
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
        using DbCommand command = connection.CreateCommand();
        command.Transaction = transaction;
        var parameters = new DbParameter[table.Columns.Count];
        for (int i = 0; i < parameters.Length; i++)
        {
            parameters[i] = command.CreateParameter();
            parameters[i].ParameterName = "p" + i.ToString(CultureInfo.InvariantCulture);
            command.Parameters.Add(parameters[i]);
        }

#pragma warning disable CA2100 // the text holds names of the model only
        command.CommandText = text;
#pragma warning restore CA2100
        foreach (T row in rows)
        {
            for (int i = 0; i < parameters.Length; i++) parameters[i].Value = table.Read(row, i) ?? DBNull.Value;
            command.ExecuteNonQuery();
        }
    }
}
