using System.Text.Json;
using System.Text.Json.Nodes;
using Spectre.Console;

namespace DePinChain.Cli;

/// <summary>How results are written. Progress and errors go to standard error, so a pipe carries results only.</summary>
internal enum OutputFormat
{
    Table,
    Plain,
    Json,
    Ndjson,
}

/// <summary>Writes every result in the format that the user chose: one declaration per command serves people and scripts.</summary>
internal sealed class Output(OutputFormat format, TextWriter writer, IAnsiConsole console)
{
    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true };

    public OutputFormat Format { get; } = format;

    public bool IsForPeople => Format is OutputFormat.Table;

    public static Output For(OutputFormat? chosen, bool noColor)
    {
        OutputFormat format = chosen ?? (Console.IsOutputRedirected ? OutputFormat.Plain : OutputFormat.Table);
        bool plain = noColor || Environment.GetEnvironmentVariable("NO_COLOR") is not null;
        IAnsiConsole console = AnsiConsole.Create(new AnsiConsoleSettings
        {
            ColorSystem = plain ? ColorSystemSupport.NoColors
            : ColorSystemSupport.Detect
        });
        return new Output(format, Console.Out, console);
    }

    /// <summary>One thing: a line per field, or one JSON object.</summary>
    public void Facts(params (string Name, JsonNode? Value)[] facts)
    {
        if (Format is OutputFormat.Json or OutputFormat.Ndjson)
        {
            var record = new JsonObject();
            foreach ((string name, JsonNode? value) in facts)
                record[name] = value?.DeepClone();
            Json(record);
            return;
        }

        int width = facts.Length == 0 ? 0 : facts.Max(fact => fact.Name.Length);
        foreach ((string name, JsonNode? value) in facts)
            writer.WriteLine(Format is OutputFormat.Plain ? $"{name}\t{Cell(value)}" : $"{name.PadRight(width)}  {Cell(value)}");
    }

    /// <summary>Many things: a table, tab-separated lines, or JSON objects.</summary>
    public void Rows(IReadOnlyList<string> columns, IEnumerable<IReadOnlyList<JsonNode?>> rows)
    {
        switch (Format)
        {
            case OutputFormat.Json:
                Json(new JsonArray(rows.Select(row => (JsonNode?)Record(columns, row)).ToArray()));
                break;
            case OutputFormat.Ndjson:
                foreach (IReadOnlyList<JsonNode?> row in rows)
                    writer.WriteLine(Record(columns, row).ToJsonString());
                break;
            case OutputFormat.Plain:
                foreach (IReadOnlyList<JsonNode?> row in rows)
                    writer.WriteLine(string.Join('\t', row.Select(Cell)));
                break;
            default:
                var table = new Table().Border(TableBorder.Simple);
                foreach (string column in columns)
                    table.AddColumn(new TableColumn(new Text(column, new Style(decoration: Decoration.Bold))) { NoWrap = true });
                foreach (IReadOnlyList<JsonNode?> row in rows)
                    table.AddRow(row.Select(cell => new Text(Cell(cell))));
                console.Write(table);
                break;
        }
    }

    /// <summary>JSON as it is, whatever the format: for results that are JSON themselves, such as an ABI.</summary>
    public void Json(JsonNode? node) =>
        writer.WriteLine(Format is OutputFormat.Ndjson ? node?.ToJsonString() ?? "null" : node?.ToJsonString(Indented) ?? "null");

    /// <summary>A sentence for people; silent in the machine formats.</summary>
    public void Say(string sentence)
    {
        if (IsForPeople)
            writer.WriteLine(sentence);
    }

    public void Raw(string text) => writer.WriteLine(text);

    /// <summary>The error in the format of the results, on standard error.</summary>
    public static void Error(CliFailure failure, OutputFormat? format)
    {
        if (format is OutputFormat.Json or OutputFormat.Ndjson)
        {
            var record = new JsonObject
            {
                ["error"] = failure.Name,
                ["message"] = failure.Message,
                ["needed"] = failure.Needed,
                ["had"] = failure.Had,
                ["hint"] = failure.Hint,
                ["transaction"] = failure.Transaction,
                ["exitCode"] = (int)failure.ExitCode,
            };
            Console.Error.WriteLine(record.ToJsonString());
            return;
        }

        Console.Error.WriteLine($"error {failure.Name}: {failure.Message}");
        if (failure.Needed is not null || failure.Had is not null)
            Console.Error.WriteLine($"  needed  {failure.Needed ?? "-"}   have  {failure.Had ?? "-"}");
        if (failure.Hint is not null)
            Console.Error.WriteLine($"  hint    {failure.Hint}");
        if (failure.Transaction is not null)
            Console.Error.WriteLine($"  tx      {failure.Transaction}");
    }

    private static JsonObject Record(IReadOnlyList<string> columns, IReadOnlyList<JsonNode?> row)
    {
        var record = new JsonObject();
        for (int index = 0; index < columns.Count; index++)
            record[columns[index]] = row[index]?.DeepClone();
        return record;
    }

    private static string Cell(JsonNode? value) => value switch
    {
        null => "-",
        JsonValue scalar when scalar.TryGetValue(out string? text) => text,
        _ => value.ToJsonString(),
    };
}
