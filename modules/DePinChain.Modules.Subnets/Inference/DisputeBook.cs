using DePinChain.Modules.Sdk;
using DePinChain.Primitives;
using static DePinChain.Modules.Sdk.Guard;

namespace DePinChain.Modules.Subnets.Inference;

/// <summary>Disputes with what was shown in them, their turns and bonds.</summary>
[ModulePart]
internal sealed partial class DisputeBook(ModuleState state)
{
    [Slot(20)] private partial Sequence Ids { get; }
    [Slot(21)] private partial Map<ulong, DisputeRecord> Records { get; }
    [Slot(22)] private partial BlobMap<ulong, byte[]> Lists { get; }
    [Slot(23)] private partial BlobMap<(ulong Dispute, ProductSide Side), byte[]> Shown { get; }
    [Slot(24)] private partial Schedule<DisputeTurn> Turns { get; }
    [Slot(25)] private partial Map<(ulong Batch, uint Index, Address Challenger), ulong> Running { get; }
    [Slot(26)] private partial Item<Amount> BondsHeld { get; }

    /// <summary>Disputes there ever were, numbered from 1.</summary>
    public ulong Count => Ids.Last;

    /// <summary>Bonds of all that are not over.</summary>
    public Amount Bonds => BondsHeld.Value;

    /// <summary>Turns by the block at whose start they are over.</summary>
    public Schedule<DisputeTurn> Ends => Turns;

    public DisputeRecord? Find(ulong dispute) => Records.TryGet(dispute, out DisputeRecord? record) ? record : null;

    public DisputeRecord Get(ulong dispute)
    {
        Require(Records.TryGet(dispute, out DisputeRecord? record), new UnknownDispute(dispute));
        return record;
    }

    /// <summary>
    /// A challenger's dispute about an answer that is not over; 0 for none. One each: a friend of the miner cannot keep others away.
    /// </summary>
    public ulong Of(ulong batch, uint index, Address challenger) => Running[(batch, index, challenger)];

    public ulong Open(DisputeRecord record)
    {
        ulong dispute = Ids.Next();
        Running[(record.Batch, record.Index, record.Challenger)] = dispute;
        BondsHeld.Value += record.Bond;
        Save(dispute, record);
        return dispute;
    }

    /// <summary>Begins the next turn.</summary>
    public void Next(ulong dispute, DisputeRecord record, DisputeStage stage, ulong until) =>
        Save(dispute, record with { Stage = stage, Serial = record.Serial + 1, Until = until });

    /// <summary>Digest number <paramref name="vector"/> of the list that the miner showed.</summary>
    public Hash256 DigestOf(ulong dispute, int vector) => new(Lists[dispute].AsSpan(vector * Hash256.Size, Hash256.Size));

    public uint LayersOf(ulong dispute) => (uint)(Lists[dispute].Length / Hash256.Size / InferencePolicy.VectorsPerLayer);

    public void SaveList(ulong dispute, byte[] digests) => Lists[dispute] = digests;

    public byte[] ShownOf(ulong dispute, ProductSide side) => Shown[(dispute, side)];

    public void SaveShown(ulong dispute, ProductSide side, byte[] vector) => Shown[(dispute, side)] = vector;

    public byte[] ListOf(ulong dispute) => Lists[dispute];

    public bool IsSideShown(ulong dispute, ProductSide side) => Shown.Contains((dispute, side));

    public bool IsAllShown(ulong dispute) => IsSideShown(dispute, ProductSide.Input) && IsSideShown(dispute, ProductSide.Output);

    public void Close(ulong dispute, DisputeRecord record)
    {
        Records.Remove(dispute);
        Running.Remove((record.Batch, record.Index, record.Challenger));
        Lists.Remove(dispute);
        Shown.Remove((dispute, ProductSide.Input));
        Shown.Remove((dispute, ProductSide.Output));
        BondsHeld.Value -= record.Bond;
    }

    private void Save(ulong dispute, DisputeRecord record)
    {
        Records[dispute] = record;
        Turns.Add(record.Until, new DisputeTurn(dispute, record.Serial));
    }
}
