using System.Diagnostics;

namespace DePinChain.Explorer.Tests;

/// <summary>The command line, as its users run it, on the shared network.</summary>
internal static class DepinCommand
{
    private static readonly string Depin = typeof(DepinCommand).Assembly.Location
        .Replace(Path.Combine("tests", "DePinChain.Explorer.Tests"), Path.Combine("chain", "DePinChain.Cli"), StringComparison.Ordinal)
        .Replace("DePinChain.Explorer.Tests.dll", "depin.dll", StringComparison.Ordinal);

    public static async Task<(int Code, string Output)> RunAsync(params string[] arguments)
    {
        var start = new ProcessStartInfo("dotnet", [Depin, .. arguments]) { RedirectStandardOutput = true, RedirectStandardError = true };
        start.Environment["DEPIN_RPC"] = SharedNetwork.Network.RpcUrl;
        using Process process = Process.Start(start)!;
        Task<string> errors = process.StandardError.ReadToEndAsync();
        string output = await process.StandardOutput.ReadToEndAsync();
        await Task.WhenAll(errors, process.WaitForExitAsync());
        return (process.ExitCode, output);
    }
}
