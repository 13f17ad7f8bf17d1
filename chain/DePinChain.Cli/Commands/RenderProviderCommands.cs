using System.CommandLine;
using System.Globalization;
using System.Text.Json.Nodes;
using DePinChain.Client;
using DePinChain.Crypto;
using DePinChain.Primitives;

namespace DePinChain.Cli.Commands;

/// <summary>A render node: its home, its place on the chain, its agent.</summary>
internal static class RenderProviderCommands
{
    private const string Agent = "DePinChain.Providers";

    private static readonly Option<DirectoryInfo> Home = new("--home")
    {
        Description = "The node's folder (environment: DEPIN_RENDER_NODE).",
        DefaultValueFactory = _ => new DirectoryInfo(Environment.GetEnvironmentVariable("DEPIN_RENDER_NODE")
            ?? Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".depin", "render-node")),
    };

    public static Command Build() => new("render", "A render node: renders frames with Blender in containers.")
    {
        Init(), Register(), Run(), Status(), Leave(),
    };

    private static Command Init()
    {
        var cpu = new Option<uint?>("--cpu") { Description = "Thousandths of a core for a rendering; three quarters of the machine." };
        var memory = new Option<uint?>("--memory") { Description = "MiB of memory for a rendering." };
        var score = new Option<uint?>("--score") { Description = "OctaneBench points; deadlines follow from them." };
        var tiers = new Option<byte?>("--tiers") { Description = "Tier n is bit n − 1; 2, the second, when left out." };
        var command = new Command("init", "Makes a render node's home: settings that explain themselves, its account, Blender's script.")
        {
            Home, cpu, memory, score, tiers,
        };
        command.SetAction(async (parse, _) =>
        {
            using var session = new Session(parse);
            string home = parse.GetValue(Home)!.FullName;
            List<string> arguments = ["render", "init", "--home", home, "--rpc", session.Node.Endpoint.ToString().TrimEnd('/')];
            void Add(string name, object? value)
            {
                if (value is not null) arguments.AddRange([name, Convert.ToString(value, CultureInfo.InvariantCulture)!]);
            }

            Add("--cpu", parse.GetValue(cpu));
            Add("--memory", parse.GetValue(memory));
            Add("--score", parse.GetValue(score));
            Add("--tiers", parse.GetValue(tiers));
            int code = await SiblingProgram.RunAsync(Agent, arguments);
            if (code == 0) session.Output.Say($"home {home}; next: depin provider render register --key OWNER");
            return code;
        });
        return command;
    }

    private static Command Register()
    {
        var bond = new Option<string>("--bond") { Description = "DPN that answer for its pixels.", DefaultValueFactory = _ => "2" };
        var purse = new Option<string>("--purse") { Description = "DPN for gas.", DefaultValueFactory = _ => "3" };
        var command = new Command("register", "Puts the node on the chain with a bond and gas from --key; again after new settings.")
        {
            Home, bond, purse,
        };
        command.Runs(async (session, parse, cancellation) =>
        {
            string home = HomeOf(parse);
            Amount bonded = Session.AmountOf(parse.GetValue(bond)!), kept = Session.AmountOf(parse.GetValue(purse)!);
            Address node = AccountOf(home);
            (string, JsonNode?)[] effects = [("node", node.ToString()), ("bond", bonded.ToString()), ("purse", kept.ToString())];
            await TransactionFlow.CarryAsync(
                session, new TransactionPlan(node, (bonded + kept).ToUInt256(), []), "fund a render node", effects, cancellation);
            if (session.IsDryRun) return;
            int code = await SiblingProgram.RunAsync(
                Agent, ["render", "register", "--home", home, "--bond", bonded.ToString().Split(' ')[0]]);
            if (code != 0)
            {
                throw new CliFailure((ExitCode)code, "NotRegistered", $"{node} got the coins, but was not registered")
                {
                    Hint = "mend what it says and run the command again with --purse 0",
                };
            }

            session.Output.Facts([.. effects, ("next", "depin provider render run")]);
        });
        return command;
    }

    private static Command Run()
    {
        var command = new Command("run",
            "Runs the agent in the foreground until Ctrl-C: renders, and judges where its key attests for a verifier.") { Home };
        command.SetAction((parse, _) =>
        {
            List<string> arguments = ["render", "run", "--home", parse.GetValue(Home)!.FullName];
            if (GlobalOptions.ChosenFormat(parse) is OutputFormat.Json or OutputFormat.Ndjson) arguments.Add("--json");
            return SiblingProgram.RunAsync(Agent, arguments);
        });
        return command;
    }

    private static Command Status()
    {
        var command = new Command("status", "The node on the chain: points, bond, frames and how they ended, what waits to be minted.")
        {
            Home,
        };
        command.Runs(async (session, parse, cancellation) =>
        {
            Address node = AccountOf(HomeOf(parse));
            ModuleGateway render = ModuleGateway.Of(session.Node, await session.ModulesAsync(cancellation), "render");
            AbiRecord record = await render.RecordAsync("getNode", cancellation, node);
            UInt256 gas = await session.Node.QuantityAsync("eth_getBalance", cancellation, node.ToString(), "latest");
            ulong epochs = (await GovernedParameters.LoadAsync(session.Node, cancellation)).Count("render", "epochBlocks");
            ulong head = (ulong)await session.Node.QuantityAsync("eth_blockNumber", cancellation), last = head / epochs;
            UInt256 spent = UInt256.Zero;
            for (ulong epoch = last > 9 ? last - 9 : 0; epoch <= last; epoch++)
                spent += (UInt256)(await render.ValueAsync("getSpent", cancellation, node, (UInt256)epoch))!; // a number by its ABI
            session.Output.Facts(
                ("node", node.ToString()), ("score", Text(record.Count("obScore"))), ("bond", record.Amount("bond").ToString()),
                ("purse", Amount.TryFrom(gas, out Amount left) ? left.ToString() : "-"),
                ("inHand", record.Flag("isBusy") ? "a frame" : "nothing"), ("notSettled", Text(record.Count("open"))),
                ("frames", $"{Text(record.Count("ok"))} of {Text(record.Count("all"))} ended well"),
                ("earnedNotMinted", ((decimal)(ulong)spent / 1_000_000_000m).ToString("0.#########", CultureInfo.InvariantCulture)
                    + " USD in the last ten epochs"));
        });
        return command;
    }

    private static Command Leave()
    {
        var command = new Command("leave", "Takes the node away and its bond back, once nothing of it is open.") { Home };
        command.SetAction((parse, _) => SiblingProgram.RunAsync(Agent, ["render", "leave", "--home", HomeOf(parse)]));
        return command;
    }

    private static string HomeOf(ParseResult parse)
    {
        string home = parse.GetValue(Home)!.FullName;
        return File.Exists(Path.Combine(home, "render.json")) ? home
            : throw CliFailure.LocalState("NoRenderHome", $"{home} is no render node's home", "depin provider render init makes one");
    }

    private static Address AccountOf(string home)
    {
        using PrivateKey key = PrivateKey.Parse(File.ReadAllText(Path.Combine(home, "agent.key")).Trim());
        return key.Address;
    }

    private static string Text(ulong number) => number.ToString(CultureInfo.InvariantCulture);
}
