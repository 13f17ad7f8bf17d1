using System.Text.Json;
using DePinChain.Explorer.Grids;

namespace DePinChain.Explorer.Api;

/// <summary>The OpenAPI document, out of the grids themselves.</summary>
public static class OpenApi
{
    public static byte[] Document()
    {
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer, new JsonWriterOptions { Indented = true }))
        {
            json.WriteStartObject();
            json.WriteString("openapi", "3.1.0");
            json.WriteStartObject("info");
            json.WriteString("title", "DePinChain explorer");
            json.WriteString("version", "1");
            json.WriteString("description",
                "Lists are read by key: pass 'next' of an answer as 'before' of the next question. Amounts are wei in decimal strings. "
                + "Add .csv to a list's address for CSV.");
            json.WriteEndObject();
            json.WriteStartObject("paths");
            WritePath(json, "/api/v1/status", "Where the node and the index stand", []);
            WritePath(json, "/api/v1/statement.csv",
                "An account's movements of coins in a period as CSV: opening balance, credits and debits in wei, closing balance",
                ["account", "from", "to"]);
            foreach (Grid grid in GridCatalog.All) WritePath(json, $"/api/v1/{grid.Name}", grid.Title, grid.Filters, grid.Columns);
            json.WriteEndObject();
            json.WriteEndObject();
        }

        return buffer.ToArray();
    }

    private static void WritePath(
        Utf8JsonWriter json, string path, string summary, IReadOnlyList<string> filters, IReadOnlyList<GridColumn>? columns = null)
    {
        json.WriteStartObject(path);
        json.WriteStartObject("get");
        json.WriteString("summary", summary);
        json.WriteString("operationId", path.Split('/')[^1]);
        json.WriteStartArray("parameters");
        foreach (string filter in columns is null ? filters : [.. filters, "before", "limit"]) WriteParameter(json, filter);

        json.WriteEndArray();
        json.WriteStartObject("responses");
        json.WriteStartObject("200");
        json.WriteString("description", summary);
        json.WriteStartObject("content");
        json.WriteStartObject("application/json");
        json.WriteStartObject("schema");
        json.WriteString("type", "object");
        if (columns is not null) WriteRows(json, columns);
        json.WriteEndObject();
        json.WriteEndObject();
        json.WriteEndObject();
        json.WriteEndObject();
        json.WriteEndObject();
        json.WriteEndObject();
        json.WriteEndObject();
    }

    private static void WriteParameter(Utf8JsonWriter json, string name)
    {
        json.WriteStartObject();
        json.WriteString("name", name);
        json.WriteString("in", "query");
        json.WriteStartObject("schema");
        json.WriteString("type", name == "limit" ? "integer" : "string");
        json.WriteEndObject();
        json.WriteEndObject();
    }

    private static void WriteRows(Utf8JsonWriter json, IReadOnlyList<GridColumn> columns)
    {
        json.WriteStartObject("properties");
        json.WriteStartObject("block");
        json.WriteString("type", "integer");
        json.WriteEndObject();
        json.WriteStartObject("next");
        json.WriteStartArray("type");
        json.WriteStringValue("string");
        json.WriteStringValue("null");
        json.WriteEndArray();
        json.WriteEndObject();
        json.WriteStartObject("rows");
        json.WriteString("type", "array");
        json.WriteStartObject("items");
        json.WriteString("type", "object");
        json.WriteStartObject("properties");
        foreach (GridColumn column in columns)
        {
            json.WriteStartObject(column.Name);
            json.WriteString("description", column.Title);
            json.WriteEndObject();
        }

        json.WriteEndObject();
        json.WriteEndObject();
        json.WriteEndObject();
        json.WriteEndObject();
    }
}
