using DePinChain.Explorer.Chain;

namespace DePinChain.Explorer.Grids;

/// <summary>A column.</summary>
/// <param name="Name">In files and the REST interface.</param>
/// <param name="Title">On pages.</param>
/// <param name="IsRight">Numbers stand to the right.</param>
/// <param name="IsExtra">Left out on a phone.</param>
public sealed record GridColumn(string Name, string Title, bool IsRight = false, bool IsExtra = false);

/// <summary>What is asked of a grid.</summary>
/// <param name="Before">The key after which the page begins; null for the first page.</param>
/// <param name="Limit">Rows at most.</param>
/// <param name="Filter">By the grid's filters' names.</param>
public sealed record GridQuery(string? Before, int Limit, IReadOnlyDictionary<string, string> Filter)
{
    public const int LimitMax = 200;

    /// <summary>The key as a number; the largest there is when absent or malformed.</summary>
    public long BeforeNumber => long.TryParse(Before, out long id) && id >= 0 ? id : long.MaxValue;

    public string? Find(string filter) => Filter.GetValueOrDefault(filter);
}

/// <summary>A page of rows, and the key that the next page begins after; null at the end.</summary>
public sealed record GridPage(IReadOnlyList<IReadOnlyList<Cell>> Rows, string? Next)
{
    public static GridPage None { get; } = new([], null);

    /// <summary>Rows read with one more than asked for, which says whether there is another page.</summary>
    public static GridPage Of<T>(IReadOnlyList<T> rows, int limit, Func<T, string> key, Func<T, IReadOnlyList<Cell>> cells) => new(
        [.. rows.Take(limit).Select(cells)], rows.Count > limit ? key(rows[limit - 1]) : null);
}

/// <summary>One list of things: shown on pages, given as CSV and JSON, and described in the OpenAPI document, all from here.</summary>
/// <param name="Name">In addresses.</param>
/// <param name="Title">What it lists.</param>
/// <param name="Columns">What a row has.</param>
/// <param name="Filters">What it can be narrowed by.</param>
/// <param name="Read">Reads a page.</param>
public sealed record Grid(
    string Name, string Title, IReadOnlyList<GridColumn> Columns, IReadOnlyList<string> Filters,
    Func<Site, GridQuery, Task<GridPage>> Read)
{
    /// <summary>What to say and do when it is empty.</summary>
    public string Empty { get; init; } = "Nothing yet.";

    /// <summary>The module without which it cannot be; null when it always can.</summary>
    public string? Module { get; init; }
}
