namespace DePinChain.Indexer.Store;

/// <summary>Writes many rows at once inside a database transaction that is open already.</summary>
internal interface IBulkWriter
{
    /// <summary>Adds rows that are not there yet.</summary>
    void Insert<T>(RowTable<T> table, IReadOnlyList<T> rows)
        where T : class;

    /// <summary>Adds rows or replaces those with the same key.</summary>
    void Replace<T>(RowTable<T> table, IReadOnlyList<T> rows)
        where T : class;
}
