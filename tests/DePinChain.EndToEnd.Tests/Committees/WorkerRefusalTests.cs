namespace DePinChain.EndToEnd.Tests.Committees;

/// <summary>What a worker refuses, with the exit code of the kind and a sentence that says what to do.</summary>
public sealed class WorkerRefusalTests
{
    private string _home = "";

    [SetUp]
    public void MakeHome() => _home = Directory.CreateTempSubdirectory("depin-worker-").FullName;

    [TearDown]
    public void RemoveHome() => Directory.Delete(_home, recursive: true);

    [TestCase("run", "--home is missing; usage: depin-worker", 1)]
    [TestCase("dance --home {0}", "'dance' is not a verb", 1)]
    [TestCase("init --home {0} --keys 0", "--keys 0 is not a number from 1 to 64", 1)]
    [TestCase("init --home {0} --colour red", "--colour is not an option", 1)]
    [TestCase("run --home {0} --hold-at noon", "--hold-at noon is none of: announced, kept,", 1)]
    [TestCase("run --home {0}", "'depin-worker init' makes a home.", 5)]
    public async Task Arguments_that_make_no_sense_are_named(string line, string sentence, int code)
    {
        string[] arguments = string.Format(System.Globalization.CultureInfo.InvariantCulture, line, _home).Split(' ');
        (int Code, string Output, string Error) run = await WorkerRun.CallAsync(arguments);
        Assert.That(run.Code, Is.EqualTo(code), run.Error);
        Assert.That(run.Error, Does.StartWith("error: ").And.Contain(sentence));
    }

    [Test]
    public async Task A_home_is_made_once_explains_itself_and_names_its_port_when_nobody_answers()
    {
        int port = Localnet.FreePort();
        string[] init = ["init", "--home", _home, "--keys", "2", "--port", $"{port}"];
        (int Code, string Output, string Error) made = await WorkerRun.CallAsync(init);
        Assert.That(made.Code, Is.Zero, made.Error);
        Assert.That(made.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries), Has.Length.EqualTo(2).And.All.StartsWith("0x"));
        UnixFileMode mode = OperatingSystem.IsWindows() ? default : File.GetUnixFileMode(Path.Combine(_home, "worker-0.key"));
        Assert.That(mode, Is.EqualTo(UnixFileMode.UserRead | UnixFileMode.UserWrite));
        Assert.That(await File.ReadAllTextAsync(Path.Combine(_home, "worker.json")), Does.Contain("// A node's JSON-RPC"));
        Assert.That((await WorkerRun.CallAsync("init", "--home", _home)).Error, Does.Contain("is a worker's home already"));
        (int Code, string Output, string Error) asked = await WorkerRun.CallAsync("status", "--home", _home);
        Assert.That(asked.Code, Is.EqualTo(3));
        Assert.That(asked.Error, Does.Contain($"No worker answers on port {port}; start it with 'depin-worker run --home {_home}'."));
        await File.WriteAllTextAsync(Path.Combine(_home, "worker.json"), "{ \"ports\": 1 }");
        Assert.That((await WorkerRun.CallAsync("run", "--home", _home)).Error, Does.Contain("worker.json cannot be read"));
    }
}
