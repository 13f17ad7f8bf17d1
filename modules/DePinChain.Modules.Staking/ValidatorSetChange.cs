using DePinChain.Primitives;

namespace DePinChain.Modules.Staking;

/// <summary>A validator's power in a set, by operator.</summary>
public readonly record struct Seat(Address Operator, ulong Power);

/// <summary>A validator that wants a seat, with the stake it is ranked by.</summary>
public readonly record struct Candidate(Address Operator, Amount Stake);

/// <summary>How one epoch's set becomes the next: the ranking, and the budget of power that may move at a boundary.</summary>
/// <remarks>
/// The budget is what makes light clients safe: adjacent sets share at least the power that did not move. Removals come first, then
/// changes by
/// descending size, then by address; each is applied as far as the budget allows, partway if need be, and the rest waits for the next
/// boundary.
/// </remarks>
public static class ValidatorSetChange
{
    /// <summary>
    /// The <paramref name="seatsMax"/> candidates with the most stake (ties: the lower address) and at least one whole DPN.
    /// </summary>
    public static List<Seat> Rank(IEnumerable<Candidate> candidates, int seatsMax)
    {
        var ranked = new List<Candidate>(candidates);
        ranked.Sort(static (a, b) => a.Stake != b.Stake ? b.Stake.CompareTo(a.Stake) : a.Operator.CompareTo(b.Operator));

        var seats = new List<Seat>();
        UInt128 total = UInt128.Zero;
        foreach (Candidate candidate in ranked)
        {
            ulong power = StakingPolicy.PowerOf(candidate.Stake);
            if (seats.Count == seatsMax || power == 0) break;
            // Only a supply far beyond the chain's cap could reach this bound; the excess stays outside rather than overflow a priority.
            if (total + power > StakingPolicy.TotalPowerMax) break;
            total += power;
            seats.Add(new Seat(candidate.Operator, power));
        }
        return seats;
    }

    /// <summary>The power that may move at a boundary: total / divisor, and at least 1. A divisor of 1 sets no limit.</summary>
    public static ulong Budget(ulong totalPower, ulong divisor) => divisor == 1 ? ulong.MaxValue : Math.Max(totalPower / divisor, 1);

    /// <summary>Moves <paramref name="current"/> towards <paramref name="wanted"/> by at most <paramref name="budget"/> of power.</summary>
    /// <returns>
    /// The seats by ascending operator, never none: an empty wish changes nothing, and a budget that removes the last seat admits the first
    /// wish with a power of 1. A chain without validators could not recover.
    /// </returns>
    public static List<Seat> Move(IReadOnlyList<Seat> current, IReadOnlyList<Seat> wanted, ulong budget)
    {
        var powers = new SortedDictionary<Address, (ulong Now, ulong Goal)>();
        foreach (Seat seat in current) powers[seat.Operator] = (seat.Power, wanted.Count == 0 ? seat.Power : 0);
        foreach (Seat seat in wanted)
            powers[seat.Operator] = (powers.TryGetValue(seat.Operator, out var known) ? known.Now : 0, seat.Power);

        var order = new List<Address>(powers.Keys);
        order.Sort((a, b) => ByPrecedence(a, powers[a], b, powers[b]));
        foreach (Address seat in order)
        {
            (ulong now, ulong goal) = powers[seat];
            ulong step = Math.Min(Distance(now, goal), budget);
            budget -= step;
            powers[seat] = (goal >= now ? now + step : now - step, goal);
        }

        var next = new List<Seat>(powers.Count);
        foreach ((Address seat, (ulong power, _)) in powers)
            if (power > 0) next.Add(new Seat(seat, power));
        if (next.Count == 0 && wanted.Count > 0) next.Add(new Seat(wanted[0].Operator, 1));
        return next;
    }

    private static int ByPrecedence(Address a, (ulong Now, ulong Goal) left, Address b, (ulong Now, ulong Goal) right)
    {
        bool leftLeaves = left.Goal == 0;
        if (leftLeaves != (right.Goal == 0)) return leftLeaves ? -1 : 1;
        int bySize = Distance(right.Now, right.Goal).CompareTo(Distance(left.Now, left.Goal));
        return bySize != 0 ? bySize : a.CompareTo(b);
    }

    private static ulong Distance(ulong now, ulong goal) => now >= goal ? now - goal : goal - now;
}
