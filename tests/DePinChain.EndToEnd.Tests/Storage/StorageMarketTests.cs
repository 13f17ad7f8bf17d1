using System.Diagnostics;
using System.Globalization;
using System.Security.Cryptography;
using System.Text.Json.Nodes;
using DePinChain.Client;
using DePinChain.EndToEnd.Tests.CommandLine;
using DePinChain.Primitives;

namespace DePinChain.EndToEnd.Tests.Storage;

/// <summary>
/// The storage market as its users live it: real agents, real files, the command line. A file with two copies, a provider that loses its
/// one, and what that costs, computed again here from the blocks that were proven.
/// </summary>
[NonParallelizable]
public sealed class StorageMarketTests
{
    private const string Client = "dev1";

    // The localnet's period of proofs, and what its genesis says of takes and compensations.
    private const ulong Period = 30;
    private const int FaultsUntilSlashed = 7;
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(4);

    private readonly List<ProviderRun> _providers = [];
    private Localnet _localnet = null!;
    private DepinProgram _depin = null!;
    private JsonRpcConnection _node = null!;
    private ModuleGateway _market = null!;
    private ModuleGateway _sets = null!;
    private string _home = "";

    [OneTimeSetUp]
    public async Task Start()
    {
        _home = Directory.CreateTempSubdirectory("depin-storage-").FullName;
        _localnet = await Localnet.StartAsync(null, null, "--block-time", "0.3s");
        _depin = new DepinProgram(_localnet.RpcUrl, _home);
        _node = new JsonRpcConnection(new Uri(_localnet.RpcUrl), TimeSpan.FromSeconds(20));
        ModuleDirectory modules = await ModuleDirectory.LoadAsync(_node, CancellationToken.None);
        _market = ModuleGateway.Of(_node, modules, "storageMarket");
        _sets = ModuleGateway.Of(_node, modules, "dataSets");
        foreach (string owner in (string[])["dev4", "dev5"])
        {
            var provider = new ProviderRun(Path.Combine(_home, owner), Localnet.FreePort());
            DepinRun made = await _depin.RunAsync(
                "provider", "storage", "init", "--home", provider.Home, "--port", $"{provider.Port}", "--capacity", "1GiB",
                "--retrieval-price", owner == "dev5" ? "0.001" : "0");
            Assert.That(made.ExitCode, Is.Zero, made.Error);
            await _depin.JsonAsync("provider", "storage", "register", "--home", provider.Home, "--key", owner, "--collateral", "20");
            await provider.StartAsync();
            await provider.WaitForAsync("taking deals");
            _providers.Add(provider);
        }
    }

    [OneTimeTearDown]
    public async Task Stop()
    {
        foreach (ProviderRun provider in _providers) await provider.DisposeAsync();
        _node.Dispose();
        await _localnet.DisposeAsync();
        Directory.Delete(_home, recursive: true);
    }

    [Test]
    public async Task A_file_with_two_copies_outlives_the_loss_of_one_and_every_base_unit_is_where_it_belongs()
    {
        string file = Path.Combine(_home, "report.bin");
        await File.WriteAllBytesAsync(file, RandomNumberGenerator.GetBytes(5_000_000));
        JsonNode put = await _depin.JsonAsync("storage", "put", file, "--copies", "2", "--days", "9", "--key", Client, "--timeout", "120");
        ulong[] deals = [.. put["copies"]!.AsArray().Select(copy => copy!["deal"]!.GetValue<ulong>())];
        Assert.That(put["copies"]!.AsArray().Select(copy => copy!["cid"]!.GetValue<string>()).Distinct().Count(), Is.EqualTo(2),
            "each provider has bytes of its own, so that one copy cannot pass for two");
        await ExpectSameAsync(file, "first.bin");

        // The second provider loses its disk: it is not paid from there on, and after seven missed periods it is slashed.
        ulong lost = deals[1];
        foreach (string piece in Directory.EnumerateFiles(Path.Combine(_providers[1].Home, "pieces"))) File.Delete(piece);
        ulong set = (await DealAsync(lost)).Count("container");
        JsonNode beforeLoss = await StatusAsync(lost);
        Amount collateral = Amount.Parse(beforeLoss["collateral"]!.GetValue<string>().Split(' ')[0]);
        await WaitForAsync(async () =>
        {
            DepinRun settled = await _depin.RunAsync("storage", "settle", Text(lost), "--key", Client, "--json");
            return settled.ExitCode == 0 && (await StatusAsync(lost))["state"]!.GetValue<string>() == "slashed";
        });
        await ExpectPaidForProvenBlocksAsync(lost, set);

        // 70 % of the collateral to the client, rounded down; the rest burns (the market's compensationBps is 7,000).
        await _providers[0].KillAsync();
        ulong head = await _localnet.HeightAsync();
        AbiRecord ended = (await _market.LogsAsync("DealEnded", 0, head, CancellationToken.None, LogTopic.Of(lost))).Single().Values;
        Amount compensation = new(collateral.Wei * 7_000 / 10_000);
        Assert.That(ended.Amount("clientCompensation"), Is.EqualTo(compensation));
        Assert.That(ended.Amount("burned"), Is.EqualTo(collateral - compensation));

        // What the client put in, less what was paid, and the compensation: that is what the escrow holds for it, to the base unit.
        Address client = Address.Parse((await _depin.JsonAsync("keys", "show", Client))["address"]!.GetValue<string>());
        Amount held = compensation;
        foreach (ModuleLog log in await _market.LogsAsync("EscrowDeposited", 0, head, CancellationToken.None, LogTopic.Of(client)))
            held += log.Values.Amount("amount");
        foreach (ulong id in deals) held -= await PaidAsync(id, head);
        AbiRecord escrow = await _market.RecordAsync("getEscrow", CancellationToken.None, client, Address.Zero);
        Assert.That(escrow.Amount("total"), Is.EqualTo(held));

        // The other copy is still there, and its owner's node restarts between.
        await _providers[0].StartAsync();
        await ExpectSameAsync(file, "second.bin");

        // The client leaves with a notice: what the price of what is left of the term comes to, at most 420 blocks of it.
        ulong left = deals[0];
        Amount before = await PaidAsync(left, await _localnet.HeightAsync());
        await _depin.JsonAsync("storage", "cancel", Text(left), "--key", Client);
        AbiRecord over = await DealAsync(left);
        Assert.That((over.Count("state"), over.Number("locked"), over.Amount("providerCollateral")),
            Is.EqualTo((5UL, UInt256.Zero, Amount.Zero)), "terminated, and everything unlocked");
        Assert.That(await PaidAsync(left, await _localnet.HeightAsync()), Is.GreaterThanOrEqualTo(before));
    }

    [Test]
    public async Task An_upload_that_is_cut_off_goes_on_where_it_was()
    {
        string file = Path.Combine(_home, "large.bin");
        await File.WriteAllBytesAsync(file, RandomNumberGenerator.GetBytes(120_000_000));
        Task<DepinRun> put = _depin.RunAsync("storage", "put", file, "--copies", "1", "--days", "9", "--key", "dev2", "--no-wait",
            "--json");
        string pieces = Path.Combine(_providers[0].Home, "pieces");
        await WaitForAsync(() => Task.FromResult(put.IsCompleted
            || Directory.EnumerateFiles(pieces, "*.part").Any(part => new FileInfo(part).Length > 20_000_000)));
        await _providers[0].KillAsync();
        await _providers[0].StartAsync();
        DepinRun run = await put;
        Assert.That(run.ExitCode, Is.Zero, run.Error);
        await ExpectSameAsync(file, "large-again.bin", "dev2");
    }

    [Test]
    public async Task A_provider_that_wants_to_be_paid_for_retrieval_is_paid_chunk_by_chunk()
    {
        // 3,000,000 bytes at 0.001 DPN for a MiB of 2^20 bytes: ceil(3,000,000 · 10^15 / 2^20) = 2,861,022,949,218,750 wei.
        UInt128 price = 2_861_022_949_218_750;
        string file = Path.Combine(_home, "paid.bin");
        await File.WriteAllBytesAsync(file, RandomNumberGenerator.GetBytes(3_000_000));
        await _depin.JsonAsync("storage", "put", file, "--public", "--copies", "2", "--days", "9", "--key", "dev3", "--no-wait");
        await _providers[0].KillAsync();
        await ExpectSameAsync(file, "paid-again.bin", "dev3");
        await _providers[0].StartAsync();
        ModuleDirectory modules = await ModuleDirectory.LoadAsync(_node, CancellationToken.None);
        ModuleGateway channels = ModuleGateway.Of(_node, modules, "paymentChannels");
        IReadOnlyList<ModuleLog> redeemed = [];
        await WaitForAsync(async () =>
            (redeemed = await channels.LogsAsync("VoucherRedeemed", 0, await _localnet.HeightAsync(), CancellationToken.None)).Count > 0);
        Assert.That(redeemed.Single().Values.Amount("amount"), Is.EqualTo(new Amount(price)));
    }

    [Test]
    public async Task What_cannot_be_stored_is_refused_with_what_to_do()
    {
        string file = Path.Combine(_home, "small.bin");
        await File.WriteAllBytesAsync(file, new byte[100]);
        DepinRun tooMany = await _depin.RunAsync("storage", "put", file, "--copies", "9", "--days", "9", "--key", Client);
        DepinRun tooShort = await _depin.RunAsync("storage", "put", file, "--days", "0.1", "--key", Client);
        DepinRun tooCheap = await _depin.RunAsync("storage", "put", file, "--days", "9", "--max-price", "0.000001", "--key", Client);
        DepinRun unknown = await _depin.RunAsync("storage", "get", "nothing", "--key", Client);
        using (Assert.EnterMultipleScope())
        {
            Assert.That((tooMany.ExitCode, tooMany.Error), Is.EqualTo((2, tooMany.Error)));
            Assert.That(tooMany.Error, Does.Contain("TooFewProviders").And.Contain("--copies").Or.Contain("fewer copies"));
            Assert.That((tooShort.ExitCode, tooShort.Error), Is.EqualTo((1, tooShort.Error)));
            Assert.That(tooShort.Error, Does.Contain("a day is 60 blocks here"));
            Assert.That(tooCheap.Error, Does.Contain("asks").And.Contain("were offered"));
            Assert.That((unknown.ExitCode, unknown.Error), Is.EqualTo((5, unknown.Error)));
            Assert.That(unknown.Error, Does.Contain("depin storage ls"));
        }
    }

    [Test]
    public async Task Bytes_come_in_only_for_a_deal_and_from_its_client()
    {
        using var http = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{_providers[0].Port}") };
        string file = Path.Combine(_home, "other.bin");
        await File.WriteAllBytesAsync(file, RandomNumberGenerator.GetBytes(1_000));
        string cid = (await _depin.JsonAsync("storage", "cid", file))["cid"]!.GetValue<string>();
        (string Path, string? Deal, string? Signature, string Error)[] attempts =
        [
            ($"/v1/uploads/{cid}?offset=0", null, null, "MalformedNumber"),
            ($"/v1/uploads/{cid}?offset=0", "999999", "0x00", "RefusedByChain"),
            ("/v1/uploads/..%2f..%2fetc%2fpasswd?offset=0", "1", "0x00", "MalformedCid"),
            ("/v1/uploads/bafknonsense?offset=0", "1", "0x00", "MalformedCid"),
        ];
        foreach ((string path, string? deal, string? signature, string error) in attempts)
        {
            using var request = new HttpRequestMessage(HttpMethod.Put, path) { Content = new ByteArrayContent(new byte[10]) };
            if (deal is not null) request.Headers.Add("Depin-Deal", deal);
            if (signature is not null) request.Headers.Add("Depin-Signature", signature);
            using HttpResponseMessage answer = await http.SendAsync(request);
            JsonNode refusal = JsonNode.Parse(await answer.Content.ReadAsStringAsync())!;
            Assert.That(refusal["error"]!.GetValue<string>(), Is.EqualTo(error), path);
        }

        using HttpResponseMessage nothing = await http.GetAsync($"/v1/pieces/{cid}/chunks/0");
        Assert.That((int)nothing.StatusCode, Is.EqualTo(404));
        Assert.That(_providers[0].Output, Does.Not.Contain("Unhandled"));
    }

    // Paid so far = price · (proven blocks in (start, settledUpTo]): period n stands for the 30 blocks up to its challenge, which the
    // block of the proof follows within the window.
    private async Task ExpectPaidForProvenBlocksAsync(ulong id, ulong set)
    {
        ulong head = await _localnet.HeightAsync();
        AbiRecord deal = await DealAsync(id);
        AbiRecord container = await _market.RecordAsync("getContainer", CancellationToken.None, (UInt256)set);
        ulong activated = (await _market.LogsAsync("DealActivated", 0, head, CancellationToken.None, LogTopic.Of(id))).Single().Block;
        ulong from = Math.Max(activated, deal.Count("start"));
        ulong blocks = 0;
        foreach (ModuleLog proof in await _sets.LogsAsync("PossessionProven", 0, head, CancellationToken.None, LogTopic.Of(set)))
        {
            ulong challenge = container.Count("offset") + (proof.Values.Count("period") * Period);
            ulong begin = Math.Max(challenge - Period, from), end = Math.Min(challenge, deal.Count("end"));
            if (end > begin) blocks += end - begin;
        }

        Amount expected = new((UInt128)deal.Number("price") * blocks);
        Assert.That(await PaidAsync(id, head), Is.EqualTo(expected), $"{blocks} proven blocks");
        IReadOnlyList<ModuleLog> faults = await _sets.LogsAsync("PdpFault", 0, head, CancellationToken.None, LogTopic.Of(set));
        Assert.That(faults, Has.Count.EqualTo(FaultsUntilSlashed));
    }

    private async Task<Amount> PaidAsync(ulong deal, ulong head)
    {
        Amount paid = Amount.Zero;
        foreach (ModuleLog log in await _market.LogsAsync("DealSettled", 0, head, CancellationToken.None, LogTopic.Of(deal)))
            paid += log.Values.Amount("paid");
        return paid;
    }

    private Task<AbiRecord> DealAsync(ulong id) => _market.RecordAsync("getDeal", CancellationToken.None, (UInt256)id);

    private Task<JsonNode> StatusAsync(ulong id) => _depin.JsonAsync("storage", "status", Text(id), "--key", Client);

    private async Task ExpectSameAsync(string file, string copy, string key = Client)
    {
        string target = Path.Combine(_home, copy);
        await _depin.JsonAsync("storage", "get", Path.GetFileName(file), "--file", target, "--key", key);
        Assert.That(SHA256.HashData(await File.ReadAllBytesAsync(target)), Is.EqualTo(SHA256.HashData(await File.ReadAllBytesAsync(file))));
    }

    private static async Task WaitForAsync(Func<Task<bool>> condition)
    {
        for (var clock = Stopwatch.StartNew(); !await condition(); await Task.Delay(100))
            if (clock.Elapsed > Patience) throw new TimeoutException("what was waited for did not come");
    }

    private static string Text(ulong number) => number.ToString(CultureInfo.InvariantCulture);
}
