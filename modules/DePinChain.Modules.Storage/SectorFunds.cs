using DePinChain.Modules.Economy;
using DePinChain.Modules.Sdk;
using DePinChain.Primitives;
using static DePinChain.Modules.Sdk.Guard;

namespace DePinChain.Modules.Storage;

/// <summary>
/// What providers of sealed capacity hold: free funds, deposits, pledges, rewards that become free by the day, and what they owe. The
/// module's balance is the sum of all, and of what nobody has claimed.
/// </summary>
[ModulePart]
internal sealed partial class SectorFunds(ModuleState state, Logs logs, IBank bank, ITreasury treasury, IEmission emission)
{
    [Slot(20)] private partial Map<ulong, FundsRecord> Accounts { get; }
    [Slot(21)] private partial Map<ulong, VestingRecord> Vestings { get; }
    [Slot(22)] private partial Map<(ulong Provider, ulong Day), Amount> Steps { get; }
    [Slot(23)] private partial Item<FundsTotals> Sums { get; }

    public FundsTotals Totals => Sums.GetOr(default);

    public FundsRecord Of(ulong provider) => Accounts.GetOr(provider, default);

    public VestingRecord VestingOf(ulong provider) => Vestings.GetOr(provider, default);

    /// <summary>New coins came to the module: nobody's yet.</summary>
    public void Received(Amount minted)
    {
        if (!minted.IsZero) Sums.Value = Totals with { Unclaimed = Totals.Unclaimed + minted };
    }

    /// <summary>Tells Emission what cannot move.</summary>
    public void Report()
    {
        FundsTotals totals = Totals;
        emission.ReportLocked(LockedFor.Pledge, totals.Pledged);
        emission.ReportLocked(LockedFor.Vesting, totals.Vesting);
    }

    /// <summary>Funds of a provider came in. What it owes is paid first, by burning.</summary>
    public void Add(ulong provider, Amount amount)
    {
        if (amount.IsZero) return;
        FundsRecord funds = Of(provider);
        Amount repaid = Amount.Min(funds.Debt, amount);
        Burn(repaid);
        if (!repaid.IsZero) logs.Emit(new DebtRepaid(provider, repaid, funds.Debt - repaid));
        Accounts[provider] = funds with { Debt = funds.Debt - repaid, Free = funds.Free + (amount - repaid) };
        Sums.Value = Totals with { Free = Totals.Free + (amount - repaid) };
    }

    /// <summary>Pays free funds out.</summary>
    public void Withdraw(ulong provider, Address to, Amount amount)
    {
        FundsRecord funds = Of(provider);
        Require(funds.Debt.IsZero, new ProviderInDebt(provider, funds.Debt));
        Require(funds.Free >= amount, new FundsTooSmall(provider, amount, funds.Free));
        Accounts[provider] = funds with { Free = funds.Free - amount };
        Sums.Value = Totals with { Free = Totals.Free - amount };
        bank.Transfer(state.Module, to, amount);
    }

    /// <summary>Locks free funds for promised sectors.</summary>
    public void Deposit(ulong provider, Amount amount)
    {
        FundsRecord funds = Of(provider);
        Require(funds.Free >= amount, new FundsTooSmall(provider, amount, funds.Free));
        Accounts[provider] = funds with { Free = funds.Free - amount, Deposits = funds.Deposits + amount };
        Sums.Value = Totals with { Free = Totals.Free - amount, Pledged = Totals.Pledged + amount };
    }

    /// <summary>
    /// A promised sector was kept: its deposit becomes part of its pledge, the rest comes from free funds, or goes there.
    /// </summary>
    public void Pledge(ulong provider, Amount deposit, Amount pledge)
    {
        FundsRecord funds = Of(provider);
        Require(funds.Free + deposit >= pledge, new FundsTooSmall(provider, pledge, funds.Free + deposit));
        Amount kept = Amount.Min(deposit, pledge);
        Amount more = pledge - kept;
        Accounts[provider] = funds with
        {
            Free = funds.Free - more,
            Deposits = funds.Deposits - deposit,
            Pledged = funds.Pledged + pledge,
        };
        Sums.Value = Totals with { Free = Totals.Free - more, Pledged = Totals.Pledged + pledge - deposit };
        Add(provider, deposit - kept);
    }

    /// <summary>Undoes <see cref="Pledge"/>: the deposit is locked again, and no more than the pledge was.</summary>
    public void Unpledge(ulong provider, Amount deposit, Amount pledge)
    {
        FundsRecord funds = Of(provider);
        Accounts[provider] = funds with { Deposits = funds.Deposits + deposit, Pledged = funds.Pledged - pledge };
        Sums.Value = Totals with { Pledged = Totals.Pledged - (pledge - deposit) };
        Add(provider, pledge - deposit);
    }

    /// <summary>Takes free funds for something that the module itself pays.</summary>
    public void Spend(ulong provider, Amount amount)
    {
        FundsRecord funds = Of(provider);
        Require(funds.Free >= amount, new FundsTooSmall(provider, amount, funds.Free));
        Accounts[provider] = funds with { Free = funds.Free - amount };
        Sums.Value = Totals with { Free = Totals.Free - amount };
    }

    /// <summary>A sector is over: its pledge is free.</summary>
    public void Release(ulong provider, Amount pledge)
    {
        FundsRecord funds = Of(provider);
        Accounts[provider] = funds with { Pledged = funds.Pledged - pledge };
        Sums.Value = Totals with { Pledged = Totals.Pledged - pledge };
        Add(provider, pledge);
    }

    /// <summary>A promise was broken: its deposit is taken, but not yet burned or paid.</summary>
    public void Forfeit(ulong provider, Amount deposit)
    {
        FundsRecord funds = Of(provider);
        Accounts[provider] = funds with { Deposits = funds.Deposits - deposit };
        Sums.Value = Totals with { Pledged = Totals.Pledged - deposit };
    }

    /// <summary>
    /// Takes a penalty: from rewards that are not free yet, those that would be free last; then from free funds; what is left becomes debt.
    /// </summary>
    /// <returns>What was taken, but not yet burned or paid.</returns>
    public Amount Charge(ulong provider, Amount penalty, ulong today)
    {
        if (penalty.IsZero) return Amount.Zero;
        Vest(provider, today);
        VestingRecord vesting = VestingOf(provider);
        Amount ofVesting = Amount.Min(penalty, vesting.Left);
        if (!ofVesting.IsZero) Vestings[provider] = vesting with { Left = vesting.Left - ofVesting };
        FundsRecord funds = Of(provider);
        Amount ofFree = Amount.Min(penalty - ofVesting, funds.Free);
        Amount debt = penalty - ofVesting - ofFree;
        Accounts[provider] = funds with { Free = funds.Free - ofFree, Debt = funds.Debt + debt };
        Sums.Value = Totals with { Free = Totals.Free - ofFree, Vesting = Totals.Vesting - ofVesting };
        return ofVesting + ofFree;
    }

    /// <summary>Burns what was taken.</summary>
    public void Burn(Amount taken)
    {
        if (!taken.IsZero) treasury.Burn(state.Module, taken);
    }

    /// <summary>Pays a part of what was taken to somebody.</summary>
    public void Pay(Address to, Amount taken) => bank.Transfer(state.Module, to, taken);

    /// <summary>A claimed reward: a quarter at once, the rest over the vesting days. What is owed is paid first.</summary>
    public (Amount Liquid, Amount Vesting) Reward(ulong provider, Amount reward, ulong today)
    {
        Vest(provider, today);
        if (reward.IsZero) return default;
        (Amount liquid, Amount perDay) = SealedSectorsPolicy.SplitReward(reward);
        Amount later = perDay * SealedSectorsPolicy.VestingDays;
        if (!perDay.IsZero)
        {
            VestingRecord vesting = VestingOf(provider);
            Vestings[provider] = new VestingRecord(today, vesting.Rate + perDay, vesting.Left + later);
            Steps[(provider, today)] += perDay;
        }

        Sums.Value = Totals with { Unclaimed = Totals.Unclaimed - reward, Vesting = Totals.Vesting + later };
        Add(provider, liquid);
        return (liquid, later);
    }

    /// <summary>Pays an unclaimed amount out: what demand earned.</summary>
    public void PayUnclaimed(Address to, Amount amount)
    {
        Sums.Value = Totals with { Unclaimed = Totals.Unclaimed - amount };
        bank.Transfer(state.Module, to, amount);
    }

    /// <summary>Burns an unclaimed amount: what its earner lost.</summary>
    public void BurnUnclaimed(Amount amount)
    {
        if (amount.IsZero) return;
        Sums.Value = Totals with { Unclaimed = Totals.Unclaimed - amount };
        Burn(amount);
    }

    // A reward of day d becomes free in equal parts on the days d + 1 to d + 180. One number says how much a day frees; a day's own part
    // leaves it after 180 days. At most 180 days are walked: after as many everything is free.
    private void Vest(ulong provider, ulong today)
    {
        VestingRecord vesting = VestingOf(provider);
        if (vesting.Day == today || (vesting.Rate.IsZero && vesting.Left.IsZero)) return;
        Amount free = Amount.Zero;
        ulong first = vesting.Day + 1;
        ulong last = Math.Min(today, vesting.Day + SealedSectorsPolicy.VestingDays);
        Amount rate = vesting.Rate;
        for (ulong day = first; day <= last; day++)
        {
            rate -= Ended(provider, day);
            free += Amount.Min(rate, vesting.Left - free);
        }

        if (today > last)
        {
            // Nothing came after the last day that was looked at, so its own part is the only one that is left.
            Ended(provider, last + 1);
            free = vesting.Left;
            rate = Amount.Zero;
        }

        Vestings[provider] = new VestingRecord(today, rate, vesting.Left - free);
        Sums.Value = Totals with { Vesting = Totals.Vesting - free };
        Add(provider, free);
    }

    // The part of the rate that no longer frees anything on a day: that of 181 days before.
    private Amount Ended(ulong provider, ulong day)
    {
        if (day <= SealedSectorsPolicy.VestingDays) return Amount.Zero;
        (ulong, ulong) key = (provider, day - SealedSectorsPolicy.VestingDays - 1);
        Amount ended = Steps[key];
        if (!ended.IsZero) Steps.Remove(key);
        return ended;
    }
}
