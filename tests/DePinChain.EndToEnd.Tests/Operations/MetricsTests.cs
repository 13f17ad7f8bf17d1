using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace DePinChain.EndToEnd.Tests.Operations;

/// <summary>What a running node publishes, and that the shipped rules and dashboards ask for nothing else.</summary>
[NonParallelizable]
public sealed partial class MetricsTests
{
    private static readonly HttpClient Http = new() { Timeout = TimeSpan.FromSeconds(20) };
    private static readonly string Operations =
        Path.GetFullPath(Path.Combine(typeof(MetricsTests).Assembly.Location, "../../../../../../chain/operations"));

    private readonly int _port = Localnet.FreePort();
    private Localnet _localnet = null!;
    private string _text = "";

    [OneTimeSetUp]
    public async Task Start()
    {
        _localnet = await Localnet.StartProcessesAsync(null, null, "--block-time", "0.2s", "--metrics-port", $"{_port}");
        await _localnet.WaitForHeightAsync(5, TimeSpan.FromSeconds(60));
        _text = await Http.GetStringAsync(new Uri($"http://127.0.0.1:{_port}/metrics"));
    }

    [OneTimeTearDown]
    public async Task Stop() => await _localnet.DisposeAsync();

    [TestCase("alerts.yml")]
    [TestCase("depin-consensus.json")]
    [TestCase("depin-network.json")]
    [TestCase("depin-execution.json")]
    [TestCase("depin-machine.json")]
    public void Every_metric_that_is_asked_for_is_published(string file)
    {
        HashSet<string> published = [.. TypePattern().Matches(_text).Select(match => match.Groups[1].Value)];
        string content = File.ReadAllText(Path.Combine(Operations, file));
        string[] asked = [.. MetricPattern().Matches(content).Select(match => SuffixPattern().Replace(match.Value, "")).Distinct()];
        Assert.That(asked, Is.Not.Empty);
        Assert.That(asked.Where(name => !published.Contains(name)), Is.Empty);
    }

    [Test]
    public void There_are_twelve_alert_rules_and_each_says_what_to_do()
    {
        string rules = File.ReadAllText(Path.Combine(Operations, "alerts.yml"));
        Assert.That(Regex.Count(rules, "- alert: "), Is.EqualTo(12));
        Assert.That(Regex.Count(rules, "action: "), Is.EqualTo(12));
    }

    [Test]
    public async Task Values_are_the_nodes_own()
    {
        Assert.That(Value("depin_consensus_height"), Is.InRange(5, await _localnet.HeightAsync()));
        Assert.That(Value("depin_consensus_power_online_ratio"), Is.InRange(2.0 / 3, 1));
        double peers = Value("depin_p2p_peers{direction=\"inbound\"}") + Value("depin_p2p_peers{direction=\"outbound\"}");
        Assert.That(peers, Is.EqualTo(3), "a localnet of four");
        Assert.That(Value("depin_rpc_inflight{class=\"light\"}"), Is.GreaterThanOrEqualTo(0));
        Assert.That(Value("depin_rpc_inflight{class=\"heavy\"}"), Is.Zero, "nobody asked for anything heavy");
        Assert.That(Value("depin_signer_high_water_height"), Is.GreaterThanOrEqualTo(5));
        Assert.That(Value("depin_state_bytes"), Is.Positive);
        Assert.That(Value("depin_disk_free_ratio"), Is.InRange(0, 1));
        Assert.That(Value("depin_consensus_rounds_per_height_count"), Is.GreaterThanOrEqualTo(4));
        Assert.That(_text, Does.Match("depin_p2p_bytes_total\\{proto=\"vote\",dir=\"out\"\\} [1-9]"));
        Assert.That(_text, Does.Match("depin_build_info\\{version=\"[^\"]+\",commit=\"[^\"]+\"\\} 1"));
        Assert.That(_text, Does.Contain("depin_exec_seconds_bucket{stage=\"judge\",le=\"+Inf\"}"));
    }

    [TestCase("alerts.yml"), TestCase("depin-consensus.json"), TestCase("depin-machine.json")]
    public void Files_are_what_their_names_say(string file)
    {
        string content = File.ReadAllText(Path.Combine(Operations, file));
        if (file.EndsWith(".json", StringComparison.Ordinal)) Assert.That(() => JsonDocument.Parse(content).Dispose(), Throws.Nothing);
        Assert.That(content, Does.Not.Contain("\t"));
    }

    [Test]
    public async Task Nothing_else_is_served_there()
    {
        using HttpResponseMessage other = await Http.GetAsync(new Uri($"http://127.0.0.1:{_port}/"));
        Assert.That((int)other.StatusCode, Is.EqualTo(404));
    }

    private double Value(string name)
    {
        string line = _text.Split('\n').First(each => each.StartsWith(name + " ", StringComparison.Ordinal));
        return double.Parse(line[(name.Length + 1)..], CultureInfo.InvariantCulture);
    }

    [GeneratedRegex("# TYPE (depin_[a-z0-9_]+) ")]
    private static partial Regex TypePattern();

    [GeneratedRegex("depin_[a-z0-9_]+")]
    private static partial Regex MetricPattern();

    [GeneratedRegex("_(bucket|sum|count)$")]
    private static partial Regex SuffixPattern();
}
