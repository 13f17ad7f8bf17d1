using DePinChain.EndToEnd.Tests.Crash;

namespace DePinChain.EndToEnd.Tests.Processes;

/// <summary>A node's home: made once, explained, and looked over; each trouble has its sentence and its exit code.</summary>
public sealed class HomeTests
{
    private string _folder = "";
    private string _home = "";

    [SetUp]
    public async Task MakeHome()
    {
        _folder = Directory.CreateTempSubdirectory("depin-home-").FullName;
        _home = Path.Combine(_folder, "node");
        NodeRun made = await InitAsync("--init-signer");
        Assert.That(made.ExitCode, Is.Zero, made.Error);
    }

    [TearDown]
    public void RemoveHome() => Directory.Delete(_folder, recursive: true);

    [Test]
    public async Task A_home_is_made_once() => (await InitAsync()).AssertRefused(5, _home, "already");

    [Test]
    public async Task A_network_that_nobody_knows_is_refused() =>
        (await NodeRun.ToItsEndAsync("init", "--home", _home + "2", "--network", "moonnet")).AssertRefused(1, "moonnet", "genesis");

    [Test]
    public async Task A_home_keeps_every_state_when_it_is_asked_to()
    {
        Assert.That(await File.ReadAllTextAsync(Path.Combine(_home, "node.json")), Does.Contain("\"archive\": false"));
        string other = _home + "2";
        NodeRun made = await NodeRun.ToItsEndAsync("init", "--home", other, "--archive");
        Assert.That(made.ExitCode, Is.Zero, made.Error);
        Assert.That(await File.ReadAllTextAsync(Path.Combine(other, "node.json")), Does.Contain("\"archive\": true"));
    }

    [Test]
    public void Secrets_are_their_owners_only()
    {
        foreach (string secret in (string[])["node.key", "signer.key"])
        {
            if (!OperatingSystem.IsWindows())
            {
                Assert.That(
                    File.GetUnixFileMode(Path.Combine(_home, secret)), Is.EqualTo(UnixFileMode.UserRead | UnixFileMode.UserWrite), secret);
            }
        }
    }

    [Test]
    public async Task The_doctor_of_a_stopped_node_finds_only_that_it_does_not_run()
    {
        NodeRun run = await DoctorAsync();
        Assert.That(run.ExitCode, Is.EqualTo(3), run.Output);
        Assert.That(run.Output.Split('\n').Count(line => line.StartsWith("fail", StringComparison.Ordinal)), Is.EqualTo(1), run.Output);
    }

    [Test]
    public async Task The_doctor_sees_a_lost_signing_mark()
    {
        File.Delete(Path.Combine(_home, "signer.mark"));
        NodeRun run = await DoctorAsync();
        Assert.That((run.ExitCode, run.Output.Contains("signer.mark is missing")), Is.EqualTo((6, true)), run.Output);
    }

    [Test]
    public async Task The_doctor_sees_keys_that_others_may_read()
    {
        if (OperatingSystem.IsWindows()) Assert.Ignore("files have no modes there");
        else File.SetUnixFileMode(Path.Combine(_home, "signer.key"), UnixFileMode.UserRead | UnixFileMode.OtherRead);
        NodeRun run = await DoctorAsync();
        Assert.That((run.ExitCode, run.Output.Contains("chmod 600")), Is.EqualTo((5, true)), run.Output);
    }

    [TestCase("\"inboundMax\"", "\"inboundMost\"", "inboundMost", TestName = "A_setting_that_nobody_knows_is_refused")]
    [TestCase("\"/ip4/", "\"/dns/", "/dns/", TestName = "An_address_of_another_form_is_refused")]
    public async Task A_wrong_setting_is_refused(string right, string wrong, string word)
    {
        string file = Path.Combine(_home, "node.json");
        File.WriteAllText(file, File.ReadAllText(file).Replace(right, wrong));
        (await NodeRun.ToItsEndAsync("run", "--home", _home)).AssertRefused(5, "node.json", word);
    }

    [Test]
    public async Task Two_signers_of_one_key_are_refused_for_safety()
    {
        string file = Path.Combine(_home, "node.json");
        File.WriteAllText(file, File.ReadAllText(file).Replace("\"signerSocket\": null", "\"signerSocket\": \"signer.sock\""));
        (await NodeRun.ToItsEndAsync("run", "--home", _home)).AssertRefused(6, "node.json", "twice");
    }

    private Task<NodeRun> InitAsync(params string[] more) => NodeRun.ToItsEndAsync(
    [
        "init", "--home", _home, "--network", "localnet", "--rpc-port", $"{Localnet.FreePort()}",
        "--listen", $"/ip4/127.0.0.1/tcp/{Localnet.FreePort()}", .. more,
    ]);

    private Task<NodeRun> DoctorAsync() => NodeRun.ToItsEndAsync("doctor", "--home", _home);
}
