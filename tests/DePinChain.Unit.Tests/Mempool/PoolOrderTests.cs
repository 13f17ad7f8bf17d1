using DePinChain.Blocks;
using DePinChain.Primitives;
using static DePinChain.Unit.Tests.Mempool.PoolScenario;

namespace DePinChain.Unit.Tests.Mempool;

public sealed class PoolOrderTests
{
    [Test]
    public void The_best_tip_goes_first_and_each_account_in_nonce_order()
    {
        PoolScenario scenario = new PoolScenario().WithRich(1, 2, 3);
        scenario.Send(1, 0, maxFee: 10 * Gwei, tip: 1 * Gwei);
        scenario.Send(1, 1, maxFee: 10 * Gwei, tip: 9 * Gwei);
        scenario.Send(2, 0, maxFee: 10 * Gwei, tip: 5 * Gwei);
        scenario.Send(3, 0, maxFee: 4 * Gwei, tip: 4 * Gwei); // effective tip 3: the cap leaves no more above a base fee of 1

        // 5, then 3, then 1, and only behind it the 9 of the same account.
        Assert.That(scenario.Best(), Is.EqualTo(new[]
        {
            (AddressOf(2), 0UL), (AddressOf(3), 0UL), (AddressOf(1), 0UL), (AddressOf(1), 1UL),
        }));
    }

    [Test]
    public void Of_equal_tips_the_earlier_account_goes_first()
    {
        PoolScenario scenario = new PoolScenario().WithRich(1, 2, 3);
        foreach (int account in new[] { 3, 1, 2 }) scenario.Send(account, 0);
        Assert.That(scenario.Best().Select(best => best.Sender), Is.EqualTo(new[] { AddressOf(3), AddressOf(1), AddressOf(2) }));
    }

    [Test]
    public void A_gap_holds_back_what_stands_behind_it_until_it_is_filled()
    {
        PoolScenario scenario = new PoolScenario().WithRich(1);
        scenario.Send(1, 0);
        scenario.Send(1, 2);
        Assert.That(scenario.Best(), Has.Count.EqualTo(1));
        Assert.That(scenario.Pool.NextNonce(AddressOf(1)), Is.EqualTo(1));
        scenario.Send(1, 1);
        Assert.That(scenario.Best(), Has.Count.EqualTo(3));
        Assert.That(scenario.Pool.NextNonce(AddressOf(1)), Is.EqualTo(3));
    }

    [Test]
    public void A_cap_below_the_base_fee_waits_until_the_base_fee_falls()
    {
        PoolScenario scenario = new PoolScenario(baseFee: 3 * Gwei).WithRich(1);
        Assert.That(scenario.Send(1, 0, maxFee: 2 * Gwei).IsAccepted, Is.True);
        Assert.That(scenario.Best(), Is.Empty);
        Assert.That(scenario.Pool.NextNonce(AddressOf(1)), Is.EqualTo(1), "a wallet counts on, whatever the fee");
        scenario.CommitEmpty(baseFee: 2 * Gwei);
        Assert.That(scenario.Best(), Has.Count.EqualTo(1));
        Assert.That(scenario.Pool.ExecutableCount, Is.EqualTo(1));
        scenario.CommitEmpty(baseFee: 3 * Gwei);
        Assert.That(scenario.Pool.ExecutableCount, Is.Zero);
    }

    [Test]
    public void A_commit_drops_what_was_included_and_moves_the_run_on()
    {
        PoolScenario scenario = new PoolScenario().WithRich(1);
        for (ulong nonce = 0; nonce < 20; nonce++) scenario.Send(1, nonce);
        Assert.That(scenario.Best(), Has.Count.EqualTo(16));
        scenario.Commit(1, 10);
        Assert.That(scenario.Pool.Count, Is.EqualTo(10));
        Assert.That(scenario.Best().Select(best => best.Nonce), Is.EqualTo(Enumerable.Range(10, 10).Select(n => (ulong)n)));
        Assert.That(scenario.Pool.NextNonce(AddressOf(1)), Is.EqualTo(20));
        scenario.Commit(1, 10);
        Assert.That(scenario.Pool.Count, Is.Zero);
        Assert.That(scenario.Pool.Bytes, Is.Zero);
        Assert.That(scenario.Pool.NextNonce(AddressOf(1)), Is.EqualTo(20));
    }

    [Test]
    public void A_commit_drops_from_the_end_what_the_balance_no_longer_covers()
    {
        PoolScenario scenario = new PoolScenario().With(1, Cost() + Cost() + Cost());
        for (ulong nonce = 0; nonce < 3; nonce++) scenario.Send(1, nonce);
        scenario.Commit(1, 1, balance: Cost()); // the included one moved value away by other means
        Assert.That(scenario.Best(), Is.EqualTo(new[] { (AddressOf(1), 1UL) }));
        Assert.That(scenario.Pool.Count, Is.EqualTo(1));
    }

    [Test]
    public void A_better_funded_account_can_send_more_after_a_commit_that_did_not_name_it()
    {
        PoolScenario scenario = new PoolScenario().With(1, Cost());
        scenario.Send(1, 0);
        Assert.That(scenario.Send(1, 1).IsAccepted, Is.False);
        scenario.With(1, Cost() + Cost());
        scenario.CommitEmpty();
        Assert.That(scenario.Send(1, 1).IsAccepted, Is.True);
    }

    [Test]
    public void What_is_read_while_the_pool_changes_is_the_pool_as_it_was()
    {
        PoolScenario scenario = new PoolScenario().WithRich(1, 2);
        scenario.Send(1, 0);
        IEnumerable<SignedTransaction> best = scenario.Pool.Best(Gwei);
        scenario.Send(2, 0, maxFee: 9 * Gwei, tip: 8 * Gwei);
        Assert.That(best.Select(signed => signed.Sender), Is.EqualTo(new[] { AddressOf(1) }));
    }

    [Test]
    public void Each_admission_is_announced_once_and_refusals_are_not()
    {
        PoolScenario scenario = new PoolScenario().WithRich(1);
        var announced = new List<Hash256>();
        scenario.Pool.Admitted += signed => announced.Add(signed.Transaction.Hash);
        scenario.Send(1, 0);
        scenario.Send(1, 0);
        scenario.Send(2, 0);
        Assert.That(announced, Is.EqualTo(new[] { Transfer(1, 0).Hash }));
    }

    [Test]
    public void Many_threads_fill_the_pool_as_one_would()
    {
        PoolScenario scenario = new PoolScenario().WithRich([.. Enumerable.Range(1, 40)]);
        Transaction[] transactions = [.. Enumerable.Range(0, 400).Select(i => Transfer(1 + (i % 40), (ulong)(i / 40)))];
        Parallel.ForEach(transactions, transaction => scenario.Pool.Add(transaction, local: false));
        Assert.That(scenario.Pool.ExecutableCount, Is.EqualTo(400));
        Assert.That(scenario.Best(), Has.Count.EqualTo(400));
    }
}
