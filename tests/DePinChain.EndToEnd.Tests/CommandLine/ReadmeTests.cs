using System.Diagnostics;
using System.Text.RegularExpressions;

namespace DePinChain.EndToEnd.Tests.CommandLine;

/// <summary>The README's commands for a wallet user and a developer, each run as written by a shell, in the order of the page.</summary>
/// <remarks>Unlike at a user's terminal: a free port, folders of the test, and an end to the command that never ends.</remarks>
[NonParallelizable]
public sealed partial class ReadmeTests
{
    private static readonly string Root = Path.GetFullPath(Path.Combine(typeof(ReadmeTests).Assembly.Location, "../../../../../.."));
    private static readonly string Page = File.ReadAllText(Path.Combine(Root, "README.md"));
    private readonly int _port = Localnet.FreePort();
    private readonly int _providerPort = Localnet.FreePort();
    private readonly int _subnetPort = Localnet.FreePort(3);
    private string _home = "";
    private string _validator = "";

    [SetUp]
    public void CreateHome() => _home = Directory.CreateTempSubdirectory("depin-readme-").FullName;

    [TearDown]
    public async Task RemoveHome()
    {
        // Only when a step failed is there still something to stop.
        await StopProviderAsync();
        await RunAsync("chain/depin localnet stop");
        Directory.Delete(_home, recursive: true);
    }

    [Test]
    public async Task Every_command_of_the_readme_does_what_it_says()
    {
        string[] wallet = CommandsOf("Use it with a wallet");
        string[] developer = CommandsOf("Develop on it");
        string[] validator = CommandsOf("Be a validator");
        string[] storage = CommandsOf("Store a file, or store for others");
        string[] subnet = CommandsOf("Own a subnet, earn in one");
        Assert.That(
            (wallet.Length, validator.Length, developer.Length, storage.Length, subnet.Length),
            Is.EqualTo((8, 7, 16, 8, 10)),
            "a command that the page gained or lost is looked at here");
        Assert.That(developer[0], Is.EqualTo("chain/depin localnet start --detach"));
        await ExpectAsync(developer[0] + $" --rpc-port {_port} --block-time 0.4s", $"{_port}");
        foreach (string command in wallet)
        {
            string output = await ExpectAsync(command, Expected(command));
            if (command == "chain/depin stake validators") _validator = AddressPattern().Match(output).Value;
        }

        foreach (string command in validator) await ExpectAsync(command, Expected(command));
        await RunScriptAsync();
        File.Copy(Path.Combine(Root, "README.md"), Path.Combine(_home, "README.md"));
        foreach (string command in storage) await ExpectAsync(command, Expected(command));
        Assert.That(File.ReadAllText(Path.Combine(_home, "copy.txt")), Is.EqualTo(Page));
        await StopProviderAsync();
        foreach (string command in subnet) await ExpectAsync(command, Expected(command));
        foreach (string command in developer[1..])
        {
            await ExpectAsync(command, Expected(command));
        }

        Assert.That(File.ReadAllText(Path.Combine(_home, "staking.json")), Does.StartWith("[").And.Contain("totalBonded"));
        Assert.That(Directory.Exists(Path.Combine(_home, "localnet")), Is.False, "a reset leaves nothing");
    }

    /// <summary>A word of what each command must print; a command of the page without a line here fails.</summary>
    private string Expected(string command) => command["chain/depin ".Length..] switch
    {
        "account balance dev0" => "10000",
        "account send 0x70997970C51812dc3A010C7d01b50e0d17dc79C8 1.5" => "succeeded",
        "keys new alice" => "0x",
        "localnet faucet alice 100" => "succeeded",
        "account send dev1 0.25 --key alice" => "succeeded",
        "stake validators" => "0x",
        "stake delegate VALIDATOR 50" => "succeeded",
        "stake rewards dev0" => "",
        "keys new consensus" or "keys new vrf" => "0x",
        "validator join --name mine --stake 5000 --commission 5% --key dev3" => "activeFromBlock",
        "validator list" => "mine",
        "validator show dev3" => "waiting",
        "validator uptime" => "%",
        "validator leave --key dev3" => "paidFromBlock",
        "provider storage init --capacity 10GiB --price 0.01" => "0x",
        "provider storage register --key dev4 --collateral 10" => "endpoint",
        "provider storage run" => "taking deals",
        "storage put README.md --copies 1 --days 9 --key dev1" => "provenAt",
        "storage ls" => "README.md",
        "storage status 1" => "nextProof",
        "storage get README.md --file copy.txt --key dev1" => "sha256",
        "storage cancel 1 --key dev1 --yes" => "succeeded",
        "subnet cost" => "100 DPN",
        "keys new judge" => "0x",
        "localnet faucet judge 10" => "succeeded",
        "subnet register --name text-1 --hotkey judge --key dev0 --yes" => "succeeded",
        "subnet start 2 --key dev0" => "succeeded",
        "subnet stake --hotkey judge 1000 --key dev0" => "succeeded",
        "subnet join 2 --hotkey dev2 --key dev1 --yes" => "succeeded",
        "subnet eligibility 2 --hotkey judge" => "permit",
        "subnet metagraph 2" => "0x",
        "subnet emission 2" => "",
        "localnet status" => $"http://127.0.0.1:{_subnetPort} (", // of the programs beside the nodes, the one that runs here
        "localnet logs" => "#",
        "block watch" => "",
        "module list" => "staking",
        "module show staking" => "delegate",
        "module abi staking > staking.json" => "",
        "call staking.totalBonded" => "0",
        "logs query --module emission --event Minted" => "Minted",
        "explain UnknownValidator" => "UnknownValidator",
        "localnet mine 10" => "height",
        "localnet warp 10m" => "600",
        "localnet stop" => "stopped",
        "localnet snapshot save before" => "saved",
        "localnet snapshot load before" => "",
        "localnet reset --yes" => "reset",
        _ => throw new AssertionException($"the page shows a command that this test does not know: {command}"),
    };

    private async Task<string> ExpectAsync(string command, string word)
    {
        (int code, string output) = await RunAsync(command);
        Assert.That(code, Is.Zero, $"{command}\n{output}");
        Assert.That(output, Does.Contain(word), command);
        return output;
    }

    private Task StopProviderAsync() => RunAsync(
        "[ ! -f provider.pid ] || { kill -TERM $(cat provider.pid); tail --pid=$(cat provider.pid) -f /dev/null; rm provider.pid; }");

    private async Task RunScriptAsync()
    {
        string script = Regex.Match(Page, "```js\n(.*?)```", RegexOptions.Singleline).Groups[1].Value.Replace("8545", $"{_port}");
        await File.WriteAllTextAsync(Path.Combine(_home, "readme.mjs"), script + "process.exit(0);\n");
        await ExpectAsync($"cd {Root}/tests/peers && node --input-type=module < {_home}/readme.mjs", "n");
    }

    private async Task<(int Code, string Output)> RunAsync(string command)
    {
        string line = command.Replace("chain/depin", Path.Combine(Root, "chain/depin")).Replace("VALIDATOR", _validator);
        if (command == "chain/depin block watch") line = $"timeout 4 {line} | grep -m1 0x";
        if (command.StartsWith("chain/depin provider storage init", StringComparison.Ordinal)) line += $" --port {_providerPort}";
        if (command == "chain/depin provider storage run")
            line = $"{line} > provider.log 2>&1 & echo $! > provider.pid; timeout 60 tail -n +1 -f provider.log | grep -m1 'taking deals'";
        var start = new ProcessStartInfo("bash")
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            RedirectStandardInput = true,
            WorkingDirectory = _home,
        };
        foreach (string argument in (string[])["-c", line]) start.ArgumentList.Add(argument);
        start.Environment["DEPIN_RPC"] = $"http://127.0.0.1:{_port}";
        start.Environment["DEPIN_HOME"] = Path.Combine(_home, "keys");
        start.Environment["DEPIN_EXPLORER_PORT"] = "0";
        start.Environment["DEPIN_STORAGE_PORT"] = "0";
        start.Environment["DEPIN_COMPUTE_PORT"] = "0";
        start.Environment["DEPIN_WORKER_PORT"] = "0";
        start.Environment["DEPIN_SUBNET_PORT"] = $"{_subnetPort}";
        start.Environment["DEPIN_PASSWORD"] = "correct horse";
        start.Environment["DEPIN_COMPUTE_PROVIDER"] = Path.Combine(_home, "machine");
        start.Environment["DEPIN_PROVIDER"] = Path.Combine(_home, "provider");
        start.Environment["DEPIN_LOCALNET"] = Path.Combine(_home, "localnet");
        using Process process = Process.Start(start)!;
        process.StandardInput.Close();
        Task<string> output = process.StandardOutput.ReadToEndAsync(), error = process.StandardError.ReadToEndAsync();
        using var limit = new CancellationTokenSource(TimeSpan.FromMinutes(3));
        await process.WaitForExitAsync(limit.Token);
        return (process.ExitCode, await output + await error);
    }

    /// <summary>The commands in the code blocks of a section, without their comments.</summary>
    private static string[] CommandsOf(string section)
    {
        string text = Page[Page.IndexOf($"## {section}", StringComparison.Ordinal)..].Replace(" \\\n ", "", StringComparison.Ordinal);
        int end = text.IndexOf("\n## ", 3, StringComparison.Ordinal);
        return [.. text[..end].Split('\n').Where(line => line.StartsWith("chain/depin", StringComparison.Ordinal))
            .Select(line => line.Split(" #")[0].TrimEnd())];
    }

    [GeneratedRegex("0x[0-9a-fA-F]{40}")]
    private static partial Regex AddressPattern();
}
