using System.Diagnostics.CodeAnalysis;
using DePinChain.Primitives;
using DePinChain.Proofs.Hashing;

namespace DePinChain.Proofs.Pieces;

/// <summary>Shows that a piece lies in an aggregate and stands in its index (FRC-0058).</summary>
/// <param name="PieceIndex">The piece's place among subtrees of its size.</param>
/// <param name="PiecePath">Siblings from the piece's root to the aggregate's.</param>
/// <param name="EntryIndex">The index entry's place among all 64-byte places of the aggregate.</param>
/// <param name="EntryPath">Siblings from the entry to the aggregate's root.</param>
public sealed record SegmentInclusion(ulong PieceIndex, byte[] PiecePath, ulong EntryIndex, byte[] EntryPath)
{
    /// <summary>Levels of the longer path at most.</summary>
    public const int LevelsMax = NodeHash.HeightMax;

    /// <summary>Bytes of the longest encoding.</summary>
    public const int EncodedSizeMax = 18 + (2 * LevelsMax * NodeHash.Size);

    /// <summary>u64 piece place, u8 levels, siblings, u64 entry place, u8 levels, siblings; big-endian.</summary>
    public byte[] Encode()
    {
        byte[] bytes = new byte[18 + PiecePath.Length + EntryPath.Length];
        WritePath(bytes, PieceIndex, PiecePath);
        WritePath(bytes.AsSpan(9 + PiecePath.Length), EntryIndex, EntryPath);
        return bytes;
    }

    /// <summary>Reads what <see cref="Encode"/> writes.</summary>
    public static bool TryDecode(ReadOnlySpan<byte> bytes, [NotNullWhen(true)] out SegmentInclusion? proof)
    {
        proof = null;
        if (!TryReadPath(ref bytes, out ulong pieceIndex, out byte[] piecePath)) return false;
        if (!TryReadPath(ref bytes, out ulong entryIndex, out byte[] entryPath) || !bytes.IsEmpty) return false;
        proof = new SegmentInclusion(pieceIndex, piecePath, entryIndex, entryPath);
        return true;
    }

    /// <summary>Checks the proof; the size of the aggregate follows from the paths and must be the aggregate's.</summary>
    /// <param name="piece">The piece that should lie in it.</param>
    /// <param name="aggregate">The aggregate.</param>
    /// <param name="fault">What is wrong.</param>
    public bool Verify(in PieceCid piece, in PieceCid aggregate, [NotNullWhen(false)] out string? fault)
    {
        fault = Fault(piece, aggregate);
        return fault is null;
    }

    private string? Fault(in PieceCid piece, in PieceCid aggregate)
    {
        int pieceLevels = PiecePath.Length / NodeHash.Size;
        int entryLevels = EntryPath.Length / NodeHash.Size;
        if (PiecePath.Length % NodeHash.Size != 0 || EntryPath.Length % NodeHash.Size != 0) return "a path is no row of nodes";
        if (piece.Height + pieceLevels != aggregate.Height) return "the piece's path does not end at the aggregate's height";
        if (entryLevels + 1 != aggregate.Height) return "the entry's path does not end at the aggregate's height";
        if (PieceIndex >> pieceLevels != 0) return "the piece lies outside of the aggregate";
        if (EntryIndex >> entryLevels != 0) return "the entry lies outside of the aggregate";
        if (EntryIndex < SegmentIndex.FirstEntry(aggregate.PaddedSize)) return "the entry does not lie in the index";

        Span<byte> node = stackalloc byte[NodeHash.Size];
        piece.Root.CopyTo(node);
        NodeHash.Fold(node, PieceIndex, PiecePath);
        if (new Hash256(node) != aggregate.Root) return "the piece's path leads to another root";

        byte[] entry = new SegmentEntry(piece.Root, PieceIndex << (piece.Height + 5), piece.PaddedSize).Encode();
        NodeHash.HashMessage(entry, node);
        NodeHash.Fold(node, EntryIndex, EntryPath);
        return new Hash256(node) == aggregate.Root ? null : "the entry's path leads to another root";
    }

    private static void WritePath(Span<byte> bytes, ulong index, byte[] path)
    {
        System.Buffers.Binary.BinaryPrimitives.WriteUInt64BigEndian(bytes, index);
        bytes[8] = (byte)(path.Length / NodeHash.Size);
        path.CopyTo(bytes[9..]);
    }

    private static bool TryReadPath(ref ReadOnlySpan<byte> bytes, out ulong index, out byte[] path)
    {
        (index, path) = (0, []);
        if (bytes.Length < 9 || bytes[8] > LevelsMax || bytes.Length < 9 + (bytes[8] * NodeHash.Size)) return false;
        index = System.Buffers.Binary.BinaryPrimitives.ReadUInt64BigEndian(bytes);
        int size = bytes[8] * NodeHash.Size;
        path = bytes.Slice(9, size).ToArray();
        bytes = bytes[(9 + size)..];
        return true;
    }
}
