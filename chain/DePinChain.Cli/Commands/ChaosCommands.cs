using System.CommandLine;
using System.Globalization;
using System.Text.Json.Nodes;

namespace DePinChain.Cli.Commands;

/// <summary>Does to the nodes of a running localnet what the world does to real ones, without root and without containers.</summary>
internal static class ChaosCommands
{
    private static readonly Option<string?> For = new("--for")
    {
        Description = "How long it lasts, for example 30s; until healed if left out.",
    };

    public static Command Build(Option<DirectoryInfo> dataFolder)
    {
        var command = new Command("chaos", "Break things on a running localnet and watch it go on. 'heal' undoes everything.")
        {
            Kill(dataFolder), Of(dataFolder, "pause", "Freezes nodes where they stand (SIGSTOP)."),
            Of(dataFolder, "partition", "Cuts nodes off from all others."), Delay(dataFolder), Skew(dataFolder), DiskFull(dataFolder),
            Corrupt(dataFolder), Heal(dataFolder),
        };
        return command;
    }

    /// <summary>A row for each node.</summary>
    public static void Show(Output output, JsonArray nodes) => output.Rows(
        ["name", "state", "pid", "height", "rpc", "troubles", "peerId", "home"],
        nodes.Select(node => (IReadOnlyList<JsonNode?>)
        [
            node!["name"], node["state"], node["processId"], node["height"], node["rpc"],
            string.Join("; ", node["troubles"]!.AsArray().Select(trouble => trouble!.GetValue<string>())), node["peerId"], node["home"],
        ]));

    private static Argument<string[]> Nodes(int least = 1) => new("nodes")
    {
        Description = "v0, v1, …",
        Arity = new ArgumentArity(least, 100),
    };

    private static Command Kill(Option<DirectoryInfo> dataFolder)
    {
        Argument<string[]> nodes = Nodes();
        var down = new Option<string>("--down")
        {
            Description = "How long they stay down: 0s starts them again at once, 'heal' waits for that command.",
            DefaultValueFactory = _ => "0s",
        };
        var command = new Command("kill", "Ends nodes as a power cut would (SIGKILL), and starts them again.") { nodes, down };
        command.Runs((session, parse, cancellation) =>
        {
            JsonObject request = Request("kill", parse.GetValue(nodes)!);
            string text = parse.GetValue(down)!;
            request["staysDown"] = text == "heal";
            request["forMs"] = text is "heal" or "0s" ? 0 : Milliseconds(text);
            return AskAsync(session, parse.GetValue(dataFolder)!, request, cancellation);
        });
        return command;
    }

    private static Command Of(Option<DirectoryInfo> dataFolder, string name, string description)
    {
        Argument<string[]> nodes = Nodes();
        var command = new Command(name, description) { nodes, For };
        command.Runs((session, parse, cancellation) => AskAsync(
            session, parse.GetValue(dataFolder)!, Lasting(Request(name, parse.GetValue(nodes)!), parse), cancellation));
        return command;
    }

    private static Command Delay(Option<DirectoryInfo> dataFolder)
    {
        Argument<string[]> nodes = Nodes();
        var ms = new Option<long>("--ms") { Description = "Every message waits so long; 0 ends it.", DefaultValueFactory = _ => 200 };
        var command = new Command("delay", "Slows down what nodes send.") { nodes, ms, For };
        command.Runs((session, parse, cancellation) =>
        {
            JsonObject request = Lasting(Request("delay", parse.GetValue(nodes)!), parse);
            request["ms"] = parse.GetValue(ms);
            return AskAsync(session, parse.GetValue(dataFolder)!, request, cancellation);
        });
        return command;
    }

    private static Command Skew(Option<DirectoryInfo> dataFolder)
    {
        Argument<string> node = new("node") { Description = "v0, v1, …" };
        var ms = new Option<long>("--ms") { Description = "Milliseconds fast, or slow when negative.", Required = true };
        var command = new Command("skew", "Has a node's clock be wrong.") { node, ms, For };
        command.Runs((session, parse, cancellation) =>
        {
            JsonObject request = Lasting(Request("skew", parse.GetValue(node)!), parse);
            request["ms"] = parse.GetValue(ms);
            return AskAsync(session, parse.GetValue(dataFolder)!, request, cancellation);
        });
        return command;
    }

    private static Command DiskFull(Option<DirectoryInfo> dataFolder)
    {
        Argument<string[]> nodes = Nodes();
        var command = new Command("diskfull", "No write of the nodes succeeds any more, until they are healed.") { nodes };
        command.Runs((session, parse, cancellation) => AskAsync(
            session, parse.GetValue(dataFolder)!, Request("diskfull", parse.GetValue(nodes)!), cancellation));
        return command;
    }

    private static Command Corrupt(Option<DirectoryInfo> dataFolder)
    {
        Argument<string> node = new("node") { Description = "v0, v1, …" };
        Argument<string> part = new("part") { Description = "wal, mark, journal or database." };
        part.AcceptOnlyFromAmong("wal", "mark", "journal", "database");
        var command = new Command("corrupt", "Kills a node, turns over 16 bytes in the middle of one of its files, starts it again.")
        {
            node, part,
        };
        command.Runs((session, parse, cancellation) =>
        {
            JsonObject request = Request("corrupt", parse.GetValue(node)!);
            request["part"] = parse.GetValue(part);
            return AskAsync(session, parse.GetValue(dataFolder)!, request, cancellation);
        });
        return command;
    }

    private static Command Heal(Option<DirectoryInfo> dataFolder)
    {
        Argument<string[]> nodes = Nodes(least: 0);
        var command = new Command("heal", "Undoes everything for the named nodes, or for all.") { nodes };
        command.Runs((session, parse, cancellation) => AskAsync(
            session, parse.GetValue(dataFolder)!, Request("heal", parse.GetValue(nodes) ?? []), cancellation));
        return command;
    }

    private static JsonObject Request(string what, params string[] nodes) => new()
    {
        ["do"] = what,
        ["nodes"] = new JsonArray([.. nodes.Select(node => (JsonNode)node)]),
    };

    private static JsonObject Lasting(JsonObject request, ParseResult parse)
    {
        if (parse.GetValue(For) is { } duration)
            request["forMs"] = Milliseconds(duration);
        return request;
    }

    private static long Milliseconds(string text)
    {
        if (text.EndsWith("ms", StringComparison.Ordinal)
            && long.TryParse(text.AsSpan(0, text.Length - 2), NumberStyles.None, CultureInfo.InvariantCulture, out long ms))
        {
            return ms;
        }

        return (long)LocalnetCommands.Seconds(text) * 1000;
    }

    private static async Task AskAsync(Session session, DirectoryInfo folder, JsonObject request, CancellationToken cancellation) =>
        Show(session.Output, await ControlClient.AskAsync(folder.FullName, request, cancellation));
}
