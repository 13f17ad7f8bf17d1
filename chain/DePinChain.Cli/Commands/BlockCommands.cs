using System.CommandLine;
using System.Globalization;
using System.Text.Json.Nodes;
using DePinChain.Primitives;

namespace DePinChain.Cli.Commands;

/// <summary>Blocks, with who signed them.</summary>
internal static class BlockCommands
{
    private static readonly TimeSpan PollInterval = TimeSpan.FromMilliseconds(200);

    public static Command Build() => new("block", "Show, list and watch blocks.") { Show(), List(), Watch() };

    private static Command Show()
    {
        var which = new Argument<string>("block") { Description = "A height, a hash, or latest.", DefaultValueFactory = _ => "latest" };
        var command = new Command("show", "A block: header, transactions, and the certificate that made it final.") { which };
        command.Runs(async (session, parse, cancellation) =>
        {
            string text = parse.GetValue(which)!;
            JsonNode block = (Hash256.TryParse(text, out Hash256 hash)
                ? await session.Node.CallAsync("eth_getBlockByHash", cancellation, hash.ToString(), false)
                : await session.Node.CallAsync("eth_getBlockByNumber", cancellation, AccountCommands.BlockTag(text), false))
                ?? throw new CliFailure(ExitCode.RejectedByChain, "UnknownBlock",
                    $"there is no block {text} yet")
                { Hint = "depin block list shows the latest" };
            string height = TransactionFlow.Decimal(block["number"]);
            JsonNode? commit = height == "0" ? null : await session.Node.CallAsync("depin_getCommit", cancellation,
                block["number"]!.DeepClone());
            session.Output.Facts(
                ("height", height),
                ("hash", block["hash"]?.DeepClone()),
                ("parent", block["parentHash"]?.DeepClone()),
                ("time", Time(block)),
                ("proposer", block["miner"]?.DeepClone()),
                ("transactions", (block["transactions"] as JsonArray)?.DeepClone()),
                ("gasUsed", TransactionFlow.Decimal(block["gasUsed"])),
                ("gasLimit", TransactionFlow.Decimal(block["gasLimit"])),
                ("baseFee", TransactionFlow.Decimal(block["baseFeePerGas"])),
                ("stateRoot", block["stateRoot"]?.DeepClone()),
                ("round", commit?["round"]?.DeepClone()),
                ("seals", (commit?["seals"] as JsonArray)?.Count));
        });
        return command;
    }

    private static Command List()
    {
        var count = new Option<int>("--count", "-n") { Description = "How many, 1 to 1000.", DefaultValueFactory = _ => 10 };
        var command = new Command("list", "The latest blocks, newest first.") { count };
        command.Runs(async (session, parse, cancellation) =>
        {
            int wanted = Math.Clamp(parse.GetValue(count), 1, 1000);
            ulong head = (ulong)await session.Node.QuantityAsync("eth_blockNumber", cancellation);
            var rows = new List<IReadOnlyList<JsonNode?>>();
            for (ulong height = head; rows.Count < wanted; height--)
            {
                rows.Add(await RowAsync(session, height, cancellation));
                if (height == 0)
                    break;
            }

            session.Output.Rows(Columns, rows);
        });
        return command;
    }

    private static Command Watch()
    {
        var command = new Command("watch", "Prints each block as it becomes final, until Ctrl-C.");
        command.Runs(async (session, _, cancellation) =>
        {
            ulong next = (ulong)await session.Node.QuantityAsync("eth_blockNumber", cancellation);
            while (!cancellation.IsCancellationRequested)
            {
                ulong head = (ulong)await session.Node.QuantityAsync("eth_blockNumber", cancellation);
                for (; next <= head; next++)
                {
                    IReadOnlyList<JsonNode?> row = await RowAsync(session, next, cancellation);
                    if (session.Output.Format is OutputFormat.Json or OutputFormat.Ndjson)
                        session.Output.Raw(new JsonObject(Columns.Zip(row, (name, value) => KeyValuePair.Create(name, value?.DeepClone())))
                            .ToJsonString());
                    else
                        session.Output.Raw($"#{row[0]} {row[1]?.ToString()[..10]} {row[2]} {row[4]} tx");
                }

                await Task.Delay(PollInterval, cancellation);
            }
        });
        return command;
    }

    private static string[] Columns => ["height", "hash", "time", "proposer", "transactions", "gasUsed"];

    private static async Task<IReadOnlyList<JsonNode?>> RowAsync(Session session, ulong height, CancellationToken cancellation)
    {
        JsonNode? block = await session.Node.CallAsync("eth_getBlockByNumber", cancellation, Hex.Quantity(height), false);
        return [height.ToString(CultureInfo.InvariantCulture), block?["hash"]?.DeepClone(), block is null ? null : Time(block),
            block?["miner"]?.DeepClone(),
            (block?["transactions"] as JsonArray)?.Count, TransactionFlow.Decimal(block?["gasUsed"])];
    }

    private static string Time(JsonNode block) => DateTimeOffset.FromUnixTimeSeconds(
        long.Parse(TransactionFlow.Decimal(block["timestamp"]), CultureInfo.InvariantCulture))
            .ToString("yyyy-MM-dd HH:mm:ss'Z'", CultureInfo.InvariantCulture);
}
