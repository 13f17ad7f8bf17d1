using System.Text.RegularExpressions;

namespace DePinChain.EndToEnd.Tests.CommandLine;

/// <remarks>The section on machines: it needs a container engine.</remarks>
public sealed partial class ReadmeTests
{
    private readonly int _machinePort = Localnet.FreePort();

    [Test]
    public async Task Every_command_of_the_section_on_machines_does_what_it_says()
    {
        if (!File.Exists("/usr/bin/podman")) Assert.Ignore("there is no container engine: bash chain/install.sh tests");
        string[] commands = CommandsOf("Rent out, or rent, a machine");
        Assert.That(commands, Has.Length.EqualTo(13), "a command that the page gained or lost is looked at here");
        await ExpectAsync($"chain/depin localnet start --detach --in-process --rpc-port {_port} --block-time 0.4s", $"{_port}");
        string deployment = "", provider = "";
        try
        {
            foreach (string command in commands)
            {
                string line = OfMachine(command.Replace("DEPLOYMENT", deployment, StringComparison.Ordinal));
                string output = await ExpectAsync(line, ExpectedOfMachines(command));
                if (DeploymentPattern().Match(output) is { Success: true } made) deployment = made.Groups[1].Value;
                if (command.Contains("compute init", StringComparison.Ordinal)) provider = AddressPattern().Match(output).Value;
            }
        }
        finally
        {
            // What was closed a moment ago is taken away by the agent; ended before that, it would do so at its next start.
            string left = $"podman ps -aq --filter label=depin.provider={provider}";
            if (provider.Length > 0) await RunAsync($"for i in $(seq 300); do [ -z \"$({left})\" ] && break; sleep 0.2; done");
            await RunAsync("[ ! -f machine.pid ] || { kill -TERM $(cat machine.pid); tail --pid=$(cat machine.pid) -f /dev/null; }");
        }
    }

    // A free port, a folder of the test, and an agent that runs beside what follows.
    private string OfMachine(string command) => command switch
    {
        _ when command.Contains("compute init", StringComparison.Ordinal) => $"{command} --port {_machinePort} --publish-from 28000",
        _ when command.Contains("compute deploy", StringComparison.Ordinal) => $"{command} --bidding 30 --timeout 150",
        "chain/depin provider compute run" =>
            $"{command} > machine.log 2>&1 & echo $! > machine.pid; timeout 90 tail -n +1 -f machine.log | grep -m1 'serving'",
        _ => command,
    };

    private static string ExpectedOfMachines(string command) => command["chain/depin ".Length..].Split(" --")[0] switch
    {
        "provider compute init" => "0x",
        "provider compute check" => "contained\tfork bomb",
        "provider compute register" => "stake",
        "provider compute device" => "device entered",
        "provider compute run" => "serving",
        "compute template > app.yaml" => "",
        "compute quote app.yaml" => "eligible",
        "compute deploy app.yaml" => "running",
        "compute status DEPLOYMENT" => "dryAt",
        "compute exec DEPLOYMENT" => "hello from a container",
        "compute logs DEPLOYMENT" => "",
        "compute close DEPLOYMENT" => "succeeded",
        "provider compute drain" => "",
        _ => throw new AssertionException($"the page shows a command that this test does not know: {command}"),
    };

    [GeneratedRegex(@"deployment\s+(\d+)")]
    private static partial Regex DeploymentPattern();
}
