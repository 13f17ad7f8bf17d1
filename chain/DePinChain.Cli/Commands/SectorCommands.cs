using System.CommandLine;
using System.Globalization;

namespace DePinChain.Cli.Commands;

/// <summary>Sealed capacity of a storage provider: sectors from data to power, and the data out of them again.</summary>
internal static class SectorCommands
{
    private const string Agent = "DePinChain.Providers";

    public static Command Seal(Option<DirectoryInfo> home)
    {
        var kind = new Option<string>("--kind")
        {
            Description = "2KiB, 8MiB or 512MiB; all sectors of a provider have one size.",
            Required = true,
        };
        var file = new Option<FileInfo?>("--file") { Description = "What the sector holds; without it, zeros: committed capacity." };
        var blocks = new Option<ulong>("--blocks") { Description = "Blocks that it lives, the network's least or more." };
        var command = new Command("seal", "Plans a sector. The running agent seals, promises and proves it, and then every window.")
        {
            home, kind, file, blocks,
        };
        command.SetAction(async (parse, _) =>
        {
            using var session = new Session(parse);
            List<string> arguments = ["storage", "seal", "--home", parse.GetValue(home)!.FullName, "--kind", parse.GetValue(kind)!];
            if (parse.GetValue(file) is { } data) arguments.AddRange(["--file", data.FullName]);
            if (parse.GetValue(blocks) is > 0 and var number)
                arguments.AddRange(["--blocks", number.ToString(CultureInfo.InvariantCulture)]);
            int code = await SiblingProgram.RunAsync(Agent, arguments);
            if (code == 0) session.Output.Say("planned; the agent goes on by itself: depin provider storage sectors");
            return code;
        });
        return command;
    }

    public static Command List(Option<DirectoryInfo> home)
    {
        var command = new Command("sectors", "Every sector of this home and how far it is, a JSON object a line.") { home };
        command.SetAction((parse, _) => SiblingProgram.RunAsync(Agent, ["storage", "sectors", "--home", parse.GetValue(home)!.FullName]));
        return command;
    }

    public static Command Unseal(Option<DirectoryInfo> home)
    {
        var sector = new Argument<ulong>("sector") { Description = "Its number." };
        var file = new Option<FileInfo>("--file")
        {
            Description = "Where the data goes: a file, or for a sector of several pieces a folder.",
            Required = true,
        };
        var command = new Command("unseal", "Gets a sector's pieces out of its replica, which takes as long as sealing.")
        {
            home, sector, file,
        };
        command.SetAction((parse, _) => SiblingProgram.RunAsync(Agent,
        [
            "storage", "unseal", "--home", parse.GetValue(home)!.FullName,
            "--sector", parse.GetValue(sector).ToString(CultureInfo.InvariantCulture), "--file", parse.GetValue(file)!.FullName,
        ]));
        return command;
    }
}
