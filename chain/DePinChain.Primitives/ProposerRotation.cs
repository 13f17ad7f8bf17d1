namespace DePinChain.Primitives;

/// <summary>
/// Who proposes: CometBFT's weighted round robin from one checkpoint of priorities. The proposer of height h and round r is the one of step
/// (h − first height of the epoch) + r.
/// </summary>
/// <remarks>Source: cometbft spec/consensus/proposer-selection.md and types/validator_set.go. Safe for several threads.</remarks>
public sealed class ProposerRotation
{
    /// <summary>
    /// Steps past the checkpoint that are answered. An epoch and its failed rounds stay far below; callers bound rounds from outside.
    /// </summary>
    public const ulong StepsMax = 1 << 20;

    private readonly ValidatorSet _set;
    private readonly long[] _start;
    private readonly Lock _gate = new();
    private readonly long[] _running;
    private readonly List<int> _proposers = [];

    private ProposerRotation(ValidatorSet set, long[] priorities)
    {
        _set = set;
        _start = priorities;
        _running = [.. priorities];
    }

    public ValidatorSet Set => _set;

    /// <summary>
    /// Starts from a checkpoint that <see cref="Carry"/> or <see cref="GenesisOf"/> made: one priority for each validator, in the set's
    /// order.
    /// </summary>
    /// <exception cref="ArgumentException">An empty set, or not one priority for each validator.</exception>
    public static ProposerRotation StartOf(ValidatorSet set, IReadOnlyList<long> priorities)
    {
        if (set.Count == 0) throw new ArgumentException("Nobody can propose in an empty validator set.", nameof(set));
        if (priorities.Count != set.Count)
        {
            throw new ArgumentException($"{set.Count} validators have {priorities.Count} priorities.", nameof(priorities));
        }

        return new ProposerRotation(set, [.. priorities]);
    }

    /// <summary>The checkpoint of a set without a past: all priorities are equal, and centred they are zero.</summary>
    public static IReadOnlyList<long> GenesisOf(ValidatorSet set) => new long[set.Count];

    /// <summary>The proposer of a step; step 0 is the first after the checkpoint.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The step is <see cref="StepsMax"/> or more.</exception>
    public Address ProposerAt(ulong step)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(step, StepsMax);
        lock (_gate)
        {
            while ((ulong)_proposers.Count <= step) _proposers.Add(Advance(_set, _running));
            return _set[_proposers[(int)step]].Address;
        }
    }

    /// <summary>The priorities after so many steps from the checkpoint: an epoch of n heights ends with those after n.</summary>
    /// <exception cref="ArgumentOutOfRangeException">More than <see cref="StepsMax"/> steps.</exception>
    public IReadOnlyList<long> PrioritiesAfter(ulong steps)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(steps, StepsMax);
        long[] priorities = [.. _start];
        for (ulong step = 0; step < steps; step++) Advance(_set, priorities);
        return priorities;
    }

    /// <summary>
    /// The checkpoint of the next set: who stays keeps the priority, who is new starts at −1.125 P, then all are rescaled and centred. P
    /// is the total power with the changes and before the removals (CometBFT: tvpAfterUpdatesBeforeRemovals).
    /// </summary>
    public static IReadOnlyList<long> Carry(ValidatorSet oldSet, IReadOnlyList<long> oldEndPriorities, ValidatorSet newSet)
    {
        Int128 total = (Int128)newSet.TotalPower;
        foreach (Validator validator in oldSet)
        {
            if (!newSet.Contains(validator.Address)) total += validator.Power;
        }

        // Below 2^61 with the removed ones, so −1.125 P fits.
        long newcomer = (long)-(total + (total >> 3));
        long[] priorities = new long[newSet.Count];
        for (int i = 0; i < priorities.Length; i++)
        {
            int old = oldSet.IndexOf(newSet[i].Address);
            priorities[i] = old >= 0 ? oldEndPriorities[old] : newcomer;
        }

        if (priorities.Length > 0) RescaleAndCentre(newSet, priorities);
        return priorities;
    }

    private static int Advance(ValidatorSet set, long[] priorities)
    {
        RescaleAndCentre(set, priorities);
        int highest = 0;
        for (int i = 0; i < priorities.Length; i++)
        {
            priorities[i] += (long)set[i].Power;

            // Only a higher one wins: on a tie the lower address, which comes first, stays.
            if (priorities[i] > priorities[highest]) highest = i;
        }

        priorities[highest] -= (long)set.TotalPower;
        return highest;
    }

    private static void RescaleAndCentre(ValidatorSet set, long[] priorities)
    {
        Int128 widest = 2 * (Int128)set.TotalPower;
        Int128 spread = (Int128)priorities.Max() - priorities.Min();
        if (spread > widest)
        {
            // C# divides toward zero, as Go does.
            long ratio = (long)((spread + widest - 1) / widest);
            for (int i = 0; i < priorities.Length; i++) priorities[i] /= ratio;
        }

        Int128 sum = 0;
        foreach (long priority in priorities) sum += priority;
        long average = (long)Floor(sum, priorities.Length);
        for (int i = 0; i < priorities.Length; i++) priorities[i] -= average;
    }

    private static Int128 Floor(Int128 value, int divisor)
    {
        (Int128 quotient, Int128 remainder) = Int128.DivRem(value, divisor);
        return remainder < 0 ? quotient - 1 : quotient;
    }
}
