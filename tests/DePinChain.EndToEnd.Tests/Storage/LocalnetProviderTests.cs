using System.Diagnostics;
using DePinChain.EndToEnd.Tests.CommandLine;

namespace DePinChain.EndToEnd.Tests.Storage;

/// <summary>What a newcomer meets: a localnet with a provider of storage that is ready, and ends with it.</summary>
[NonParallelizable]
public sealed class LocalnetProviderTests
{
    [Test]
    public async Task A_localnet_stores_a_file_out_of_the_box_and_again_after_a_restart()
    {
        string home = Directory.CreateTempSubdirectory("depin-provider-").FullName;
        string data = Path.Combine(home, "net");
        int port = Localnet.FreePort(), storage = Localnet.FreePort();
        string[] arguments = ["--block-time", "0.3s", "--storage-port", $"{storage}"];
        try
        {
            var depin = new DepinProgram($"http://127.0.0.1:{port}", home);
            await using (Localnet network = await Localnet.StartAsync(data, port, arguments))
            {
                await WaitForTermsAsync(storage, network);
                await File.WriteAllTextAsync(Path.Combine(home, "note.txt"), "to keep");
                await depin.JsonAsync("storage", "put", Path.Combine(home, "note.txt"), "--copies", "1", "--days", "9", "--key", "dev1");
                Assert.That(await network.StopAsync(), Is.Zero);
            }

            await using Localnet again = await Localnet.StartAsync(data, port, arguments);
            await WaitForTermsAsync(storage, again);
            string copy = Path.Combine(home, "copy.txt");
            await depin.JsonAsync("storage", "get", "note.txt", "--file", copy, "--key", "dev1");
            Assert.That(await File.ReadAllTextAsync(copy), Is.EqualTo("to keep"));
            await again.KillAsync();
            await WaitForSilenceAsync(storage);
        }
        finally
        {
            Directory.Delete(home, recursive: true);
        }
    }

    private static async Task WaitForTermsAsync(int port, Localnet network)
    {
        using var http = new HttpClient { Timeout = TimeSpan.FromSeconds(5) };
        for (var clock = Stopwatch.StartNew(); clock.Elapsed < TimeSpan.FromSeconds(90); await Task.Delay(100))
        {
            try
            {
                string terms = await http.GetStringAsync($"http://127.0.0.1:{port}/v1/terms");
                if (terms.Contains("\"takesDeals\":true", StringComparison.Ordinal)) return;
            }
            catch (Exception early) when (early is HttpRequestException or TaskCanceledException)
            {
                // It registers itself first.
            }
        }

        throw new TimeoutException($"the localnet's provider does not answer:\n{network.Output}");
    }

    // A localnet that is killed leaves nothing behind.
    private static async Task WaitForSilenceAsync(int port)
    {
        using var http = new HttpClient { Timeout = TimeSpan.FromSeconds(5) };
        for (var clock = Stopwatch.StartNew(); clock.Elapsed < TimeSpan.FromSeconds(30); await Task.Delay(100))
        {
            try
            {
                await http.GetStringAsync($"http://127.0.0.1:{port}/v1/terms");
            }
            catch (HttpRequestException)
            {
                return;
            }
        }

        throw new TimeoutException("the provider outlived its localnet");
    }
}
