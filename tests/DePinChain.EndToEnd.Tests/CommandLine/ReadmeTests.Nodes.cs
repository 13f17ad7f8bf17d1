using System.Text.Json.Nodes;

namespace DePinChain.EndToEnd.Tests.CommandLine;

/// <remarks>The section on nodes and chaos: it needs processes of its own beside the localnet's.</remarks>
public sealed partial class ReadmeTests
{
    private readonly int _nodePort = Localnet.FreePort();
    private string _peer = "";

    [Test]
    public async Task Every_command_of_the_section_on_nodes_and_chaos_does_what_it_says()
    {
        string[] commands = CommandsOf("Run a node, break a network");
        Assert.That(commands, Has.Length.EqualTo(11), "a command that the page gained or lost is looked at here");
        await ExpectAsync($"chain/depin localnet start --detach --rpc-port {_port} --block-time 0.4s", $"{_port}");
        (_, string status) = await RunAsync("chain/depin localnet status --json");
        _peer = JsonNode.Parse(status)!["listen"]![0]!.GetValue<string>();
        try
        {
            foreach (string command in commands) await ExpectAsync(OnThisMachine(command), ExpectedOfNodes(command));
        }
        finally
        {
            await RunAsync($"kill $(cat {_home}/run.pid); while kill -0 $(cat {_home}/run.pid) 2>/dev/null; do sleep 0.1; done");
        }
    }

    // Free ports, folders of the test, the peer that the banner names, and a node that runs beside what follows.
    private string OnThisMachine(string command)
    {
        string here = command
            .Replace("~/.depin/node", $"{_home}/node").Replace("~/.depin/localnet", $"{_home}/localnet")
            .Replace("/ip4/127.0.0.1/tcp/30333/p2p/PEERID", _peer)
            .Replace("8600", $"{_nodePort}").Replace("30433", $"{Localnet.FreePort()}");
        if (!command.Contains("node run", StringComparison.Ordinal)) return here;
        string answers = $"for i in $(seq 300); do curl -s -o /dev/null http://127.0.0.1:{_nodePort} && break; sleep 0.2; done";
        return $"{here} > {_home}/run.log 2>&1 & echo $! > {_home}/run.pid; {answers}; sleep 2; cat {_home}/run.log";
    }

    private static string ExpectedOfNodes(string command) => command["chain/depin ".Length..].Split(" --")[0] switch
    {
        "node init" => "peerId",
        "node run" => "node",
        "node doctor" => "lag",
        "node status" => "height",
        "node peers" => "outbound",
        "localnet chaos kill v2" or "localnet chaos partition v3" or "localnet chaos heal" => "running",
        "localnet logs v2" => "{",
        "forensics" => "",
        "upgrade rehearse" => "stateRoot",
        _ => throw new AssertionException($"the page shows a command that this test does not know: {command}"),
    };
}
