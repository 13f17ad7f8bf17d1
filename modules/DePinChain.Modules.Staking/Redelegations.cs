using DePinChain.Modules.Sdk;
using DePinChain.Primitives;
using static DePinChain.Modules.Sdk.Guard;

namespace DePinChain.Modules.Staking;

/// <summary>Stake that moved between validators and answers for the one it left until an unbonding period has passed.</summary>
[ModulePart]
internal sealed partial class Redelegations(ModuleState state)
{
    [Slot(40)] private partial Sequence Ids { get; }
    [Slot(41)] private partial Map<ulong, RedelegationRecord> Records { get; }
    [Slot(42)] private partial SetMap<(Address Delegator, Address Target), ulong> Arrivals { get; }
    [Slot(43)] private partial SetMap<Address, ulong> Departures { get; }
    [Slot(44)] private partial Schedule<ulong> Expiring { get; }

    /// <summary>Entries by the block from which they answer no longer.</summary>
    public Schedule<ulong> Schedule => Expiring;

    /// <summary>Numbers of one delegator's entries into one validator.</summary>
    public Set<ulong> Into(Address delegator, Address target) => Arrivals[(delegator, target)];

    /// <summary>Numbers of the entries that left a validator.</summary>
    public Set<ulong> From(Address source) => Departures[source];

    public bool TryGet(ulong id, out RedelegationRecord record) => Records.TryGet(id, out record);

    public ulong Add(Address delegator, Address source, Address target, Amount amount, ulong now, ulong completesAt)
    {
        Set<ulong> arrivals = Into(delegator, target);
        Require(arrivals.Count < StakingPolicy.EntriesPerPairMax, new TooManyEntries(StakingPolicy.EntriesPerPairMax));
        ulong id = Ids.Next();
        Records[id] = new RedelegationRecord(delegator, source, target, amount, now, completesAt);
        arrivals.Add(id);
        From(source).Add(id);
        Expiring.Add(completesAt, id);
        return id;
    }

    public void Remove(ulong id, in RedelegationRecord record)
    {
        Into(record.Delegator, record.Target).Remove(id);
        From(record.Source).Remove(id);
        Records.Remove(id);
    }

    /// <summary>Refuses to move stake on while what arrived at its validator still answers for another: no escape by hopping.</summary>
    public void RequireSettled(Address delegator, Address validator, ulong now)
    {
        foreach (ulong id in Into(delegator, validator).Page(0, StakingPolicy.EntriesPerPairMax))
        {
            ulong until = Records[id].CompletesAt;
            Require(until <= now, new TransitiveRedelegation(until));
        }
    }

    /// <summary>True when stake of the delegator at the validator came from one for which <paramref name="isOpen"/> holds.</summary>
    public bool AnyFrom(Address delegator, Address validator, Func<Address, bool> isOpen)
    {
        foreach (ulong id in Into(delegator, validator).Page(0, StakingPolicy.EntriesPerPairMax))
            if (isOpen(Records[id].Source)) return true;
        return false;
    }
}
