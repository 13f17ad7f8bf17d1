using DePinChain.Modules.Sdk;
using DePinChain.Primitives;
using static DePinChain.Modules.Sdk.Guard;

namespace DePinChain.Modules.Compute;

// What other modules ask of escrow: accounts that pay by the block, and bonds that answer for promises.
public sealed partial class EscrowModule
{
    /// <summary>Opens an account with its first deposit.</summary>
    /// <param name="account">Its number, never used before.</param>
    /// <param name="owner">Who pays.</param>
    /// <param name="token">0 for DPN, else the number of a token.</param>
    /// <param name="amount">Base units.</param>
    /// <param name="source">Where the money is: the calling module for DPN that came with a call.</param>
    /// <param name="now">This block.</param>
    public void Open(Hash256 account, Address owner, uint token, UInt128 amount, Address source, ulong now)
    {
        Require(_vault.Exists(token), new UnknownAsset(token));
        Require(!Accounts.Contains(account), new AccountExists(account));
        AccountRecord record = new(
            owner, token, AccountState.Open, now, UInt128.Zero, UInt128.Zero, UInt128.Zero, UInt128.Zero, UInt128.Zero, DryHeight: 0, []);
        _vault.Move(token, source, Address, amount, account);
        Credit(account, record, owner, isGrant: false, amount, now);
    }

    /// <summary>True while an account takes and pays money.</summary>
    public bool IsOpen(Hash256 account) => Accounts.TryGet(account, out AccountRecord? record) && record.State == AccountState.Open;

    /// <summary>True when an account covers the least number of blocks with one more payment.</summary>
    public bool CanPromise(Hash256 account, UInt128 rate, ulong now)
    {
        AccountRecord record = GetAccountRecord(account);
        if (record.State != AccountState.Open || IsDry(record, now)) return false;
        record = Settled(record, now);
        return record.Balance / (record.RateSum + record.Promised + rate) >= Rules.Value.MinPrepaidBlocks;
    }

    /// <summary>Counts a payment that is agreed on but not started against what may be agreed on further.</summary>
    public void Promise(Hash256 account, UInt128 rate)
    {
        AccountRecord record = GetAccountRecord(account);
        Accounts[account] = record with { Promised = record.Promised + rate };
    }

    /// <summary>Takes a promise back that was not kept.</summary>
    public void TakePromiseBack(Hash256 account, UInt128 rate)
    {
        AccountRecord record = GetAccountRecord(account);
        Accounts[account] = record with { Promised = record.Promised - UInt128.Min(rate, record.Promised) };
    }

    /// <summary>Starts a payment at this block. It must be covered for at least one block.</summary>
    public void OpenPayment(Hash256 account, Hash256 payment, Address payee, UInt128 rate, ulong now)
    {
        AccountRecord record = GetAccountRecord(account);
        Require(record.State == AccountState.Open && !IsDry(record, now), new AccountEnded(account));
        Require(rate != UInt128.Zero, new ZeroRate(payment));
        Require(!Payments.Contains(payment), new PaymentExists(payment));
        Set<Hash256> open = OpenPayments[account];
        Require(open.Count < EscrowPolicy.PaymentsMax, new TooManyPayments(EscrowPolicy.PaymentsMax));
        record = Settled(record, now);
        Require(rate <= record.Balance && record.RateSum <= record.Balance - rate,
            new EscrowTooPoor(account, record.RateSum + rate, record.Balance));

        open.Add(payment);
        Payments[payment] = new PaymentRecord(account, payee, rate, PaymentState.Open, now, UInt128.Zero, FeeCarry: 0);
        record = Planned(account, record with { RateSum = record.RateSum + rate });
        Accounts[account] = record;
        logs.Emit(new PaymentOpened(payment, account, payee, rate, record.DryHeight));
    }

    /// <summary>True while a payment flows.</summary>
    public bool HasOpenPayment(Hash256 payment) => Payments.TryGet(payment, out PaymentRecord record) && record.State == PaymentState.Open;

    /// <summary>Ends a payment at this block and pays it out. Nothing happens when it has ended already.</summary>
    public void ClosePayment(Hash256 payment, ulong now)
    {
        PaymentRecord record = GetPaymentRecord(payment);
        if (record.State != PaymentState.Open || ExhaustIfDry(record.Account, now)) return;
        AccountRecord account = PayOut(payment, record, Settled(Accounts[record.Account], now), PaymentState.Closed);
        OpenPayments[record.Account].Remove(payment);
        Accounts[record.Account] = Planned(record.Account, account with { RateSum = account.RateSum - record.Rate });
        logs.Emit(new PaymentEnded(payment, record.Account, PaymentState.Closed));
    }

    /// <summary>
    /// Ends an account at this block: pays out its payments, and gives what is left back to those who paid it in. Nothing happens when it
    /// has ended already.
    /// </summary>
    public void Close(Hash256 account, ulong now)
    {
        AccountRecord record = GetAccountRecord(account);
        if (record.State != AccountState.Open || ExhaustIfDry(account, now)) return;
        record = Settled(record, now);
        foreach (Hash256 payment in Ordered(account))
        {
            record = PayOut(payment, Payments[payment], record, PaymentState.Closed);
            OpenPayments[account].Remove(payment);
            logs.Emit(new PaymentEnded(payment, account, PaymentState.Closed));
        }

        foreach (DepositEntry deposit in record.Deposits) Refund(account, record, deposit);
        Held[record.Token] -= record.Balance;
        End(account, record, AccountState.Closed);
    }

    /// <summary>Locks money that answers for a promise.</summary>
    /// <param name="bond">Its number, free now.</param>
    /// <param name="owner">Who gets it back.</param>
    /// <param name="token">0 for DPN, else the number of a token.</param>
    /// <param name="amount">Base units.</param>
    /// <param name="source">Where the money is.</param>
    public void Lock(Hash256 bond, Address owner, uint token, UInt128 amount, Address source)
    {
        Require(!Bonds.Contains(bond), new BondExists(bond));
        _vault.Move(token, source, Address, amount, bond);
        Bonds[bond] = new BondRecord(owner, token, amount);
        Held[token] += amount;
    }

    /// <summary>Gives what is left of a bond back.</summary>
    /// <returns>What was given back.</returns>
    public UInt128 Unlock(Hash256 bond)
    {
        if (!Bonds.TryGet(bond, out BondRecord record)) return UInt128.Zero;
        Bonds.Remove(bond);
        Held[record.Token] -= record.Amount;
        _vault.Move(record.Token, Address, record.Owner, record.Amount, bond);
        return record.Amount;
    }

    /// <summary>Takes part of a bond because its promise was broken, as far as it goes.</summary>
    /// <param name="bond">Its number.</param>
    /// <param name="to">Who gets it; the treasury's account stands for the community pool.</param>
    /// <param name="amount">How much.</param>
    /// <returns>What was taken.</returns>
    public UInt128 Forfeit(Hash256 bond, Address to, UInt128 amount)
    {
        if (!Bonds.TryGet(bond, out BondRecord record)) return UInt128.Zero;
        UInt128 taken = UInt128.Min(amount, record.Amount);
        if (taken == UInt128.Zero) return taken;
        Bonds[bond] = record with { Amount = record.Amount - taken };
        Held[record.Token] -= taken;
        if (to == WellKnownAddresses.Treasury) _vault.ToPool(record.Token, Address, taken);
        else _vault.Move(record.Token, Address, to, taken, bond);
        logs.Emit(new BondForfeited(bond, record.Owner, to, taken));
        return taken;
    }

    /// <summary>What is wrong with one account; for the invariants of whoever uses it.</summary>
    public IEnumerable<string> ViolationsOf(Hash256 account)
    {
        if (!Accounts.TryGet(account, out AccountRecord? record)) return [$"escrow: {account} does not exist"];
        List<PaymentRecord> open = [];
        foreach (Hash256 payment in OpenPayments[account].Page(0, EscrowPolicy.PaymentsMax)) open.Add(Payments[payment]);
        return EscrowInvariants.OfAccount(account, record, open);
    }

    private static bool IsDry(AccountRecord account, ulong now) => account.DryHeight != 0 && now >= account.DryHeight;

    private static UInt128 Pending(in PaymentRecord payment, AccountRecord account) => payment.Rate * (account.SettledAt - payment.PaidTo);

    // Draws whole blocks up to now. Nothing flows beyond the block at which the account runs dry, however late that is worked off.
    private static AccountRecord Settled(AccountRecord account, ulong now)
    {
        if (account.State != AccountState.Open) return account;
        ulong until = IsDry(account, now) ? account.DryHeight : now;
        UInt128 owed = account.RateSum * (until - account.SettledAt);
        return account with
        {
            SettledAt = until,
            Transferred = account.Transferred + owed,
            Balance = account.Balance - owed,
            Owed = account.Owed + owed,
            Deposits = owed == UInt128.Zero ? account.Deposits : EscrowPolicy.Draw(account.Deposits, owed),
        };
    }

    // Every change of the balance or of what flows moves the block at which the account runs dry; older plans for it are passed over.
    private AccountRecord Planned(Hash256 id, AccountRecord account)
    {
        ulong dry = EscrowPolicy.DryHeight(account.SettledAt, account.Balance, account.RateSum);
        if (dry != account.DryHeight && dry is > 0 and < EscrowPolicy.HeightMax) Drying.Add(dry, id);
        return account with { DryHeight = dry };
    }

    private void Credit(Hash256 id, AccountRecord account, Address payer, bool isGrant, UInt128 amount, ulong now)
    {
        Require(account.State == AccountState.Open && !IsDry(account, now), new AccountEnded(id));
        Require(amount != UInt128.Zero, new NothingToDeposit());
        account = Settled(account, now);
        DepositEntry[] deposits = EscrowPolicy.Append(account.Deposits, payer, isGrant, amount);
        Require(deposits.Length <= EscrowPolicy.DepositsMax, new TooManyDeposits(EscrowPolicy.DepositsMax));
        account = Planned(id, account with { Balance = account.Balance + amount, Deposits = deposits });
        Accounts[id] = account;
        Held[account.Token] += amount;
        logs.Emit(new EscrowDeposited(id, payer, account.Token, amount, isGrant, account.DryHeight));
    }

    // Pays what a payment has earned up to where its account is settled.
    private AccountRecord PayOut(Hash256 id, in PaymentRecord payment, AccountRecord account, PaymentState next)
    {
        UInt128 gross = Pending(payment, account);
        Pay(id, payment, account, gross, next);
        return account with { Owed = account.Owed - gross };
    }

    private void Pay(Hash256 id, in PaymentRecord payment, AccountRecord account, UInt128 gross, PaymentState next)
    {
        EscrowParameters rules = Rules.Value;
        ushort bps = account.Token == AssetVault.Native ? rules.TakeNativeBps : rules.TakeTokenBps;
        (UInt128 fee, ushort carry) = EscrowPolicy.Take(gross, bps, payment.FeeCarry);
        Payments[id] = payment with
        {
            State = next,
            PaidTo = account.SettledAt,
            Withdrawn = payment.Withdrawn + gross,
            FeeCarry = carry,
        };
        if (gross == UInt128.Zero) return;
        Held[account.Token] -= gross;
        _vault.Move(account.Token, Address, payment.Payee, gross - fee, id);
        _vault.ToPool(account.Token, Address, fee);
        logs.Emit(new PaymentWithdrawn(id, payment.Payee, gross, fee));
    }

    // The whole blocks are paid first, then what is left of a last one in proportion to the rates: Akash v0.38's two stages.
    private bool ExhaustIfDry(Hash256 id, ulong now)
    {
        if (!Accounts.TryGet(id, out AccountRecord? account) || account.State != AccountState.Open || !IsDry(account, now)) return false;
        account = Settled(account, now);
        if (TryTopUp(id, account, now)) return false;
        List<Hash256> open = Ordered(id);
        List<UInt128> rates = [];
        foreach (Hash256 payment in open) rates.Add(Payments[payment].Rate);
        UInt128[] shares = EscrowPolicy.Split(account.Balance, rates);
        for (int i = 0; i < open.Count; i++)
        {
            PaymentRecord payment = Payments[open[i]];
            Pay(open[i], payment, account, Pending(payment, account) + shares[i], PaymentState.Overdrawn);
            OpenPayments[id].Remove(open[i]);
            logs.Emit(new PaymentEnded(open[i], id, PaymentState.Overdrawn));
        }

        End(id, account with { Transferred = account.Transferred + account.Balance }, AccountState.Overdrawn);
        Dried.Add(now, id);
        return true;
    }

    // A late block tops up as of the height at which the money would have ended; if that is not enough, the account is due again at once.
    private bool TryTopUp(Hash256 id, AccountRecord account, ulong now)
    {
        if (!TopUps.TryGet(id, out TopUpRecord order)) return false;
        if (order.LastAt != 0 && now < order.LastAt + Rules.Value.DayBlocks) return false;
        UInt128 amount = UInt128.Min(order.PerDay, order.Left);

        // What does not cover a block would end the account all the same.
        if (amount < account.RateSum || _vault.BalanceOf(account.Token, account.Owner) < amount) return false;
        DepositEntry[] deposits = EscrowPolicy.Append(account.Deposits, account.Owner, isGrant: false, amount);
        if (deposits.Length > EscrowPolicy.DepositsMax) return false;
        _vault.Move(account.Token, account.Owner, Address, amount, id);
        TopUps[id] = new TopUpRecord(order.PerDay, order.Left - amount, now);
        account = Planned(id, account with { Balance = account.Balance + amount, Deposits = deposits });
        Accounts[id] = account;
        Held[account.Token] += amount;
        logs.Emit(new EscrowDeposited(id, account.Owner, account.Token, amount, IsGrant: false, account.DryHeight));
        return true;
    }

    private void End(Hash256 id, AccountRecord account, AccountState next)
    {
        Accounts[id] = account with
        {
            State = next,
            Balance = UInt128.Zero,
            Owed = UInt128.Zero,
            RateSum = UInt128.Zero,
            Promised = UInt128.Zero,
            DryHeight = 0,
            Deposits = [],
        };
        TopUps.Remove(id);
        logs.Emit(new EscrowEnded(id, account.Owner, next));
    }

    private void Refund(Hash256 id, AccountRecord account, in DepositEntry deposit)
    {
        _vault.Move(account.Token, Address, deposit.Payer, deposit.Left, id);
        (Address Granter, Address Grantee, uint Token) key = (deposit.Payer, account.Owner, account.Token);
        if (deposit.IsGrant && Grants.TryGet(key, out GrantRecord grant))
            Grants[key] = grant with { Limit = grant.Limit + UInt128.Min(deposit.Left, UInt128.MaxValue - grant.Limit) };
        logs.Emit(new EscrowRefunded(id, deposit.Payer, deposit.Left, deposit.IsGrant));
    }

    // In ascending order of their numbers, so that the split does not depend on the order they were opened in.
    private List<Hash256> Ordered(in Hash256 account)
    {
        List<Hash256> open = [.. OpenPayments[account].Page(0, EscrowPolicy.PaymentsMax)];
        open.Sort();
        return open;
    }
}
