using System.Diagnostics;
using System.Text.Json.Nodes;

namespace DePinChain.EndToEnd.Tests.CommandLine;

/// <summary>What one run of <c>depin</c> printed and how it ended.</summary>
internal sealed record DepinRun(int ExitCode, string Output, string Error)
{
    public JsonNode Json => JsonNode.Parse(Output) ?? throw new InvalidOperationException($"no JSON: {Output}{Error}");
}

/// <summary>Runs the built command line as a user's shell would, with a key store of its own.</summary>
internal sealed class DepinProgram(string rpcUrl, string home)
{
    private static readonly string Program = typeof(DepinProgram).Assembly.Location
        .Replace(Path.Combine("tests", "DePinChain.EndToEnd.Tests"), Path.Combine("chain", "DePinChain.Cli"), StringComparison.Ordinal)
        .Replace("DePinChain.EndToEnd.Tests.dll", "depin.dll", StringComparison.Ordinal);

    public Task<DepinRun> RunAsync(params string[] arguments) => RunWithSecretAsync(null, arguments);

    /// <summary>The same with a secret for the command that asks for one.</summary>
    public async Task<DepinRun> RunWithSecretAsync(string? secret, params string[] arguments)
    {
        using Process process = Start(arguments, secret);
        process.StandardInput.Close();
        Task<string> output = process.StandardOutput.ReadToEndAsync(), error = process.StandardError.ReadToEndAsync();
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(90));
        await process.WaitForExitAsync(limit.Token);
        return new DepinRun(process.ExitCode, await output, await error);
    }

    /// <summary>Starts a command that goes on until it is ended; its output is piped.</summary>
    public Process Start(string[] arguments, string? secret = null)
    {
        var start = new ProcessStartInfo("dotnet")
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            RedirectStandardInput = true,
            UseShellExecute = false
        };
        foreach (string argument in (string[])[Program, .. arguments])
            start.ArgumentList.Add(argument);
        start.Environment["DEPIN_RPC"] = rpcUrl;
        start.Environment["DEPIN_HOME"] = home;
        start.Environment["DEPIN_EXPLORER_PORT"] = "0";
        start.Environment["DEPIN_STORAGE_PORT"] = "0";
        start.Environment["DEPIN_COMPUTE_PORT"] = "0";
        start.Environment["DEPIN_WORKER_PORT"] = "0";
        start.Environment["DEPIN_SUBNET_PORT"] = "0";
        start.Environment["DEPIN_PASSWORD"] = "correct horse";
        if (secret is not null) start.Environment["DEPIN_SECRET"] = secret;
        start.Environment["DEPIN_LOCALNET"] = Path.Combine(home, "localnet");
        return Process.Start(start)!;
    }

    /// <summary>Runs with --json and expects success.</summary>
    public async Task<JsonNode> JsonAsync(params string[] arguments)
    {
        DepinRun run = await RunAsync([.. arguments, "--json"]);
        Assert.That(run.ExitCode, Is.Zero, $"depin {string.Join(' ', arguments)}\n{run.Output}{run.Error}");
        return run.Json;
    }
}
