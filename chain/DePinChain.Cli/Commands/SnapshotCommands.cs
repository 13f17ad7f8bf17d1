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
        Description = "HEIGHT:HASH of a block that you trust; to restore from files, of the snapshot's own.",
        Required = true,
    };

    public static Command Build() => new("snapshot", "The state of one height as files, proven chunk by chunk when it is restored.")
    {
        Verb("create", "Writes a snapshot of a stopped node's state and prints the block to trust."),
        Verb("restore", "Makes an empty node folder stand at a snapshot's height.", Trusted),
        Join(),
    };

    private static Command Join()
    {
        Option<string> home = new("--home")
        {
            Description = "A node's home without a database, as depin node init makes it.",
            Required = true,
        };
        Command command = new("join", "Fetches a proven state from the node's peers, so that it need not begin at genesis.")
        {
            home, Trusted,
        };
        command.SetAction((parse, _) => SiblingProgram.RunAsync(
            Project,
            ["snapshot", "join", home.Name, Path.GetFullPath(parse.GetValue(home)!), Trusted.Name, parse.GetValue(Trusted)!])); // required
        return command;
    }

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
