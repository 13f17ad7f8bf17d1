using DePinChain.Primitives;

namespace DePinChain.Proofs.Availability;

/// <summary>
/// A blob in shards, one for each custodian: any k of them give the blob. Each shard has a tree over its pieces of 32 KiB, and the set has
/// a tree over the shards' roots, so that one piece of one shard can be shown alone.
/// </summary>
public sealed class ShardSet
{
    /// <summary>Bytes of a piece.</summary>
    public const uint PieceBytes = 32_768;

    private readonly Hash256[] _roots;

    private ShardSet(byte[][] shards)
    {
        Shards = shards;
        _roots = [.. shards.Select(static shard => BlobTree.RootOf(shard, PieceBytes))];
        Root = RootOver(_roots);
    }

    /// <summary>The shards, in the custodians' order.</summary>
    public IReadOnlyList<byte[]> Shards { get; }

    /// <summary>Each shard's own root over its pieces.</summary>
    public IReadOnlyList<Hash256> Roots => _roots;

    /// <summary>Root over the shards' roots.</summary>
    public Hash256 Root { get; }

    /// <summary>k: how many shards give the blob. Below 16 custodians each has a copy; then an eighth suffices.</summary>
    /// <param name="count">n, 1 to 255.</param>
    public static int DataShardsOf(int count) => Math.Max(1, count / 8);

    /// <summary>Bytes of each shard.</summary>
    public static ulong ShardBytesOf(ulong blobBytes, int count) => BlobTree.ChunksOf(blobBytes, (uint)DataShardsOf(count));

    /// <summary>Pieces of each shard.</summary>
    public static ulong PiecesOf(ulong blobBytes, int count) => BlobTree.ChunksOf(ShardBytesOf(blobBytes, count), PieceBytes);

    /// <summary>Cuts a blob, filled up with zeros, into k shards and adds n − k of parity.</summary>
    public static ShardSet Encode(ReadOnlySpan<byte> blob, int count)
    {
        if (count is < 1 or > ReedSolomon.ShardsMax) throw new ArgumentException($"{count} shards are not 1 to {ReedSolomon.ShardsMax}.");
        int size = (int)ShardBytesOf((ulong)blob.Length, count);
        ReadOnlyMemory<byte>[] pieces = new ReadOnlyMemory<byte>[DataShardsOf(count)];
        for (int at = 0; at < pieces.Length; at++)
        {
            byte[] shard = new byte[size];
            int start = Math.Min(at * size, blob.Length);
            blob.Slice(start, Math.Min(size, blob.Length - start)).CopyTo(shard);
            pieces[at] = shard;
        }

        return new ShardSet([.. pieces.Select(static piece => piece.ToArray()), .. ReedSolomon.ParityOf(pieces, count)]);
    }

    /// <summary>The blob from any k shards. Whether it is the right one, its <see cref="BlobTree"/> says.</summary>
    /// <param name="count">n.</param>
    /// <param name="blobBytes">The blob's length.</param>
    /// <param name="shards">Shards with their indexes; those beyond k are not used.</param>
    /// <param name="blob">The blob.</param>
    /// <returns>False for too few shards, or some of a wrong length or index.</returns>
    public static bool TryDecode(int count, ulong blobBytes, IReadOnlyList<(byte Index, byte[] Shard)> shards, out byte[] blob)
    {
        blob = [];
        int needed = DataShardsOf(count);
        ulong size = ShardBytesOf(blobBytes, count);
        if (shards.Count < needed) return false;
        byte[] points = new byte[needed];
        ReadOnlyMemory<byte>[] known = new ReadOnlyMemory<byte>[needed];
        for (int at = 0; at < needed; at++)
        {
            (byte index, byte[] shard) = shards[at];
            if (index >= count || (ulong)shard.Length != size || points.AsSpan(0, at).Contains(index)) return false;
            (points[at], known[at]) = (index, shard);
        }

        byte[] wanted = [.. Enumerable.Range(0, needed).Select(static i => (byte)i)];
        byte[][] pieces = ReedSolomon.Interpolate(points, known, wanted);
        blob = new byte[blobBytes];
        for (int at = 0; at < needed; at++)
        {
            int start = (int)Math.Min((ulong)at * size, blobBytes);
            pieces[at].AsSpan(0, Math.Min(pieces[at].Length, blob.Length - start)).CopyTo(blob.AsSpan(start));
        }

        return true;
    }

    /// <summary>The path of a piece to <see cref="Root"/>: first inside its shard, then over the shards.</summary>
    public Hash256[] PathOf(int shard, ulong piece) =>
        PiecePath(_roots, Shards[shard], shard, piece);

    /// <summary>The same where only one shard is at hand, and the roots of all.</summary>
    public static Hash256[] PiecePath(IReadOnlyList<Hash256> roots, ReadOnlySpan<byte> bytes, int shard, ulong piece) =>
        [.. BlobTree.PathOf(BlobTree.LeavesOf(bytes, PieceBytes), piece), .. PathOver(roots, shard)];

    /// <summary>The root over shards' own roots.</summary>
    public static Hash256 RootOver(IReadOnlyList<Hash256> roots) => BlobTree.RootOf(Leaves(roots));

    /// <summary>The path from a shard's own root to the root over all.</summary>
    public static Hash256[] PathOver(IReadOnlyList<Hash256> roots, int shard) => BlobTree.PathOf(Leaves(roots), (ulong)shard);

    /// <summary>True when a whole shard lies at its place in a set.</summary>
    /// <param name="root">The set's root.</param>
    /// <param name="blobBytes">The blob's length.</param>
    /// <param name="count">n.</param>
    /// <param name="shard">Which shard.</param>
    /// <param name="bytes">The shard.</param>
    /// <param name="path">As of <see cref="PathOver"/>.</param>
    public static bool VerifyShard(
        in Hash256 root, ulong blobBytes, int count, int shard, ReadOnlySpan<byte> bytes, ReadOnlySpan<Hash256> path) =>
        (ulong)bytes.Length == ShardBytesOf(blobBytes, count)
        && BlobTree.Verify(root, (ulong)count, (ulong)shard, LeafOf(BlobTree.RootOf(bytes, PieceBytes)), path);

    /// <summary>True when a piece lies at its place in a shard of a set.</summary>
    /// <param name="root">The set's root.</param>
    /// <param name="blobBytes">The blob's length.</param>
    /// <param name="count">n.</param>
    /// <param name="shard">Which shard.</param>
    /// <param name="index">Which piece.</param>
    /// <param name="piece">Its bytes.</param>
    /// <param name="path">As of <see cref="PathOf"/>.</param>
    public static bool Verify(
        in Hash256 root, ulong blobBytes, int count, int shard, ulong index, ReadOnlySpan<byte> piece, ReadOnlySpan<Hash256> path)
    {
        ulong size = ShardBytesOf(blobBytes, count);
        ulong pieces = BlobTree.ChunksOf(size, PieceBytes);
        int inside = BlobTree.DepthOf(pieces);
        if (shard >= count || index >= pieces || path.Length != inside + BlobTree.DepthOf((ulong)count)) return false;
        if ((uint)piece.Length != BlobTree.LengthOf(size, PieceBytes, index)) return false;
        Hash256 node = BlobTree.LeafOf(piece);
        foreach (Hash256 sibling in path[..inside])
        {
            node = (index & 1) == 0 ? BlobTree.NodeOf(node, sibling) : BlobTree.NodeOf(sibling, node);
            index >>= 1;
        }

        return BlobTree.Verify(root, (ulong)count, (ulong)shard, LeafOf(node), path[inside..]);
    }

    private static Hash256 LeafOf(in Hash256 root)
    {
        Span<byte> bytes = stackalloc byte[Hash256.Size];
        root.CopyTo(bytes);
        return BlobTree.LeafOf(bytes);
    }

    private static Hash256[] Leaves(IReadOnlyList<Hash256> roots) => [.. roots.Select(static root => LeafOf(root))];
}
