using System.Text.Json.Nodes;

namespace DePinChain.EndToEnd.Tests.CommandLine;

/// <summary>A signer's home by command, and its move to another machine.</summary>
[NonParallelizable]
public sealed class SignerCommandTests
{
    private Localnet _localnet = null!;
    private DepinProgram _depin = null!;
    private string _home = "";

    [OneTimeSetUp]
    public async Task Start()
    {
        _home = Directory.CreateTempSubdirectory("depin-home-").FullName;
        _localnet = await Localnet.StartAsync(null, null, "--block-time", "0.5s", "--validators", "1");
        _depin = new DepinProgram(_localnet.RpcUrl, _home);
    }

    [OneTimeTearDown]
    public async Task Stop()
    {
        await _localnet.DisposeAsync();
        Directory.Delete(_home, recursive: true);
    }

    [Test]
    public async Task Keys_move_to_another_machine_and_the_old_one_never_signs_again()
    {
        string old = Path.Combine(_home, "old"), fresh = Path.Combine(_home, "new"), file = Path.Combine(_home, "marks.json");
        JsonNode made = await _depin.JsonAsync("signer", "init", "--home", old);
        DepinRun exported = await _depin.RunAsync("validator", "move", "export", "--home", old, "--file", file, "--json");
        Assert.That(exported.ExitCode, Is.Zero, exported.Error);
        string facts = exported.Output[exported.Output.IndexOf("{\n", StringComparison.Ordinal)..];
        string code = JsonNode.Parse(facts)!["code"]!.GetValue<string>();
        JsonNode locked = await _depin.JsonAsync("signer", "status", "--home", old);
        Assert.That(locked["mark"]!.GetValue<string>(), Does.StartWith("9223372036854775806/"));

        Directory.CreateDirectory(fresh);
        File.Copy(Path.Combine(old, "signer.key"), Path.Combine(fresh, "signer.key"));
        await _depin.JsonAsync("signer", "init", "--home", fresh);
        string[] import = ["validator", "move", "import", "--home", fresh, "--file", file, "--json"];
        Assert.That((await _depin.RunAsync(import)).ExitCode, Is.EqualTo(6), "neither code nor patience");
        Assert.That((await _depin.RunAsync([.. import, "--code", "0000000000"])).ExitCode, Is.EqualTo(6));
        Assert.That((await _depin.RunAsync([.. import, "--code", code])).ExitCode, Is.Zero);
        JsonNode moved = await _depin.JsonAsync("signer", "status", "--home", fresh);
        Assert.That(
            (moved["signer"]!.GetValue<string>(), moved["mark"]!.GetValue<string>()),
            Is.EqualTo((made["signer"]!.GetValue<string>(), made["mark"]!.GetValue<string>())));
    }

    [Test]
    public async Task A_signer_that_is_asked_for_too_much_says_what_it_needs()
    {
        string home = Path.Combine(_home, "third");
        DepinRun run = await _depin.RunAsync("signer", "export", "--home", home);
        Assert.That((run.ExitCode, run.Error), Is.EqualTo((5, run.Error)));
        Assert.That(run.Error, Does.Contain("depin signer init"));
        await _depin.JsonAsync("signer", "init", "--home", home);
        run = await _depin.RunAsync("signer", "reset", "--home", home, "--min-height", "10");
        Assert.That(run.ExitCode, Is.EqualTo(6), run.Error);
    }
}
