using DePinChain.Blocks;
using DePinChain.Mempool;
using FsCheck;
using FsCheck.Fluent;
using static DePinChain.Unit.Tests.Mempool.PoolScenario;

namespace DePinChain.Unit.Tests.Mempool;

/// <summary>A full pool: who has to go, and who must not be driven out (DETER, CCS 2021; geth GHSA-pvx3-gm3c-gmpr).</summary>
public sealed class EvictionTests
{
    private static PoolScenario Small(int size) =>
        new PoolScenario(new PoolOptions { TransactionsMax = size, ExecutablePerAccountMax = 4, QueuedPerAccountMax = 4 })
            .WithRich([.. Enumerable.Range(1, 40)]);

    [Test]
    public void GHSA_pvx3_a_flood_of_future_transactions_never_drives_out_an_executable_one()
    {
        PoolScenario scenario = Small(8);
        for (int account = 1; account <= 8; account++) scenario.Send(account, 0, maxFee: Gwei, tip: 0);
        for (int account = 9; account <= 40; account++)
        {
            Admission flood = scenario.Send(account, 3, maxFee: 100 * Gwei, tip: 99 * Gwei);
            Assert.That(flood.Rejection!.Name, Is.EqualTo(nameof(Rejections.PoolFull)));
        }

        Assert.That(scenario.Pool.ExecutableCount, Is.EqualTo(8));
    }

    [Test]
    public void An_executable_transaction_drives_out_a_future_one_whatever_it_offers()
    {
        PoolScenario scenario = Small(4);
        for (int account = 1; account <= 4; account++) scenario.Send(account, 1, maxFee: 100 * Gwei, tip: 99 * Gwei);
        Assert.That(scenario.Send(5, 0, maxFee: Gwei, tip: 0).IsAccepted, Is.True);
        Assert.That(scenario.Pool.Count, Is.EqualTo(4));
        Assert.That(scenario.Pool.ExecutableCount, Is.EqualTo(1));
    }

    [Test]
    public void Between_executable_ones_the_higher_tip_stays()
    {
        PoolScenario scenario = Small(3);
        scenario.Send(1, 0, maxFee: 10 * Gwei, tip: 2 * Gwei);
        scenario.Send(2, 0, maxFee: 10 * Gwei, tip: 3 * Gwei);
        scenario.Send(3, 0, maxFee: 10 * Gwei, tip: 4 * Gwei);
        Assert.That(scenario.Send(4, 0, maxFee: 10 * Gwei, tip: 2 * Gwei).Rejection!.Name, Is.EqualTo(nameof(Rejections.PoolFull)));
        Assert.That(scenario.Send(4, 0, maxFee: 10 * Gwei, tip: (2 * Gwei) + 1).IsAccepted, Is.True);
        Assert.That(scenario.Best().Select(best => best.Sender), Is.EqualTo(new[] { AddressOf(3), AddressOf(2), AddressOf(4) }));
    }

    [Test]
    public void A_dear_end_does_not_protect_a_cheap_run()
    {
        // Nonce 1 offers 9 gwei, but nobody gets it before nonce 0, which offers nothing.
        PoolScenario scenario = Small(2);
        scenario.Send(1, 0, maxFee: 10 * Gwei, tip: 0);
        scenario.Send(1, 1, maxFee: 10 * Gwei, tip: 9 * Gwei);
        Assert.That(scenario.Send(2, 0, maxFee: 10 * Gwei, tip: Gwei).IsAccepted, Is.True);
        Assert.That(scenario.Best(), Is.EqualTo(new[] { (AddressOf(2), 0UL), (AddressOf(1), 0UL) }));
    }

    [Test]
    public void A_dear_end_does_not_buy_a_place_behind_a_cheap_start()
    {
        PoolScenario scenario = Small(2);
        scenario.Send(1, 0, maxFee: 10 * Gwei, tip: 2 * Gwei);
        scenario.Send(2, 0, maxFee: 10 * Gwei, tip: Gwei);
        Assert.That(scenario.Send(2, 1, maxFee: 10 * Gwei, tip: 9 * Gwei).IsAccepted, Is.False);
        Assert.That(scenario.Pool.Count, Is.EqualTo(2));
    }

    [Test]
    public void A_refused_newcomer_has_cost_nobody_his_place()
    {
        // Only one of the two small ones pays less than the big newcomer, and one is not room enough.
        Transaction cheap = Transfer(1, 0, maxFee: 10 * Gwei, tip: Gwei), dear = Transfer(2, 0, maxFee: 10 * Gwei, tip: 5 * Gwei);
        long room = cheap.Size + dear.Size;
        PoolScenario scenario = new PoolScenario(new PoolOptions { BytesMax = room }).WithRich(1, 2, 3);
        scenario.Pool.Add(cheap, local: true);
        scenario.Pool.Add(dear, local: true);
        UnsignedTransaction big = Fields(0) with
        {
            MaxFeePerGas = 10 * Gwei,
            MaxPriorityFeePerGas = 3 * Gwei,
            GasLimit = 100_000,
            Data = new byte[cheap.Size - 40],
        };
        Assert.That(scenario.Pool.Add(Sign(3, big), local: true).Rejection!.Name, Is.EqualTo(nameof(Rejections.PoolFull)));
        Assert.That(scenario.Pool.Count, Is.EqualTo(2));
        Assert.That(scenario.Pool.Add(Sign(3, big with { MaxPriorityFeePerGas = 6 * Gwei }), local: true).IsAccepted, Is.True);
        Assert.That(scenario.Pool.Count, Is.EqualTo(1), "the big one needs the room of both");
    }

    [Test]
    public void After_any_flood_the_bounds_hold_and_no_executable_one_went_for_less()
    {
        Prop.ForAll<(byte Account, byte Nonce, byte Fee, byte Tip)[]>(Flood).QuickCheckThrowOnFailure();
    }

    private static void Flood((byte Account, byte Nonce, byte Fee, byte Tip)[] steps)
    {
        PoolScenario scenario = Small(6);
        foreach ((byte account, byte nonce, byte fee, byte tip) in steps)
        {
            ulong maxFee = Gwei * (ulong)(1 + (fee % 4));
            Transaction transaction = Transfer(1 + (account % 6), (ulong)(nonce % 6), maxFee, Math.Min(maxFee, Gwei * (ulong)(tip % 4)));
            List<SignedTransaction> before = [.. scenario.Pool.Best(Gwei)];
            Admission admission = scenario.Pool.Add(transaction, local: false);
            List<SignedTransaction> after = [.. scenario.Pool.Best(Gwei)];

            Assert.That(scenario.Pool.Count, Is.LessThanOrEqualTo(6));
            List<SignedTransaction> gone = [.. before.Where(old => !after.Contains(old) && !IsReplaced(old, transaction, admission))];
            if (!admission.IsAccepted) Assert.That(gone, Is.Empty, "a refusal evicts nobody");
            if (gone.Count == 0) continue;
            int place = after.FindIndex(signed => signed.Transaction.Hash == transaction.Hash);
            Assert.That(place, Is.GreaterThanOrEqualTo(0), "only an executable newcomer drives out executable ones");
        }
    }

    private static bool IsReplaced(SignedTransaction old, Transaction by, Admission admission) =>
        admission.Signed is { } signed && signed.Sender == old.Sender && by.Nonce == old.Transaction.Nonce;
}
