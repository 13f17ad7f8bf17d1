namespace DePinChain.Modules.Subnets.Yuma;

/// <summary>The two choices an epoch makes by sorting: the weighted median, and who belongs to the top.</summary>
/// <remarks>Values are I32F32 within [0, 1]; a value and an index share one sort key, so that equal values keep their order.</remarks>
public static class Selection
{
    /// <summary>Most entries of one choice.</summary>
    public const int EntriesMax = 1 << IndexBits;

    private const int IndexBits = 16;

    /// <summary>The lowest score at or below which more than <paramref name="minority"/> of the stake is; the highest if none.</summary>
    /// <param name="stake">Stake of each scorer, non-negative.</param>
    /// <param name="score">Its score, non-negative.</param>
    /// <param name="minority">Stake that may be outvoted.</param>
    /// <param name="keys">Room for as many keys as scorers.</param>
    public static long WeightedMedian(ReadOnlySpan<long> stake, ReadOnlySpan<long> score, long minority, Span<ulong> keys)
    {
        if (stake.IsEmpty) return 0;
        for (int i = 0; i < stake.Length; i++) keys[i] = KeyOf(score[i], i);
        return MedianOf(stake, keys[..stake.Length], minority, 0);
    }

    /// <summary>Marks the k largest; of equal ones the lower index is left out first.</summary>
    /// <param name="values">Non-negative.</param>
    /// <param name="k">How many.</param>
    /// <param name="marked">Set for the top, cleared for the others.</param>
    /// <param name="keys">Room for as many keys as values.</param>
    public static void MarkTop(ReadOnlySpan<long> values, int k, Span<bool> marked, Span<ulong> keys)
    {
        marked[..values.Length].Fill(values.Length <= k);
        if (values.Length <= k) return;
        keys = keys[..values.Length];
        for (int i = 0; i < values.Length; i++) keys[i] = KeyOf(values[i], i);
        keys.Sort();
        foreach (ulong key in keys[^k..]) marked[IndexOf(key)] = true;
    }

    /// <summary>Sorts by value, then by index.</summary>
    internal static ulong KeyOf(long value, int index) => ((ulong)value << IndexBits) | (uint)index;

    /// <summary>Sorts the keys; <paramref name="cumulative"/> is stake that scored below all of them.</summary>
    internal static long MedianOf(ReadOnlySpan<long> stake, Span<ulong> keys, long minority, long cumulative)
    {
        if (keys.IsEmpty) return 0;
        keys.Sort();
        foreach (ulong key in keys)
        {
            cumulative += stake[IndexOf(key)];
            if (cumulative > minority) return (long)(key >> IndexBits);
        }

        return (long)(keys[^1] >> IndexBits);
    }

    private static int IndexOf(ulong key) => (int)(key & (EntriesMax - 1));
}
