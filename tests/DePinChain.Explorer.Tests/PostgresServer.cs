using System.Diagnostics;
using DePinChain.EndToEnd.Tests;
using Npgsql;

namespace DePinChain.Explorer.Tests;

/// <summary>A PostgreSQL server of Debian's package, on a free port and in a folder of its own, for as long as the tests run.</summary>
/// <remarks>It refuses to run as root, so root starts it as the package's own user.</remarks>
public sealed class PostgresServer : IAsyncDisposable
{
    private const string Owner = "postgres";
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly string _folder;
    private readonly Process _process;

    private PostgresServer(string folder, Process process, string connection)
    {
        _folder = folder;
        _process = process;
        Connection = connection;
    }

    /// <summary>Npgsql's connection string.</summary>
    public string Connection { get; }

    public static async Task<PostgresServer> StartAsync()
    {
        string programs = Directory.Exists("/usr/lib/postgresql")
            ? Directory.GetDirectories("/usr/lib/postgresql").OrderBy(path => path).Select(path => Path.Combine(path, "bin")).Last()
            : throw new InvalidOperationException("PostgreSQL's server is missing; 'bash chain/install.sh tests' installs it");
        string folder = Directory.CreateTempSubdirectory("depin-postgres-").FullName, data = Path.Combine(folder, "data");
        if (Environment.IsPrivilegedProcess) await ToItsEndAsync("chown", Owner, folder);

        // The C locale orders text by its bytes, as SQLite does.
        await ToItsEndAsync(Path.Combine(programs, "initdb"), "-D", data, "-U", Owner, "-A", "trust", "--locale=C", "--encoding=UTF8");
        int port = Localnet.FreePort();
        Process server = Process.Start(Command(
            Path.Combine(programs, "postgres"), "-D", data, "-p", $"{port}", "-k", folder, "-h", "127.0.0.1", "-F"))!;
        string connection = $"Host=127.0.0.1;Port={port};Username={Owner};Database=postgres;Timeout=5";
        await UntilItAnswersAsync(connection);
        return new PostgresServer(folder, server, connection);
    }

    public async ValueTask DisposeAsync()
    {
        NpgsqlConnection.ClearAllPools();
        if (!_process.HasExited)
        {
            // The server's own first process is named in its folder; SIGINT ends it without waiting for clients.
            string pid = (await File.ReadAllLinesAsync(Path.Combine(_folder, "data", "postmaster.pid")))[0];
            using Process signal = Process.Start("kill", ["-INT", pid]);
            await signal.WaitForExitAsync();
            await _process.WaitForExitAsync().WaitAsync(Patience);
        }

        _process.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    private static async Task UntilItAnswersAsync(string connection)
    {
        Stopwatch clock = Stopwatch.StartNew();
        while (true)
        {
            try
            {
                await using var first = new NpgsqlConnection(connection);
                await first.OpenAsync();
                return;
            }
            catch (NpgsqlException) when (clock.Elapsed < Patience)
            {
                await Task.Delay(100);
            }
        }
    }

    private static async Task ToItsEndAsync(string program, params string[] arguments)
    {
        ProcessStartInfo start = program == "chown" ? new ProcessStartInfo(program, arguments) : Command(program, arguments);
        start.RedirectStandardOutput = true;
        start.RedirectStandardError = true;
        using Process process = Process.Start(start)!;
        Task<string> output = process.StandardOutput.ReadToEndAsync(), error = process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync();
        Assert.That(process.ExitCode, Is.Zero, $"{program}: {await output}{await error}");
    }

    private static ProcessStartInfo Command(string program, params string[] arguments) => Environment.IsPrivilegedProcess
        ? new ProcessStartInfo("runuser", ["-u", Owner, "--", program, .. arguments]) { WorkingDirectory = "/" }
        : new ProcessStartInfo(program, arguments);
}
