using DePinChain.Primitives;
using DePinChain.Proofs.Replication;

namespace DePinChain.Modules.Storage;

/// <summary>The numbers and rules of sealed sectors.</summary>
public static class SealedSectorsPolicy
{
    /// <summary>Sectors promised in one call.</summary>
    public const int PreCommitsPerCallMax = 64;

    /// <summary>Sectors addressed in one call otherwise.</summary>
    public const int SectorsPerCallMax = 256;

    /// <summary>Partitions in one proof of spacetime.</summary>
    public const int PartitionsPerProofMax = 8;

    /// <summary>Bytes that are verified in the state transition at most; larger proofs go to a committee.</summary>
    public const int ProofBytesMax = 65_536;

    /// <summary>Sectors of a partition.</summary>
    public const int PartitionSize = 256;

    /// <summary>Partitions of a deadline.</summary>
    public const int PartitionsMax = 1_024;

    /// <summary>Deadlines of a period at most.</summary>
    public const int DeadlinesMax = 48;

    /// <summary>Pieces of a sector.</summary>
    public const int PiecesMax = 64;

    /// <summary>A sector's number is below 2^40.</summary>
    public const ulong SectorNumberMax = (1UL << 40) - 1;

    /// <summary>Windows judged at one block's start; with the two below 256 items.</summary>
    public const int ClosesPerBlockMax = 160;

    /// <summary>Partitions of a window judged in one piece of work.</summary>
    public const int PartitionsPerCloseMax = 64;

    /// <summary>Promises, expirations and terminations each at one block's start.</summary>
    public const int EndsPerBlockMax = 32;

    /// <summary>Sectors of a partition terminated in one piece of work.</summary>
    public const int TerminationsPerItemMax = 8;

    /// <summary>Days over which rewards become free.</summary>
    public const ulong VestingDays = 180;

    /// <summary>Part of a reward that becomes free by the day, in hundredths (builtin-actors: 75 %).</summary>
    public const uint VestingPercent = 75;

    /// <summary>Part of a block's reward that demand may take, in hundredths.</summary>
    public const uint DemandPercent = 10;

    /// <summary>Demand pays at most so many hundredths of the fees that were burned: trading with oneself loses the rest.</summary>
    public const uint DemandOfBurnedPercent = 90;

    /// <summary>Records of a seal's proof of which an audited verifier shows its work.</summary>
    public const byte SealAuditLanes = 1;

    /// <summary>Records of a window's proof of which an audited verifier shows its work.</summary>
    public const byte WindowAuditLanes = 4;

    /// <summary>Jobs about a partition's windows that can be under way at a time.</summary>
    public const int WindowJobsMax = 4;

    /// <summary>Part of a fraud's penalty that goes to whoever showed it, in hundredths.</summary>
    public const uint DisputerPercent = 25;

    /// <summary>What a committee gets for a seal beside its gas: 0.001 DPN.</summary>
    public static readonly Amount SealKindFee = new(1_000_000_000_000_000);

    /// <summary>Gas of a compression of SHA-256: half a node hash.</summary>
    public const ulong GasPerCompression = DataSetsPolicy.GasPerNode / 2;

    /// <summary>Gas of a block's minting: about thirty products of 256 bits by 128 and three divisions.</summary>
    public const ulong GasPerMint = 15_000;

    /// <summary>Gas of a projection of rewards.</summary>
    public const ulong GasPerProjection = 6_000;

    /// <summary>What the beacon is asked for: a provider's place in the period.</summary>
    public const string OffsetDomain = "storage/offset";

    /// <summary>What the beacon is asked for: a sector's ticket.</summary>
    public const string TicketDomain = "storage/ticket";

    /// <summary>What the beacon is asked for: which nodes a seal's proof opens.</summary>
    public const string SealDomain = "storage/seal";

    /// <summary>What the beacon is asked for: which leaves a proof of spacetime opens.</summary>
    public const string SpacetimeDomain = "storage/spacetime";

    /// <summary>Sizes whose replica can be made again faster than a challenge is answered.</summary>
    public static bool IsDevelopmentSize(SectorKind kind) => kind < SectorKind.ThirtyTwoGiB;

    /// <summary>A partition's number among its provider's.</summary>
    public static uint PartitionOf(ulong deadline, int index) => (uint)(deadline << 16) | (uint)index;

    /// <summary>The deadline of a partition.</summary>
    public static ulong DeadlineOf(uint partition) => partition >> 16;

    /// <summary>
    /// The deadline with the fewest sectors, but neither the one that runs nor the next: their challenge may be known. The first of
    /// equals. Deadlines whose partitions are all full are passed over.
    /// </summary>
    /// <returns>The deadline, or −1 when none has room.</returns>
    public static int EmptiestDeadline(ReadOnlySpan<uint> loads, ReadOnlySpan<ushort> full, ulong current)
    {
        int best = -1;
        for (int deadline = 0; deadline < loads.Length; deadline++)
        {
            int ahead = (deadline - (int)current + loads.Length) % loads.Length;
            if (ahead < 2 || full[deadline] != 0) continue;
            if (best < 0 || loads[deadline] < loads[best]) best = deadline;
        }

        return best;
    }

    /// <summary>What a claim pays at once and what it adds to each of the vesting days; the division's rest is paid at once.</summary>
    public static (Amount Liquid, Amount PerDay) SplitReward(Amount reward)
    {
        Amount perDay = reward.MulDiv(VestingPercent, 100 * VestingDays, Rounding.Down);
        return (reward - (perDay * VestingDays), perDay);
    }

    /// <summary>What a day's demand shares out: the lesser of what was withheld and 90 % of what was burned. Rounded down.</summary>
    public static Amount DemandOf(Amount withheld, Amount burned) =>
        Amount.Min(withheld, burned.MulDiv(DemandOfBurnedPercent, 100, Rounding.Down));
}

/// <summary>Masks over the places of a partition.</summary>
public static class SectorMask
{
    /// <summary>Bits of the number of windows that a sector was faulty.</summary>
    public const int AgeBits = 6;

    /// <summary>The mask of one place.</summary>
    public static UInt256 Of(int place) => UInt256.One << place;

    /// <summary>How many places a mask names.</summary>
    public static uint Count(UInt256 mask)
    {
        uint count = 0;
        for (; mask != UInt256.Zero; mask >>= 64) count += (uint)System.Numerics.BitOperations.PopCount((ulong)(mask & ulong.MaxValue));
        return count;
    }

    /// <summary>The places a mask names, ascending.</summary>
    public static IEnumerable<int> Places(UInt256 mask)
    {
        for (int word = 0; word < 4; word++)
        {
            ulong bits = (ulong)((mask >> (64 * word)) & ulong.MaxValue);
            for (; bits != 0; bits &= bits - 1) yield return (64 * word) + System.Numerics.BitOperations.TrailingZeroCount(bits);
        }
    }

    /// <summary>One window more for those of a mask, none for all others. A number that is full stays.</summary>
    public static UInt256[] Older(UInt256[] ages, UInt256 faulty)
    {
        UInt256 full = faulty;
        foreach (UInt256 bit in ages) full &= bit;
        UInt256 carry = faulty & ~full;
        UInt256[] older = new UInt256[AgeBits];
        for (int bit = 0; bit < AgeBits; bit++)
        {
            UInt256 old = ages[bit] & faulty;
            older[bit] = old ^ carry;
            carry &= old;
        }

        return older;
    }

    /// <summary>Those whose number is at least some windows.</summary>
    public static UInt256 AtLeast(UInt256[] ages, ulong windows)
    {
        UInt256 greater = UInt256.Zero;
        UInt256 equal = ~UInt256.Zero;
        for (int bit = AgeBits - 1; bit >= 0; bit--)
        {
            bool isSet = ((windows >> bit) & 1) == 1;
            if (!isSet) greater |= equal & ages[bit];
            equal &= isSet ? ages[bit] : ~ages[bit];
        }

        return greater | equal;
    }
}
