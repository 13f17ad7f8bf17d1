using System.Security.Cryptography;
using DePinChain.Client;
using DePinChain.Client.Containers;
using DePinChain.Client.Files;
using DePinChain.Crypto;
using DePinChain.EndToEnd.Tests.CommandLine;
using DePinChain.Primitives;

namespace DePinChain.EndToEnd.Tests.Compute;

/// <remarks>What a provider refuses, and to whom.</remarks>
public sealed partial class ComputeMarketTests
{
    private const ulong Dseq = 9_000_000;

    // The first accounts of the public mnemonic after dev0.
    private const string TenantsKey = "0x59c6995e998f97a5a0044966f0945389dc9e86dae88c7a8412f4603b6b78690d";
    private const string StrangersKey = "0x5de4111afa1a4b94908f83103eb1f1706367c2e68ca870fc3fb9a804cdab365a";

    [Test]
    public async Task A_manifest_that_is_not_what_was_leased_is_refused_by_name_and_costs_nothing()
    {
        string text = await File.ReadAllTextAsync(_file);
        PlannedGroup little = ManifestText.Read(text).Single();
        byte[] much = ManifestText.Read(text.Replace("size: 32Mi", "size: 200Mi", StringComparison.Ordinal)).Single().Manifest.Encode();
        using PrivateKey tenant = PrivateKey.Parse(TenantsKey), stranger = PrivateKey.Parse(StrangersKey);
        var sender = new TransactionSender(_node, tenant);
        Amount fee = (await GovernedParameters.LoadAsync(_node, default)).Amount("computeMarket", "matchFee");
        byte[] hash = LeaseManifest.HashOf([SHA256.HashData(much)]);
        object?[] groups = [little.Spec];
        await SendAsync(sender, _market.Plan(
            "createDeployment", Amount.One + fee, (UInt256)Dseq, hash, groups, UInt256.Zero, (UInt256)20UL, UInt256.Zero, UInt256.Zero,
            Amount.One.ToUInt256()));
        (Hash256 lease, AbiRecord record) = await MatchAsync(tenant.Address);
        AbiRecord provider = await _market.RecordAsync("getProvider", default, record.Address("provider"));
        AbiRecord published = (await _market.LogsAsync(
            "CertificatePublished", 0, await _localnet.HeightAsync(), default, LogTopic.Of(record.Address("provider"))))[^1].Values;
        ulong chain = (ulong)await _node.QuantityAsync("eth_chainId", default);
        ComputeLink LinkOf(PrivateKey key, Hash256 tls) =>
            new(provider.Text("uri"), chain, record.Address("provider"), [tls], key, TimeSpan.FromSeconds(20));
        var asked = new ManifestDelivery([Hex.Encode(SHA256.HashData(much))], Convert.ToBase64String(much));
        byte[] small = little.Manifest.Encode();
        var another = new ManifestDelivery([Hex.Encode(SHA256.HashData(small))], Convert.ToBase64String(small));
        using ComputeLink own = LinkOf(tenant, published.Hash("spki")), others = LinkOf(stranger, published.Hash("spki"));
        using ComputeLink tapped = LinkOf(tenant, Hash256.Zero);

        ProviderRefusal over = (await RefusedAsync(() => own.DeliverAsync(lease, asked, default))).Refusal;
        Assert.That((over.Error, over.Needed, over.Had), Is.EqualTo(("ManifestNotLeased", "32", "200")));
        Assert.That((await RefusedAsync(() => own.DeliverAsync(lease, another, default))).Refusal.Error, Is.EqualTo("OtherManifest"));
        Assert.That((await RefusedAsync(() => others.DeliverAsync(lease, asked, default))).Refusal.Error, Is.EqualTo("NotTheTenant"));
        Assert.That((await RefusedAsync(() => others.StandingAsync(lease, default))).Refusal.Error, Is.EqualTo("NotTheTenant"));
        Assert.That((await RefusedAsync(() => own.ExecAsync(lease, new ExecWish("web", 0, ["true"]), default))).Refusal.Error,
            Is.EqualTo("UnknownService"));
        try
        {
            await tapped.StandingAsync(lease, default);
            Assert.Fail("a TLS key that the chain does not know was believed");
        }
        catch (ProviderUnreachableException unknown)
        {
            Assert.That(unknown.Message, Does.Contain("published on the chain"));
        }

        // Nothing that could run came within 25 blocks: the provider gives it back, keeps its deposit, and nobody has paid.
        await MineAsync(25);
        await WaitForAsync(async () => (await LeaseAsync(lease)).Count("state") == 5);
        Assert.That((await LeaseAsync(lease)).Count("reason"), Is.EqualTo(10_003UL));
        await SendAsync(sender, _market.Plan("closeDeployment", Amount.Zero, (UInt256)Dseq));
        Hash256 account = new((byte[])(await _market.ValueAsync("accountOf", default, tenant.Address, (UInt256)Dseq))!);
        AbiRecord rest = (await _escrow.LogsAsync("EscrowRefunded", 0, await _localnet.HeightAsync(), default, account)).Single().Values;
        Assert.That(rest.Amount("amount"), Is.EqualTo(Amount.One));
    }

    private async Task<(Hash256 Lease, AbiRecord Record)> MatchAsync(Address owner)
    {
        object?[] id = [owner, (UInt256)Dseq, UInt256.One, UInt256.One];
        byte[] key = (byte[])(await _market.ValueAsync("orderKey", default, [id]))!;
        await WaitForAsync(async () =>
            ((object?[])(await _market.ValueAsync("getBids", default, key, UInt256.Zero, (UInt256)9UL))!).Length == _providers.Count);
        while ((await _market.RecordAsync("getOrder", default, key)).Count("state") == 1) await MineAsync(1);
        Hash256 lease = (await _market.RecordAsync("getOrder", default, key)).Hash("winner");
        return (lease, await LeaseAsync(lease));
    }

    private static async Task SendAsync(TransactionSender sender, TransactionPlan plan)
    {
        Hash256 hash = await sender.SendAsync(await sender.PrepareAsync(plan, default), default);
        Assert.That((await sender.WaitAsync(hash, TimeSpan.FromSeconds(30), default))["status"]!.GetValue<string>(), Is.EqualTo("0x1"));
    }

    private static async Task<ProviderRefusedException> RefusedAsync(Func<Task> ask)
    {
        try
        {
            await ask();
        }
        catch (ProviderRefusedException refused)
        {
            return refused;
        }

        throw new AssertionException("it was not refused");
    }

    [Test]
    public async Task A_volume_is_as_large_as_it_was_leased_and_goes_with_the_lease()
    {
        string file = Path.Combine(_home, "volume.yaml");
        string text = await File.ReadAllTextAsync(_file);
        await File.WriteAllTextAsync(file, text.Replace("class: ram", "class: ssd", StringComparison.Ordinal));
        (ulong dseq, _) = await DeployAsync("1", file, "dev3");
        string volumes = Path.Combine(_providers[0].Home, "volumes");
        Assert.That(Directory.EnumerateFiles(volumes, "*.img", SearchOption.AllDirectories).Single(), Does.EndWith("web-0-scratch.img"));
        DepinRun write = await _depin.RunAsync(
            "compute", "exec", Text(dseq), "--key", "dev3", "--", "sh", "-c",
                "echo kept > /data/note && dd if=/dev/zero of=/data/x bs=1M count=20");
        Assert.That(write.ExitCode, Is.Not.Zero, "8 MiB take no 20");
        Assert.That(write.Error, Does.Contain("No space left"));
        DepinRun read = await _depin.RunAsync("compute", "exec", Text(dseq), "--key", "dev3", "--", "cat", "/data/note");
        Assert.That(read.Output, Is.EqualTo("kept\n"), read.Error);
        await _depin.JsonAsync("compute", "close", Text(dseq), "--key", "dev3");
        await WaitForAsync(() => Task.FromResult(!Directory.EnumerateFileSystemEntries(volumes).Any()));
    }

    [Test]
    public async Task An_image_that_the_provider_has_not_is_refused_by_name()
    {
        string file = Path.Combine(_home, "strange.yaml");
        await File.WriteAllTextAsync(
            file, (await File.ReadAllTextAsync(_file)).Replace("localhost/busybox:1", "localhost/strange:1", StringComparison.Ordinal));
        Task<DepinRun> deploy = _depin.RunAsync("compute", "deploy", file, "--deposit", "1", "--bidding", "20", "--key", "dev2", "--json");
        await DriveAsync(deploy);
        DepinRun run = await deploy;
        Assert.That(run.ExitCode, Is.EqualTo(2));
        Assert.That(run.Error, Does.Contain("ImageNotHere"));
    }
}
