using DePinChain.Database;

namespace DePinChain.State;

/// <summary>Forgets the oldest past, a bounded amount with each block, so that a lowered limit is reached over several blocks.</summary>
internal static class StatePruning
{
    private const ulong HeightsPerBlockMax = 16;

    /// <summary>Adds to a batch what keeps the past within the options, and returns the mark of the new height.</summary>
    public static StateMark Apply(IKeyValueReader reader, IWriteBatch batch, StateDelta delta, StateMark mark, StateOptions options)
    {
        StateMark next = mark with
        {
            FirstHeight = KeepsAll(mark, options) ? mark.FirstHeight : Advance(mark.FirstHeight, delta.Height, options.HistoryBlocks),
        };
        next = next with
        {
            FirstProofHeight = Math.Max(Advance(mark.FirstProofHeight, delta.Height, options.ProofBlocks), next.FirstHeight),
        };
        delta.Pruned.Clear();
        for (ulong height = mark.FirstProofHeight + 1; height <= next.FirstProofHeight; height++)
        {
            PageHistory.Prune(reader, height, delta.Pruned);
        }

        foreach (Row row in delta.Pruned)
        {
            row.AddTo(batch);
        }

        var blobs = new BlobLedger(reader, delta);
        for (ulong height = mark.FirstHeight + 1; height <= next.FirstHeight; height++)
        {
            // The reverse diff of this height led to heights that are gone; the row itself still names this height's root.
            blobs.Forget(BlockHistory.ReadReleased(reader, height));
            batch.Delete(Table.History, FlatCodec.BigEndian(height - 1));
            if (mark.EraOf(height + 1) > mark.EraOf(height))
            {
                ulong era = mark.EraOf(height);
                batch.DeleteRange(Table.HistoryIndex, HistoryKeys.OfEra(era), HistoryKeys.OfEra(era + 1));
            }
        }

        blobs.AddTo(batch);
        return next;
    }

    private static bool KeepsAll(StateMark mark, StateOptions options) => options.Archive || mark.EraBlocks == ulong.MaxValue;

    private static ulong Advance(ulong first, ulong height, ulong kept)
    {
        ulong wanted = height > kept ? height - kept : 0;
        return Math.Max(first, Math.Min(wanted, first + HeightsPerBlockMax));
    }
}
