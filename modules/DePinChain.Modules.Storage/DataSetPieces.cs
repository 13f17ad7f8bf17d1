using DePinChain.Modules.Sdk;
using DePinChain.Proofs.Pieces;
using DePinChain.Proofs.Possession;
using static DePinChain.Modules.Sdk.Guard;

namespace DePinChain.Modules.Storage;

/// <summary>The pieces of all sets, and the sums that find the piece of a leaf.</summary>
[ModulePart]
internal sealed partial class DataSetPieces(ModuleState state)
{
    [Slot(10)] private partial Map<(ulong Set, ulong Piece), PieceRecord> Records { get; }
    [Slot(11)] private partial Map<(ulong Set, ulong Entry), ulong> Sums { get; }
    [Slot(12)] private partial SetMap<ulong, ulong> Leaving { get; }

    public bool TryGet(ulong set, ulong piece, out PieceRecord? record) => Records.TryGet((set, piece), out record);

    public PieceRecord Get(ulong set, ulong piece)
    {
        Require(Records.TryGet((set, piece), out PieceRecord? record), new UnknownPiece(set, piece));
        return record;
    }

    public static PieceCid CidOf(PieceRecord record) => new(record.Root, record.Height, record.Padding);

    /// <summary>Appends a piece.</summary>
    public void Add(ulong set, ulong piece, in PieceCid cid, ulong[] deals)
    {
        Records[(set, piece)] = new PieceRecord(cid.Root, cid.Height, cid.Padding, deals);
        Sums[(set, piece)] = LeafSums.EntryOf(piece, cid.LeafCount, entry => Sums[(set, entry)]);
    }

    /// <summary>Takes a piece out; its number stays empty.</summary>
    /// <returns>Its leaves.</returns>
    public ulong Remove(ulong set, ulong piece, ulong pieces)
    {
        ulong leaves = CidOf(Get(set, piece)).LeafCount;
        foreach (ulong entry in LeafSums.EntriesCounting(piece, pieces)) Sums[(set, entry)] -= leaves;
        Records.Remove((set, piece));
        return leaves;
    }

    /// <summary>Takes the last piece and its entry out, when a set is cleaned up.</summary>
    public void Drop(ulong set, ulong piece)
    {
        Records.Remove((set, piece));
        Sums.Remove((set, piece));
    }

    public (ulong Piece, ulong Offset) Find(ulong set, ulong leaf, ulong pieces) =>
        LeafSums.Find(leaf, pieces, entry => Sums[(set, entry)]);

    public ulong SumOf(ulong set, ulong pieces)
    {
        ulong sum = 0;
        for (ulong at = pieces; at > 0; at &= at - 1) sum += Sums[(set, at - 1)];
        return sum;
    }

    public Set<ulong> LeavingOf(ulong set) => Leaving[set];
}
