using System.CommandLine;

namespace DePinChain.Cli.Commands;

/// <summary>State snapshots of a stopped node; the node's program does the work, this only starts it.</summary>
internal static class SnapshotCommands
{
    private const string Project = "DePinChain.Node";

    private static readonly Option<string> Genesis = new("--genesis") { Description = "The network's genesis file.", Required = true };

    private static readonly Option<string> Folder = new("--node") { Description = "The stopped node's folder.", Required = true };

    private static readonly Option<string> Snapshots = new("--snapshots") { Description = "Where snapshots lie.", Required = true };

    private static readonly Option<string> Trusted = new("--trusted")
    {
        Description = "HEIGHT:HASH of the snapshot's block, from a source that you trust.",
        Required = true,
    };

    public static Command Build() => new("snapshot", "The state of one height as files, proven chunk by chunk when it is restored.")
    {
        Verb("create", "Writes a snapshot of a stopped node's state and prints the block to trust."),
        Verb("restore", "Makes an empty node folder stand at a snapshot's height.", Trusted),
    };

    private static Command Verb(string verb, string what, params Option<string>[] options)
    {
        Command command = new(verb, what) { Genesis, Folder, Snapshots };
        foreach (Option<string> option in options) command.Options.Add(option);
        command.SetAction((parse, _) =>
        {
            List<string> arguments = ["snapshot", verb];
            foreach (Option<string> option in (Option<string>[])[Genesis, Folder, Snapshots])
                arguments.AddRange([option.Name, Path.GetFullPath(parse.GetValue(option)!)]); // required options
            foreach (Option<string> option in options) arguments.AddRange([option.Name, parse.GetValue(option)!]); // required options
            return SiblingProgram.RunAsync(Project, [.. arguments]);
        });
        return command;
    }
}
