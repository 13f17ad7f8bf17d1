using DePinChain.Modules.Sdk;
using DePinChain.Primitives;
using static DePinChain.Modules.Sdk.Guard;

namespace DePinChain.Modules.Storage;

/// <summary>
/// For how many blocks a container was proven, up to any past height, in a constant number of reads: one bit for each period and a running
/// count for each 256 of them.
/// </summary>
[ModulePart]
internal sealed partial class ProvenTime(ModuleState state, Logs logs)
{
    private const int ChunkLog2 = 8;

    [Slot(30)] private partial Sequence Ids { get; }
    [Slot(31)] private partial Map<ulong, ContainerRecord> Containers { get; }
    [Slot(32)] private partial Map<(ulong Container, ulong Chunk), ProvenChunk> Chunks { get; }

    public ContainerRecord Get(ulong container)
    {
        Require(Containers.TryGet(container, out ContainerRecord record), new UnknownContainer(container));
        return record;
    }

    /// <summary>Opens a container whose periods begin where the hash of its number says: nobody chooses when it is challenged.</summary>
    public ulong Open(ulong provider, ulong period, Func<ulong, ulong> offsetOf)
    {
        ulong id = Ids.Next();
        Containers[id] = new ContainerRecord(provider, offsetOf(id), period, LastClosed: 0, Proven: 0, SlashedAt: 0);
        return id;
    }

    /// <summary>Judges a period after the last one that was judged.</summary>
    public void Close(ulong container, ulong period, bool proven)
    {
        ContainerRecord record = Get(container);
        Require(period > record.LastClosed, new UnknownContainer(container));
        ulong chunk = period >> ChunkLog2;
        if (!Chunks.TryGet((container, chunk), out ProvenChunk bits)) bits = new ProvenChunk(UInt256.Zero, record.Proven);
        UInt256 bit = proven ? UInt256.One << (int)(period & 255) : UInt256.Zero;
        Chunks[(container, chunk)] = bits with { Bits = bits.Bits | bit };
        Containers[container] = record with { LastClosed = period, Proven = record.Proven + (proven ? 1UL : 0UL) };
        logs.Emit(new PeriodClosed(container, period, proven));
    }

    /// <summary>Marks a container as failed for good.</summary>
    public void Slash(ulong container, ulong now) => Containers[container] = Get(container) with { SlashedAt = now };

    /// <summary>The block up to which a container was judged.</summary>
    public static ulong ClosedUpTo(in ContainerRecord container) =>
        container.LastClosed == 0 ? 0 : StorageMarketPolicy.EndOf(container, container.LastClosed);

    /// <summary>Blocks of (from, to] for which a container was proven. Both lie in judged periods, or before the first.</summary>
    public ulong Between(ulong container, in ContainerRecord record, ulong from, ulong to) =>
        to <= from ? 0 : UpTo(container, record, to) - UpTo(container, record, from);

    /// <summary>
    /// Blocks of (from, to] for which two containers were both proven. Their periods do not meet, so they are walked, and at most so many
    /// in one call: <paramref name="to"/> says how far it came.
    /// </summary>
    public ulong BetweenBoth(ulong first, ulong second, ulong from, ref ulong to)
    {
        (ContainerRecord one, ContainerRecord other) = (Get(first), Get(second));
        ulong proven = 0;
        ulong at = from;
        for (int segment = 0; at < to; segment++)
        {
            if (segment == StorageMarketPolicy.SegmentsPerSettlementMax)
            {
                to = at;
                break;
            }

            (ulong ofOne, ulong ofOther) = (StorageMarketPolicy.PeriodAfter(one, at), StorageMarketPolicy.PeriodAfter(other, at));
            ulong end = Math.Min(StorageMarketPolicy.EndOf(one, ofOne), StorageMarketPolicy.EndOf(other, ofOther));
            end = Math.Min(end, to);
            if (IsProven(first, ofOne) && IsProven(second, ofOther)) proven += end - at;
            at = end;
        }

        return proven;
    }

    private bool IsProven(ulong container, ulong period) => period != 0
        && Chunks.TryGet((container, period >> ChunkLog2), out ProvenChunk chunk)
        && ((chunk.Bits >> (int)(period & 255)) & UInt256.One) == UInt256.One;

    private ulong UpTo(ulong container, in ContainerRecord record, ulong height)
    {
        ulong period = StorageMarketPolicy.PeriodAfter(record, height);
        if (period == 0) return 0;

        // A chunk that nobody has judged a period of: everything proven lies before it.
        if (!Chunks.TryGet((container, period >> ChunkLog2), out ProvenChunk chunk)) return record.Proven * record.Period;
        int place = (int)(period & 255);
        UInt256 before = chunk.Bits & ((UInt256.One << place) - UInt256.One);
        ulong blocks = (chunk.Before + (ulong)Ones(before)) * record.Period;
        bool isProven = ((chunk.Bits >> place) & UInt256.One) == UInt256.One;
        return isProven ? blocks + height - StorageMarketPolicy.EndOf(record, period - 1) : blocks;
    }

    private static int Ones(UInt256 bits)
    {
        int ones = 0;
        for (; bits != UInt256.Zero; bits >>= 64) ones += System.Numerics.BitOperations.PopCount((ulong)(bits & ulong.MaxValue));
        return ones;
    }
}
