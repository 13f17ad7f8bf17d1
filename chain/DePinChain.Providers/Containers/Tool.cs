using System.Diagnostics;

namespace DePinChain.Providers.Containers;

/// <summary>The system's own programs: firewall, file systems.</summary>
internal static class Tool
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);

    /// <summary>Runs a program to its end.</summary>
    /// <returns>Null when it ended well, else its words.</returns>
    public static async Task<string?> RunAsync(string program, string? input, CancellationToken cancellation, params string[] arguments)
    {
        var start = new ProcessStartInfo(program)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
        };
        foreach (string argument in arguments) start.ArgumentList.Add(argument);
        using CancellationTokenSource limit = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        limit.CancelAfter(Limit);
        try
        {
            using Process process = Process.Start(start) ?? throw new IOException("it did not start");
            Task<string> output = process.StandardOutput.ReadToEndAsync(limit.Token);
            Task<string> error = process.StandardError.ReadToEndAsync(limit.Token);
            if (input is not null) await process.StandardInput.WriteAsync(input.AsMemory(), limit.Token);
            process.StandardInput.Close();
            await process.WaitForExitAsync(limit.Token);
            await output;
            return process.ExitCode == 0 ? null : $"{program} ended with {process.ExitCode}: {(await error).Trim()}";
        }
        catch (Exception trouble) when (trouble is IOException or System.ComponentModel.Win32Exception)
        {
            return $"{program} cannot be run: {trouble.Message}";
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            return $"{program} did not end within {Limit.TotalSeconds:0} s";
        }
    }

    /// <summary>Where a program is; null when it is not on this machine.</summary>
    public static string? Find(string program) =>
        $"{Environment.GetEnvironmentVariable("PATH")}:/usr/sbin:/sbin".Split(':', StringSplitOptions.RemoveEmptyEntries)
            .Select(folder => Path.Combine(folder, program)).FirstOrDefault(File.Exists);
}
