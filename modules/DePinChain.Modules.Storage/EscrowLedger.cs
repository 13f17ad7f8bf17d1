using DePinChain.Modules.Economy;
using DePinChain.Modules.Sdk;
using DePinChain.Primitives;
using static DePinChain.Modules.Sdk.Guard;

namespace DePinChain.Modules.Storage;

/// <summary>
/// What clients and providers keep at the market, by account and token; 0 is DPN. Everything a deal locks, pays or loses moves here, and
/// the module's own balance is always the sum.
/// </summary>
[ModulePart]
internal sealed partial class EscrowLedger(ModuleState state, IBank bank, ITokens tokens, ITreasury treasury)
{
    /// <summary>DPN's number among tokens.</summary>
    public const uint Dpn = 0;

    [Slot(10)] private partial Map<(Address Account, uint Token), EscrowRecord> Accounts { get; }
    [Slot(11)] private partial Map<uint, UInt128> Totals { get; }
    [Slot(12)] private partial Set<uint> Known { get; }

    public EscrowRecord Find(Address account, uint token) => Accounts.TryGet((account, token), out EscrowRecord record) ? record : default;

    /// <summary>Tokens of which there ever was a deposit.</summary>
    public Set<uint> Tokens => Known;

    public UInt128 TotalOf(uint token) => Totals[token];

    /// <summary>What the module really holds of a token.</summary>
    public UInt128 HeldOf(uint token) =>
        token == Dpn ? bank.BalanceOf(state.Module).Wei : tokens.BalanceOf(token, state.Module);

    /// <summary>Credits what has just come in.</summary>
    public void Credit(Address account, uint token, UInt128 amount)
    {
        EscrowRecord record = Find(account, token);
        Accounts[(account, token)] = record with { Total = record.Total + amount };
        Totals[token] += amount;
        Known.Add(token);
    }

    /// <summary>Pays out of the free part.</summary>
    public void Withdraw(Address account, uint token, UInt128 amount)
    {
        Debit(account, token, amount, locked: false);
        if (token == Dpn) bank.Transfer(state.Module, account, new Amount(amount));
        else tokens.Move(token, state.Module, account, amount);
    }

    /// <summary>Pays free DPN of an account to somebody else.</summary>
    public void Spend(Address account, Address to, Amount amount)
    {
        Debit(account, Dpn, amount.Wei, locked: false);
        bank.Transfer(state.Module, to, amount);
    }

    /// <summary>Locks a part of what is free.</summary>
    public void Lock(Address account, uint token, UInt128 amount)
    {
        EscrowRecord record = Find(account, token);
        Require(record.Free >= amount, new EscrowTooSmall(account, amount, record.Free));
        Accounts[(account, token)] = record with { Locked = record.Locked + amount };
    }

    /// <summary>Frees what was locked.</summary>
    public void Unlock(Address account, uint token, UInt128 amount)
    {
        if (amount == UInt128.Zero) return;
        EscrowRecord record = Find(account, token);
        Accounts[(account, token)] = record with { Locked = record.Locked - amount };
    }

    /// <summary>Moves locked funds of one account to the free ones of another.</summary>
    public void PayLocked(Address from, Address to, uint token, UInt128 amount)
    {
        if (amount == UInt128.Zero) return;
        Debit(from, token, amount, locked: true);
        Credit(to, token, amount);
    }

    /// <summary>Burns locked DPN.</summary>
    public void BurnLocked(Address from, Amount amount)
    {
        if (amount.IsZero) return;
        Debit(from, Dpn, amount.Wei, locked: true);
        treasury.Burn(state.Module, amount);
    }

    /// <summary>Burns free DPN.</summary>
    public void BurnFree(Address from, Amount amount)
    {
        EscrowRecord record = Find(from, Dpn);
        Require(record.Free >= amount.Wei, new EscrowTooSmall(from, amount.Wei, record.Free));
        Debit(from, Dpn, amount.Wei, locked: false);
        treasury.Burn(state.Module, amount);
    }

    /// <summary>
    /// Takes the network's part of locked funds: half of DPN is burned, the rest and other tokens go to the community pool.
    /// </summary>
    /// <returns>What was burned.</returns>
    public Amount Take(Address from, uint token, UInt128 amount)
    {
        if (amount == UInt128.Zero) return Amount.Zero;
        Debit(from, token, amount, locked: true);
        if (token != Dpn)
        {
            treasury.DepositToken(token, state.Module, amount);
            return Amount.Zero;
        }

        // An odd wei goes to the pool.
        Amount burned = new(amount / 2);
        treasury.Burn(state.Module, burned);
        treasury.Deposit(state.Module, new Amount(amount) - burned);
        return burned;
    }

    private void Debit(Address account, uint token, UInt128 amount, bool locked)
    {
        EscrowRecord record = Find(account, token);
        Accounts[(account, token)] = new EscrowRecord(record.Total - amount, locked ? record.Locked - amount : record.Locked);
        Totals[token] -= amount;
    }
}
