using DePinChain.Primitives;

namespace DePinChain.Modules.Storage;

/// <summary>What always holds of sealed sectors.</summary>
internal static class SealedSectorsInvariants
{
    /// <summary>
    /// The module holds what it owes: free funds, deposits and pledges, what vests, and what nobody has claimed; over all providers of a
    /// small network the sums agree, and so does power.
    /// </summary>
    public static IEnumerable<string> Of(Amount held, SectorFunds funds, StorageRewards rewards, SectorBook book, ulong providers)
    {
        FundsTotals totals = funds.Totals;
        Amount owed = totals.Free + totals.Pledged + totals.Vesting + totals.Unclaimed;
        if (held != owed) yield return $"sealed sectors: {owed} owed, but {held} held";
        if (providers > ProvidersMax) yield break;
        Amount free = Amount.Zero;
        Amount pledged = Amount.Zero;
        Amount vesting = Amount.Zero;
        Amount unclaimed = Amount.Zero;
        UInt128 power = UInt128.Zero;
        for (ulong id = 1; id <= providers; id++)
        {
            FundsRecord record = funds.Of(id);
            free += record.Free;
            pledged += record.Deposits + record.Pledged;
            vesting += funds.VestingOf(id).Left;
            unclaimed += rewards.OwedTo(id) + rewards.ForgoneBy(id);
            power += rewards.PowerOf(id).Bytes;
            if (!record.Debt.IsZero && !record.Free.IsZero) yield return $"sealed sectors: provider {id} is in debt with free funds";
            if (book.IsKnown(id) && PowerOf(id, book) != rewards.PowerOf(id).Bytes)
                yield return $"sealed sectors: provider {id}'s active sectors are not its power";
        }

        if (free != totals.Free || pledged != totals.Pledged || vesting != totals.Vesting)
            yield return $"sealed sectors: providers hold {free}, {pledged} and {vesting}, but the sums are {totals}";
        if (unclaimed > totals.Unclaimed) yield return $"sealed sectors: {unclaimed} earned, but {totals.Unclaimed} minted for it";
        if (power != rewards.NetworkBytes) yield return $"sealed sectors: providers have {power} bytes, the network {rewards.NetworkBytes}";
    }

    // Walking all providers is for networks that a test or a localnet has.
    private const ulong ProvidersMax = 64;

    private static UInt128 PowerOf(ulong provider, SectorBook book)
    {
        ProvingCalendar calendar = book.CalendarOf(provider);
        UInt128 sectors = UInt128.Zero;
        for (ulong deadline = 0; deadline < calendar.Deadlines; deadline++)
        {
            uint live = 0;
            for (int index = 0; index < book.DeadlineOf(provider, deadline).Partitions; index++)
            {
                PartitionRecord partition = book.PartitionOf(provider, SealedSectorsPolicy.PartitionOf(deadline, index));
                sectors += SectorMask.Count(partition.Active);
                live += SectorMask.Count(partition.Live);
            }

            if (live != book.LoadsOf(provider)[deadline]) return UInt128.MaxValue;
        }

        return sectors * Proofs.Replication.SectorShape.Of(calendar.Kind).Bytes;
    }
}
