using System.Diagnostics;
using System.Globalization;
using System.Text.Json.Nodes;
using DePinChain.Client;
using DePinChain.EndToEnd.Tests.CommandLine;
using DePinChain.EndToEnd.Tests.Storage;
using DePinChain.Primitives;

namespace DePinChain.EndToEnd.Tests.Compute;

/// <summary>
/// Rendering as its users live it: real agents, Blender in real containers, the command line. Blocks come for each transaction, and
/// otherwise only where the chain alone is to go on, so that no agent misses a deadline on a slow machine.
/// </summary>
[NonParallelizable]
public sealed class RenderTests
{
    private const int FrameCount = 8;
    private const ulong EpochBlocks = 120;

    // What Blender makes the scene of: a cube that turns a little from frame to frame.
    private const string SceneScript =
        """
        import bpy, math, sys
        cube = bpy.data.objects["Cube"]
        for frame in (1, 8):
            cube.rotation_euler = (0, 0, math.radians(10 * frame))
            cube.keyframe_insert("rotation_euler", frame=frame)
        bpy.ops.wm.save_as_mainfile(filepath=sys.argv[-1])
        """;

    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(5);

    private readonly List<ProviderRun> _nodes = [];
    private readonly Dictionary<ProviderRun, Address> _addresses = [];
    private Localnet _localnet = null!;
    private DepinProgram _depin = null!;
    private JsonRpcConnection _node = null!;
    private ModuleGateway _render = null!;
    private string _home = "";

    [OneTimeSetUp]
    public async Task Start()
    {
        foreach (string program in (string[])["/usr/bin/podman", "/usr/bin/blender"])
            Assert.That(program, Does.Exist, "bash chain/install.sh tests brings it");
        _home = Directory.CreateTempSubdirectory("depin-render-").FullName;
        _localnet = await Localnet.StartAsync(null, null, "--block-time", "instant");
        _depin = new DepinProgram(_localnet.RpcUrl, _home);
        _node = new JsonRpcConnection(new Uri(_localnet.RpcUrl), TimeSpan.FromSeconds(30));
        _render = ModuleGateway.Of(_node, await ModuleDirectory.LoadAsync(_node, CancellationToken.None), "render");
    }

    [OneTimeTearDown]
    public async Task Stop()
    {
        if (_home.Length == 0) return;
        foreach (ProviderRun node in _nodes)
        {
            await node.DisposeAsync();
            await PodmanAsync("rm", "-f", "-t", "0", "--filter", $"label=depin.provider={_addresses[node]}-render");
        }

        _node.Dispose();
        await _localnet.DisposeAsync();
        Directory.Delete(_home, recursive: true);
    }

    [Test]
    public async Task Eight_frames_are_rendered_by_two_nodes_and_a_committee_finds_the_one_that_cheats()
    {
        string scene = await MakeSceneAsync();
        ProviderRun honest = await AddNodeAsync("honest", "dev3"), cheat = await AddNodeAsync("cheat", "dev4");
        ProviderRun judge = await AddJudgeAsync();

        // The cheat traces one path for a pixel of frame 5 instead of four.
        string script = Path.Combine(cheat.Home, "render.py"), text = await File.ReadAllTextAsync(script);
        const string Line = "scene.frame_set(wanted[\"frame\"])";
        Assert.That(text, Does.Contain(Line));
        const string Cheat = "if wanted[\"frame\"] == 5: cycles.samples = 1\n";
        await File.WriteAllTextAsync(script, text.Replace(Line, Cheat + Line, StringComparison.Ordinal));
        foreach (ProviderRun node in _nodes) await node.StartAsync();

        // Every frame is rendered twice; work of 8 OctaneBench hours at 10 points leaves 72 blocks for each.
        JsonNode submitted = await _depin.JsonAsync(
            "render", "submit", "--scene", scene, "--frames", $"{FrameCount}", "--width", "48", "--height", "32", "--samples", "4",
            "--obh-milli", "8000", "--check-bps", "10000", "--key", "dev9");
        Assert.That(submitted.ToJsonString(), Does.Contain("0x"));
        await DriveAsync(async () => (await StagesAsync()).Count(static stage => stage >= 1) >= 2);

        // A power cut: what was rendered is not rendered again, and nothing is committed to twice.
        await honest.KillAsync();
        await honest.StartAsync();
        await DriveAsync(async () => (await StagesAsync()).All(static stage => stage is 4 or 7));

        AbiRecord caught = (await LogsAsync("NodePunished")).Single().Values;
        Assert.That((caught.Address("node"), caught.Count("frame")), Is.EqualTo((_addresses[cheat], 4UL)), "frame 5, counted from 0");
        Assert.That(caught.Amount("taken"), Is.EqualTo(Amount.Parse("0.5")), "a quarter of its bond");
        IReadOnlyList<ModuleLog> commits = await LogsAsync("FrameCommitted");
        Assert.That(commits.Select(static log => (log.Values.Count("frame"), log.Values.Address("node"))), Is.Unique);
        Assert.That(judge.Output, Does.Contain("verdict revealed"));

        await ExpectPicturesAsync();
        if ((await StagesAsync()).Contains(4UL)) await _depin.JsonAsync("render", "approve", "1", "--key", "dev9");
        await ExpectMoneyAsync(commits.Count, _addresses[honest]);
    }

    // A frame of 8 OBh in tier 2 costs 8 · 0.0025 dollars, at one dollar 0.02 DPN: 95 % are burned, 5 % go to the pool.
    private async Task ExpectMoneyAsync(int commits, Address honest)
    {
        IReadOnlyList<ModuleLog> paid = await LogsAsync("FramePaid");
        Assert.That(paid.Select(static log => log.Values.Amount("burned")), Is.All.EqualTo(Amount.Parse("0.019")));
        Assert.That(paid.Select(static log => log.Values.Amount("pool")), Is.All.EqualTo(Amount.Parse("0.001")));

        // A second rendering is paid like a first; of the frame that was judged only the right one is.
        Assert.That(paid, Has.Count.EqualTo(commits - 1));
        Assert.That(paid.Select(static log => log.Values.Count("frame")).Distinct().Count(), Is.EqualTo(FrameCount));
        Assert.That(paid.Where(static log => log.Values.Count("frame") == 4).Select(static log => log.Values.Address("node")),
            Is.EqualTo(new[] { honest }));
        Assert.That((await _depin.JsonAsync("render", "status", "1"))["stage"]!.GetValue<string>(), Is.EqualTo("done"));

        // The epochs' pools are far above what two unaudited nodes may have: nine tenths of what was burned for each.
        ulong last = await _localnet.HeightAsync() / EpochBlocks;
        await MineAsync(((last + 1) * EpochBlocks) - await _localnet.HeightAsync());
        UInt256 spent = UInt256.Zero;
        List<string> epochs = [];
        for (ulong epoch = 0; epoch <= last; epoch++)
        {
            UInt256 one = (UInt256)(await _render.ValueAsync("getSpent", default, honest, (UInt256)epoch))!;
            if (one.IsZero) continue;
            spent += one;
            epochs.Add(epoch.ToString(CultureInfo.InvariantCulture));
        }

        int renderings = paid.Count(log => log.Values.Address("node") == honest);
        Assert.That(spent, Is.EqualTo((UInt256)(20_000_000UL * (ulong)renderings)), "0.02 dollars each, in 10^-9");
        Amount before = await BalanceAsync(honest);
        await _depin.JsonAsync(["render", "rewards", honest.ToString(), .. epochs, "--key", "dev0"]);
        Assert.That(await BalanceAsync(honest) - before, Is.EqualTo(Amount.Parse("0.018") * (ulong)renderings));
    }

    private async Task ExpectPicturesAsync()
    {
        string folder = Path.Combine(_home, "pictures");

        // Pictures follow the reveal, in an agent's own time.
        for (var clock = Stopwatch.StartNew(); ; await Task.Delay(500))
        {
            DepinRun run = await _depin.RunAsync("render", "get", "1", "--out", folder, "--json");
            if (run.ExitCode == 0) break;
            Assert.That(clock.Elapsed, Is.LessThan(Patience), run.Output + run.Error);
        }

        Assert.That(Directory.EnumerateFiles(folder).Select(Path.GetFileName).Order(StringComparer.Ordinal),
            Is.EqualTo(Enumerable.Range(1, FrameCount).Select(static frame => $"000{frame}.png")));
    }

    private async Task<string> MakeSceneAsync()
    {
        string script = Path.Combine(_home, "scene.py"), scene = Path.Combine(_home, "scene.blend");
        await File.WriteAllTextAsync(script, SceneScript);
        using Process blender = Process.Start(new ProcessStartInfo(
            "blender", ["--background", "--factory-startup", "-noaudio", "--python-exit-code", "1", "--python", script, "--", scene])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
        string[] words = await Task.WhenAll(blender.StandardOutput.ReadToEndAsync(), blender.StandardError.ReadToEndAsync());
        await blender.WaitForExitAsync();
        Assert.That(blender.ExitCode, Is.Zero, string.Join('\n', words));
        return scene;
    }

    private async Task<ProviderRun> AddNodeAsync(string name, string owner)
    {
        var node = new ProviderRun(Path.Combine(_home, name), 0, "render");
        DepinRun made = await _depin.RunAsync(
            "provider", "render", "init", "--home", node.Home, "--score", "10", "--cpu", "1000", "--memory", "1024");
        Assert.That(made.ExitCode, Is.Zero, made.Error);
        JsonNode registered = await _depin.JsonAsync("provider", "render", "register", "--home", node.Home, "--key", owner);
        _addresses[node] = Address.Parse(registered["node"]!.GetValue<string>());
        _nodes.Add(node);
        return node;
    }

    // A home whose key attests for a verifier, and that is no node.
    private async Task<ProviderRun> AddJudgeAsync()
    {
        var judge = new ProviderRun(Path.Combine(_home, "judge"), 0, "render");
        DepinRun made = await _depin.RunAsync(
            "provider", "render", "init", "--home", judge.Home, "--cpu", "1000", "--memory", "1024", "--json");
        string line = made.Output.Split('\n').First(static one => one.StartsWith("0x", StringComparison.Ordinal));
        Address worker = Address.Parse(line.Trim());
        await _depin.JsonAsync("worker", "register", "--worker", worker.ToString(), "--roles", "4", "--gas", "2", "--key", "dev5");
        _addresses[judge] = worker;
        _nodes.Add(judge);
        return judge;
    }

    // Blocks come with the agents' transactions; where nobody but the chain is to act, one more.
    private async Task DriveAsync(Func<Task<bool>> isDone)
    {
        for (var clock = Stopwatch.StartNew(); !await isDone(); await Task.Delay(150))
        {
            string said = string.Join("\n---\n", _nodes.Select(static node => node.Output));
            Assert.That(said, Does.Not.Contain("not rendered").And.Not.Contain("not judged"));
            Assert.That(clock.Elapsed, Is.LessThan(Patience), said);
            if (!await AwaitsAgentAsync()) await MineAsync(1);
        }
    }

    private async Task<bool> AwaitsAgentAsync()
    {
        bool awaits = false;
        for (ulong frame = 0; frame < FrameCount; frame++)
        {
            AbiRecord at = await _render.RecordAsync("getFrame", default, UInt256.One, (UInt256)frame);
            (ulong stage, ulong check) = (at.Count("stage"), at.Count("check"));
            awaits |= stage is 1 or 3 || (stage == 2 && check == 1) || (stage == 6 && await AwaitsJudgeAsync(at.Count("judgement")));
        }

        return awaits;
    }

    // A committee that is drawn acts; before and after, blocks do.
    private async Task<bool> AwaitsJudgeAsync(ulong judgement)
    {
        ModuleGateway committees = ModuleGateway.Of(_node, await ModuleDirectory.LoadAsync(_node, default), "attestations");
        try
        {
            AbiRecord progress = (await committees.RecordAsync("getJob", default, (UInt256)judgement)).Record("progress");
            return progress.Count("state") is 3 or 4;
        }
        catch (NodeRefusedException)
        {
            return false;
        }
    }

    private async Task<ulong[]> StagesAsync() =>
        [.. ((object?[])(await _render.ValueAsync("getStages", default, UInt256.One, UInt256.Zero, (UInt256)(ulong)FrameCount))!)
            .Select(static stage => (ulong)(UInt256)stage!)];

    private async Task<IReadOnlyList<ModuleLog>> LogsAsync(string name) =>
        await _render.LogsAsync(name, 1, await _localnet.HeightAsync(), CancellationToken.None);

    private async Task<Amount> BalanceAsync(Address account) =>
        new((UInt128)await _node.QuantityAsync("eth_getBalance", CancellationToken.None, account.ToString(), "latest"));

    private Task MineAsync(ulong blocks) => _localnet.CallAsync("dev_mine", $"0x{blocks:x}");

    private static async Task PodmanAsync(params string[] arguments)
    {
        using Process podman = Process.Start(new ProcessStartInfo("podman", arguments)
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
        await Task.WhenAll(podman.StandardOutput.ReadToEndAsync(), podman.StandardError.ReadToEndAsync());
        await podman.WaitForExitAsync();
    }
}
