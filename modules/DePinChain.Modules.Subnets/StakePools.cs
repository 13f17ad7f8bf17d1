using DePinChain.Modules.Sdk;
using DePinChain.Primitives;
using static DePinChain.Modules.Sdk.Guard;

namespace DePinChain.Modules.Subnets;

/// <summary>Stake behind hotkeys, held in shares: dividends raise what every share is worth, whoever holds it.</summary>
[ModulePart]
internal sealed partial class StakePools(ModuleState state)
{
    [Slot(20)] private partial Map<Address, HotkeyRecord> Hotkeys { get; }
    [Slot(21)] private partial Set<Address> Members { get; }
    [Slot(22)] private partial Map<(Address Hotkey, Address Coldkey), UInt128> Holdings { get; }
    [Slot(23)] private partial Sequence Ids { get; }
    [Slot(24)] private partial Map<ulong, UnstakeRecord> Unstakes { get; }
    [Slot(25)] private partial Schedule<ulong> Leaving { get; }
    [Slot(26)] private partial Item<HeldRecord> Totals { get; }
    [Slot(27)] private partial Map<Address, Address> Origins { get; }
    [Slot(28)] private partial Map<Address, ulong> Swaps { get; }
    [Slot(29)] private partial Map<Address, Address> Currents { get; }

    /// <summary>What the module holds for others.</summary>
    public HeldRecord Held => Totals.GetOr(default);

    /// <summary>Unstaked coins by the block they are paid at.</summary>
    public Schedule<ulong> Schedule => Leaving;

    public HotkeyRecord Get(Address hotkey)
    {
        Require(Hotkeys.TryGet(hotkey, out HotkeyRecord record), new UnknownHotkey(hotkey));
        return record;
    }

    public bool TryGet(Address hotkey, out HotkeyRecord record) => Hotkeys.TryGet(hotkey, out record);

    /// <summary>Whether a hotkey is somebody's, or was.</summary>
    public bool IsNamed(Address hotkey) => Hotkeys.Contains(hotkey) || Swaps[hotkey] != 0;

    /// <summary>When a hotkey was exchanged, or came by exchange; 0 for never.</summary>
    public ulong SwappedAt(Address hotkey) => Swaps[hotkey];

    /// <summary>Gives a hotkey's pool to another. Shares stay where they are, under the pool's first hotkey.</summary>
    public void Rename(Address hotkey, Address next, ulong block)
    {
        Hotkeys[next] = Hotkeys[hotkey];
        Origins[next] = PoolOf(hotkey);
        Currents[PoolOf(hotkey)] = next;
        Hotkeys.Remove(hotkey);
        Origins.Remove(hotkey);
        Members.Remove(hotkey);
        Members.Add(next);
        Swaps[hotkey] = block;
        Swaps[next] = block;
    }

    /// <summary>The hotkey that a pool has now.</summary>
    public Address CurrentOf(Address pool)
    {
        Address current = Currents[pool];
        return current.IsZero ? pool : current;
    }

    /// <summary>Stake behind a hotkey as an epoch counts it; 0 for an unknown one.</summary>
    public ulong UnitsOf(Address hotkey) => TryGet(hotkey, out HotkeyRecord record) ? SubnetsPolicy.UnitsOf(record.Value) : 0;

    public void Save(Address hotkey, in HotkeyRecord record) => Hotkeys[hotkey] = record;

    public IReadOnlyList<Address> Page(ulong start, int limit) => Members.Page(start, limit);

    /// <summary>Lets an account own a hotkey; whoever registers it first owns it.</summary>
    public void Claim(Address hotkey, Address owner)
    {
        Require(!hotkey.IsZero, new InvalidHotkey(hotkey));
        Require(Hotkeys.Contains(hotkey) || Swaps[hotkey] == 0, new HotkeyTaken(hotkey));
        if (Hotkeys.TryGet(hotkey, out HotkeyRecord record))
        {
            Require(record.Owner == owner, new NotHotkeyOwner(record.Owner, owner));
            return;
        }

        Hotkeys[hotkey] = new HotkeyRecord(owner, Amount.Zero, 0, SubnetsPolicy.TakeMax, 0);
        Members.Add(hotkey);
    }

    /// <summary>What somebody's shares of a hotkey are worth, rounded down.</summary>
    public Amount StakeOf(Address hotkey, Address coldkey) =>
        Hotkeys.TryGet(hotkey, out HotkeyRecord record) ? Worth(record, Holdings[(PoolOf(hotkey), coldkey)]) : Amount.Zero;

    /// <summary>Buys shares. The first buyer pays for the dead ones.</summary>
    /// <returns>False when the amount is too small to open an empty pool; nothing happens then.</returns>
    public bool Add(Address hotkey, Address coldkey, Amount amount)
    {
        HotkeyRecord record = Get(hotkey);
        if (record.Shares == 0 && amount.Wei <= SubnetsPolicy.DeadShares) return false;
        UInt128 issued = record.Shares == 0 ? amount.Wei : amount.MulDiv(record.Shares, record.Value.Wei, Rounding.Down).Wei;
        UInt128 bought = record.Shares == 0 ? issued - SubnetsPolicy.DeadShares : issued;
        Hotkeys[hotkey] = record with { Value = record.Value + amount, Shares = record.Shares + issued };
        Holdings[(PoolOf(hotkey), coldkey)] += bought;
        Totals.Value = Held with { Staked = Held.Staked + amount };
        return true;
    }

    /// <summary>Pays dividends: the owner's take buys it shares at the price that the rest has raised.</summary>
    /// <returns>False when nobody has stake behind the hotkey and the amount is too small to open its pool; nothing happens then.</returns>
    public bool Earn(Address hotkey, Amount dividends)
    {
        HotkeyRecord record = Get(hotkey);

        // A child that lives by others' stake alone: what it keeps is its owner's.
        if (record.Shares == 0) return Add(hotkey, record.Owner, dividends);
        Amount take = dividends.MulDiv(record.Take, SubnetsPolicy.Whole, Rounding.Down);
        Hotkeys[hotkey] = record with { Value = record.Value + (dividends - take) };
        Totals.Value = Held with { Staked = Held.Staked + (dividends - take) };
        if (!take.IsZero) Add(hotkey, record.Owner, take);
        return true;
    }

    /// <summary>Gives shares back for an amount, which is paid later.</summary>
    public void Remove(Address hotkey, Address coldkey, Amount amount, ulong paidAt)
    {
        HotkeyRecord record = Get(hotkey);
        UInt128 owned = Holdings[(PoolOf(hotkey), coldkey)];
        Amount worth = Worth(record, owned);
        Require(!amount.IsZero && amount <= worth, new NotEnoughStake(worth, amount));
        UInt128 burned = amount.MulDiv(record.Shares, record.Value.Wei, Rounding.Up).Wei;
        Hotkeys[hotkey] = record with { Value = record.Value - amount, Shares = record.Shares - burned };
        if (burned == owned) Holdings.Remove((PoolOf(hotkey), coldkey));
        else Holdings[(PoolOf(hotkey), coldkey)] = owned - burned;
        ulong id = Ids.Next();
        Unstakes[id] = new UnstakeRecord(coldkey, amount);
        Leaving.Add(paidAt, id);
        Totals.Value = Held with { Staked = Held.Staked - amount, Unstaking = Held.Unstaking + amount };
    }

    /// <summary>Takes an unstaked amount out, to be paid.</summary>
    public UnstakeRecord Release(ulong id)
    {
        UnstakeRecord record = Unstakes[id];
        Unstakes.Remove(id);
        Totals.Value = Held with { Unstaking = Held.Unstaking - record.Amount };
        return record;
    }

    /// <summary>Books a commitment's deposit.</summary>
    public void TakeDeposit(Amount deposit) => Totals.Value = Held with { Deposits = Held.Deposits + deposit };

    /// <summary>Books that a deposit leaves.</summary>
    public void GiveDeposit(Amount deposit) => Totals.Value = Held with { Deposits = Held.Deposits - deposit };

    /// <summary>A pool's first hotkey, under which all that outlives an exchange lies.</summary>
    public Address PoolOf(Address hotkey)
    {
        Address origin = Origins[hotkey];
        return origin.IsZero ? hotkey : origin;
    }

    private static Amount Worth(in HotkeyRecord record, UInt128 shares) =>
        record.Shares == 0 ? Amount.Zero : Amount.FromWei(shares).MulDiv(record.Value.Wei, record.Shares, Rounding.Down);
}
