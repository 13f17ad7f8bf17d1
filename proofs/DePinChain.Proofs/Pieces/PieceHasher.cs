using DePinChain.Primitives;
using DePinChain.Proofs.Hashing;

namespace DePinChain.Proofs.Pieces;

/// <summary>
/// Computes a piece's commitment (CommP) while its bytes stream by: 130 KiB of buffer and one node per level of the tree, whatever the
/// size.
/// </summary>
/// <remarks>
/// Payload is filled up with zeros to 127 · 2^k bytes, padded by <see cref="Fr32"/>, and hashed as a binary tree of <see cref="NodeHash"/>.
/// Whole chunks of 2^11 leaves become one node; equal heights merge as in a binary counter.
/// </remarks>
public sealed class PieceHasher
{
    /// <summary>Payload bytes of one chunk.</summary>
    public const int ChunkSize = Fr32.RawQuadSize << (ChunkHeight - PieceCid.HeightMin);

    private const int ChunkHeight = 11;

    private readonly byte[] _raw = new byte[ChunkSize];
    private readonly byte[] _nodes = new byte[NodeHash.Size << ChunkHeight];

    // The node of height h over the chunks that make up bit h − 11 of the chunk count.
    private readonly byte[][] _waiting = new byte[NodeHash.HeightMax + 1][];
    private int _filled;
    private ulong _chunks;
    private bool _finished;

    /// <summary>Payload bytes so far.</summary>
    public ulong Size => (_chunks * ChunkSize) + (ulong)_filled;

    /// <summary>Takes the next bytes of the payload.</summary>
    public void Append(ReadOnlySpan<byte> payload)
    {
        RequireOpen();
        while (!payload.IsEmpty)
        {
            int taken = Math.Min(payload.Length, ChunkSize - _filled);
            if (taken == ChunkSize) CloseChunk(payload[..ChunkSize]);
            else
            {
                payload[..taken].CopyTo(_raw.AsSpan(_filled));
                _filled += taken;
                if (_filled == ChunkSize)
                {
                    _filled = 0;
                    CloseChunk(_raw);
                }
            }

            payload = payload[taken..];
        }
    }

    /// <summary>Takes zeros without hashing them: a hole in a sparse file.</summary>
    public void AppendZeros(ulong count)
    {
        RequireOpen();
        if (_filled > 0)
        {
            int rest = (int)Math.Min(count, (ulong)(ChunkSize - _filled));
            Append(new byte[rest]);
            count -= (ulong)rest;
        }

        while (count >= ChunkSize)
        {
            // The largest subtree of zeros that begins where the last one ended and fits.
            int level = 0;
            while (((_chunks >> level) & 1) == 0 && count / ChunkSize >> (level + 1) > 0) level++;
            Merge(NodeHash.ZeroRoot(ChunkHeight + level).ToArray(), level);
            count -= (ulong)ChunkSize << level;
        }

        if (count > 0) Append(new byte[(int)count]);
    }

    /// <summary>The piece of all bytes so far. Nothing can be appended afterwards.</summary>
    public PieceCid Finish()
    {
        RequireOpen();
        _finished = true;
        ulong size = Size;
        int height = PieceCid.HeightOf(size);
        if (height > NodeHash.HeightMax) throw new InvalidOperationException($"A piece of {size} bytes is larger than any tree.");
        Hash256 root = height <= ChunkHeight && _chunks == 0 ? SmallRoot(height) : LargeRoot(height);
        return new PieceCid(root, (byte)height, ((ulong)Fr32.RawQuadSize << (height - PieceCid.HeightMin)) - size);
    }

    /// <summary>The piece of bytes that lie in memory.</summary>
    public static PieceCid Of(ReadOnlySpan<byte> payload)
    {
        PieceHasher hasher = new();
        hasher.Append(payload);
        return hasher.Finish();
    }

    private void RequireOpen()
    {
        if (_finished) throw new InvalidOperationException("The piece is finished.");
    }

    private Hash256 SmallRoot(int height)
    {
        int capacity = Fr32.RawQuadSize << (height - PieceCid.HeightMin);
        _raw.AsSpan(_filled, capacity - _filled).Clear();
        Span<byte> nodes = _nodes.AsSpan(0, NodeHash.Size << height);
        Fr32.Pad(_raw.AsSpan(0, capacity), nodes);
        return NodeHash.RootInPlace(nodes);
    }

    private Hash256 LargeRoot(int height)
    {
        if (_filled > 0)
        {
            _raw.AsSpan(_filled).Clear();
            _filled = 0;
            CloseChunk(_raw);
        }

        // What waits is the left part of ever higher subtrees; to their right there is nothing but zeros.
        byte[]? node = null;
        for (int level = 0; level < height - ChunkHeight; level++)
        {
            byte[] zeros = NodeHash.ZeroRoot(ChunkHeight + level).ToArray();
            if (((_chunks >> level) & 1) == 1) node = Parent(_waiting[level], node ?? zeros);
            else if (node is not null) node = Parent(node, zeros);
        }

        return new Hash256(node ?? _waiting[height - ChunkHeight]);
    }

    private void CloseChunk(ReadOnlySpan<byte> raw)
    {
        Fr32.Pad(raw, _nodes);
        Merge(NodeHash.RootInPlace(_nodes).ToArray(), 0);
    }

    private void Merge(byte[] node, int level)
    {
        ulong chunks = _chunks;
        _chunks += 1UL << level;
        for (; ((chunks >> level) & 1) == 1; level++) node = Parent(_waiting[level], node);
        _waiting[level] = node;
    }

    private static byte[] Parent(byte[] left, byte[] right)
    {
        byte[] parent = new byte[NodeHash.Size];
        NodeHash.Hash(left, right, parent);
        return parent;
    }
}
