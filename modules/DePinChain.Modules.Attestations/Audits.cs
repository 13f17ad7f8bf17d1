using System.Buffers.Binary;
using DePinChain.Modules.Sdk;
using DePinChain.Primitives;

namespace DePinChain.Modules.Attestations;

/// <summary>
/// Which verifiers must show that they did the work: after the reveals the beacon picks one valid verdict in so many, and some records of
/// each.
/// </summary>
[ModulePart]
internal sealed partial class Audits(ModuleState state)
{
    [Slot(50)] private partial Map<(ulong Job, uint Seat), AuditRecord> Records { get; }
    [Slot(51)] private partial Schedule<ulong> Planned { get; }
    [Slot(52)] private partial Schedule<Duty> Planneds { get; }

    /// <summary>Jobs whose audits are drawn.</summary>
    public Schedule<ulong> Draws => Planned;

    /// <summary>Audits whose time is over.</summary>
    public Schedule<Duty> Ends => Planneds;

    public void Plan(ulong job, ulong height) => Planned.Add(height, job);

    public bool TryGet(ulong job, uint seat, out AuditRecord? record) => Records.TryGet((job, seat), out record);

    public void Begin(ulong job, uint seat, AuditRecord record)
    {
        Records[(job, seat)] = record;
        Planneds.Add(record.Until, new Duty(job, seat));
    }

    /// <summary>Takes a record that was shown off an audit; the last one ends it.</summary>
    public void Answer(ulong job, uint seat, AuditRecord record, uint lane)
    {
        uint[] left = [.. record.Lanes.Where(waiting => waiting != lane)];
        if (left.Length == 0) Records.Remove((job, seat));
        else Records[(job, seat)] = record with { Lanes = left };
    }

    public void Remove(ulong job, uint seat) => Records.Remove((job, seat));

    /// <summary>A seat's own seed: keccak256(beacon ‖ u32 seat).</summary>
    public static Hash256 SeedOf(in Hash256 beacon, uint seat)
    {
        Span<byte> preimage = stackalloc byte[Hash256.Size + sizeof(uint)];
        beacon.CopyTo(preimage);
        BinaryPrimitives.WriteUInt32BigEndian(preimage[Hash256.Size..], seat);
        return Keccak256.Hash(preimage);
    }

    /// <summary>
    /// The records an audited seat must show; none for one that is not audited. Numbers 0, 1, 2… of keccak256(seed ‖ u32 i): the first says
    /// whether, the others which, passing over repetitions.
    /// </summary>
    public static uint[] LanesOf(in Hash256 seed, uint odds, uint lanes, int wanted)
    {
        if (lanes == 0 || NumberOf(seed, 0) % odds != 0) return [];
        List<uint> drawn = [];
        int size = (int)Math.Min((uint)wanted, lanes);
        for (uint at = 1; drawn.Count < size; at++)
        {
            uint lane = (uint)(NumberOf(seed, at) % lanes);
            if (!drawn.Contains(lane)) drawn.Add(lane);
            else if (at > AttemptsMax) drawn.Add(FirstFree(drawn));
        }

        return [.. drawn];
    }

    // Eight of eight lanes are met within so many numbers but once in 10^10 seeds; then the lowest is taken.
    private const uint AttemptsMax = 256;

    private static uint FirstFree(List<uint> drawn)
    {
        uint free = 0;
        while (drawn.Contains(free)) free++;
        return free;
    }

    private static ulong NumberOf(in Hash256 seed, uint number)
    {
        Span<byte> digest = stackalloc byte[Hash256.Size];
        SeedOf(seed, number).CopyTo(digest);
        return BinaryPrimitives.ReadUInt64BigEndian(digest);
    }
}
