using DePinChain.Primitives;
using DePinChain.Proofs.Hashing;
using DePinChain.Proofs.Replication;

namespace DePinChain.Gpu;

/// <summary>A spacetime proof's paths as one batch.</summary>
internal static class SpacetimeBatch
{
    private const int NodeSize = NodeHash.Size;

    internal static bool IsValid(
        IBackend backend, SectorShape shape, ulong chainId, ulong provider, in Hash256 seed, ReadOnlySpan<ProvenSector> sectors,
        ReadOnlySpan<byte> proof)
    {
        int count = sectors.Length * SectorShape.SpacetimeChallenges;
        int size = NodeSize * (1 + shape.NodesLog2);
        byte[] leaves = new byte[count * NodeSize];
        byte[] siblings = new byte[count * shape.NodesLog2 * NodeSize];
        ulong[] places = new ulong[count];
        for (int at = 0; at < count; at++)
        {
            int sector = at / SectorShape.SpacetimeChallenges, number = at % SectorShape.SpacetimeChallenges;
            places[at] = ReplicationChallenge.LeafOf(shape, chainId, provider, seed, sectors[sector].Sector, (ulong)number);
            ReadOnlySpan<byte> opening = proof.Slice((sector * shape.SpacetimeSize) + NodeSize + (number * size), size);
            opening[..NodeSize].CopyTo(leaves.AsSpan(at * NodeSize));
            for (int level = 0; level < shape.NodesLog2; level++)
                opening.Slice((level + 1) * NodeSize, NodeSize).CopyTo(siblings.AsSpan(((level * count) + at) * NodeSize));
        }

        byte[] roots = new byte[leaves.Length];
        backend.FoldPaths(leaves, places, siblings, shape.NodesLog2, roots, NodeHash.LastByteMask);
        for (int sector = 0; sector < sectors.Length; sector++)
        {
            ReadOnlySpan<byte> own = roots.AsSpan(sector * SectorShape.SpacetimeChallenges * NodeSize,
                SectorShape.SpacetimeChallenges * NodeSize);
            for (int number = 1; number < SectorShape.SpacetimeChallenges; number++)
                if (!own.Slice(number * NodeSize, NodeSize).SequenceEqual(own[..NodeSize])) return false;
            Hash256 commC = new(proof.Slice(sector * shape.SpacetimeSize, NodeSize));
            if (SectorCommitments.CommR(shape, commC, new Hash256(own[..NodeSize])) != sectors[sector].CommR) return false;
        }

        return true;
    }
}
