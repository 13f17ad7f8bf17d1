using System.CommandLine;
using System.Globalization;
using System.Text.Json.Nodes;

namespace DePinChain.Cli.Commands;

/// <summary>The process that alone holds a validator's hot keys; the verbs are its own, this only starts it.</summary>
internal static class SignerCommands
{
    private const string Project = "DePinChain.Signer";

    private static readonly Option<string> Home = new("--home") { Description = "The signer's folder.", Required = true };

    private static readonly Option<string?> Socket = new("--socket") { Description = "Where the node finds it; HOME/signer.sock." };

    private static readonly Option<string?> File = new("--file") { Description = "The interchange file." };

    private static readonly Option<ulong?> MinHeight = new("--min-height")
    {
        Description = "The first height that may be signed again: two past the chain's head.",
    };

    private static readonly Option<bool> IKnow = new("--i-know")
    {
        Description = "You know that no other machine signs with this key, and that a mistake costs 5 % of the stake.",
    };

    public static Command Build() => new(
        "signer", "A validator's hot keys in a process of their own, with the mark that prevents double signing.")
    {
        Init(), Plain("run", "Signs for a node over a Unix socket, until Ctrl-C.", Socket),
        Plain("status", "Whose keys are in a folder, for which network, and where the mark stands."),
        Plain("export", "Writes what was signed so far, for a signer on another machine.", File),
        Plain("import", "Takes over what another signer has signed: the higher mark wins.", File),
        Plain("reset", "Begins a lost mark again, at a height that nobody has signed yet.", MinHeight, IKnow),
    };

    private static Command Init()
    {
        var command = new Command("init", "Makes a folder with keys and a mark for the network that --rpc is on.") { Home };
        command.SetAction(async (parse, cancellation) =>
        {
            using var session = new Session(parse);
            string chainId = (await session.Node.QuantityAsync("eth_chainId", cancellation)).ToString();
            JsonNode? first = await session.Node.CallAsync("eth_getBlockByNumber", cancellation, "0x0", false);
            string genesis = first?["hash"]?.GetValue<string>() ?? throw CliFailure.LocalState("NoGenesis", "the node has no block 0");
            return await RunAsync(parse, "init", ["--chain-id", chainId, "--genesis", genesis]);
        });
        return command;
    }

    private static Command Plain(string verb, string what, params Option[] options)
    {
        var command = new Command(verb, what) { Home };
        foreach (Option option in options) command.Options.Add(option);
        command.SetAction((parse, _) =>
        {
            List<string> arguments = [];
            if (options.Contains(Socket) && parse.GetValue(Socket) is { } socket) arguments.AddRange(["--socket", socket]);
            if (options.Contains(File) && parse.GetValue(File) is { } file) arguments.AddRange(["--file", file]);
            if (options.Contains(MinHeight) && parse.GetValue(MinHeight) is { } height)
                arguments.AddRange(["--min-height", height.ToString(CultureInfo.InvariantCulture)]);
            if (options.Contains(IKnow) && parse.GetValue(IKnow)) arguments.Add("--i-know");
            return RunAsync(parse, verb, arguments);
        });
        return command;
    }

    private static Task<int> RunAsync(ParseResult parse, string verb, IEnumerable<string> arguments)
    {
        bool isJson = GlobalOptions.ChosenFormat(parse) is OutputFormat.Json or OutputFormat.Ndjson;
        string[] format = isJson ? ["--json"] : [];
        return SiblingProgram.RunAsync(
            Project, [verb, "--home", Path.GetFullPath(parse.GetValue(Home)!), .. arguments, .. format]); // a required option
    }
}
