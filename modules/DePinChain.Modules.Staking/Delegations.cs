using DePinChain.Modules.Sdk;
using DePinChain.Primitives;
using static DePinChain.Modules.Sdk.Guard;

namespace DePinChain.Modules.Staking;

/// <summary>Who staked with whom: buying and giving back shares, and the rewards that are paid whenever shares change.</summary>
[ModulePart]
internal sealed partial class Delegations(
    ModuleState state, Logs logs, IBank bank, ValidatorRegistry registry, RewardPeriods rewards, StakeWatchers watchers)
{
    [Slot(20)] private partial Map<(Address Delegator, Address Validator), DelegationRecord> Records { get; }
    [Slot(21)] private partial SetMap<Address, Address> Partners { get; }
    [Slot(22)] private partial Map<Address, Address> Recipients { get; }
    [Slot(23)] private partial Item<StakeTotals> Sums { get; }

    public StakeTotals Totals => Sums.TryGet(out StakeTotals totals) ? totals : default;

    public void AddBonded(Amount amount) => Sums.Value = Totals with { Bonded = Totals.Bonded + amount };

    public void SubtractBonded(Amount amount) => Sums.Value = Totals with { Bonded = Totals.Bonded - amount };

    public void AddUnbonding(Amount amount) => Sums.Value = Totals with { Unbonding = Totals.Unbonding + amount };

    public void SubtractUnbonding(Amount amount) => Sums.Value = Totals with { Unbonding = Totals.Unbonding - amount };

    public DelegationRecord Find(Address delegator, Address validator) =>
        Records.TryGet((delegator, validator), out DelegationRecord record) ? record : default;

    /// <summary>Validators at which an account has stake, unbonding stake or redelegated stake.</summary>
    public Set<Address> PartnersOf(Address delegator) => Partners[delegator];

    /// <summary>Where an account's rewards go: itself unless it said otherwise.</summary>
    public Address RecipientOf(Address delegator) => Recipients.TryGet(delegator, out Address recipient) ? recipient : delegator;

    public void SetRecipient(Address delegator, Address recipient) => Recipients[delegator] = recipient;

    /// <summary>Stake of one delegator with a validator, in tokens.</summary>
    public Amount StakeOf(Address delegator, Address validator)
    {
        UInt128 shares = Find(delegator, validator).Shares;
        return shares == UInt128.Zero || !registry.TryGet(validator, out ValidatorRecord record)
            ? Amount.Zero
            : StakingPolicy.TokensFor(shares, record.Tokens, record.Shares);
    }

    /// <summary>What a delegator could withdraw now.</summary>
    public Amount PendingOf(Address delegator, Address validator)
    {
        DelegationRecord delegation = Find(delegator, validator);
        if (delegation.Shares == UInt128.Zero || !registry.TryGet(validator, out ValidatorRecord stake)) return Amount.Zero;
        return StakingPolicy.Earned(delegation.Shares, rewards.Preview(validator, stake).PerShare - delegation.PaidUpTo);
    }

    /// <summary>Buys shares with coins that lie on the module's account already, and pays what the delegator has earned.</summary>
    /// <returns>The shares.</returns>
    public UInt128 Bond(Address delegator, Address validator, Amount amount, uint candidatesMax)
    {
        ValidatorRecord stake = registry.Get(validator);
        Require(stake.Standing != Standing.Tombstoned, new ValidatorTombstoned(validator));
        Require(!stake.IsDead, new ValidatorDead(validator));
        UInt128 shares = StakingPolicy.SharesFor(amount, stake.Tokens, stake.Shares);
        Require(shares != UInt128.Zero, new NothingToMove());

        DelegationRecord delegation = PayInto(delegator, validator, stake, out _);
        Records[(delegator, validator)] = delegation with { Shares = delegation.Shares + shares };
        Partners[delegator].Add(validator);
        stake = stake with { Tokens = stake.Tokens + amount, Shares = stake.Shares + shares };
        registry.Save(validator, stake);
        registry.Compete(validator, stake, candidatesMax);
        AddBonded(amount);
        watchers.Tell(delegator, validator, delegation.Shares, delegation.Shares + shares);
        return shares;
    }

    /// <summary>Gives shares back for coins, which stay on the module's account, and pays what the delegator has earned.</summary>
    /// <returns>The coins.</returns>
    public Amount Unbond(Address delegator, Address validator, UInt128 shares)
    {
        ValidatorRecord stake = registry.Get(validator);
        UInt128 had = Find(delegator, validator).Shares;
        Require(shares <= had, new InsufficientShares(shares, had));
        Amount amount = StakingPolicy.TokensFor(shares, stake.Tokens, stake.Shares);
        Require(!amount.IsZero, new NothingToMove());
        RemoveShares(delegator, validator, stake, shares, amount);
        return amount;
    }

    /// <summary>Takes as much of a delegation as <paramref name="amount"/> is worth, rounded up to a share; the caller burns it.</summary>
    /// <returns>The tokens taken; less when the delegation is worth less.</returns>
    public Amount Confiscate(Address delegator, Address validator, Amount amount)
    {
        UInt128 had = Find(delegator, validator).Shares;
        if (had == UInt128.Zero || amount.IsZero) return Amount.Zero;
        ValidatorRecord stake = registry.Get(validator);
        if (stake.IsDead) return Amount.Zero;
        Amount worth = StakingPolicy.TokensFor(had, stake.Tokens, stake.Shares);
        UInt128 wanted = new Amount(stake.Shares).MulDiv(amount.Wei, stake.Tokens.Wei, Rounding.Up).Wei;
        UInt128 shares = worth <= amount ? had : UInt128.Min(had, wanted);
        Amount taken = StakingPolicy.TokensFor(shares, stake.Tokens, stake.Shares);
        RemoveShares(delegator, validator, stake, shares, taken);
        return taken;
    }

    /// <summary>Pays a delegator all it has earned with a validator.</summary>
    public Amount Withdraw(Address delegator, Address validator)
    {
        PayInto(delegator, validator, registry.Get(validator), out Amount reward);
        return reward;
    }

    /// <summary>Pays an operator its commission.</summary>
    public Amount WithdrawCommission(Address validator)
    {
        RewardRecord record = rewards.Settle(validator, registry.Get(validator));
        if (record.Commission.IsZero) return Amount.Zero;
        rewards.Save(validator, record with { Commission = Amount.Zero });
        Address recipient = RecipientOf(validator);
        bank.Transfer(WellKnownAddresses.Staking, recipient, record.Commission, ReferenceOf(validator));
        logs.Emit(new CommissionWithdrawn(validator, recipient, record.Commission));
        return record.Commission;
    }

    /// <summary>Forgets that an account has to do with a validator once nothing of it is left there.</summary>
    public void Part(Address delegator, Address validator, bool hasEntries)
    {
        if (!hasEntries && Find(delegator, validator).Shares == UInt128.Zero) Partners[delegator].Remove(validator);
    }

    /// <summary>A payment's reference: the validator's address, padded at the left.</summary>
    public static Hash256 ReferenceOf(Address validator)
    {
        Span<byte> word = stackalloc byte[Hash256.Size];
        word.Clear();
        validator.CopyTo(word[(Hash256.Size - Address.Size)..]);
        return new Hash256(word);
    }

    private void RemoveShares(Address delegator, Address validator, ValidatorRecord stake, UInt128 shares, Amount amount)
    {
        DelegationRecord delegation = PayInto(delegator, validator, stake, out _);
        UInt128 left = delegation.Shares - shares;
        if (left == UInt128.Zero) Records.Remove((delegator, validator));
        else Records[(delegator, validator)] = delegation with { Shares = left };

        stake = stake with { Tokens = stake.Tokens - amount, Shares = stake.Shares - shares };
        registry.Save(validator, stake);
        if (StakingPolicy.PowerOf(stake.Tokens) == 0) registry.Withdraw(validator);
        if (stake.Shares == UInt128.Zero) rewards.Save(validator, rewards.SweepDust(rewards.Find(validator)));
        SubtractBonded(amount);
        watchers.Tell(delegator, validator, delegation.Shares, left);
    }

    // Settles the validator and pays the delegator; the returned record is saved only when it has shares.
    private DelegationRecord PayInto(Address delegator, Address validator, in ValidatorRecord stake, out Amount reward)
    {
        RewardRecord earned = rewards.Settle(validator, stake);
        DelegationRecord delegation = Find(delegator, validator);
        reward = delegation.Shares == UInt128.Zero
            ? Amount.Zero
            : StakingPolicy.Earned(delegation.Shares, earned.PerShare - delegation.PaidUpTo);
        delegation = delegation with { PaidUpTo = earned.PerShare };
        if (delegation.Shares != UInt128.Zero) Records[(delegator, validator)] = delegation;
        if (reward.IsZero) return delegation;

        rewards.Save(validator, earned with { Outstanding = earned.Outstanding - reward });
        Address recipient = RecipientOf(delegator);
        bank.Transfer(WellKnownAddresses.Staking, recipient, reward, ReferenceOf(validator));
        logs.Emit(new RewardsWithdrawn(delegator, validator, recipient, reward));
        return delegation;
    }
}
