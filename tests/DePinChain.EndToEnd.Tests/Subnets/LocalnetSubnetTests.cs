using System.Diagnostics;
using System.Text;
using System.Text.Json;
using DePinChain.Primitives;

namespace DePinChain.EndToEnd.Tests.Subnets;

/// <summary>What a newcomer meets: a localnet whose first subnet answers, checks and ends with it.</summary>
[NonParallelizable]
public sealed class LocalnetSubnetTests
{
    [Test]
    public async Task A_localnet_answers_questions_out_of_the_box_and_leaves_nobody_behind()
    {
        int port = Localnet.FreePort(4);
        using var http = new HttpClient { Timeout = TimeSpan.FromSeconds(20) };
        await using Localnet network = await Localnet.StartAsync(null, null, "--block-time", "0.3s", "--subnet-port", $"{port}",
            "--worker-port", $"{port + 3}");
        string answer = await AskAsync(http, port, network);
        Assert.That(answer, Does.Contain("\"completion_tokens\":6"));
        await AuditAsync(network);
        await network.KillAsync();
        for (var clock = Stopwatch.StartNew(); await IsThereAsync(http, port); await Task.Delay(100))
            Assert.That(clock.Elapsed, Is.LessThan(TimeSpan.FromSeconds(30)), "the subnet outlived its localnet");
    }

    private static async Task<string> AskAsync(HttpClient http, int port, Localnet network)
    {
        for (var clock = Stopwatch.StartNew(); clock.Elapsed < TimeSpan.FromSeconds(120); await Task.Delay(200))
        {
            try
            {
                using var body = new StringContent("""{"prompt":"the chain","max_tokens":6}""", Encoding.UTF8, "application/json");
                using HttpResponseMessage answer = await http.PostAsync($"http://127.0.0.1:{port}/v1/completions", body);
                if (answer.IsSuccessStatusCode) return await answer.Content.ReadAsStringAsync();
            }
            catch (Exception early) when (early is HttpRequestException or TaskCanceledException)
            {
                // It registers itself first.
            }
        }

        throw new TimeoutException($"the localnet's subnet does not answer:\n{network.Output}");
    }

    // The miner commits to what it answered, the beacon draws one, and the localnet's own worker runs the model over it.
    private static async Task AuditAsync(Localnet network)
    {
        string passed = Keccak256.Hash("AuditPassed(uint64,address,uint32)"u8).ToString();
        for (var clock = Stopwatch.StartNew(); clock.Elapsed < TimeSpan.FromSeconds(120); await Task.Delay(200))
        {
            JsonElement logs = await network.CallAsync("eth_getLogs", new
            {
                address = "0x0000000000000000000000000000000000001301",
                fromBlock = "0x0",
                topics = new[] { passed },
            });
            if (logs.GetArrayLength() > 0) return;
        }

        throw new TimeoutException($"no answer was audited:\n{network.Output}");
    }

    private static async Task<bool> IsThereAsync(HttpClient http, int port)
    {
        try
        {
            using HttpResponseMessage answer = await http.GetAsync($"http://127.0.0.1:{port}/v1/models");
            return true;
        }
        catch (HttpRequestException)
        {
            return false;
        }
    }
}
