using System.Data.Common;
using System.Globalization;

namespace DePinChain.Indexer.Store;

/// <summary>One prepared command for all rows of a table: the fast way into SQLite, and the way of replacements everywhere.</summary>
internal sealed class PreparedWriter(DbConnection connection, DbTransaction transaction) : IBulkWriter
{
    /// <inheritdoc/>
    public void Insert<T>(RowTable<T> table, IReadOnlyList<T> rows)
        where T : class => Run(table, rows, "");

    /// <inheritdoc/>
    public void Replace<T>(RowTable<T> table, IReadOnlyList<T> rows)
        where T : class
    {
        IEnumerable<string> others = table.Columns.Except(table.Keys, StringComparer.Ordinal)
            .Select(column => $"\"{column}\" = excluded.\"{column}\"");
        Run(table, rows, $" ON CONFLICT ({Names(table.Keys)}) DO UPDATE SET {string.Join(", ", others)}");
    }

    private static string Names(IEnumerable<string> columns) => string.Join(", ", columns.Select(column => $"\"{column}\""));

    // Names come from EF Core's model, never from outside.
    private void Run<T>(RowTable<T> table, IReadOnlyList<T> rows, string suffix)
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

        string places = string.Join(", ", parameters.Select(parameter => "@" + parameter.ParameterName));
#pragma warning disable CA2100 // the text holds names of the model only
        command.CommandText = $"INSERT INTO \"{table.Name}\" ({Names(table.Columns)}) VALUES ({places}){suffix}";
#pragma warning restore CA2100
        foreach (T row in rows)
        {
            for (int i = 0; i < parameters.Length; i++) parameters[i].Value = table.Read(row, i) ?? DBNull.Value;
            command.ExecuteNonQuery();
        }
    }
}
