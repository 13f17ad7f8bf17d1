using System.Diagnostics;

namespace DePinChain.EndToEnd.Tests.Crash;

/// <summary>One start of the node program that is expected to end by itself.</summary>
internal sealed record NodeRun(int ExitCode, string Output, string Error)
{
    /// <summary>Runs the program to its end; one that keeps running is stopped and fails the test.</summary>
    public static async Task<NodeRun> ToItsEndAsync(params string[] arguments)
    {
        ProcessStartInfo start = new("dotnet") { RedirectStandardOutput = true, RedirectStandardError = true, UseShellExecute = false };
        foreach (string argument in (string[])[Localnet.NodeProgram, .. arguments]) start.ArgumentList.Add(argument);
        using Process process = Process.Start(start)!;
        Task<string> output = process.StandardOutput.ReadToEndAsync();
        Task<string> error = process.StandardError.ReadToEndAsync();
        using CancellationTokenSource limit = new(TimeSpan.FromSeconds(60));
        try
        {
            await process.WaitForExitAsync(limit.Token);
        }
        catch (OperationCanceledException)
        {
            process.Kill();
            Assert.Fail($"the node runs where it should refuse:\n{await output}");
        }

        return new NodeRun(process.ExitCode, await output, await error);
    }

    /// <summary>Checks that the node refused with this code, in one sentence that holds these words, and without a stack trace.</summary>
    public void AssertRefused(int exitCode, params string[] words)
    {
        Assert.That(ExitCode, Is.EqualTo(exitCode), Error);
        Assert.That(Error.TrimEnd().Split('\n'), Has.Length.EqualTo(1), "one line");
        Assert.That(Error, Does.Not.Contain("   at "));
        foreach (string word in words) Assert.That(Error, Does.Contain(word));
    }
}
