using System.Diagnostics;
using System.Runtime.InteropServices;

namespace DePinChain.Cli;

/// <summary>Another executable of this build, run for a verb that is its: its output is ours, and so is its exit code.</summary>
internal static partial class SiblingProgram
{
    private const int SignalTerminate = 15;

    public static async Task<int> RunAsync(string project, IEnumerable<string> arguments)
    {
        string program = Path.GetFullPath(
            Path.Combine(AppContext.BaseDirectory, "..", "..", "..", "..", project, "bin", "Release", "net10.0", project + ".dll"));
        if (!File.Exists(program))
            throw CliFailure.LocalState("NotBuilt", $"{project} is not built: {program} is missing", "dotnet build -c Release");
        var start = new ProcessStartInfo("dotnet") { UseShellExecute = false };
        start.ArgumentList.Add(program);
        foreach (string argument in arguments) start.ArgumentList.Add(argument);
        using Process process = Process.Start(start) ?? throw CliFailure.LocalState("NotStarted", $"{project} did not start");

        // Ctrl-C reaches both through the terminal; a signal to this process alone is passed on.
        using PosixSignalRegistration terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, context =>
        {
            context.Cancel = true;
            _ = Kill(process.Id, SignalTerminate);
        });
        using PosixSignalRegistration interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, context => context.Cancel = true);
        await process.WaitForExitAsync(CancellationToken.None);
        return process.ExitCode;
    }

    [LibraryImport("libc", EntryPoint = "kill", SetLastError = true)]
    private static partial int Kill(int process, int signal);
}
