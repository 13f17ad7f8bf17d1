using System.Text;
using System.Text.Json;

namespace DePinChain.Explorer.Grids;

/// <summary>A page of a grid as CSV and as JSON.</summary>
public static class GridFiles
{
    private static readonly char[] Formula = ['=', '+', '-', '@', '\t', '\r'];
    private static readonly char[] Quoted = [',', '"', '\n', '\r'];

    /// <summary>RFC 4180. A text that a spreadsheet would run as a formula gets an apostrophe in front; numbers stay numbers.</summary>
    public static string ToCsv(Grid grid, GridPage page)
    {
        var text = new StringBuilder();
        text.AppendJoin(',', grid.Columns.Select(column => column.Name)).Append("\r\n");
        foreach (IReadOnlyList<Cell> row in page.Rows)
            text.AppendJoin(',', row.Select(Field)).Append("\r\n");
        return text.ToString();
    }

    public static byte[] ToJson(Grid grid, GridPage page, long height)
    {
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer, new JsonWriterOptions { Indented = true }))
        {
            json.WriteStartObject();
            json.WriteNumber("block", height);
            json.WriteStartArray("rows");
            foreach (IReadOnlyList<Cell> row in page.Rows)
            {
                json.WriteStartObject();
                for (int i = 0; i < row.Count; i++) WriteValue(json, grid.Columns[i].Name, row[i]);
                json.WriteEndObject();
            }

            json.WriteEndArray();
            json.WriteString("next", page.Next);
            json.WriteEndObject();
        }

        return buffer.ToArray();
    }

    private static void WriteValue(Utf8JsonWriter json, string name, Cell cell)
    {
        json.WritePropertyName(name);
        if (cell.Kind == CellKind.Values) json.WriteRawValue(cell.Value);
        else if (cell.Kind is CellKind.Block or CellKind.Time or CellKind.Number && long.TryParse(cell.Value, out long number))
            json.WriteNumberValue(number);
        else json.WriteStringValue(cell.Value);
    }

    private static string Field(Cell cell)
    {
        string text = cell.Value;
        bool isNumber = cell.Kind is CellKind.Number or CellKind.Amount or CellKind.Time or CellKind.Block or CellKind.Share;
        if (!isNumber && text.Length > 0 && Array.IndexOf(Formula, text[0]) >= 0) text = "'" + text;
        return text.IndexOfAny(Quoted) >= 0 ? $"\"{text.Replace("\"", "\"\"", StringComparison.Ordinal)}\"" : text;
    }
}
