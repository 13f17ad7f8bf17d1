using DePinChain.Proofs.Hashing;
using DePinChain.Proofs.Pieces;

namespace DePinChain.Client.Files;

/// <summary>
/// How a piece is served: in chunks of 127 · 2^13 payload bytes, just below a MiB, each of which is a whole subtree of the piece. The
/// path from there to the root shows that a chunk is the right one before anybody pays for it.
/// </summary>
public static class ChunkLayout
{
    /// <summary>Payload bytes of a chunk; the last one may have fewer.</summary>
    public const int ChunkSize = Fr32.RawQuadSize << QuadsLog2;

    /// <summary>Leaves of a chunk's subtree, as a power of two.</summary>
    public const int SubtreeHeight = QuadsLog2 + PieceCid.HeightMin;

    private const int QuadsLog2 = 13;

    /// <summary>Chunks of a piece.</summary>
    public static ulong CountOf(in PieceCid piece) => (piece.RawSize + ChunkSize - 1) / ChunkSize;

    /// <summary>Payload bytes of one chunk.</summary>
    public static int SizeOf(in PieceCid piece, ulong chunk) => (int)Math.Min(ChunkSize, piece.RawSize - (chunk * ChunkSize));

    /// <summary>Nodes on the path from a chunk to the root.</summary>
    public static int PathLengthOf(in PieceCid piece) => Math.Max(piece.Height - SubtreeHeight, 0);

    /// <summary>True when these bytes are this chunk of the piece.</summary>
    /// <param name="piece">The piece.</param>
    /// <param name="chunk">Which chunk.</param>
    /// <param name="payload">Its bytes.</param>
    /// <param name="path">Siblings of its subtree, bottom-up, 32 bytes each.</param>
    public static bool Verify(in PieceCid piece, ulong chunk, ReadOnlySpan<byte> payload, ReadOnlySpan<byte> path)
    {
        if (chunk >= CountOf(piece) || payload.Length != SizeOf(piece, chunk)) return false;
        if (path.Length != PathLengthOf(piece) * NodeHash.Size) return false;
        int height = Math.Min((int)piece.Height, SubtreeHeight);
        byte[] raw = new byte[Fr32.RawQuadSize << (height - PieceCid.HeightMin)];
        if (payload.Length > raw.Length) return false;
        payload.CopyTo(raw);
        byte[] nodes = new byte[NodeHash.Size << height];
        Fr32.Pad(raw, nodes);
        Span<byte> node = stackalloc byte[NodeHash.Size];
        NodeHash.RootInPlace(nodes).CopyTo(node);
        NodeHash.Fold(node, chunk, path);
        return new Primitives.Hash256(node) == piece.Root;
    }
}
