using DePinChain.Engine;
using DePinChain.Node.Homes;
using DePinChain.Node.Maintenance;
using DePinChain.Node.Processes;

namespace DePinChain.Node;

/// <summary>What the program can be asked to do; people ask through <c>depin</c>.</summary>
internal sealed class Verbs(CancellationToken stopping)
{
    /// <summary>Where a report for the developers may be left; null when no folder was named yet.</summary>
    public string? DataFolder { get; private set; }

    /// <summary>Runs a verb to its end.</summary>
    /// <exception cref="RefusalException">It cannot be done; the message says what to do.</exception>
    public async Task<ExitCode> RunAsync(string[] arguments)
    {
        if (MaintenanceVerbs.IsAsked(arguments)) return MaintenanceVerbs.Run(arguments, Console.Out);
        string verb = arguments is [var first, ..] && !first.StartsWith('-') ? first : "localnet";
        IEnumerable<string> rest = arguments.SkipWhile(argument => argument == verb);
        switch (verb)
        {
            case "localnet":
                await LocalnetAsync(NodeOptions.Parse(rest));
                return ExitCode.Success;
            case "run":
                await RunAsync(RunOptions.Parse(rest));
                return ExitCode.Success;
            case "init":
                return HomeMaking.Run(HomeOptions.Parse(rest), Console.Out);
            case "doctor":
                return await Doctor.RunAsync(DoctorOptions.Parse(rest), Console.Out, stopping);
            case "genesis":
                return GenesisVerbs.Run(rest, Console.Out, TimeProvider.System);
            case "snapshot":
                await SnapshotVerb.RunAsync([.. rest], Console.Out, stopping);
                return ExitCode.Success;
            default:
                throw new RefusalException(
                    ExitCode.Usage, $"{verb} is none of localnet, run, init, doctor, genesis and snapshot; {NodeOptions.Usage}");
        }
    }

    private async Task LocalnetAsync(NodeOptions options)
    {
        DataFolder = options.DataFolder;
        if (options.InProcess)
        {
            await using Localnet together = Localnet.Open(options, TimeProvider.System, Console.Out);
            await together.RunAsync(stopping);
            return;
        }

        await using ProcessNetwork network = ProcessNetwork.Open(options, TimeProvider.System, Console.Out);
        await network.RunAsync(stopping);
    }

    private async Task RunAsync(RunOptions options)
    {
        DataFolder = options.Home;
        Signals.IgnoreFileTooBig();
        await SingleNode.BeginAsync(options, Console.Out, stopping);
        await using SingleNode node = SingleNode.Open(options, TimeProvider.System, Console.Out);
        await node.RunAsync(stopping);
    }
}
