using DePinChain.Modules.Sdk;
using DePinChain.Primitives;

namespace DePinChain.Modules.Staking;

/// <summary>Slashes that have burned a validator's stake and still visit, block by block, what had left it after the infraction.</summary>
/// <remarks>
/// While a slash is open, the entries it has to visit can neither be claimed nor cancelled nor forgotten, so their places in the sets stand
/// still and one cursor suffices. Oldest slash first.
/// </remarks>
[ModulePart]
internal sealed partial class SlashQueue(
    ModuleState state, Logs logs, ICoinIssuer issuer, Delegations delegations, UnbondingQueue unbondings, Redelegations redelegations)
{
    [Slot(50)] private partial Sequence Ids { get; }
    [Slot(51)] private partial Map<ulong, OpenSlash> Open { get; }
    [Slot(52)] private partial Item<ulong> Closed { get; }
    [Slot(53)] private partial Map<Address, uint> OpenAt { get; }

    public bool AnyOpen => Ids.Last > Closed.Value;

    public bool IsOpen(Address validator) => OpenAt[validator] > 0;

    /// <summary>True while an entry may not move: a slash of its validator, or of one its stake came from, is open.</summary>
    public bool IsFrozen(in UnbondingRecord entry) =>
        AnyOpen && (IsOpen(entry.Validator) || redelegations.AnyFrom(entry.Delegator, entry.Validator, IsOpen));

    /// <summary>Opens the visit of everything that left the validator; nothing to do when nothing did.</summary>
    public void Visit(Address validator, ulong fractionWad, ulong infractionHeight, ulong now)
    {
        ulong leaving = unbondings.From(validator).Count;
        ulong departed = redelegations.From(validator).Count;
        if (leaving + departed == 0) return;
        Open[Ids.Next()] = new OpenSlash(validator, fractionWad, infractionHeight, now, leaving, departed, Visited: 0);
        OpenAt[validator] += 1;
    }

    /// <summary>Goes on with the oldest open slashes.</summary>
    /// <param name="entriesMax">Entries to visit at most.</param>
    public void Continue(int entriesMax)
    {
        while (entriesMax > 0 && AnyOpen)
        {
            ulong id = Closed.Value + 1;
            OpenSlash slash = Open[id];
            ulong all = slash.Unbondings + slash.Redelegations;
            for (; entriesMax > 0 && slash.Visited < all; entriesMax--)
            {
                if (slash.Visited < slash.Unbondings) VisitUnbonding(slash, unbondings.From(slash.Validator)[slash.Visited]);
                else VisitRedelegation(slash, redelegations.From(slash.Validator)[slash.Visited - slash.Unbondings]);
                slash = slash with { Visited = slash.Visited + 1 };
            }

            if (slash.Visited < all)
            {
                Open[id] = slash;
                return;
            }

            Open.Remove(id);
            OpenAt[slash.Validator] -= 1;
            Closed.Value = id;
        }
    }

    private void VisitUnbonding(in OpenSlash slash, ulong id)
    {
        if (!unbondings.TryGet(id, out UnbondingRecord entry) || !Answers(slash, entry.CreatedAt, entry.CompletesAt)) return;
        Amount taken = unbondings.Confiscate(id, entry, StakingPolicy.SlashOf(entry.Initial, slash.FractionWad));
        BurnUnbonding(taken);
        logs.Emit(new UnbondingSlashed(entry.Delegator, entry.Validator, id, taken));
    }

    private void VisitRedelegation(in OpenSlash slash, ulong id)
    {
        if (!redelegations.TryGet(id, out RedelegationRecord entry) || !Answers(slash, entry.CreatedAt, entry.CompletesAt)) return;
        Amount owed = StakingPolicy.SlashOf(entry.Initial, slash.FractionWad);
        Amount fromStake = delegations.Confiscate(entry.Delegator, entry.Target, owed);
        issuer.Burn(WellKnownAddresses.Staking, fromStake);
        Amount taken = fromStake;

        // What has left the target since is on its way out there and is followed.
        foreach (ulong exit in unbondings.Of(entry.Delegator, entry.Target).Page(0, StakingPolicy.EntriesPerPairMax))
        {
            if (taken >= owed) break;
            UnbondingRecord leaving = unbondings.Get(exit);
            if (leaving.CreatedAt < entry.CreatedAt) continue;
            Amount more = unbondings.Confiscate(exit, leaving, owed - taken);
            BurnUnbonding(more);
            taken += more;
        }

        logs.Emit(new RedelegationSlashed(entry.Delegator, entry.Source, entry.Target, id, taken));
    }

    // Left at or after the infraction, and had not been free when the slash was decided.
    private static bool Answers(in OpenSlash slash, ulong createdAt, ulong completesAt) =>
        createdAt >= slash.InfractionHeight && completesAt > slash.OpenedAt;

    private void BurnUnbonding(Amount amount)
    {
        if (amount.IsZero) return;
        issuer.Burn(WellKnownAddresses.Staking, amount);
        delegations.SubtractUnbonding(amount);
    }
}
