using DePinChain.Client;
using DePinChain.Crypto;
using DePinChain.Primitives;

namespace DePinChain.EndToEnd.Tests.Committees;

/// <summary>
/// Two custodians signed that they keep a blob, and somebody asks both for it on the chain: the worker of one serves, the other is silent.
/// </summary>
[NonParallelizable]
public sealed class ShardRequestTests
{
    private const ulong Accepted = 5;
    private const ulong ShardReason = 4;
    private string _folder = "";

    [SetUp]
    public void MakeFolder() => _folder = Directory.CreateTempSubdirectory("depin-shard-").FullName;

    [TearDown]
    public void RemoveFolder() => Directory.Delete(_folder, recursive: true);

    [Test]
    public async Task A_worker_serves_the_shard_it_signed_for_and_a_custodian_that_withholds_it_loses_a_hundredth_of_its_bond()
    {
        await using SteppedChain chain = await SteppedChain.StartAsync(Path.Combine(_folder, "net"), validators: 4);
        CommitteeCalls calls = chain.Calls;
        await chain.AnnounceRubbishAsync();
        await LyingCommitteeTests.LieAsync(chain);
        while (await chain.PhaseAsync() != Accepted) await chain.MineAsync();
        using PrivateKey served = SteppedChain.Operator(0), silent = SteppedChain.Operator(1);
        object?[] custodians = (object?[])(await calls.Committees.ValueAsync("getCustodians", default, (UInt256)chain.Job))!;
        ulong ofServed = (ulong)Array.IndexOf(custodians, served.Address), ofSilent = (ulong)Array.IndexOf(custodians, silent.Address);

        // The base fee may rise until the call's block; what is too much comes back.
        UInt256 deposit = (await calls.Committees.AmountAsync("shardDeposit", default)).ToUInt256();
        UInt256 before = await calls.BalanceAsync(chain.Sealer.Address);
        UInt256 gas = await AskAsync(chain, ofServed) + await AskAsync(chain, ofSilent);
        Assert.That(await calls.BalanceAsync(chain.Sealer.Address), Is.EqualTo(before - gas - (deposit * 2)));

        (string home, int port) = await HomeAsync(chain);
        await using WorkerRun worker = new();
        await worker.StartAsync("run", "--home", home);
        await chain.AdvanceAsync(worker, port, async () => (await ServedAsync(calls)).Count > 0);
        ModuleLog answer = (await ServedAsync(calls)).Single();
        Assert.That((answer.Values.Count("shard"), answer.Values.Count("piece")), Is.EqualTo((ofServed, 0UL)));
        Assert.That(answer.Values.Address("custodian"), Is.EqualTo(served.Address));
        AbiRecord paid = await calls.Committees.RecordAsync("getVerifier", default, served.Address);
        Assert.That(paid.Number("earned"), Is.EqualTo(deposit));

        // The localnet gives fifteen blocks. The bond may have lost an audit's part before: who said VALID here cannot show work.
        await chain.MineAsync(16);
        ModuleLog cut = (await calls.Committees.LogsAsync("VerifierSlashed", 0, await calls.HeadAsync(), default))
            .Single(static log => log.Values.Count("reason") == ShardReason);
        Assert.That(cut.Values.Address("verifier"), Is.EqualTo(silent.Address));
        AbiRecord left = await calls.Committees.RecordAsync("getVerifier", default, silent.Address);
        UInt256 bond = left.Number("bond") + cut.Values.Number("amount");
        Assert.That(cut.Values.Number("amount"), Is.EqualTo(bond / 100));
        Assert.That(await calls.BalanceAsync(chain.Sealer.Address), Is.EqualTo(before - gas - deposit), "nobody served: it came back");
    }

    private static Task<IReadOnlyList<ModuleLog>> ServedAsync(CommitteeCalls calls) => Task.Run(async () =>
        await calls.Committees.LogsAsync("ShardServed", 0, await calls.HeadAsync(), default));

    private static async Task<UInt256> AskAsync(SteppedChain chain, ulong shard)
    {
        var receipt = await chain.SendAsync(
            chain.Sealer,
            chain.Calls.Committees.Plan("requestShard", Amount.One, (UInt256)chain.Job, (UInt256)shard, UInt256.Zero));
        return JsonQuantity.OrZero(receipt["gasUsed"]) * JsonQuantity.OrZero(receipt["effectiveGasPrice"]);
    }

    // It keeps its shard on the node that the blob was given to; it does not look for frauds, which would end the job.
    private async Task<(string Home, int Port)> HomeAsync(SteppedChain chain)
    {
        string home = Path.Combine(_folder, "worker"), settings = Path.Combine(home, "worker.json");
        int port = Localnet.FreePort();
        string[] init = ["init", "--home", home, "--rpc", chain.Network.RpcUrl, "--port", $"{port}"];
        Assert.That((await WorkerRun.CallAsync(init)).Code, Is.Zero);
        using PrivateKey key = SteppedChain.Worker(0);
        await File.WriteAllTextAsync(Path.Combine(home, "worker-0.key"), Hex.Encode(key.ToArray()));
        string text = await File.ReadAllTextAsync(settings);
        Assert.That(text, Does.Contain("\"watch\": true"));
        await File.WriteAllTextAsync(settings, text.Replace("\"watch\": true", "\"watch\": false", StringComparison.Ordinal));
        return (home, port);
    }
}
