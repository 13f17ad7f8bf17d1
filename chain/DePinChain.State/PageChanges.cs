namespace DePinChain.State;

/// <summary>
/// What the update of a trie adds to a block, by depth. A trie is walked in the order of its keys, so within one depth rows come in the
/// order of theirs but for a few; inserting neighbours one after another is cheaper.
/// </summary>
internal sealed class PageChanges
{
    private readonly List<List<Row>> _rows = [];
    private readonly List<List<PageUndo>> _undos = [];

    public IEnumerable<Row> Rows => _rows.SelectMany(rows => rows);

    public IEnumerable<PageUndo> Undos => _undos.SelectMany(undos => undos);

    /// <summary>Adds a row of the branches at a depth.</summary>
    public void Add(int depth, Row row) => At(_rows, depth).Add(row);

    public void Add(PageUndo undo) => At(_undos, undo.Path.Length).Add(undo);

    /// <summary>Adds what comes behind in the order of keys.</summary>
    public void Append(PageChanges next)
    {
        for (int depth = 0; depth < next._rows.Count; depth++)
        {
            At(_rows, depth).AddRange(next._rows[depth]);
        }

        for (int level = 0; level < next._undos.Count; level++)
        {
            At(_undos, level).AddRange(next._undos[level]);
        }
    }

    private static List<T> At<T>(List<List<T>> levels, int level)
    {
        while (levels.Count <= level)
        {
            levels.Add([]);
        }

        return levels[level];
    }
}
