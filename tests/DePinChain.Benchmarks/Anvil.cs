using System.Diagnostics;
using System.Globalization;
using DePinChain.EndToEnd.Tests;

namespace DePinChain.Benchmarks;

/// <summary>The Ethereum development node that wallets' developers use, from npm, as the peer of the same run.</summary>
internal sealed class Anvil : IDisposable
{
    private readonly Process _process;

    private Anvil(Process process, int port) => (_process, Port) = (process, port);

    public int Port { get; }

    public static async Task<Anvil> StartAsync(params string[] arguments)
    {
        string program = Path.Combine(RepositoryRoot(), "tests", "peers", "node_modules", "@foundry-rs", "anvil-linux-amd64", "bin",
            "anvil");
        if (!File.Exists(program))
            throw new FileNotFoundException("anvil is not installed; run: bash tests/peers/install.sh");
        int port = Localnet.FreePort();
        var start = new ProcessStartInfo(program) { RedirectStandardOutput = true, UseShellExecute = false };
        foreach (string argument in (string[])["--port", port.ToString(CultureInfo.InvariantCulture), "--silent", .. arguments])
            start.ArgumentList.Add(argument);
        Process process = Process.Start(start)!;
        using var http = new HttpClient();
        for (int attempt = 0; ; attempt++)
        {
            try
            {
                using var content = new StringContent("""{"jsonrpc":"2.0","id":1,"method":"eth_chainId","params":[]}""", null,
                    "application/json");
                using HttpResponseMessage response = await http.PostAsync($"http://127.0.0.1:{port}", content);
                return new Anvil(process, port);
            }
            catch (HttpRequestException) when (attempt < 500)
            {
                await Task.Delay(10);
            }
        }
    }

    public void Dispose()
    {
        _process.Kill();
        _process.WaitForExit();
        _process.Dispose();
    }

    public static string RepositoryRoot()
    {
        DirectoryInfo? folder = new(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "DePinChain.sln")))
            folder = folder.Parent;
        return folder?.FullName ?? throw new DirectoryNotFoundException("DePinChain.sln");
    }
}
