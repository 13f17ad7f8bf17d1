using DePinChain.Blocks;
using DePinChain.Mempool;
using DePinChain.Primitives;
using FsCheck;
using FsCheck.Fluent;
using static DePinChain.Unit.Tests.Mempool.PoolScenario;

namespace DePinChain.Unit.Tests.Mempool;

/// <summary>The pool against a model that keeps a flat list and looks at all of it each time.</summary>
public sealed class PoolModelTests
{
    private const int ExecutableMax = 3;
    private const int QueuedMax = 3;

    private static readonly PoolOptions Options = new() { ExecutablePerAccountMax = ExecutableMax, QueuedPerAccountMax = QueuedMax };

    [Test]
    public void The_pool_agrees_with_the_model_after_every_step()
    {
        Prop.ForAll<(byte Kind, byte Account, byte Nonce, byte Fee)[]>(Run).QuickCheckThrowOnFailure();
    }

    private static void Run((byte Kind, byte Account, byte Nonce, byte Fee)[] steps)
    {
        var scenario = new PoolScenario(Options);
        var model = new Model();
        for (int account = 1; account <= 3; account++)
        {
            // Enough for about four transfers at the middle fee, so that the balance rule is met too.
            UInt256 balance = Cost(maxFee: 2 * Gwei) * 4;
            scenario.With(account, balance);
            model.Accounts[account] = (0, balance);
        }

        foreach ((byte kind, byte who, byte nonceStep, byte fee) in steps)
        {
            int account = 1 + (who % 3);
            ulong maxFee = Gwei * (ulong)(1 + (fee % 4));
            if (kind % 4 != 0)
            {
                ulong nonce = model.Accounts[account].Nonce + (ulong)(nonceStep % 8);
                Transaction transaction = Transfer(account, nonce, maxFee, Gwei);
                Rejection? rejection = scenario.Pool.Add(transaction, local: false).Rejection;
                Assert.That(rejection?.Name, Is.EqualTo(model.Add(account, transaction)?.Name));
            }
            else
            {
                // A block takes the account's next transaction at its full cost, and the base fee moves.
                (ulong nonce, UInt256 balance) = model.Accounts[account];
                bool isRich = balance >= Cost(maxFee);
                model.Accounts[account] = isRich ? (nonce + 1, balance - Cost(maxFee)) : (nonce, balance);
                model.BaseFee = Gwei * (ulong)(1 + (nonceStep % 3));
                model.DropInvalid(account);
                scenario.Commit(account, isRich ? 1UL : 0, model.Accounts[account].Balance, model.BaseFee);
            }

            Assert.That(scenario.Pool.Count, Is.EqualTo(model.Pool.Count));
            Assert.That(scenario.Best(), Is.EquivalentTo(model.Executable()));
            Assert.That(scenario.Pool.ExecutableCount, Is.EqualTo(model.Executable().Count));
            Assert.That(scenario.Pool.Bytes, Is.EqualTo(model.Pool.Sum(entry => (long)entry.Transaction.Size)));
            for (int i = 1; i <= 3; i++) Assert.That(scenario.Pool.NextNonce(AddressOf(i)), Is.EqualTo(model.NextNonce(i)));
        }
    }

    private sealed class Model
    {
        public Dictionary<int, (ulong Nonce, UInt256 Balance)> Accounts { get; } = [];

        public List<(int Account, Transaction Transaction)> Pool { get; } = [];

        public ulong BaseFee { get; set; } = Gwei;

        public Rejection? Add(int account, Transaction transaction)
        {
            if (Pool.Any(entry => entry.Transaction.Hash == transaction.Hash)) return Rejections.AlreadyKnown;
            ulong gap = transaction.Nonce - Accounts[account].Nonce;
            if (gap >= ExecutableMax + QueuedMax) return Rejections.NonceGapTooLarge;

            (int Account, Transaction Transaction)? old = Pool
                .Where(entry => entry.Account == account && entry.Transaction.Nonce == transaction.Nonce)
                .Select(entry => ((int, Transaction)?)entry).FirstOrDefault();
            if (old is { } same)
            {
                // The tip is the same in all of this test's transactions, so no replacement can raise it.
                Assert.That(transaction.MaxPriorityFeePerGas, Is.EqualTo(same.Transaction.MaxPriorityFeePerGas));
                return Rejections.ReplacementUnderpriced;
            }

            // Counted as the pool would stand with it: queued is whatever the next block could not take.
            Pool.Add((account, transaction));
            int executable = Executable().Count(entry => entry.Sender == AddressOf(account));
            int queued = Pool.Count(entry => entry.Account == account) - executable;
            bool isExecutable = Executable().Contains((AddressOf(account), transaction.Nonce));
            UInt256 sum = Pool.Where(entry => entry.Account == account)
                .Aggregate(UInt256.Zero, (total, entry) => total + Cost((ulong)entry.Transaction.MaxFeePerGas));
            Rejection? rejection = !isExecutable && queued > QueuedMax ? Rejections.AccountLimitExceeded
                : sum > Accounts[account].Balance ? Rejections.InsufficientFunds : null;
            if (rejection is not null) Pool.RemoveAt(Pool.Count - 1);
            return rejection;
        }

        public void DropInvalid(int account)
        {
            Pool.RemoveAll(entry => entry.Account == account && entry.Transaction.Nonce < Accounts[account].Nonce);
            while (true)
            {
                List<(int Account, Transaction Transaction)> own =
                    [.. Pool.Where(entry => entry.Account == account).OrderBy(entry => entry.Transaction.Nonce)];
                UInt256 sum = own.Aggregate(UInt256.Zero, (total, entry) => total + Cost((ulong)entry.Transaction.MaxFeePerGas));
                if (sum <= Accounts[account].Balance) return;
                Pool.Remove(own[^1]);
            }
        }

        public List<(Address Sender, ulong Nonce)> Executable()
        {
            var result = new List<(Address, ulong)>();
            foreach ((int account, (ulong first, _)) in Accounts)
            {
                for (ulong nonce = first; nonce < first + ExecutableMax; nonce++)
                {
                    Transaction? next = Pool.Find(e => e.Account == account && e.Transaction.Nonce == nonce).Transaction;
                    if (next is null || next.MaxFeePerGas < BaseFee) break;
                    result.Add((AddressOf(account), nonce));
                }
            }

            return result;
        }

        public ulong NextNonce(int account)
        {
            ulong nonce = Accounts[account].Nonce;
            while (Pool.Any(entry => entry.Account == account && entry.Transaction.Nonce == nonce)) nonce++;
            return nonce;
        }
    }
}
