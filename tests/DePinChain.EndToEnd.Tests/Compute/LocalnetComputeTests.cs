using System.Diagnostics;
using System.Text.Json.Nodes;
using DePinChain.EndToEnd.Tests.CommandLine;

namespace DePinChain.EndToEnd.Tests.Compute;

/// <summary>What a newcomer meets: a localnet that runs a container at once, and takes it along when it stops.</summary>
[NonParallelizable]
public sealed class LocalnetComputeTests
{
    [Test]
    public async Task A_localnet_runs_a_container_out_of_the_box_and_leaves_none_behind()
    {
        Assert.That(File.Exists("/usr/bin/podman"), "there is no container engine: bash chain/install.sh tests");
        string home = Directory.CreateTempSubdirectory("depin-machine-").FullName, file = Path.Combine(home, "app.yaml");
        try
        {
            await using Localnet network = await Localnet.StartAsync(
                Path.Combine(home, "net"), null, "--block-time", "0.3s", "--compute-port", $"{Localnet.FreePort()}");
            var depin = new DepinProgram(network.RpcUrl, home);
            await File.WriteAllTextAsync(file, (await depin.RunAsync("compute", "template")).Output);
            for (var clock = Stopwatch.StartNew(); clock.Elapsed < TimeSpan.FromSeconds(90); await Task.Delay(500))
            {
                JsonNode quote = await depin.JsonAsync("compute", "quote", file);
                if (quote[0]!["count"]!.GetValue<int>() == 1) break;
            }

            JsonNode deployed = await depin.JsonAsync(
                "compute", "deploy", file, "--deposit", "1", "--bidding", "100", "--timeout", "80", "--key", "dev1");
            string at = deployed["leases"]![0]!["services"]![0]!["ports"]![0]!.GetValue<string>().Split(' ')[1];
            using var http = new HttpClient { Timeout = TimeSpan.FromSeconds(5) };
            Assert.That(await http.GetStringAsync($"http://{at}/"), Does.Contain("hello"));
            Assert.That(await network.StopAsync(), Is.Zero);
            Assert.That(async () => await http.GetStringAsync($"http://{at}/"), Throws.InstanceOf<HttpRequestException>());
        }
        finally
        {
            Directory.Delete(home, recursive: true);
        }
    }
}
