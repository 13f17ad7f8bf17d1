namespace DePinChain.Modules.Storage;

/// <summary>The numbers and rules of data sets.</summary>
public static class DataSetsPolicy
{
    /// <summary>Pieces added in one call.</summary>
    public const int PiecesPerCallMax = 100;

    /// <summary>Files of one aggregate that have deals.</summary>
    public const int FilesMax = 64;

    /// <summary>Pieces a set ever gets.</summary>
    public const ulong PiecesMax = 1 << 20;

    /// <summary>Removals that wait: PDPVerifier's MAX_ENQUEUED_REMOVALS.</summary>
    public const int RemovalsMax = 2_000;

    /// <summary>Removals that one proof puts into effect.</summary>
    public const int RemovalsPerProofMax = 64;

    /// <summary>Leaves a proof shows when no deal asks for any number.</summary>
    public const ushort ChallengesDefault = 10;

    /// <summary>Periods after a fault for which twice as many leaves are shown.</summary>
    public const ulong RaisedPeriods = 3;

    /// <summary>Bytes that are verified in the state transition at most.</summary>
    public const int ProofBytesMax = 65_536;

    /// <summary>Gas of a node hash: SHA-256 of two words, priced as the EVM's precompile (60 + 12 a word).</summary>
    public const ulong GasPerNode = 84;

    /// <summary>What the beacon's seed is for.</summary>
    public const string Domain = "storage/possession";

    /// <summary>A set after the periods that nobody proved in time. Nothing is written: views ask too.</summary>
    /// <param name="set">The set.</param>
    /// <param name="container">Its periods.</param>
    /// <param name="now">This block.</param>
    /// <param name="missed">The periods that were missed, ascending: at most SlashAfterFaults.</param>
    public static DataSetRecord Judge(DataSetRecord set, in ContainerRecord container, ulong now, List<ulong> missed)
    {
        while (set.State == DataSetState.Live && set.NextPeriod != 0 &&
            StorageMarketPolicy.EndOf(container, set.NextPeriod) + set.WindowBlocks < now)
        {
            ulong period = set.NextPeriod;
            missed.Add(period);
            ulong run = set.FaultRun + 1;
            ushort raised = (ushort)Math.Min(2 * set.ChallengesOf(period), StorageMarketPolicy.ChallengesMax);
            bool failed = run >= set.SlashAfterFaults;
            set = set with
            {
                FaultRun = run,
                RaisedChallenges = raised,
                RaisedUntil = period + RaisedPeriods,
                NextPeriod = failed ? 0 : period + 1,
                State = failed ? DataSetState.Failed : DataSetState.Live,
            };
        }

        return set;
    }

    /// <summary>What the challenge of a period draws from.</summary>
    public static FrozenRange RangeOf(DataSetRecord set, ulong period) =>
        set.Frozen.Period == period ? set.Frozen : new FrozenRange(period, set.Pieces, set.Leaves, set.ChallengesOf(period));

    /// <summary>A set about to change: keeps what a challenge that has fallen already draws from.</summary>
    public static DataSetRecord Freeze(DataSetRecord set, in ContainerRecord container, ulong now)
    {
        ulong next = StorageMarketPolicy.PeriodAfter(container, now);
        if (set.NextPeriod == 0 || next == 0 || next - 1 < set.NextPeriod || set.Frozen.Period == next - 1) return set;
        return set with { Frozen = RangeOf(set, next - 1) };
    }
}
