using DePinChain.Modules.Sdk;
using DePinChain.Primitives;
using static DePinChain.Modules.Sdk.Guard;

namespace DePinChain.Modules.Staking;

/// <summary>Coins on their way back to delegators: they wait for the unbonding period, because older misdeeds still cost them.</summary>
[ModulePart]
internal sealed partial class UnbondingQueue(ModuleState state)
{
    [Slot(30)] private partial Sequence Ids { get; }
    [Slot(31)] private partial Map<ulong, UnbondingRecord> Records { get; }
    [Slot(32)] private partial SetMap<(Address Delegator, Address Validator), ulong> Pairs { get; }
    [Slot(33)] private partial SetMap<Address, ulong> Leaving { get; }
    [Slot(34)] private partial Schedule<ulong> Maturing { get; }

    /// <summary>Entries by the block they complete at.</summary>
    public Schedule<ulong> Schedule => Maturing;

    public ulong Last => Ids.Last;

    /// <summary>Numbers of one delegator's entries at one validator.</summary>
    public Set<ulong> Of(Address delegator, Address validator) => Pairs[(delegator, validator)];

    /// <summary>Numbers of the entries that left a validator.</summary>
    public Set<ulong> From(Address validator) => Leaving[validator];

    public bool TryGet(ulong id, out UnbondingRecord record) => Records.TryGet(id, out record);

    public UnbondingRecord Get(ulong id)
    {
        Require(Records.TryGet(id, out UnbondingRecord record), new UnknownUnbonding(id));
        return record;
    }

    public ulong Add(Address delegator, Address validator, Amount amount, ulong now, ulong completesAt)
    {
        Set<ulong> pair = Of(delegator, validator);
        Require(pair.Count < StakingPolicy.EntriesPerPairMax, new TooManyEntries(StakingPolicy.EntriesPerPairMax));
        ulong id = Ids.Next();
        Records[id] = new UnbondingRecord(delegator, validator, amount, amount, now, completesAt);
        pair.Add(id);
        From(validator).Add(id);
        Maturing.Add(completesAt, id);
        return id;
    }

    public void Remove(ulong id, in UnbondingRecord record)
    {
        Of(record.Delegator, record.Validator).Remove(id);
        From(record.Validator).Remove(id);
        Records.Remove(id);
    }

    /// <summary>
    /// Takes part of an entry back into stake. Initial shrinks with it: that part answers again as stake of the validator.
    /// </summary>
    public void Reduce(ulong id, in UnbondingRecord record, Amount amount)
    {
        if (amount == record.Balance) Remove(id, record);
        else Records[id] = record with { Balance = record.Balance - amount, Initial = record.Initial - Amount.Min(record.Initial, amount) };
    }

    /// <summary>Takes from an entry what a slash costs, as far as it goes.</summary>
    /// <returns>What was taken; the caller burns it.</returns>
    public Amount Confiscate(ulong id, in UnbondingRecord record, Amount amount)
    {
        Amount taken = Amount.Min(amount, record.Balance);
        if (!taken.IsZero) Records[id] = record with { Balance = record.Balance - taken };
        return taken;
    }
}
