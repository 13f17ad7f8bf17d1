using System.Diagnostics;
using System.Runtime.InteropServices;

namespace DePinChain.Cli;

/// <summary>Another executable of this build, run for a verb that is its: its output is ours, and so is its exit code.</summary>
internal static partial class SiblingProgram
{
    /// <summary>The project of the node.</summary>
    public const string Node = "DePinChain.Node";

    /// <summary>The project of the verifiers' worker, which lives beside the kernels that it judges with.</summary>
    public const string Worker = "DePinChain.Worker";

    private const int SignalTerminate = 15;

    private static string Root => Path.Combine(AppContext.BaseDirectory, "..", "..", "..", "..", "..");

    /// <summary>How to start it.</summary>
    /// <exception cref="CliFailure">It is not built.</exception>
    public static ProcessStartInfo With(string project, IEnumerable<string> arguments)
    {
        string program = Path.GetFullPath(
            Path.Combine(Root, project == Worker ? "gpu" : "chain", project, "bin", "Release", "net10.0", project + ".dll"));
        if (!File.Exists(program))
            throw CliFailure.LocalState("NotBuilt", $"{project} is not built: {program} is missing", "dotnet build -c Release");
        var start = new ProcessStartInfo("dotnet") { UseShellExecute = false };
        start.ArgumentList.Add(program);
        foreach (string argument in arguments) start.ArgumentList.Add(argument);
        return start;
    }

    /// <summary>Runs it in the foreground to its end.</summary>
    /// <param name="project">Whose executable it is.</param>
    /// <param name="arguments">Its verb and options.</param>
    /// <param name="started">Told of the process.</param>
    public static async Task<int> RunAsync(string project, IEnumerable<string> arguments, Action<Process>? started = null)
    {
        using Process process = Process.Start(With(project, arguments))
            ?? throw CliFailure.LocalState("NotStarted", $"{project} did not start");
        started?.Invoke(process);

        // Ctrl-C reaches both through the terminal; a signal to this process alone is passed on.
        using PosixSignalRegistration terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, context =>
        {
            context.Cancel = true;
            Terminate(process.Id);
        });
        using PosixSignalRegistration interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, context => context.Cancel = true);
        await process.WaitForExitAsync(CancellationToken.None);
        return process.ExitCode;
    }

    /// <summary>Runs it to its end for what it prints.</summary>
    /// <exception cref="CliFailure">It refused; its words are the failure's.</exception>
    public static async Task<string> PrintedAsync(string project, IEnumerable<string> arguments, CancellationToken cancellation)
    {
        ProcessStartInfo start = With(project, arguments);
        (start.RedirectStandardOutput, start.RedirectStandardError) = (true, true);
        using Process process = Process.Start(start) ?? throw CliFailure.LocalState("NotStarted", $"{project} did not start");
        Task<string> error = process.StandardError.ReadToEndAsync(cancellation);
        string output = await process.StandardOutput.ReadToEndAsync(cancellation);
        await process.WaitForExitAsync(cancellation);
        if (process.ExitCode == 0) return output;
        string words = (await error).Trim();
        if (words.StartsWith("error: ", StringComparison.Ordinal)) words = words["error: ".Length..];

        // A refusal that has a name says it first.
        int colon = words.IndexOf(':', StringComparison.Ordinal);
        bool isNamed = colon > 0 && words[..colon].All(char.IsAsciiLetter) && char.IsAsciiLetterUpper(words[0]);
        throw new CliFailure(
            Enum.IsDefined((ExitCode)process.ExitCode) ? (ExitCode)process.ExitCode : ExitCode.LocalState,
            isNamed ? words[..colon] : "ProgramFailed", isNamed ? words[(colon + 1)..].Trim() : words);
    }

    /// <summary>Asks a process for a clean stop.</summary>
    public static void Terminate(int process) => _ = Kill(process, SignalTerminate);

    [LibraryImport("libc", EntryPoint = "kill", SetLastError = true)]
    private static partial int Kill(int process, int signal);
}
