using DePinChain.Primitives;

namespace DePinChain.Modules.Attestations;

/// <summary>What a committee came to.</summary>
/// <param name="Decision">The decision; 0 for none.</param>
/// <param name="Verdict">The verdict behind it.</param>
/// <param name="Answer">What a quorum agreed on.</param>
/// <param name="Numbers">Medians of those who agreed.</param>
internal sealed record TallyResult(JobDecision Decision, Verdict Verdict, Hash256 Answer, ulong[] Numbers)
{
    public static readonly TallyResult None = new(0, Verdict.None, Hash256.Zero, []);
}

/// <summary>Counts a committee's verdicts, by heads over all members drawn, not over those who revealed.</summary>
internal static class Tally
{
    public static TallyResult Of(JobTerms terms, IReadOnlyList<SeatRecord> seats) =>
        terms.Rule == DecisionRule.Optimistic ? OfBlob(seats) : OfQuorum(terms, seats);

    /// <summary>Members needed: ⌈members · numerator / denominator⌉.</summary>
    public static int QuorumOf(int members, byte numerator, byte denominator) =>
        ((members * numerator) + denominator - 1) / denominator;

    /// <summary>The middle one of sorted numbers; of an even count the lower of both.</summary>
    public static ulong MedianOf(IEnumerable<ulong> numbers)
    {
        ulong[] sorted = [.. numbers.Order()];
        return sorted[(sorted.Length - 1) / 2];
    }

    // More than half valid accepts. Two thirds that could not have the data give up on it: fewer might be bribed not to look.
    private static TallyResult OfBlob(IReadOnlyList<SeatRecord> seats)
    {
        int valid = Count(seats, Verdict.Valid);
        int unavailable = Count(seats, Verdict.Unavailable);
        if (2 * valid > seats.Count) return new TallyResult(JobDecision.Accepted, Verdict.Valid, Hash256.Zero, []);
        return unavailable > 0 && unavailable >= QuorumOf(seats.Count, 2, 3)
            ? new TallyResult(JobDecision.Unavailable, Verdict.Unavailable, Hash256.Zero, [])
            : TallyResult.None;
    }

    private static TallyResult OfQuorum(JobTerms terms, IReadOnlyList<SeatRecord> seats)
    {
        int needed = QuorumOf(seats.Count, terms.QuorumNumerator, terms.QuorumDenominator);
        foreach (SeatRecord candidate in seats)
        {
            if (candidate.State != SeatState.Revealed) continue;
            SeatRecord[] group = [.. seats.Where(seat => Agrees(terms, seat, candidate.Verdict, candidate.Word))];
            if (group.Length < needed) continue;
            ulong[] medians = new ulong[terms.Numbers];
            for (int field = 0; field < medians.Length; field++) medians[field] = MedianOf(group.Select(seat => seat.Numbers[field]));
            return new TallyResult(JobDecision.Decided, candidate.Verdict, terms.IsExact ? candidate.Word : Hash256.Zero, medians);
        }

        return TallyResult.None;
    }

    /// <summary>True when a member said the same: the verdict, and where there is one right answer that too.</summary>
    public static bool Agrees(JobTerms terms, SeatRecord seat, Verdict verdict, Hash256 answer) =>
        seat.State == SeatState.Revealed && seat.Verdict == verdict && (!terms.IsExact || seat.Word == answer);

    private static int Count(IReadOnlyList<SeatRecord> seats, Verdict verdict) =>
        seats.Count(seat => seat.State == SeatState.Revealed && seat.Verdict == verdict);
}
