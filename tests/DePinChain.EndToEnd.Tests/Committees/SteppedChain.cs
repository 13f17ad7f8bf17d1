using System.Diagnostics;
using System.Globalization;
using System.Text.Json.Nodes;
using DePinChain.Client;
using DePinChain.Client.Committees;
using DePinChain.Crypto;
using DePinChain.Primitives;
using DePinChain.Proofs.Availability;
using DePinChain.Proofs.Replication;

namespace DePinChain.EndToEnd.Tests.Committees;

/// <summary>
/// A localnet whose blocks come only when the test makes them, so that no deadline passes while a slow machine starts a process; and a
/// provider that announces a seal of rubbish.
/// </summary>
internal sealed class SteppedChain : IAsyncDisposable
{
    private const int OperatorLevel = 1;
    private const int WorkerLevel = 6;

    private static readonly HttpClient Http = new() { Timeout = TimeSpan.FromSeconds(5) };
    private static readonly byte[] Seed = Mnemonic.ToSeed("test test test test test test test test test test test junk");

    private SteppedChain(Localnet network, CommitteeCalls calls) => (Network, Calls) = (network, calls);

    public Localnet Network { get; }

    public CommitteeCalls Calls { get; }

    /// <summary>The provider's owner and agent in one.</summary>
    public PrivateKey Sealer { get; } = KeyAt(0, 1);

    /// <summary>What it announced.</summary>
    public BlobName Blob { get; private set; }

    public ulong Job { get; private set; }

    public static SectorShape Shape { get; } = SectorShape.Of(SectorKind.EightMiB);

    /// <param name="folder">Its data folder, which may be new.</param>
    /// <param name="validators">How many.</param>
    /// <param name="blockTime"><c>manual</c>, or <c>instant</c> where transactions make blocks too.</param>
    public static async Task<SteppedChain> StartAsync(string folder, int validators, string blockTime = "manual")
    {
        Localnet network = await Localnet.StartAsync(folder, null, "--block-time", blockTime, "--validators", $"{validators}");
        var chain = new SteppedChain(network, await CommitteeCalls.OpenAsync(network.RpcUrl));
        await chain.MineAsync(2);
        return chain;
    }

    /// <summary>The owner of verifier <paramref name="index"/>.</summary>
    public static PrivateKey Operator(int index) => KeyAt(OperatorLevel, index);

    /// <summary>Its worker.</summary>
    public static PrivateKey Worker(int index) => KeyAt(WorkerLevel, index);

    /// <summary>A worker for the one verifier that remains: its seat is the whole committee, its node the only custodian.</summary>
    /// <param name="folder">Where the worker's home is made.</param>
    /// <returns>The worker, and where it tells how it stands.</returns>
    public async Task<(WorkerRun Worker, int Port)> StartSoleWorkerAsync(string folder)
    {
        for (int index = 1; index < 4; index++)
        {
            using PrivateKey owner = Operator(index);
            await SendAsync(owner, Calls.Committees.Plan("revokeWorker", Amount.Zero));
        }

        using PrivateKey key = Worker(0);
        await Calls.Node.CallAsync("dev_faucet", default, key.Address.ToString(), Amount.FromDpn(10).ToUInt256().ToHex());
        await MineAsync();
        string home = Path.Combine(folder, "worker");
        int port = Localnet.FreePort();
        string[] init = ["init", "--home", home, "--rpc", Network.RpcUrl, "--port", $"{port}"];
        Assert.That((await WorkerRun.CallAsync(init)).Code, Is.Zero);
        await File.WriteAllTextAsync(Path.Combine(home, "worker-0.key"), Hex.Encode(key.ToArray()));
        WorkerRun worker = new();
        await worker.StartAsync("run", "--home", home);
        return (worker, port);
    }

    public Task MineAsync(int blocks = 1) => Calls.Node.CallAsync("dev_mine", default, Hex.Quantity((ulong)blocks));

    /// <summary>Sends a call, makes its block and gives its receipt.</summary>
    public async Task<JsonObject> SendAsync(PrivateKey key, TransactionPlan plan)
    {
        try
        {
            var sender = new TransactionSender(Calls.Node, key);
            Hash256 hash = await sender.SendAsync(await sender.PrepareAsync(plan, default), default);
            await MineAsync();
            JsonObject receipt = await sender.WaitAsync(hash, TimeSpan.FromSeconds(60), default);
            Assert.That(receipt["status"]!.GetValue<string>(), Is.EqualTo("0x1"), "the call reverted in its block");
            return receipt;
        }
        catch (NodeRefusedException refused) when (refused.RevertData.Length > 0)
        {
            throw new InvalidOperationException(Calls.Modules.DecodeRevert(refused.RevertData).Text, refused);
        }
    }

    /// <summary>A provider promises a sector that it never sealed, and announces random bytes as its proof.</summary>
    public async Task AnnounceRubbishAsync()
    {
        ModuleGateway market = Calls.Market, sectors = Calls.Sectors;
        await SendAsync(Sealer, market.Plan("registerProvider", Amount.Zero, Address.Zero, "http://127.0.0.1:1", Array.Empty<byte>()));
        await SendAsync(Sealer, sectors.Plan("beginSealing", Amount.Zero, UInt256.One, (UInt256)(ulong)SectorKind.EightMiB));
        ulong head = await Calls.HeadAsync();
        byte[] replica = new byte[32];
        new Random(5).NextBytes(replica);
        replica[31] &= 0x3f;
        object?[] promise =
        [
            UInt256.One, replica, (UInt256)(head - 1), (UInt256)(head + 400), Array.Empty<object?>(), Array.Empty<object?>(),
        ];
        object?[] promises = [promise];
        await SendAsync(Sealer, sectors.Plan("preCommitSectors", Amount.FromDpn(100), UInt256.One, promises));
        await MineAsync(4);
        byte[] blob = new byte[Shape.ProofSize];
        new Random(6).NextBytes(blob);
        uint chunkBytes = (uint)ReplicationBlob.ChunkBytesOf(Shape);
        Hash256 root = BlobTree.RootOf(blob, chunkBytes);
        await SendAsync(Sealer, sectors.Plan("commitSealBlob", Amount.Zero, UInt256.One, UInt256.One, root.ToArray()));
        Job = 1;
        object?[] custodians = (object?[])(await Calls.Committees.ValueAsync("getCustodians", default, (UInt256)Job))!;
        Blob = new BlobName(root, (ulong)blob.Length, chunkBytes, (byte)custodians.Length);
        ShardRoot = await new BlobDesk(Calls.Node).PutAsync(Blob, blob, await Calls.HeadAsync() + 1_000, default);
    }

    public Hash256 ShardRoot { get; private set; }

    /// <summary>Opens the job with receipts, which the caller brings.</summary>
    public Task<JsonObject> OpenAsync(IEnumerable<(byte Index, byte[] Signature)> receipts)
    {
        object?[] items = [.. receipts.OrderBy(static one => one.Index).Select(static one =>
            (object?)new object?[] { (UInt256)(ulong)one.Index, one.Signature })];
        return SendAsync(Sealer, Calls.Committees.Plan("openJob", Amount.Zero, (UInt256)Job, ShardRoot.ToArray(), items));
    }

    /// <summary>State of the job: 0 when it is over.</summary>
    public async Task<ulong> PhaseAsync()
    {
        try
        {
            return (await Calls.Committees.RecordAsync("getJob", default, (UInt256)Job)).Record("progress").Count("state");
        }
        catch (NodeRefusedException over) when (over.RevertData.Length > 0)
        {
            return 0;
        }
    }

    /// <summary>
    /// Makes blocks until something holds, each only when the worker has done everything that the last one asked of it.
    /// </summary>
    /// <param name="worker">The worker.</param>
    /// <param name="statusPort">Where it tells how it stands.</param>
    /// <param name="holds">What is waited for.</param>
    /// <param name="between">What the test does itself before each block.</param>
    public async Task AdvanceAsync(WorkerRun worker, int statusPort, Func<Task<bool>> holds, Func<Task>? between = null)
    {
        for (var clock = Stopwatch.StartNew(); clock.Elapsed < TimeSpan.FromSeconds(120);)
        {
            if (await holds()) return;
            if (!await IsIdleAsync(statusPort)) continue;
            if (between is not null) await between();
            if (await holds()) return;
            await MineAsync();
        }

        throw new TimeoutException(
            $"it did not come about at block {await Calls.HeadAsync()}, phase {await PhaseAsync()}\n{worker.Output}");
    }

    public async ValueTask DisposeAsync()
    {
        Calls.Dispose();
        Sealer.Dispose();
        await Network.DisposeAsync();
    }

    // It has seen the head, and nothing runs: twice, because what runs beside its loop may just have ended.
    private async Task<bool> IsIdleAsync(int statusPort)
    {
        for (int look = 0; look < 2; look++)
        {
            await Task.Delay(150);
            try
            {
                JsonNode status = JsonNode.Parse(await Http.GetStringAsync($"http://127.0.0.1:{statusPort}/status"))!;
                bool isIdle = status["head"]!.GetValue<ulong>() == await Calls.HeadAsync() && status["judging"]!.GetValue<int>() == 0;
                if (!isIdle) return false;
            }
            catch (Exception early) when (early is HttpRequestException or TaskCanceledException)
            {
                return false;
            }
        }

        return true;
    }

    private static PrivateKey KeyAt(int level, int index) =>
        HierarchicalKey.Derive(Seed, string.Create(CultureInfo.InvariantCulture, $"m/44'/60'/{level}'/0/{index}"));
}
