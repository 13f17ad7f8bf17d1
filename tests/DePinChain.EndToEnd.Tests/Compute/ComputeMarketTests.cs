using System.Diagnostics;
using System.Globalization;
using System.Text.Json.Nodes;
using DePinChain.Client;
using DePinChain.EndToEnd.Tests.CommandLine;
using DePinChain.EndToEnd.Tests.Storage;
using DePinChain.Primitives;

namespace DePinChain.EndToEnd.Tests.Compute;

/// <summary>
/// The compute market as its users live it: real agents, real containers, the command line. Blocks come when the test says, so that every
/// payment can be computed beforehand.
/// </summary>
[NonParallelizable]
public sealed partial class ComputeMarketTests
{
    private const string Tenant = "dev1";

    // Of the localnet's genesis: blocks without a sign of life, notice that is owed where none was promised.
    private const ulong HeartbeatBlocks = 30, NoticeBlocks = 30;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);
    private static readonly HttpClient Http = new() { Timeout = TimeSpan.FromSeconds(3) };

    private readonly List<ProviderRun> _providers = [];
    private Localnet _localnet = null!;
    private DepinProgram _depin = null!;
    private JsonRpcConnection _node = null!;
    private ModuleGateway _market = null!;
    private ModuleGateway _escrow = null!;
    private string _home = "";
    private string _file = "";

    [OneTimeSetUp]
    public async Task Start()
    {
        if (!File.Exists("/usr/bin/podman")) Assert.Ignore("there is no container engine: bash chain/install.sh tests");
        _home = Directory.CreateTempSubdirectory("depin-compute-").FullName;
        _localnet = await Localnet.StartAsync(null, null, "--block-time", "instant");
        _depin = new DepinProgram(_localnet.RpcUrl, _home);
        _node = new JsonRpcConnection(new Uri(_localnet.RpcUrl), TimeSpan.FromSeconds(20));
        ModuleDirectory modules = await ModuleDirectory.LoadAsync(_node, CancellationToken.None);
        _market = ModuleGateway.Of(_node, modules, "computeMarket");
        _escrow = ModuleGateway.Of(_node, modules, "escrow");

        // 100 thousandths of a core and 40 MiB: 0.007 + 0.000004 DPN a block at the first, 0.01 + 0.000004 at the second.
        foreach ((string owner, string price) in ((string, string)[])[("dev4", "0.00007"), ("dev5", "0.0001")])
        {
            var provider = new ProviderRun(Path.Combine(_home, owner), Localnet.FreePort(), "compute");
            await _depin.RunAsync(
                "provider", "compute", "init", "--home", provider.Home, "--port", $"{provider.Port}", "--cpu", "500", "--memory", "256",
                "--disk", "64", "--price-cpu", price, "--publish-from", $"{(owner == "dev4" ? 26_000 : 27_000)}");
            await _depin.JsonAsync("provider", "compute", "register", "--home", provider.Home, "--key", owner);
            await provider.StartAsync();
            Assert.That(provider.Output, Does.Contain("isolation checked"));
            _providers.Add(provider);
        }

        _file = Path.Combine(_home, "app.yaml");
        DepinRun template = await _depin.RunAsync("compute", "template");
        await File.WriteAllTextAsync(_file, template.Output.Replace("amount: 0.001", "amount: 0.02", StringComparison.Ordinal));
    }

    [OneTimeTearDown]
    public async Task Stop()
    {
        if (_home.Length == 0) return;
        foreach (ProviderRun provider in _providers) await provider.DisposeAsync();
        object?[] addresses = (object?[])(await _market.ValueAsync("getProviders", default, UInt256.Zero, (UInt256)9UL))!;
        foreach (object? address in addresses) await PodmanAsync("rm", "-f", "-t", "0", "--filter", $"label=depin.provider={address}");
        _node.Dispose();
        await _localnet.DisposeAsync();
        Directory.Delete(_home, recursive: true);
    }

    [Test]
    public async Task The_lower_bid_runs_a_container_is_paid_to_the_base_unit_and_ends_at_the_predicted_block()
    {
        (ulong dseq, JsonNode lease) = await DeployAsync("0.5");
        Amount price = Amount.Parse("0.007004");
        Assert.That(lease["price"]!.GetValue<string>(), Is.EqualTo(price.ToString()), "the lower of two bids");
        Assert.That((await _market.LogsAsync("BidPlaced", 0, await _localnet.HeightAsync(), default)).Count, Is.GreaterThanOrEqualTo(2));
        string address = AddressOf(lease);
        Assert.That(await Http.GetStringAsync(address), Does.Contain("hello"));

        // Logs and commands, with their streams and exit code.
        DepinRun exec = await _depin.RunAsync(
            "compute", "exec", Text(dseq), "--key", Tenant, "--", "sh", "-c", "echo said > /proc/1/fd/1; echo out; echo err >&2; exit 7");
        Assert.That((exec.ExitCode, exec.Output, exec.Error), Is.EqualTo((7, "out\n", "err\n")));
        DepinRun logs = await _depin.RunAsync("compute", "logs", Text(dseq), "--key", Tenant);
        Assert.That(logs.Output, Does.Contain("said"), logs.Error);

        // A program that ends is its tenant's affair: it starts again and the lease stays.
        await EndProgramAsync(lease["lease"]!.GetValue<string>());
        await WaitForAsync(async () => (await Http.GetStringAsync(address)).Contains("hello", StringComparison.Ordinal));

        // 0.5 DPN at 0.007004 a block are 71 whole blocks; what is left of less than a block is paid out with them.
        var id = Hash256.Parse(lease["lease"]!.GetValue<string>());
        AbiRecord record = await LeaseAsync(id);
        ulong started = record.Count("startedAt"), dry = started + 71;
        Hash256 account = new((byte[])(await _market.ValueAsync("accountOf", default, record.Address("owner"), (UInt256)dseq))!);
        Assert.That((await _escrow.RecordAsync("getAccount", default, account.ToArray())).Count("dryHeight"), Is.EqualTo(dry));
        await ExpectPaidByTheBlockAsync(id, price, started);
        await MineToAsync(dry - 1, id);
        (ulong height, record) = await StillAsync(() => LeaseAsync(id));
        Assert.That(record.Count("state"), Is.EqualTo(height < dry ? 2 : 4), $"block {height} of {dry}");
        while (await _localnet.HeightAsync() < dry) await MineAsync(1);
        record = await LeaseAsync(id);
        Assert.That((record.Count("state"), record.Count("reason"), record.Count("closedAt")), Is.EqualTo((4UL, 20_000UL, dry)));

        // Everything went through the escrow: 96 % to the provider and 4 % to the pool; the bid's deposit is back.
        (Amount gross, Amount fee) = await PaidAsync(id);
        Assert.That((gross, fee), Is.EqualTo((Amount.Parse("0.5"), Amount.Parse("0.02"))));
        Assert.That((await _escrow.RecordAsync("getBond", default, id.ToArray())).Amount("amount"), Is.EqualTo(Amount.Zero));
        AbiRecord bid = (await _market.LogsAsync("BidClosed", 0, await _localnet.HeightAsync(), default, id)).Single().Values;
        Assert.That(bid.Amount("refunded"), Is.EqualTo(Amount.Parse("2.1012")), "300 blocks of its price");
        await SilentAsync(address);
    }

    [Test]
    public async Task A_provider_that_vanishes_makes_its_tenant_whole_and_another_takes_over()
    {
        (ulong dseq, JsonNode lease) = await DeployAsync("3");
        string address = AddressOf(lease);
        var id = Hash256.Parse(lease["lease"]!.GetValue<string>());

        // A crash of the agent loses nothing: the container serves on, and the next agent finds it.
        await _providers[0].KillAsync();
        Assert.That(await Http.GetStringAsync(address), Does.Contain("hello"));
        await _providers[0].StartAsync();
        await WaitForAsync(async () => (await _depin.RunAsync("compute", "exec", Text(dseq), "--key", Tenant, "--", "true")).ExitCode == 0);
        Assert.That((await LeaseAsync(id)).Count("state"), Is.EqualTo(2), "still active");

        // Gone for good: the lease ends when it was not heard of for 30 blocks. Those, and 30 blocks of notice, come out of its deposit.
        await _providers[0].KillAsync();
        AbiRecord record = await LeaseAsync(id);
        ulong heard = record.Count("heardAt"), closed = heard + HeartbeatBlocks;
        while (await _localnet.HeightAsync() < closed) await MineAsync(1);
        record = await LeaseAsync(id);
        Assert.That((record.Count("state"), record.Count("reason"), record.Count("closedAt")), Is.EqualTo((5UL, 10_005UL, closed)));
        UInt128 price = record.Amount("price").Wei;
        AbiRecord over = (await _market.LogsAsync("LeaseClosed", 0, await _localnet.HeightAsync(), default, id)).Single().Values;
        Assert.That(over.Amount("compensation").Wei, Is.EqualTo(price * (HeartbeatBlocks + NoticeBlocks)));
        Assert.That((await PaidAsync(id)).Gross.Wei, Is.EqualTo(price * (closed - record.Count("startedAt"))),
            "paid until the end was seen, and the silence came back out of the deposit");

        // The other provider takes over, and the tenant's own close brings back the rest to the base unit.
        JsonNode again = await DriveAsync(_depin.JsonAsync("compute", "restart", Text(dseq), "--key", Tenant));
        JsonNode second = again["leases"]![0]!;
        Assert.That(second["price"]!.GetValue<string>(), Is.EqualTo(Amount.Parse("0.010004").ToString()));
        Assert.That(await Http.GetStringAsync(AddressOf(second)), Does.Contain("hello"));
        await _depin.JsonAsync("compute", "close", Text(dseq), "--key", Tenant);
        var next = Hash256.Parse(second["lease"]!.GetValue<string>());
        Amount paid = (await PaidAsync(id)).Gross + (await PaidAsync(next)).Gross;
        Hash256 account = new((byte[])(await _market.ValueAsync("accountOf", default, record.Address("owner"), (UInt256)dseq))!);
        AbiRecord rest = (await _escrow.LogsAsync("EscrowRefunded", 0, await _localnet.HeightAsync(), default, account)).Single().Values;
        Assert.That(rest.Amount("amount"), Is.EqualTo(Amount.Parse("3") - paid));
        await SilentAsync(AddressOf(second));

        // Back again, the vanished provider finds its container without a lease and removes it.
        await _providers[0].StartAsync();
        await SilentAsync(address);

        // It was jailed for 30 blocks, and asks back in by itself.
        await MineAsync(30);
        await WaitForAsync(async () =>
            (await _market.RecordAsync("getProvider", default, record.Address("provider"))).Count("state") == 1);
    }

    [Test]
    public async Task A_provider_contains_every_hostile_attempt()
    {
        DepinRun check = await _depin.RunAsync("provider", "compute", "check", "--home", _providers[1].Home);
        string[] attempts = [.. check.Output.Split('\n').Where(static line => line.Contains('\t', StringComparison.Ordinal))];
        Assert.That(attempts, Has.Length.GreaterThanOrEqualTo(20).And.All.StartsWith("contained"), check.Output + check.Error);
        Assert.That(check.ExitCode, Is.Zero);
    }

    private async Task<(ulong Dseq, JsonNode Lease)> DeployAsync(string deposit, string? file = null, string tenant = Tenant)
    {
        JsonNode deployed = await DriveAsync(
            _depin.JsonAsync("compute", "deploy", file ?? _file, "--deposit", deposit, "--bidding", "20", "--key", tenant));
        return (ulong.Parse(deployed["deployment"]!.GetValue<string>(), CultureInfo.InvariantCulture), deployed["leases"]![0]!);
    }

    // Bidding ends by blocks: they come while the command waits, and only while an order is open.
    private async Task<T> DriveAsync<T>(Task<T> command)
    {
        ulong from = await _localnet.HeightAsync();
        while (!command.IsCompleted)
        {
            IReadOnlyList<ModuleLog> orders = await _market.LogsAsync("OrderOpened", from, await _localnet.HeightAsync(), default);
            if (orders.Count > 0)
            {
                AbiRecord order = await _market.RecordAsync("getOrder", default, orders[^1].Values.Hash("order").ToArray());
                bool isBidding = order.Count("state") == 1;
                ulong live = (ulong)_providers.Count(static provider => provider.IsRunning);
                object?[] bids = (object?[])(await _market.ValueAsync(
                    "getBids", default, orders[^1].Values.Hash("order").ToArray(), UInt256.Zero, (UInt256)10UL))!;
                if (isBidding && (ulong)bids.Length >= live) await MineAsync(1);
            }

            await Task.Delay(100);
        }

        return await command;
    }

    private async Task ExpectPaidByTheBlockAsync(Hash256 lease, Amount price, ulong started)
    {
        for (int look = 0; look < 3; look++)
        {
            await MineAsync(1);
            (ulong height, AbiRecord payment) = await StillAsync(() => _escrow.RecordAsync("getPayment", default, lease.ToArray()));
            Assert.That(payment.Amount("pending").Wei, Is.EqualTo(price.Wei * (height - started)), $"block {height}");
        }
    }

    // What is so at one height: agents send transactions when they like.
    private async Task<(ulong Height, AbiRecord Record)> StillAsync(Func<Task<AbiRecord>> look)
    {
        while (true)
        {
            ulong before = await _localnet.HeightAsync();
            AbiRecord record = await look();
            if (await _localnet.HeightAsync() == before) return (before, record);
        }
    }

    // No faster than the provider can say that it lives.
    private async Task MineToAsync(ulong height, Hash256 lease)
    {
        while (await _localnet.HeightAsync() < height)
        {
            ulong heard = (await LeaseAsync(lease)).Count("heardAt");
            if (await _localnet.HeightAsync() < heard + (HeartbeatBlocks / 2)) await MineAsync(1);
            else await Task.Delay(50);
        }
    }

    private async Task<(Amount Gross, Amount Fee)> PaidAsync(Hash256 lease)
    {
        IReadOnlyList<ModuleLog> logs = await _escrow.LogsAsync("PaymentWithdrawn", 0, await _localnet.HeightAsync(), default, lease);
        return (new Amount(logs.Aggregate(UInt128.Zero, (sum, log) => sum + log.Values.Amount("gross").Wei)),
            new Amount(logs.Aggregate(UInt128.Zero, (sum, log) => sum + log.Values.Amount("fee").Wei)));
    }

    private Task<AbiRecord> LeaseAsync(Hash256 lease) => _market.RecordAsync("getLease", default, lease.ToArray());

    private Task MineAsync(int blocks) => _localnet.CallAsync("dev_mine", $"0x{blocks:x}");

    private static string AddressOf(JsonNode lease) =>
        "http://" + lease["services"]![0]!["ports"]![0]!.GetValue<string>().Split(' ')[1] + "/";

    // What a crash of the tenant's own program looks like to the engine.
    private static async Task EndProgramAsync(string lease) =>
        Assert.That(await PodmanAsync("kill", "-s", "KILL", $"depin-{lease[2..14]}-web-0"), Is.Zero);

    private static async Task<int> PodmanAsync(params string[] arguments)
    {
        using Process podman = Process.Start(new ProcessStartInfo("podman", arguments)
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
        await Task.WhenAll(podman.StandardOutput.ReadToEndAsync(), podman.StandardError.ReadToEndAsync());
        await podman.WaitForExitAsync();
        return podman.ExitCode;
    }

    private static Task SilentAsync(string address) => WaitForAsync(async () =>
    {
        try
        {
            await Http.GetStringAsync(address);
            return false;
        }
        catch (Exception gone) when (gone is HttpRequestException or TaskCanceledException)
        {
            return true;
        }
    });

    private static async Task WaitForAsync(Func<Task<bool>> isSo)
    {
        for (var clock = Stopwatch.StartNew(); clock.Elapsed < Patience; await Task.Delay(200))
        {
            try
            {
                if (await isSo()) return;
            }
            catch (Exception early) when (early is HttpRequestException or TaskCanceledException)
            {
                // Not yet.
            }
        }

        throw new TimeoutException("it did not come");
    }

    private static string Text(ulong number) => number.ToString(CultureInfo.InvariantCulture);
}
