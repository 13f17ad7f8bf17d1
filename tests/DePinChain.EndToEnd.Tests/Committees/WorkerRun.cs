using System.Diagnostics;
using System.Text;

namespace DePinChain.EndToEnd.Tests.Committees;

/// <summary>A verifiers' worker as a process of its own, which can be killed and started again.</summary>
internal sealed class WorkerRun : IAsyncDisposable
{
    private static readonly string Program = typeof(WorkerRun).Assembly.Location
        .Replace(Path.Combine("tests", "DePinChain.EndToEnd.Tests"), Path.Combine("gpu", "DePinChain.Worker"), StringComparison.Ordinal)
        .Replace("DePinChain.EndToEnd.Tests.dll", "DePinChain.Worker.dll", StringComparison.Ordinal);

    private readonly StringBuilder _output = new();
    private Process? _process;

    /// <summary>Everything it has said since its last start.</summary>
    public string Output
    {
        get
        {
            lock (_output) return _output.ToString();
        }
    }

    /// <summary>Runs a verb to its end.</summary>
    public static async Task<(int Code, string Output, string Error)> CallAsync(params string[] arguments)
    {
        using Process process = Process.Start(How(arguments))!;
        Task<string> error = process.StandardError.ReadToEndAsync();
        string output = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        return (process.ExitCode, output, await error);
    }

    /// <summary>Starts it and waits until it works.</summary>
    public async Task StartAsync(params string[] arguments)
    {
        lock (_output) _output.Clear();
        _process = Process.Start(How(arguments))!;
        _process.OutputDataReceived += (_, line) => Append(line.Data);
        _process.ErrorDataReceived += (_, line) => Append(line.Data);
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
        await WaitForAsync("working");
    }

    /// <summary>Waits until it has said something.</summary>
    public async Task WaitForAsync(string what)
    {
        for (var clock = Stopwatch.StartNew(); clock.Elapsed < TimeSpan.FromSeconds(90); await Task.Delay(20))
        {
            if (Output.Contains(what, StringComparison.Ordinal)) return;
            if (_process!.HasExited) throw new InvalidOperationException($"the worker ended with {_process.ExitCode}:\n{Output}");
        }

        throw new TimeoutException($"the worker did not say '{what}':\n{Output}");
    }

    /// <summary>Ends it as a power cut would.</summary>
    public async Task KillAsync()
    {
        if (_process is null) return;
        if (!_process.HasExited) _process.Kill();
        await _process.WaitForExitAsync();
        _process.Dispose();
        _process = null;
    }

    public async ValueTask DisposeAsync() => await KillAsync();

    private static ProcessStartInfo How(string[] arguments)
    {
        var start = new ProcessStartInfo("dotnet") { RedirectStandardOutput = true, RedirectStandardError = true, UseShellExecute = false };
        foreach (string argument in (string[])[Program, .. arguments]) start.ArgumentList.Add(argument);
        return start;
    }

    private void Append(string? line)
    {
        lock (_output) _output.AppendLine(line);
    }
}
