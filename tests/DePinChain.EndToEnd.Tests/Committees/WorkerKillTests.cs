using DePinChain.Client;
using DePinChain.Client.Committees;
using DePinChain.Crypto;
using DePinChain.Primitives;

namespace DePinChain.EndToEnd.Tests.Committees;

/// <summary>A worker that is killed at each state of a job, on a real node: nothing is missed, nothing is said twice.</summary>
[NonParallelizable]
public sealed class WorkerKillTests
{
    // The order of a job; what comes before the draw is judged ahead of it.
    private static readonly string[] States =
    [
        "announced", "kept", "receipt-written", "receipt-left", "fetched", "judged", "drawn", "verdict-written", "commit-signed",
        "commit-sent", "commit-landed", "reveal-signed", "reveal-sent", "reveal-landed",
    ];

    [Test]
    public async Task A_worker_killed_at_every_state_misses_no_attestation_and_makes_none_twice()
    {
        string folder = Directory.CreateTempSubdirectory("depin-kill-").FullName;
        try
        {
            await using SteppedChain chain = await SteppedChain.StartAsync(Path.Combine(folder, "net"), validators: 1);

            // One verifier remains, so its seat is the whole committee; that is also the only custodian.
            for (int index = 1; index < 4; index++)
            {
                using PrivateKey owner = SteppedChain.Operator(index);
                await chain.SendAsync(owner, chain.Calls.Committees.Plan("revokeWorker", Amount.Zero));
            }

            using PrivateKey key = SteppedChain.Worker(0);
            await chain.Calls.Node.CallAsync("dev_faucet", default, key.Address.ToString(), Amount.FromDpn(10).ToUInt256().ToHex());
            await chain.MineAsync();
            string home = Path.Combine(folder, "worker");
            int port = Localnet.FreePort();
            string[] init = ["init", "--home", home, "--rpc", chain.Network.RpcUrl, "--port", $"{port}"];
            Assert.That((await WorkerRun.CallAsync(init)).Code, Is.Zero);
            await File.WriteAllTextAsync(Path.Combine(home, "worker-0.key"), Hex.Encode(key.ToArray()));
            await chain.AnnounceRubbishAsync();

            await using WorkerRun worker = new();
            foreach (string state in States)
            {
                await worker.StartAsync("run", "--home", home, "--hold-at", state);
                await chain.AdvanceAsync(
                    worker, port, () => Task.FromResult(worker.Output.Contains("holding", StringComparison.Ordinal)),
                    () => OpenAsync(chain));
                await worker.KillAsync();
            }

            await worker.StartAsync("run", "--home", home);
            await chain.AdvanceAsync(worker, port, async () => await chain.PhaseAsync() == 0, () => OpenAsync(chain));
            await AssertEverySeatActedOnceAsync(chain, key.Address);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    // One INVALID of one seat decides nothing, so two more committees are drawn, each of that one seat: three seats, each with one commit
    // and one reveal, none missed. The worker's six transactions are all that its account ever sent.
    private static async Task AssertEverySeatActedOnceAsync(SteppedChain chain, Address worker)
    {
        ulong head = await chain.Calls.HeadAsync();
        IReadOnlyList<ModuleLog> commits = await chain.Calls.Committees.LogsAsync("VerdictCommitted", 0, head, default);
        IReadOnlyList<ModuleLog> reveals = await chain.Calls.Committees.LogsAsync("VerdictRevealed", 0, head, default);
        Assert.That(commits.Select(static log => log.Values.Count("seat")), Is.EqualTo(new[] { 0UL, 1UL, 2UL }));
        Assert.That(reveals.Select(static log => log.Values.Count("seat")), Is.EqualTo(new[] { 0UL, 1UL, 2UL }));
        Assert.That(reveals.Select(static log => log.Values.Count("verdict")), Is.All.EqualTo(2UL), "INVALID, every time");
        Assert.That(await chain.Calls.Committees.LogsAsync("DutyMissed", 0, head, default), Is.Empty);
        Assert.That(await chain.Calls.Committees.LogsAsync("VerdictAbstained", 0, head, default), Is.Empty);
        UInt256 sent = await chain.Calls.Node.QuantityAsync("eth_getTransactionCount", default, worker.ToString(), "latest");
        Assert.That(sent, Is.EqualTo((UInt256)6));
    }

    private static async Task OpenAsync(SteppedChain chain)
    {
        if (await chain.PhaseAsync() != 1) return;
        IReadOnlyList<(byte Index, byte[] Signature)> receipts =
            await new BlobDesk(chain.Calls.Node).ReceiptsAsync(chain.Blob, chain.Job, default);
        if (receipts.Count > 0) await chain.OpenAsync(receipts.Take(1));
    }
}
