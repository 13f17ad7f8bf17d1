using DePinChain.Primitives;

namespace DePinChain.Modules.Staking;

/// <summary>What must always hold of staking.</summary>
/// <remarks>
/// Delegations lie in a mapping that cannot be walked; that a validator's shares are those of its delegators is proved by tests that know
/// all delegators. Everything a walk can reach is checked here.
/// </remarks>
internal static class StakingInvariants
{
    private const int WalkPage = 1_000;

    public static IEnumerable<string> Violations(StakingParts parts, Amount balance)
    {
        StakeTotals totals = parts.Delegations.Totals;
        Amount tokens = Amount.Zero;
        Amount unbonding = Amount.Zero;
        Amount owed = parts.Rewards.Now.Unsettled;
        Amount unsettled = Amount.Zero;
        foreach (Address validator in Walk(parts.Registry.Page))
        {
            ValidatorRecord stake = parts.Registry.Get(validator);
            RewardRecord earned = parts.Rewards.Find(validator);
            tokens += stake.Tokens;
            owed += earned.Outstanding + earned.Commission;
            unsettled += StakingPolicy.Earned(earned.Power, parts.Rewards.Now.Index - earned.EarnedUpTo) + earned.Pending;
            unbonding += UnbondingFrom(parts, validator);
            foreach (string violation in OfValidator(parts, validator, stake)) yield return violation;
        }

        if (tokens != totals.Bonded) yield return $"staking: validators hold {tokens}, the total says {totals.Bonded}";
        if (unbonding != totals.Unbonding) yield return $"staking: unbondings hold {unbonding}, the total says {totals.Unbonding}";
        if (unsettled > parts.Rewards.Now.Unsettled) yield return "staking: validators earned more than the index stands for";
        Amount liabilities = totals.Bonded + totals.Unbonding + owed;
        if (balance < liabilities) yield return $"staking: {liabilities} is owed, {balance} is there";
        foreach (string violation in OfSets(parts)) yield return violation;
    }

    private static IEnumerable<string> OfValidator(StakingParts parts, Address validator, ValidatorRecord stake)
    {
        if (stake.Shares == UInt128.Zero && !stake.Tokens.IsZero) yield return $"staking: {validator} has tokens without shares";
        if (stake.CommissionWad > stake.MaxCommissionWad) yield return $"staking: {validator} takes more commission than its maximum";
        if (stake.Standing != Standing.Free && parts.Registry.IsCandidate(validator))
            yield return $"staking: {validator} competes from jail";
        if (parts.Registry.OperatorOf(stake.Signer) != validator) yield return $"staking: {validator} does not own its signing key";
        if (!parts.Signing.TryGet(validator, out SigningRecord signing)) yield break;
        ulong bits = 0;
        foreach (byte part in signing.Bits) bits += (ulong)int.PopCount(part);
        if (bits != signing.Missed) yield return $"staking: {validator} missed {bits} blocks, the count says {signing.Missed}";
    }

    private static IEnumerable<string> OfSets(StakingParts parts)
    {
        EpochRecord current = parts.Epochs.Current;
        EpochSet set = parts.Epochs.SetOf(current.Number);
        if (set.ToValidatorSet().Hash != current.SetHash) yield return "staking: the current set is not the one its record names";
        foreach (EpochMember member in set.Members)
        {
            if (parts.Rewards.Find(member.Operator).Power != member.Power)
                yield return $"staking: {member.Operator} earns with another power than its seat's";
        }
    }

    private static Amount UnbondingFrom(StakingParts parts, Address validator)
    {
        Amount sum = Amount.Zero;
        foreach (ulong id in Walk(parts.Unbondings.From(validator).Page)) sum += parts.Unbondings.Get(id).Balance;
        return sum;
    }

    private static IEnumerable<T> Walk<T>(Func<ulong, int, IReadOnlyList<T>> page)
    {
        for (ulong start = 0; ; start += WalkPage)
        {
            IReadOnlyList<T> part = page(start, WalkPage);
            foreach (T item in part) yield return item;
            if (part.Count < WalkPage) yield break;
        }
    }
}
