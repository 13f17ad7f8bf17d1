using System.Diagnostics;
using System.Globalization;
using System.Text.Json.Nodes;
using DePinChain.Client;

namespace DePinChain.Cli.Commands;

/// <summary>The node process of a localnet and its data folder. The command line only starts and stops it; everything else goes over
/// RPC.</summary>
internal sealed class LocalnetProcess(string folder)
{
    private static readonly TimeSpan StartLimit = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan StopLimit = TimeSpan.FromSeconds(30);

    public static string DefaultFolder => Environment.GetEnvironmentVariable("DEPIN_LOCALNET")
        ?? Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".depin", "localnet");

    public string Folder => folder;

    public LocalnetSnapshots Snapshots => new(this);

    /// <summary>Beside the data folder, so that the folder holds only what a snapshot copies.</summary>
    private string RunFile => folder + ".run.json";

    private string LogFile => folder + ".log";

    /// <summary>The process that this data folder was started with, when it is still alive.</summary>
    public Process? FindRunning()
    {
        if (!File.Exists(RunFile) || JsonNode.Parse(File.ReadAllText(RunFile)) is not JsonObject run)
            return null;
        try
        {
            Process process = Process.GetProcessById(run["pid"]!.GetValue<int>());
            // A process id is reused after a reboot: only a process that started when the file says is ours.
            long startedAt = new DateTimeOffset(process.StartTime.ToUniversalTime()).ToUnixTimeSeconds();
            if (!process.HasExited && Math.Abs(startedAt - run["startedAt"]!.GetValue<long>()) <= 5)
                return process;
        }
        catch (ArgumentException)
        {
            // It has ended.
        }

        return null;
    }

    public void RequireStopped(string what)
    {
        if (FindRunning() is { } running)
            throw CliFailure.LocalState("LocalnetRuns", $"{what} needs a stopped network, and process {running.Id} runs from {folder}",
                "depin localnet stop");
    }

    /// <summary>Runs the node in the foreground and returns its exit code.</summary>
    public async Task<int> RunAsync(List<string> arguments, LocalnetPorts ports)
    {
        RequireStopped("another start");
        int code = await SiblingProgram.RunAsync(SiblingProgram.Node, Arguments(arguments), process => Remember(process, ports));
        File.Delete(RunFile);
        return code;
    }

    /// <summary>Starts the node in the background and waits for its first answer.</summary>
    public async Task<int> StartDetachedAsync(
        List<string> arguments, LocalnetPorts ports, CancellationToken cancellation)
    {
        RequireStopped("another start");
        ProcessStartInfo node = SiblingProgram.With(SiblingProgram.Node, Arguments(arguments));
        var shell = new ProcessStartInfo("setsid") { UseShellExecute = false };
        shell.ArgumentList.Add("/bin/sh");
        shell.ArgumentList.Add("-c");
        shell.ArgumentList.Add("log=$1; shift; exec \"$@\" >>\"$log\" 2>&1 </dev/null");
        foreach (string argument in (string[])["sh", LogFile, node.FileName, .. node.ArgumentList])
            shell.ArgumentList.Add(argument);
        Directory.CreateDirectory(Path.GetDirectoryName(LogFile)!);
        File.Delete(LogFile);
        Process process = Process.Start(shell) ?? throw CliFailure.LocalState("NotStarted", "the node process did not start");
        Remember(process, ports);
        using var rpc = new JsonRpcConnection(new Uri(string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{ports.Rpc}")),
            TimeSpan.FromSeconds(2));
        for (var clock = Stopwatch.StartNew(); clock.Elapsed < StartLimit;)
        {
            if (process.HasExited)
                throw CliFailure.LocalState("NotStarted", $"the node ended with exit code {process.ExitCode}: {LastLine()}",
                    $"see {LogFile}");
            try
            {
                if (await rpc.QuantityAsync("eth_blockNumber", cancellation) > 0)
                {
                    Console.Out.Write(await File.ReadAllTextAsync(LogFile, cancellation));
                    return (int)ExitCode.Ok;
                }
            }
            catch (NodeUnreachableException)
            {
                // Still starting.
            }

            await Task.Delay(50, cancellation);
        }

        throw new CliFailure(ExitCode.Timeout, "StartTimeout", $"no block within {StartLimit.TotalSeconds} s") { Hint = $"see {LogFile}" };
    }

    /// <summary>Ends the process cleanly and returns its id.</summary>
    public async Task<int> StopAsync(CancellationToken cancellation)
    {
        using Process process = FindRunning() ?? throw CliFailure.LocalState("NotRunning", $"no localnet runs from {folder}",
            "depin localnet start");
        SiblingProgram.Terminate(process.Id);
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        limit.CancelAfter(StopLimit);
        await process.WaitForExitAsync(limit.Token);
        File.Delete(RunFile);
        return process.Id;
    }

    /// <summary>Prints what a detached network has printed, or what one of its nodes has: a JSON object per line.</summary>
    public async Task<int> PrintLogAsync(string? node, bool follow, CancellationToken cancellation)
    {
        string file = node is null ? LogFile : Path.Combine(folder, node, "node.log");
        if (!File.Exists(file) && node is not null)
            throw CliFailure.LocalState("NoLog", $"{file} does not exist", "the nodes of a network of processes are v0, v1, …");
        if (!File.Exists(file))
            throw CliFailure.LocalState("NoLog", $"there is no log of {folder}",
                "a network in the foreground prints to its terminal; start one with --detach, or name a node: depin localnet logs v0");
        using var stream = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        using var reader = new StreamReader(stream);
        while (true)
        {
            string rest = await reader.ReadToEndAsync(cancellation);
            Console.Out.Write(rest);
            if (!follow)
                return (int)ExitCode.Ok;
            await Task.Delay(200, cancellation);
        }
    }

    /// <summary>Empties the data folder; the counter of chain ids lies beside it and stays.</summary>
    public void Reset()
    {
        RequireStopped("reset");
        if (Directory.Exists(folder))
            Directory.Delete(folder, recursive: true);
    }

    /// <summary>The programs beside the validators, each with where it is and how it stands; null for what does not run.</summary>
    public async Task<(string Name, string? Stand)[]> DescribeCompanionsAsync(CancellationToken cancellation)
    {
        using Process? running = FindRunning();
        JsonObject? run = running is null ? null : JsonNode.Parse(await File.ReadAllTextAsync(RunFile, cancellation)) as JsonObject;
        return await LocalnetPorts.From(run?["ports"]).DescribeAsync(cancellation);
    }

    private void Remember(Process process, LocalnetPorts ports)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(RunFile)!);
        File.WriteAllText(RunFile, new JsonObject
        {
            ["pid"] = process.Id,
            ["startedAt"] = new DateTimeOffset(process.StartTime.ToUniversalTime()).ToUnixTimeSeconds(),
            ["ports"] = ports.ToJson(),
        }.ToJsonString());
    }

    private IEnumerable<string> Arguments(List<string> arguments) => ["localnet", "--data", folder, .. arguments];

    private string LastLine() => File.Exists(LogFile) ? File.ReadLines(LogFile).LastOrDefault(line => line.Length > 0) ?? "" : "";
}
