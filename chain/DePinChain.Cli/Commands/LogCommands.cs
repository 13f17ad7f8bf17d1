using System.CommandLine;
using System.Text.Json.Nodes;
using DePinChain.Client;
using DePinChain.Primitives;

namespace DePinChain.Cli.Commands;

/// <summary>Events, decoded by the modules' ABIs.</summary>
internal static class LogCommands
{
    private const ulong BlocksBackDefault = 1_000;
    private static readonly TimeSpan PollInterval = TimeSpan.FromMilliseconds(300);

    private static readonly Option<string?> Module = new("--module") { Description = "Only events of this module." };
    private static readonly Option<string?> Event = new("--event") { Description = "Only events of this name." };

    public static Command Build() => new("logs", "Query and watch events.") { Query(), Watch() };

    private static Command Query()
    {
        var from = new Option<ulong?>("--from") { Description = "First height; 1,000 blocks back by default." };
        var to = new Option<ulong?>("--to") { Description = "Last height; the head by default." };
        var command = new Command("query", "Events of a range of blocks, decoded.") { Module, Event, from, to };
        command.Runs(async (session, parse, cancellation) =>
        {
            ulong head = (ulong)await session.Node.QuantityAsync("eth_blockNumber", cancellation);
            ulong last = parse.GetValue(to) ?? head;
            ulong first = parse.GetValue(from) ?? (last > BlocksBackDefault ? last - BlocksBackDefault : 0);
            await PrintAsync(session, parse, first, last, cancellation);
        });
        return command;
    }

    private static Command Watch()
    {
        var command = new Command("watch", "Prints events as their blocks become final, until Ctrl-C.") { Module, Event };
        command.Runs(async (session, parse, cancellation) =>
        {
            ulong next = (ulong)await session.Node.QuantityAsync("eth_blockNumber", cancellation) + 1;
            while (!cancellation.IsCancellationRequested)
            {
                ulong head = (ulong)await session.Node.QuantityAsync("eth_blockNumber", cancellation);
                if (head >= next)
                {
                    await PrintAsync(session, parse, next, head, cancellation);
                    next = head + 1;
                }

                await Task.Delay(PollInterval, cancellation);
            }
        });
        return command;
    }

    private static async Task PrintAsync(Session session, ParseResult parse, ulong first, ulong last, CancellationToken cancellation)
    {
        ModuleDirectory modules = await session.ModulesAsync(cancellation);
        var filter = new JsonObject { ["fromBlock"] = Hex.Quantity(first), ["toBlock"] = Hex.Quantity(last) };
        if (parse.GetValue(Module) is { } name)
        {
            PublishedModule module = CallCommand.ModuleOf(modules, name);
            filter["address"] = module.Address.ToString();
            if (parse.GetValue(Event) is { } wanted)
                filter["topics"] = new JsonArray(Topics([module], wanted));
        }
        else if (parse.GetValue(Event) is { } wanted)
        {
            filter["topics"] = new JsonArray(Topics(modules.All, wanted));
        }

        foreach (JsonNode? log in await session.Node.CallAsync("eth_getLogs", cancellation, filter) as JsonArray ?? [])
        {
            JsonObject view = DecodedViews.Log(modules, log!);
            view.Insert(0, "block", TransactionFlow.Decimal(log!["blockNumber"]));
            view.Insert(1, "transaction", log["transactionHash"]!.DeepClone());
            session.Output.Raw(session.Output.Format is OutputFormat.Json or OutputFormat.Ndjson ? view.ToJsonString() : Line(view));
        }
    }

    private static JsonArray Topics(IEnumerable<PublishedModule> modules, string name)
    {
        Hash256[] topics = modules.SelectMany(module => module.Abi.Events)
            .Where(declared => string.Equals(declared.Name, name, StringComparison.OrdinalIgnoreCase))
            .Select(declared => declared.Topic).Distinct().ToArray();
        return topics.Length > 0 ? new JsonArray(topics.Select(topic => (JsonNode?)topic.ToString()).ToArray())
            : throw CliFailure.Usage($"no module declares an event '{name}'", "depin module show NAME lists a module's events");
    }

    private static string Line(JsonObject view)
    {
        IEnumerable<string> fields = view.Skip(4).Select(field => $"{field.Key}={field.Value}");
        return $"#{view["block"]} {view["event"] ?? view["address"]} {string.Join(' ', fields)}";
    }
}
