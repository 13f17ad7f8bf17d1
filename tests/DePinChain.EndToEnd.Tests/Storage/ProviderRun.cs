using System.Diagnostics;
using System.Text;

namespace DePinChain.EndToEnd.Tests.Storage;

/// <summary>A provider's agent as a process of its own, which can be killed and started again.</summary>
internal sealed class ProviderRun(string home, int port, string market = "storage") : IAsyncDisposable
{
    private static readonly string Program = typeof(ProviderRun).Assembly.Location
        .Replace(Path.Combine("tests", "DePinChain.EndToEnd.Tests"), Path.Combine("chain", "DePinChain.Providers"),
            StringComparison.Ordinal)
        .Replace("DePinChain.EndToEnd.Tests.dll", "DePinChain.Providers.dll", StringComparison.Ordinal);

    private readonly StringBuilder _output = new();
    private Process? _process;

    public string Home => home;

    public int Port => port;

    public bool IsRunning => _process is not null;

    public string Output
    {
        get
        {
            lock (_output) return _output.ToString();
        }
    }

    public async Task StartAsync()
    {
        var start = new ProcessStartInfo("dotnet") { RedirectStandardOutput = true, RedirectStandardError = true, UseShellExecute = false };
        foreach (string argument in (string[])[Program, market, "run", "--home", home]) start.ArgumentList.Add(argument);
        _process = Process.Start(start)!;
        _process.OutputDataReceived += (_, line) => Append(line.Data);
        _process.ErrorDataReceived += (_, line) => Append(line.Data);
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
        await WaitForAsync("serving");
    }

    /// <summary>Waits until the agent has said something.</summary>
    public async Task WaitForAsync(string what)
    {
        for (var clock = Stopwatch.StartNew(); clock.Elapsed < TimeSpan.FromSeconds(60); await Task.Delay(50))
        {
            if (Output.Contains(what, StringComparison.Ordinal)) return;
            if (_process!.HasExited) throw new InvalidOperationException($"the agent ended with {_process.ExitCode}:\n{Output}");
        }

        throw new TimeoutException($"the agent did not say '{what}':\n{Output}");
    }

    /// <summary>Ends it as a power cut would.</summary>
    public async Task KillAsync()
    {
        if (_process is null) return;
        if (!_process.HasExited) _process.Kill();
        await _process.WaitForExitAsync();
        _process.Dispose();
        _process = null;
        lock (_output) _output.Clear();
    }

    public async ValueTask DisposeAsync() => await KillAsync();

    private void Append(string? line)
    {
        lock (_output) _output.AppendLine(line);
    }
}
