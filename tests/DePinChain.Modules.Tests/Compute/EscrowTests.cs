using DePinChain.Modules.Compute;
using DePinChain.Modules.Sdk;
using DePinChain.Primitives;
using static DePinChain.Modules.Tests.Compute.ComputeNetwork;

namespace DePinChain.Modules.Tests.Compute;

public sealed class EscrowTests
{
    private static readonly Hash256 Account = Keccak256.Hash("account"u8);
    private static readonly Hash256 Payment = Keccak256.Hash("payment"u8);
    private static readonly UInt128 Dpn = Amount.One.Wei;

    [Test]
    public void Money_ends_in_the_exact_block_that_it_no_longer_covers()
    {
        // 1,000 at 30 a block from block 5: 33 whole blocks, so dry at 38 with 10 left, all of which the payee gets. Take: 40.
        ComputeNetwork network = Opened(1_000, at: 5);
        UInt128 before = network.CoinsOf(North);
        network.Escrow.OpenPayment(Account, Payment, North, 30, now: 5);
        Assert.That(network.Escrow.GetAccount(network.Block, Account).DryHeight, Is.EqualTo(38));
        network.RunTo(37);
        AccountReport last = network.Escrow.GetAccount(network.Block, Account);
        Assert.That((last.State, last.Balance, last.Owed), Is.EqualTo((AccountState.Open, (UInt128)40, (UInt128)960)));
        network.RunTo(38);

        AccountReport ended = network.Escrow.GetAccount(network.Block, Account);
        Assert.That((ended.State, ended.Balance, ended.Transferred), Is.EqualTo((AccountState.Overdrawn, UInt128.Zero, (UInt128)1_000)));
        Assert.That(network.CoinsOf(North) - before, Is.EqualTo((UInt128)960));
        Assert.That(network.Pool, Is.EqualTo((UInt128)40));
        Assert.That(
            network.EventsOf<EscrowEnded>(network.Escrow), Is.EqualTo(new[] { new EscrowEnded(Account, Tenant, AccountState.Overdrawn) }));
        Assert.That(network.EventsOf<PaymentEnded>(network.Escrow), Is.EqualTo(new[]
        {
            new PaymentEnded(Payment, Account, PaymentState.Overdrawn),
        }));
    }

    [Test]
    public void What_is_left_of_a_last_block_is_split_to_the_base_unit()
    {
        // 17 left of rates 5, 6, 7 (18): floor(17·5/18) = 4, floor(17·6/18) = 5, floor(17·7/18) = 6; 2 units go to the first two.
        Assert.That(EscrowPolicy.Split(17, [5, 6, 7]), Is.EqualTo(new UInt128[] { 5, 6, 6 }));
        Assert.That(EscrowPolicy.Split(0, [5, 6, 7]), Is.EqualTo(new UInt128[] { 0, 0, 0 }));
        Assert.That(EscrowPolicy.Split(UInt128.MaxValue / 2, [UInt128.MaxValue / 2, UInt128.MaxValue / 2]),
            Is.EqualTo(new[] { (UInt128.MaxValue / 4) + 1, UInt128.MaxValue / 4 }));
    }

    [Test]
    public void A_late_pay_out_owes_nothing_more()
    {
        // Dry at block 10, but worked off at block 15 only: as at block 10.
        ComputeNetwork network = Opened(100);
        network.Escrow.OpenPayment(Account, Payment, North, 10, now: 0);
        network.JumpTo(15);
        PaymentReport report = network.Escrow.GetPayment(network.Block, Payment);
        Assert.That((report.State, report.Withdrawn), Is.EqualTo((PaymentState.Overdrawn, (UInt128)100)));
    }

    [Test]
    public void A_withdrawal_in_time_pays_whole_blocks_and_a_top_up_moves_the_end()
    {
        ComputeNetwork network = Opened(100);
        network.Escrow.OpenPayment(Account, Payment, North, 10, now: 0);
        network.RunTo(4);
        network.Send(Guest, network.Escrow, EscrowCalls.Withdraw([Payment]));
        network.Send(Tenant, network.Escrow, EscrowCalls.Deposit(Account, 55), 55);

        // 40 drawn, 60 + 55 = 115 left: 11 blocks from 4 on.
        Assert.That(network.Escrow.GetAccount(network.Block, Account).DryHeight, Is.EqualTo(15));
        Assert.That(
            network.EventsOf<PaymentWithdrawn>(network.Escrow), Is.EqualTo(new[] { new PaymentWithdrawn(Payment, North, 40, 1) }));
        network.RunTo(14);
        Assert.That(network.Escrow.IsOpen(Account), Is.True);
        network.RunTo(15);
        Assert.That(network.Escrow.IsOpen(Account), Is.False);
    }

    [Test]
    public void Tiny_withdrawals_do_not_dodge_the_take()
    {
        // 100 withdrawals of 1 pay 4 in all, as one of 100 does: 24 of 25 pay nothing and leave 400 ten-thousandths each.
        ComputeNetwork network = Opened(1_000);
        network.Escrow.OpenPayment(Account, Payment, North, 1, now: 0);
        for (ulong height = 1; height <= 100; height++)
        {
            network.RunTo(height);
            network.Send(North, network.Escrow, EscrowCalls.Withdraw([Payment]));
        }

        Assert.That(network.Pool, Is.EqualTo((UInt128)4));
    }

    [Test]
    public void Tokens_pay_a_fifth()
    {
        ComputeNetwork network = new();
        network.Escrow.Open(Account, Tenant, 1, 1_000, Tenant, now: 0);
        network.Escrow.OpenPayment(Account, Payment, South, 10, now: 0);
        network.RunTo(10);
        network.Escrow.Close(Account, now: 10);

        Assert.That(network.DollarsOf(South), Is.EqualTo((UInt128)1_000_000_080));
        Assert.That(network.Treasury.PoolOf(1), Is.EqualTo((UInt128)20));
        Assert.That(network.DollarsOf(Tenant), Is.EqualTo((UInt128)(1_000_000_000 - 100)));
        network.Send(Tenant, network.Escrow, EscrowCalls.AllowDeposit(Guest, 1, 5, 100));
    }

    [Test]
    public void Everybody_gets_his_own_rest_back_and_a_grant_its_limit()
    {
        // Alice 100, then 70 of Bob's allowance of 80. 13 blocks of 10 draw Alice's 100 and 30 of Bob's: 40 are left, all Bob's.
        ComputeNetwork network = Opened(100);
        network.Send(Guest, network.Escrow, EscrowCalls.AllowDeposit(Tenant, 0, 80, 1_000));
        UInt128 before = network.CoinsOf(Guest);
        network.Send(Tenant, network.Escrow, EscrowCalls.DepositFromGrant(Account, Guest, 70));
        Assert.That(before - network.CoinsOf(Guest), Is.EqualTo((UInt128)70));
        network.Escrow.OpenPayment(Account, Payment, North, 10, now: 0);
        network.RunTo(13);
        network.Escrow.Close(Account, now: 13);

        Assert.That(before - network.CoinsOf(Guest), Is.EqualTo((UInt128)30));
        Assert.That(network.Escrow.GetGrant(Guest, Tenant, 0), Is.EqualTo(new GrantRecord(50, 1_000)));
        Assert.That(
            network.EventsOf<EscrowRefunded>(network.Escrow), Is.EqualTo(new[] { new EscrowRefunded(Account, Guest, 40, true) }));
    }

    [Test]
    public void Grants_have_an_end_and_a_limit()
    {
        ComputeNetwork network = Opened(100);
        network.RunTo(5);
        network.Refuses(
            () => network.Send(Guest, network.Escrow, EscrowCalls.AllowDeposit(Tenant, 0, 80, 5)), new GrantExpiryPast(5, 5));
        network.Refuses(() => network.Send(Guest, network.Escrow, EscrowCalls.AllowDeposit(Tenant, 9, 80, 6)), new UnknownAsset(9));
        network.Send(Guest, network.Escrow, EscrowCalls.AllowDeposit(Tenant, 0, 80, 6));
        network.Refuses(
            () => network.Send(Tenant, network.Escrow, EscrowCalls.DepositFromGrant(Account, Guest, 81)), new GrantTooSmall(Guest, 81, 80));
        network.RunTo(6);
        network.Refuses(
            () => network.Send(Tenant, network.Escrow, EscrowCalls.DepositFromGrant(Account, Guest, 1)), new GrantTooSmall(Guest, 1, 0));
        network.Send(Guest, network.Escrow, EscrowCalls.AllowDeposit(Tenant, 0, 0, 7));
        Assert.That(network.Escrow.GetGrant(Guest, Tenant, 0), Is.EqualTo(default(GrantRecord)));
        Assert.That(network.EventsOf<DepositAllowed>(network.Escrow), Has.Count.EqualTo(2));
    }

    [Test]
    public void A_standing_order_keeps_the_money_from_ending_once_a_day()
    {
        // 10 a block, 100 there: dry at 10. A day of 5 blocks: 50 more at 10, dry at 15; the last 30 of 80 at 15, dry at 18; then it ends.
        ComputeNetwork network = Opened(new EscrowGenesis { DayBlocks = 5 }, 100);
        network.Escrow.OpenPayment(Account, Payment, North, 10, now: 0);
        network.Refuses(
            () => network.Send(Guest, network.Escrow, EscrowCalls.AutoTopUp(Account, 50, 80)), new NotAccountOwner(Tenant, Guest));
        network.Send(Tenant, network.Escrow, EscrowCalls.AutoTopUp(Account, 50, 80));
        UInt128 before = network.CoinsOf(Tenant);
        network.RunTo(10);
        Assert.That(network.Escrow.GetAccount(network.Block, Account).DryHeight, Is.EqualTo(15));
        Assert.That(network.Escrow.GetTopUp(Account), Is.EqualTo(new TopUpRecord(50, 30, 10)));
        network.RunTo(17);
        Assert.That(network.Escrow.IsOpen(Account), Is.True);
        network.RunTo(18);
        Assert.That(network.Escrow.IsOpen(Account), Is.False);
        Assert.That(before - network.CoinsOf(Tenant), Is.EqualTo((UInt128)80));
        Assert.That(network.Escrow.GetPayment(network.Block, Payment).Withdrawn, Is.EqualTo((UInt128)180));
        Assert.That(network.Escrow.GetTopUp(Account), Is.EqualTo(default(TopUpRecord)));
        network.Refuses(
            () => network.Send(Tenant, network.Escrow, EscrowCalls.AutoTopUp(Account, 50, 80)), new AccountEnded(Account));
    }

    [Test]
    public void A_standing_order_is_not_followed_within_a_day_nor_without_money_nor_when_it_was_ended()
    {
        Ends(perDay: 50, day: 6, at: 15);
        Ends(perDay: 9, day: 1, at: 10);
        Ends(perDay: 50, day: 1, at: 10, spend: true);
        Ends(perDay: 0, day: 1, at: 10);

        static void Ends(uint perDay, uint day, ulong at, bool spend = false)
        {
            ComputeNetwork network = Opened(new EscrowGenesis { DayBlocks = day }, 100);
            network.Escrow.OpenPayment(Account, Payment, North, 10, now: 0);
            network.Send(Tenant, network.Escrow, EscrowCalls.AutoTopUp(Account, 50, 80));
            network.Send(Tenant, network.Escrow, EscrowCalls.AutoTopUp(Account, perDay, 80));
            if (spend) network.World.Transfer(Tenant, Guest, network.World.BalanceOf(Tenant) - new Amount(49));
            network.RunTo(at - 1);
            Assert.That(network.Escrow.IsOpen(Account), Is.True);
            network.RunTo(at);
            Assert.That(network.Escrow.IsOpen(Account), Is.False);
        }
    }

    [Test]
    public void Deposits_are_refused_with_a_reason()
    {
        ComputeNetwork network = Opened(100);
        Hash256 unknown = Keccak256.Hash("unknown"u8);
        Deposit(unknown, 1, 1, new UnknownAccount(unknown));
        Deposit(Account, 5, 4, new WrongValue(5, 4));
        Deposit(Account, 0, 0, new NothingToDeposit());
        network.Refuses(
            () => network.Send(Guest, network.Escrow, EscrowCalls.Deposit(Account, 5), 5), new NotAccountOwner(Tenant, Guest));
        network.Refuses(() => network.Escrow.Open(Account, Tenant, 0, 1, Tenant, 0), new AccountExists(Account));
        network.Refuses(() => network.Escrow.Open(unknown, Tenant, 7, 1, Tenant, 0), new UnknownAsset(7));

        network.Escrow.Open(unknown, Tenant, 1, 10, Tenant, now: 0);
        network.Refuses(() => network.Send(Tenant, network.Escrow, EscrowCalls.Deposit(unknown, 5), 5), new WrongValue(0, 5));
        network.Send(Tenant, network.Escrow, EscrowCalls.Deposit(unknown, 5));
        Assert.That(network.Escrow.GetAccount(network.Block, unknown).Deposits, Is.EqualTo(new[] { new DepositEntry(Tenant, false, 15) }));
        network.Escrow.Close(Account, now: 0);
        Deposit(Account, 5, 5, new AccountEnded(Account));
        network.Escrow.Close(Account, now: 0);

        void Deposit<TError>(Hash256 account, ulong amount, ulong value, TError error)
            where TError : struct, IError =>
            network.Refuses(() => network.Send(Tenant, network.Escrow, EscrowCalls.Deposit(account, amount), value), error);
    }

    [Test]
    public void An_account_has_so_many_deposits_and_payments()
    {
        ComputeNetwork network = Opened(1_000);
        network.Send(Guest, network.Escrow, EscrowCalls.AllowDeposit(Tenant, 0, 100, 1_000));
        for (int i = 1; i < EscrowPolicy.DepositsMax; i++)
        {
            if (i % 2 == 1) network.Send(Tenant, network.Escrow, EscrowCalls.DepositFromGrant(Account, Guest, 1));
            else network.Send(Tenant, network.Escrow, EscrowCalls.Deposit(Account, 1), 1);
        }

        network.Refuses(
            () => network.Send(Tenant, network.Escrow, EscrowCalls.Deposit(Account, 1), 1),
            new TooManyDeposits(EscrowPolicy.DepositsMax));
        for (uint i = 0; i < EscrowPolicy.PaymentsMax; i++) network.Escrow.OpenPayment(Account, Number(i), North, 1, now: 0);
        network.Refuses(
            () => network.Escrow.OpenPayment(Account, Payment, North, 1, 0), new TooManyPayments(EscrowPolicy.PaymentsMax));
        Assert.That(network.Escrow.ViolationsOf(Account), Is.Empty);
    }

    [Test]
    public void Payments_are_refused_with_a_reason()
    {
        ComputeNetwork network = Opened(100);
        network.Refuses(() => network.Send(North, network.Escrow, EscrowCalls.Withdraw([Payment])), new UnknownPayment(Payment));
        network.Refuses(() => network.Escrow.OpenPayment(Account, Payment, North, 0, 0), new ZeroRate(Payment));
        network.Refuses(() => network.Escrow.OpenPayment(Account, Payment, North, 101, 0), new EscrowTooPoor(Account, 101, 100));
        network.Escrow.OpenPayment(Account, Payment, North, 60, now: 0);
        network.Refuses(() => network.Escrow.OpenPayment(Account, Payment, North, 1, 0), new PaymentExists(Payment));
        network.Refuses(() => network.Escrow.OpenPayment(Account, Number(1), North, 41, 0), new EscrowTooPoor(Account, 101, 100));
        network.Escrow.ClosePayment(Payment, now: 0);
        network.Refuses(() => network.Send(North, network.Escrow, EscrowCalls.Withdraw([Payment])), new PaymentNotOpen(Payment));
        network.Escrow.Close(Account, now: 0);
        network.Refuses(() => network.Escrow.OpenPayment(Account, Number(1), North, 1, 0), new AccountEnded(Account));
        Assert.That(network.Escrow.CanPromise(Account, 1, 0), Is.False);
    }

    [Test]
    public void Promises_count_before_they_are_kept()
    {
        // 25 blocks in advance: 100 covers a rate of 4, and with 3 promised a rate of 1.
        ComputeNetwork network = Opened(100);
        Assert.That((network.Escrow.CanPromise(Account, 4, 0), network.Escrow.CanPromise(Account, 5, 0)), Is.EqualTo((true, false)));
        network.Escrow.Promise(Account, 3);
        Assert.That((network.Escrow.CanPromise(Account, 1, 0), network.Escrow.CanPromise(Account, 2, 0)), Is.EqualTo((true, false)));
        network.Escrow.TakePromiseBack(Account, 3);
        Assert.That(network.Escrow.CanPromise(Account, 4, 0), Is.True);
    }

    [Test]
    public void A_bond_comes_back_less_what_was_taken()
    {
        ComputeNetwork network = new();
        network.Escrow.Lock(Payment, North, 0, 10 * Dpn, North);
        network.Refuses(() => network.Escrow.Lock(Payment, North, 0, 1, North), new BondExists(Payment));
        Assert.That(network.Escrow.Forfeit(Payment, Tenant, 3 * Dpn), Is.EqualTo(3 * Dpn));
        Assert.That(network.Escrow.Forfeit(Payment, WellKnownAddresses.Treasury, Dpn), Is.EqualTo(Dpn));
        Assert.That(network.Escrow.GetBond(Payment), Is.EqualTo(new BondRecord(North, 0, 6 * Dpn)));
        Assert.That(network.Escrow.Unlock(Payment), Is.EqualTo(6 * Dpn));
        Assert.That(network.Escrow.Unlock(Payment), Is.EqualTo(UInt128.Zero));
        Assert.That(network.Escrow.Forfeit(Payment, Tenant, 1), Is.EqualTo(UInt128.Zero));
        Assert.That((network.Pool, network.CoinsOf(North)), Is.EqualTo((Dpn, 999_996 * Dpn)));
        Assert.That(network.EventsOf<BondForfeited>(network.Escrow), Has.Count.EqualTo(2));
    }

    private static ComputeNetwork Opened(ulong deposit, ulong at = 0) => Opened(new EscrowGenesis(), deposit, at);

    private static ComputeNetwork Opened(EscrowGenesis rules, ulong deposit, ulong at = 0)
    {
        ComputeNetwork network = new(rules);
        network.RunTo(at);
        network.Escrow.Open(Account, Tenant, 0, deposit, Tenant, at);
        return network;
    }

    private static Hash256 Number(uint number) => Keccak256.Hash(BitConverter.GetBytes(number));
}
