using System.Diagnostics;
using DePinChain.Client.Programs;
using DePinChain.Primitives;
using DePinChain.Providers.Containers;

namespace DePinChain.Unit.Tests.Providers;

/// <summary>Hostile containers against this machine, in real containers made by the rules of every lease.</summary>
[NonParallelizable]
public sealed class IsolationTests
{
    private static readonly IEnumerable<TestCaseData> Attempts =
        IsolationCheck.Probes.Select(static probe => new TestCaseData(probe.Name).SetArgDisplayNames(probe.Name));

    private readonly Dictionary<string, ProbeOutcome> _outcomes = [];
    private string _home = "";

    [OneTimeSetUp]
    public async Task Try()
    {
        Assert.That(EngineService.IsInstalled, "there is no container engine: bash chain/install.sh tests");
        _home = Directory.CreateTempSubdirectory("depin-isolation-").FullName;
        var settings = new ComputeSettings();
        using var engine = new EngineService(_home, settings.Engine, new ProgramLog(TextWriter.Null, json: false));
        foreach (ProbeOutcome outcome in await new IsolationCheck(settings, engine, Address.FromLow(0x99)).RunAsync(CancellationToken.None))
            _outcomes[outcome.Name] = outcome;
    }

    [OneTimeTearDown]
    public void Remove()
    {
        if (_home.Length > 0) Directory.Delete(_home, recursive: true);
    }

    [TestCaseSource(nameof(Attempts))]
    public void A_hostile_attempt_is_contained(string name) =>
        Assert.That(_outcomes[name].IsContained, Is.True, _outcomes[name].Words);

    [Test]
    public void There_are_more_than_twenty_attempts() => Assert.That(IsolationCheck.Probes, Has.Count.GreaterThan(20));

    // The attempts are real: a container without the rules is caught by them.
    [TestCase("root")]
    [TestCase("capabilities")]
    [TestCase("new privileges")]
    [TestCase("write to the image")]
    [TestCase("disk fill")]
    public async Task An_attempt_succeeds_where_a_container_is_made_without_the_rules(string name)
    {
        string script = IsolationCheck.Probes.Single(probe => probe.Name == name).Script;
        string configuration = Path.Combine(_home, "containers.conf");
        var start = new ProcessStartInfo("podman", ["run", "--rm", "--network", "none", DemoImage.Name, "/bin/sh", "-c", script])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = _home,
        };
        start.Environment["CONTAINERS_CONF"] = configuration;
        using Process run = Process.Start(start)!;
        string words = await run.StandardOutput.ReadToEndAsync() + await run.StandardError.ReadToEndAsync();
        await run.WaitForExitAsync();
        Assert.That(run.ExitCode, Is.Zero, words);
    }
}
