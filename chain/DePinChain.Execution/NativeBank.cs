using DePinChain.Modules.Sdk;
using DePinChain.Primitives;
using DePinChain.State;

namespace DePinChain.Execution;

/// <summary>The native coin over account balances. Move, mint and burn are all there is, and every one is booked for
/// conservation.</summary>
/// <remarks>Within a block only this class changes balances, so its list of touched accounts is complete.</remarks>
internal sealed class NativeBank(StateOverlay overlay, Meter meter, AccessSet access, LogJournal logs) : ICoinIssuer
{
    private UInt256 _supplyBefore;
    private readonly LookupTable<Address, bool> _known = new();
    private readonly List<(Address Account, UInt256 Before)> _touched = [];

    /// <summary>Wei created and destroyed so far in this scope.</summary>
    public (UInt256 Minted, UInt256 Burned) Totals { get; private set; }

    /// <inheritdoc/>
    public Amount TotalSupply
    {
        get
        {
            bool first = access.TouchAccount(WellKnownAddresses.System);
            meter.ChargeTouch(first, GasSchedule.Read(first));
            return Held(_supplyBefore + Totals.Minted - Totals.Burned);
        }
    }

    /// <inheritdoc/>
    public Amount BalanceOf(Address account)
    {
        bool first = access.TouchAccount(account);
        meter.ChargeTouch(first, GasSchedule.Read(first));
        return Held(overlay.BalanceOf(account));
    }

    /// <inheritdoc/>
    public void Transfer(Address from, Address to, Amount amount, Hash256 reference = default)
    {
        if (amount.IsZero) return;
        ChargeMove(from, to);
        Require(from, amount);
        Move(from, to, amount.ToUInt256());
        logs.AppendPaid(WellKnownAddresses.System, new NativeTransfer(from, to, amount, reference));
    }

    /// <inheritdoc/>
    public void Mint(Address to, Amount amount)
    {
        if (amount.IsZero) return;
        meter.ChargeTouch(access.TouchAccount(to), GasSchedule.Write);
        Credit(to, amount.ToUInt256());
        Totals = (Totals.Minted + amount.ToUInt256(), Totals.Burned);
    }

    /// <inheritdoc/>
    public void Burn(Address from, Amount amount)
    {
        if (amount.IsZero) return;
        meter.ChargeTouch(access.TouchAccount(from), GasSchedule.Write);
        Require(from, amount);
        Debit(from, amount.ToUInt256());
        Totals = (Totals.Minted, Totals.Burned + amount.ToUInt256());
    }

    /// <summary>The supply that this scope starts from.</summary>
    public void StartFrom(Amount supply) => _supplyBefore = supply.ToUInt256();

    /// <summary>Moves wei for the kernel: a transaction's value, which its receipt shows.</summary>
    public void Move(Address from, Address to, UInt256 wei)
    {
        Debit(from, wei);
        Credit(to, wei);
    }

    /// <summary>Takes what a transaction's whole gas costs; <see cref="Settle"/> says where it goes.</summary>
    public void Withhold(Address sender, UInt256 wei) => Debit(sender, wei);

    /// <summary>Returns what unused gas cost and burns the base fee; the rest of what was withheld is the block's priority fee.</summary>
    public void Settle(Address sender, UInt256 returned, UInt256 burned)
    {
        if (!returned.IsZero) Credit(sender, returned);
        Totals = (Totals.Minted, Totals.Burned + burned);
    }

    /// <summary>Pays withheld priority fees out.</summary>
    public void PayFees(Address pot, UInt256 wei)
    {
        if (!wei.IsZero) Credit(pot, wei);
    }

    /// <summary>Returns to earlier totals; balances return with the overlay.</summary>
    public void Restore((UInt256 Minted, UInt256 Burned) totals) => Totals = totals;

    /// <summary>Checks that what balances gained and lost is what was minted and burned. A break is the kernel's own fault.</summary>
    public void CheckConservation()
    {
        UInt256 gained = Totals.Burned;
        UInt256 lost = Totals.Minted;
        foreach ((Address account, UInt256 before) in _touched)
        {
            UInt256 now = overlay.BalanceOf(account);
            if (now >= before) gained += now - before;
            else lost += before - now;
        }
        Invariant.Assert(gained == lost, $"Balances gained and lost what was minted and burned: {gained} against {lost} wei.");
    }

    private void ChargeMove(Address from, Address to)
    {
        bool firstFrom = access.TouchAccount(from);
        bool firstTo = access.TouchAccount(to);
        if (!meter.IsStep)
        {
            meter.Charge(GasSchedule.NativeTransfer);
            return;
        }
        meter.ChargeTouch(firstFrom, GasSchedule.ReadAgain);
        meter.ChargeTouch(firstTo, GasSchedule.ReadAgain);
        meter.ChargeLog(GasSchedule.Log);
    }

    private void Require(Address from, Amount amount)
    {
        UInt256 balance = overlay.BalanceOf(from);
        if (balance < amount.ToUInt256()) throw Revert.With(new InsufficientBalance(from, amount, Held(balance)));
    }

    private void Credit(Address account, UInt256 wei)
    {
        Book(account);
        overlay.AddBalance(account, wei);
    }

    private void Debit(Address account, UInt256 wei)
    {
        Book(account);
        overlay.SubtractBalance(account, wei);
    }

    private void Book(Address account)
    {
        if (_known.Contains(account)) return;
        _known[account] = true;
        _touched.Add((account, overlay.BalanceOf(account)));
    }

    // Only a simulated call can see more than 2^128 wei, through an override of a balance.
    private static Amount Held(UInt256 wei) => Amount.TryFrom(wei, out Amount amount) ? amount : new Amount(UInt128.MaxValue);
}
