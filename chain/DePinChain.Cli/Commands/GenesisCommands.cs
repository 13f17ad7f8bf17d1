using System.CommandLine;
using System.Globalization;

namespace DePinChain.Cli.Commands;

/// <summary>Genesis documents. The node's program knows the modules, so it does the work.</summary>
internal static class GenesisCommands
{
    public static Command Build() => new("genesis", "Make a network's document, or see what one builds.") { New(), Validate() };

    private static Command New()
    {
        var from = new Option<string>("--from") { Description = "localnet, testnet or mainnet: whose rules.", Required = true };
        var name = new Option<string>("--name") { Description = "The new network's name.", Required = true };
        var chainId = new Option<ulong>("--chain-id") { Description = "Its EIP-155 chain id, below 2^31.", Required = true };
        var timestamp = new Option<ulong?>("--timestamp") { Description = "Unix seconds of block 0; now when left out." };
        var target = new Option<FileInfo>("--out") { Description = "The file to write; it must not exist.", Required = true };
        var command = new Command("new", "Writes a document with the rules of a network that there is.")
        {
            from, name, chainId, timestamp, target,
        };
        command.SetAction((parse, _) =>
        {
            List<string> arguments =
            [
                "genesis", "new", "--from", parse.GetValue(from)!, "--name", parse.GetValue(name)!,
                "--chain-id", parse.GetValue(chainId).ToString(CultureInfo.InvariantCulture), "--out", parse.GetValue(target)!.FullName,
            ];
            if (parse.GetValue(timestamp) is { } seconds) arguments.AddRange(["--timestamp", $"{seconds}"]);
            return RunAsync(parse, arguments);
        });
        return command;
    }

    private static Command Validate()
    {
        var file = new Argument<FileInfo>("file") { Description = "The document." };
        var command = new Command("validate", "Builds block 0 in memory; every error comes with its JSON path.") { file };
        command.SetAction((parse, _) => RunAsync(parse, ["genesis", "validate", parse.GetValue(file)!.FullName]));
        return command;
    }

    private static Task<int> RunAsync(ParseResult parse, List<string> arguments)
    {
        if (GlobalOptions.ChosenFormat(parse) == OutputFormat.Json) arguments.Add("--json");
        return SiblingProgram.RunAsync(SiblingProgram.Node, arguments);
    }
}
