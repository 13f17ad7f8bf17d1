using System.Security.Cryptography;
using DePinChain.Client;
using DePinChain.Client.Committees;
using DePinChain.Crypto;
using DePinChain.Primitives;
using DePinChain.Proofs.Verdicts;

namespace DePinChain.EndToEnd.Tests.Committees;

/// <summary>
/// A committee that lies to the last member, and one outsider: one transaction overturns it, and the sums are those on paper.
/// </summary>
[NonParallelizable]
public sealed class LyingCommitteeTests
{
    private const ulong Valid = 1;
    private const ulong Committing = 3;
    private const ulong Revealing = 4;
    private const ulong Accepted = 5;
    private const ulong Overturned = 3;
    private const ulong Dropped = 9;

    [Test]
    public async Task One_fraud_proof_overturns_a_seal_that_all_four_judges_accepted_and_everybody_is_paid_or_slashed_exactly()
    {
        string folder = Directory.CreateTempSubdirectory("depin-fraud-").FullName;
        try
        {
            await using SteppedChain chain = await SteppedChain.StartAsync(Path.Combine(folder, "net"), validators: 4);
            CommitteeCalls calls = chain.Calls;
            (string home, int port, Address outsider) = await OutsiderAsync(chain, folder);
            await using WorkerRun worker = new();
            await worker.StartAsync("run", "--home", home);
            await chain.AnnounceRubbishAsync();
            UInt256 fee = (await calls.Committees.RecordAsync("getJob", default, (UInt256)chain.Job)).Record("record").Number("fee");
            await LieAsync(chain);
            await chain.AdvanceAsync(worker, port, async () => await chain.PhaseAsync() == Accepted);
            Assert.That((await SectorStateAsync(calls)).State, Is.Not.EqualTo(Dropped), "the lie got the sector its place");
            UInt256 before = await calls.BalanceAsync(outsider);
            AbiRecord funds = await calls.Sectors.RecordAsync("fundsOf", default, UInt256.One);
            UInt256 held = funds.Number("free") + funds.Number("pledged") + funds.Number("deposits");
            await chain.AdvanceAsync(worker, port, async () => await chain.PhaseAsync() == 0);
            await AssertSumsAsync(calls, outsider, fee, before, held);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    // On paper, in wei, with fee F and four bonds of 100 DPN:
    //   each liar is slashed 10 % of its bond:                 4 · 10 = 40 DPN, and keeps 90;
    //   the disputer gets a quarter of F and half of that:      ⌊F / 4⌋ + 20 DPN, and its bond back;
    //   the provider pays the penalty P out of what it has:     the disputer gets ⌊P / 4⌋, the rest burns;
    //   nobody voted INVALID, so the rest of F and 20 DPN burn.
    private static async Task AssertSumsAsync(CommitteeCalls calls, Address outsider, UInt256 fee, UInt256 before, UInt256 held)
    {
        ulong head = await calls.HeadAsync();
        ModuleLog proven = (await calls.Committees.LogsAsync("FraudProven", 0, head, default)).Single();
        Assert.That(proven.Values.Address("disputer"), Is.EqualTo(outsider));
        UInt256 ten = Amount.FromDpn(10).ToUInt256(), twenty = Amount.FromDpn(20).ToUInt256();
        Assert.That(proven.Values.Number("reward"), Is.EqualTo((fee / 4) + twenty));

        IReadOnlyList<ModuleLog> slashed = await calls.Committees.LogsAsync("VerifierSlashed", 0, head, default);
        Assert.That(slashed.Select(static log => log.Values.Number("amount")), Is.EqualTo(Enumerable.Repeat(ten, 4)));
        for (int index = 0; index < 4; index++)
        {
            using PrivateKey owner = SteppedChain.Operator(index);
            AbiRecord verifier = await calls.Committees.RecordAsync("getVerifier", default, owner.Address);
            Assert.That(verifier.Amount("bond"), Is.EqualTo(Amount.FromDpn(90)));
            Assert.That(verifier.Amount("earned"), Is.EqualTo(Amount.Zero), "nobody is paid for a lie");
        }

        ModuleLog closed = (await calls.Committees.LogsAsync("JobClosed", 0, head, default)).Single();
        Assert.That(closed.Values.Count("decision"), Is.EqualTo(Overturned));
        Assert.That(closed.Values.Number("paid"), Is.EqualTo(UInt256.Zero));

        ModuleLog charged = (await calls.Sectors.LogsAsync("PenaltyCharged", 0, head, default)).Single();
        UInt256 taken = charged.Values.Number("paid");
        Assert.That(charged.Values.Number("penalty"), Is.EqualTo(taken), "the provider could pay all of it");
        Assert.That((await SectorStateAsync(calls)).State, Is.EqualTo(Dropped));
        Assert.That(await calls.Sectors.CountAsync("powerOf", default, UInt256.One), Is.Zero);
        AbiRecord funds = await calls.Sectors.RecordAsync("fundsOf", default, UInt256.One);
        Assert.That(funds.Number("free"), Is.EqualTo(held - taken), "the pledge is free again, less what the lie cost");
        Assert.That(funds.Number("pledged") + funds.Number("deposits") + funds.Number("debt"), Is.EqualTo(UInt256.Zero));

        var receipt = await calls.Node.CallAsync("eth_getTransactionReceipt", default, proven.Transaction.ToString());
        UInt256 gas = JsonQuantity.OrZero(receipt!["gasUsed"]) * JsonQuantity.OrZero(receipt["effectiveGasPrice"]);
        Assert.That(await calls.BalanceAsync(outsider), Is.EqualTo(before - gas + (fee / 4) + twenty + (taken / 4)));
        UInt256 sent = await calls.Node.QuantityAsync("eth_getTransactionCount", default, outsider.ToString(), "latest");
        Assert.That(sent, Is.EqualTo(UInt256.One), "one transaction was enough");
    }

    // Somebody without a bond: its worker only watches.
    private static async Task<(string Home, int Port, Address Outsider)> OutsiderAsync(SteppedChain chain, string folder)
    {
        string home = Path.Combine(folder, "outsider");
        int port = Localnet.FreePort();
        (int code, string output, string error) = await WorkerRun.CallAsync(
            "init", "--home", home, "--rpc", chain.Network.RpcUrl, "--port", $"{port}");
        Assert.That(code, Is.Zero, error);
        Address outsider = Address.Parse(output.Trim());
        await chain.Calls.Node.CallAsync("dev_faucet", default, outsider.ToString(), Amount.FromDpn(10).ToUInt256().ToHex());
        await chain.MineAsync();
        return (home, port, outsider);
    }

    // Receipts, commits and reveals of all four, signed here with the keys of their workers.
    internal static async Task LieAsync(SteppedChain chain)
    {
        CommitteeCalls calls = chain.Calls;
        Dictionary<Address, int> verifiers = [];
        for (int index = 0; index < 4; index++)
        {
            using PrivateKey owner = SteppedChain.Operator(index), worker = SteppedChain.Worker(index);
            verifiers[owner.Address] = index;
            await calls.Node.CallAsync("dev_faucet", default, worker.Address.ToString(), Amount.FromDpn(10).ToUInt256().ToHex());
            await chain.MineAsync();
        }

        object?[] custodians = (object?[])(await calls.Committees.ValueAsync("getCustodians", default, (UInt256)chain.Job))!;
        await chain.OpenAsync(custodians.Select((custodian, index) =>
        {
            using PrivateKey worker = SteppedChain.Worker(verifiers[(Address)custodian!]);
            Hash256 digest = ShardReceipts.DigestOf(
                calls.ChainId, calls.Committees.Address, chain.Job, chain.ShardRoot, (byte)index, chain.Blob.Root);
            return ((byte)index, worker.Sign(digest).ToArray());
        }));
        while (await chain.PhaseAsync() != Committing) await chain.MineAsync();
        object?[] seats = (object?[])(await calls.Committees.ValueAsync("getSeats", default, (UInt256)chain.Job))!;
        Assert.That(seats, Has.Length.EqualTo(4));
        Hash256 answer = new(SHA256.HashData("looked at nothing"u8)), salt = new(SHA256.HashData("salt"u8));
        for (int seat = 0; seat < 4; seat++)
        {
            Address verifier = (Address)((object?[])seats[seat]!)[0]!;
            using PrivateKey worker = SteppedChain.Worker(verifiers[verifier]);
            Hash256 digest = VerdictDigest.Of(calls.ChainId, chain.Job, (ushort)seat, verifier, (byte)Valid, answer, [], salt);
            object?[] commitment = [(UInt256)chain.Job, (UInt256)(ulong)seat, digest.ToArray()], commitments = [commitment];
            await chain.SendAsync(worker, calls.Committees.Plan("commitBatch", Amount.Zero, [commitments]));
        }

        while (await chain.PhaseAsync() != Revealing) await chain.MineAsync();
        for (int seat = 0; seat < 4; seat++)
        {
            using PrivateKey worker = SteppedChain.Worker(verifiers[(Address)((object?[])seats[seat]!)[0]!]);
            object?[] shown =
            [
                (UInt256)chain.Job, (UInt256)(ulong)seat, (UInt256)Valid, answer.ToArray(), Array.Empty<object?>(), salt.ToArray(),
            ];
            object?[] verdicts = [shown];
            await chain.SendAsync(worker, calls.Committees.Plan("revealBatch", Amount.Zero, [verdicts]));
        }
    }

    private static async Task<(AbiRecord Record, ulong State)> SectorStateAsync(CommitteeCalls calls)
    {
        AbiRecord answer = await calls.Sectors.ViewAsync("getSector", default, UInt256.One, UInt256.One);
        AbiFunction view = calls.Sectors.Module.Abi.Functions.First(static one => one.Name == "getSector");
        return (new AbiRecord(view.Outputs[0].Components, (object?[])answer.Values[0]!), (ulong)(UInt256)answer.Values[1]!);
    }
}
