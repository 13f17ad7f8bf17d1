using System.Numerics;
using DePinChain.Modules.Compute;
using DePinChain.Primitives;
using static DePinChain.Modules.Tests.Compute.ComputeNetwork;

namespace DePinChain.Modules.Tests.Compute;

/// <summary>
/// Escrow against the obvious way to pay by the block: at every block walk all payments and move their rates. It knows nothing of lazy
/// settlement or planned heights.
/// </summary>
public sealed class EscrowModelTests
{
    private static readonly Hash256 Account = Keccak256.Hash("account"u8);

    [Test]
    public void Lazy_settlement_pays_what_walking_every_block_pays([Range(1, 40)] int seed)
    {
        Random random = new(seed);
        ComputeNetwork network = new(new EscrowGenesis { TakeNativeBps = 0 });
        Naive naive = new() { Balance = random.Next(100, 3_000) };
        network.Escrow.Open(Account, Tenant, 0, (UInt128)naive.Balance, Tenant, now: 0);
        List<Hash256> payments = [];
        for (int step = 0; step < 60; step++)
        {
            switch (random.Next(6))
            {
                case 0 when naive.IsOpen && payments.Count < 8:
                    int rate = random.Next(1, 60);
                    if (naive.Balance < naive.RateSum + rate) break;
                    Hash256 opened = Keccak256.Hash([(byte)seed, (byte)payments.Count]);
                    payments.Add(opened);
                    network.Escrow.OpenPayment(Account, opened, North, (UInt128)rate, network.Height);
                    naive.Rates[opened] = rate;
                    naive.Earned[opened] = 0;
                    break;
                case 1 when naive.IsOpen:
                    int amount = random.Next(1, 400);
                    network.Send(Tenant, network.Escrow, EscrowCalls.Deposit(Account, (UInt128)amount), (UInt128)amount);
                    naive.Balance += amount;
                    break;
                case 2 when payments.Count > 0:
                    Hash256 closed = payments[random.Next(payments.Count)];
                    network.Escrow.ClosePayment(closed, network.Height);
                    naive.Rates.Remove(closed);
                    break;
                case 3 when naive.Rates.Count > 0:
                    network.Send(Guest, network.Escrow, EscrowCalls.Withdraw([naive.Rates.Keys.First()]));
                    break;
                default:
                    int blocks = random.Next(1, 6);
                    for (int i = 0; i < blocks; i++) naive.Next();
                    network.RunTo(network.Height + (ulong)blocks);
                    break;
            }

            Compare(network, naive, payments);
        }
    }

    private static void Compare(ComputeNetwork network, Naive naive, List<Hash256> payments)
    {
        AccountReport account = network.Escrow.GetAccount(network.Block, Account);
        Assert.That((BigInteger)account.Balance, Is.EqualTo(naive.Balance));
        Assert.That(account.State == AccountState.Open, Is.EqualTo(naive.IsOpen));
        Assert.That(network.Escrow.ViolationsOf(Account), Is.Empty);
        foreach (Hash256 payment in payments)
        {
            PaymentReport report = network.Escrow.GetPayment(network.Block, payment);
            Assert.That((BigInteger)(report.Withdrawn + report.Pending), Is.EqualTo(naive.Earned[payment]));
        }
    }

    private sealed class Naive
    {
        public SortedDictionary<Hash256, BigInteger> Rates { get; } = [];

        public SortedDictionary<Hash256, BigInteger> Earned { get; } = [];

        public BigInteger Balance { get; set; }

        public bool IsOpen { get; private set; } = true;

        public BigInteger RateSum => Rates.Values.Aggregate(BigInteger.Zero, static (sum, rate) => sum + rate);

        // Serves a block, then asks whether the next one is covered.
        public void Next()
        {
            BigInteger sum = RateSum;
            if (sum.IsZero) return;
            foreach ((Hash256 payment, BigInteger rate) in Rates) Earned[payment] += rate;
            Balance -= sum;
            if (Balance >= sum) return;
            BigInteger rest = Balance;
            BigInteger given = 0;
            foreach ((Hash256 payment, BigInteger rate) in Rates)
            {
                Earned[payment] += rest * rate / sum;
                given += rest * rate / sum;
            }

            foreach (Hash256 payment in Rates.Keys)
                if (given++ < rest) Earned[payment] += 1;
            Rates.Clear();
            Balance = 0;
            IsOpen = false;
        }
    }
}
