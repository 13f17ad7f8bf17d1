using System.CommandLine;
using System.Globalization;

namespace DePinChain.Cli.Commands;

/// <summary>Serving and judging models: a model, the description of a task, a home, and the program that runs from it.</summary>
internal static class SubnetPrograms
{
    private const string Program = "DePinChain.Miners";

    private static readonly Option<DirectoryInfo> Home = new("--home")
    {
        Description = "The folder of the miner or validator (environment: DEPIN_SUBNET).",
        DefaultValueFactory = _ => new DirectoryInfo(Environment.GetEnvironmentVariable("DEPIN_SUBNET")
            ?? Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".depin", "subnet")),
    };

    public static IEnumerable<Command> Build() => [Model(), Manifest(), Init(), Run()];

    private static Command Model()
    {
        var output = new Option<DirectoryInfo>("--out") { Description = "The folder; made when it is not there.", Required = true };
        var seed = new Option<uint>("--seed") { Description = "Another seed is another model." };
        var size = new Option<string>("--size") { Description = "localnet (1 M) or small (30 M).", DefaultValueFactory = _ => "localnet" };
        var command = new Command("model", "Generates a small Llama in Hugging Face's form: the same seed gives the same bytes.")
        {
            output, seed, size,
        };
        command.SetAction((parse, _) => SiblingProgram.RunAsync(Program,
            ["model", "--out", parse.GetValue(output)!.FullName, "--seed", Text(parse.GetValue(seed)), "--size", parse.GetValue(size)!]));
        return command;
    }

    private static Command Manifest()
    {
        var model = new Option<DirectoryInfo>("--model") { Description = "A Hugging Face folder.", Required = true };
        var output = new Option<FileInfo>("--out") { Description = "The file to write.", Required = true };
        var profile = new Option<string>("--profile")
        {
            Description = "ExactInt8, ExactF32 or Tolerant.",
            DefaultValueFactory = _ => "ExactInt8",
        };
        var tasks = new Option<uint>("--tasks") { Description = "Checks of each miner in an epoch.", DefaultValueFactory = _ => 2 };
        var tokens = new Option<uint>("--max-tokens") { Description = "Of an answer.", DefaultValueFactory = _ => 128 };
        var latency = new Option<uint>("--latency-ms") { Description = "For a full score.", DefaultValueFactory = _ => 15_000 };
        var alpha = new Option<uint>("--alpha-permille") { Description = "How fast scores move.", DefaultValueFactory = _ => 300 };
        var command = new Command("manifest", "Describes a text subnet's task for a model; its hash is what 'subnet register' puts down.")
        {
            model, output, profile, tasks, tokens, latency, alpha,
        };
        command.SetAction((parse, _) => SiblingProgram.RunAsync(Program,
        [
            "manifest", "--model", parse.GetValue(model)!.FullName, "--out", parse.GetValue(output)!.FullName,
            "--profile", parse.GetValue(profile)!, "--tasks", Text(parse.GetValue(tasks)), "--max-tokens", Text(parse.GetValue(tokens)),
            "--latency-ms", Text(parse.GetValue(latency)), "--alpha-permille", Text(parse.GetValue(alpha)),
        ]));
        return command;
    }

    private static Command Init()
    {
        var role = new Option<string>("--role") { Description = "miner or validator.", Required = true };
        var netuid = new Option<uint>("--netuid") { Description = "The subnet.", DefaultValueFactory = _ => 1 };
        var model = new Option<DirectoryInfo>("--model") { Description = "The model's folder.", Required = true };
        var manifest = new Option<FileInfo>("--manifest") { Description = "The subnet's description of its task.", Required = true };
        var host = new Option<string>("--host") { Description = "The address to listen on.", DefaultValueFactory = _ => "127.0.0.1" };
        var port = new Option<int>("--port") { Description = "The port to listen on.", DefaultValueFactory = _ => 5410 };
        var receipts = new Option<bool>("--receipts") { Description = "A miner: a deposit of the hotkey's coins behind every answer." };
        var announce = new Option<string?>("--announce") { Description = "The IP address that the chain tells; the same as --host." };
        var command = new Command("init", "Makes a home with a hotkey of its own; 'subnet join --hotkey' then buys it a place.")
        {
            Home, role, netuid, model, manifest, host, port, announce, receipts,
        };
        command.SetAction((parse, _) =>
        {
            using var session = new Session(parse);
            List<string> arguments =
            [
                "init", "--home", parse.GetValue(Home)!.FullName, "--rpc", session.Node.Endpoint.ToString().TrimEnd('/'),
                "--role", parse.GetValue(role)!, "--netuid", Text(parse.GetValue(netuid)), "--model", parse.GetValue(model)!.FullName,
                "--manifest", parse.GetValue(manifest)!.FullName, "--host", parse.GetValue(host)!,
                "--port", parse.GetValue(port).ToString(CultureInfo.InvariantCulture),
            ];
            if (parse.GetValue(announce) is { } address) arguments.AddRange(["--announce", address]);
            if (parse.GetValue(receipts)) arguments.Add("--receipts");
            return SiblingProgram.RunAsync(Program, arguments);
        });
        return command;
    }

    private static Command Run()
    {
        var role = new Option<string?>("--role") { Description = "miner or validator, as the home says." };
        var rehearse = new Option<string?>("--rehearse")
        {
            Description = "On a localnet only: a miner that cheats (lazy, quantised), to see it caught.",
        };
        var command = new Command("run", "Runs a miner, or a validator with its OpenAI-compatible endpoint, until Ctrl-C.")
        {
            Home, role, rehearse,
        };
        command.SetAction((parse, _) =>
        {
            List<string> arguments = ["run", "--home", parse.GetValue(Home)!.FullName];
            if (parse.GetValue(role) is { } asked) arguments.AddRange(["--role", asked]);
            if (parse.GetValue(rehearse) is { } cheat) arguments.AddRange(["--rehearse", cheat]);
            if (GlobalOptions.ChosenFormat(parse) is OutputFormat.Json or OutputFormat.Ndjson) arguments.Add("--json");
            return SiblingProgram.RunAsync(Program, arguments);
        });
        return command;
    }

    private static string Text(uint number) => number.ToString(CultureInfo.InvariantCulture);
}
