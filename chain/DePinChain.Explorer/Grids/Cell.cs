using System.Globalization;
using DePinChain.Indexer.Rows;
using DePinChain.Primitives;

namespace DePinChain.Explorer.Grids;

/// <summary>What a cell holds, which says how it is shown. Files get its value as it is.</summary>
public enum CellKind
{
    Text,
    Number,

    /// <summary>Wei, shown in DPN.</summary>
    Amount,

    /// <summary>Unix seconds.</summary>
    Time,

    /// <summary>An account.</summary>
    Account,

    /// <summary>A block's number.</summary>
    Block,

    /// <summary>A transaction's hash.</summary>
    Transaction,

    /// <summary>Some other hash or key, shown short.</summary>
    Key,

    /// <summary>A state or a kind: shown as a small label.</summary>
    Tag,

    /// <summary>Values by name as JSON.</summary>
    Values,

    /// <summary>Parts of ten thousand, shown as a bar and in per cent.</summary>
    Share,
}

/// <summary>One value in a grid.</summary>
/// <param name="Kind">What it is.</param>
/// <param name="Value">Exactly: what CSV and JSON carry.</param>
/// <param name="Link">Where it leads, if not where its kind leads by itself.</param>
/// <param name="Tone">good, bad, warn or nothing, for tags and numbers.</param>
/// <param name="Of">For values: module and event, whose ABI tells their types.</param>
public sealed record Cell(CellKind Kind, string Value, string? Link = null, string? Tone = null, string? Of = null)
{
    public static Cell Empty { get; } = new(CellKind.Text, "");

    public static Cell Text(string? text, string? link = null) => new(CellKind.Text, text ?? "", link);

    public static Cell Number(long number, string? link = null, string? tone = null) =>
        new(CellKind.Number, number.ToString(CultureInfo.InvariantCulture), link, tone);

    public static Cell Number(string number, string? link = null) => new(CellKind.Number, number, link);

    public static Cell Wei(UInt128 wei, string? tone = null) =>
        new(CellKind.Amount, wei.ToString(CultureInfo.InvariantCulture), null, tone);

    public static Cell Time(long seconds) => new(CellKind.Time, seconds.ToString(CultureInfo.InvariantCulture));

    public static Cell Account(Address? account) => account is { } known ? new Cell(CellKind.Account, known.ToString()) : Empty;

    public static Cell Block(long number) => new(CellKind.Block, number.ToString(CultureInfo.InvariantCulture));

    public static Cell Transaction(Hash256 hash) => new(CellKind.Transaction, hash.ToString());

    /// <summary>The transaction of a row: the system's own leads to its block.</summary>
    public static Cell BlockOf(long id) => Block(RowId.BlockOf(id));

    public static Cell Key(string key, string? link = null) => new(CellKind.Key, key, link);

    public static Cell Tag(string tag, string? tone = null, string? link = null) => new(CellKind.Tag, tag, link, tone);

    public static Cell Share(long basisPoints, string? tone = null) =>
        new(CellKind.Share, basisPoints.ToString(CultureInfo.InvariantCulture), null, tone);

    public static Cell Values(string json, string module, string name) => new(CellKind.Values, json, Of: $"{module}.{name}");
}
