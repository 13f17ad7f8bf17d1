using DePinChain.Primitives;
using DePinChain.Proofs.Hashing;

namespace DePinChain.Proofs.Replication;

/// <summary>A sector of a spacetime proof.</summary>
/// <param name="Sector">Its number.</param>
/// <param name="CommR">What the chain keeps of it.</param>
public readonly record struct ProvenSector(ulong Sector, Hash256 CommR);

/// <summary>
/// Proves that replicas still lie on disk: for each sector commC and ten leaves of the replica's tree with whole paths. All ten must lead
/// to one root, and that root with commC to the sector's commR.
/// </summary>
public static class SpacetimeProof
{
    /// <summary>One sector's part.</summary>
    /// <param name="shape">The sector's shape.</param>
    /// <param name="chainId">EIP-155 chain id.</param>
    /// <param name="provider">The provider's number.</param>
    /// <param name="seed">The deadline's seed.</param>
    /// <param name="sector">The sector's number.</param>
    /// <param name="commC">Its column commitment.</param>
    /// <param name="tree">The tree over its replica.</param>
    /// <param name="readBlock">
    /// Reads the 2^Floor leaves of the block with a number, when the tree does not keep the lower levels; never asked otherwise.
    /// </param>
    public static byte[] Prove(
        SectorShape shape, ulong chainId, ulong provider, in Hash256 seed, ulong sector, in Hash256 commC, MerkleTree tree,
        Func<ulong, byte[]> readBlock)
    {
        byte[] proof = new byte[shape.SpacetimeSize];
        commC.CopyTo(proof);
        int size = NodeHash.Size * (1 + shape.NodesLog2);
        for (int number = 0; number < SectorShape.SpacetimeChallenges; number++)
        {
            ulong leaf = ReplicationChallenge.LeafOf(shape, chainId, provider, seed, sector, (ulong)number);
            Span<byte> opening = proof.AsSpan(NodeHash.Size + (number * size), size);
            byte[] block = tree.Floor == 0 ? [] : readBlock(leaf >> tree.Floor);
            ReadOnlySpan<byte> leaves = tree.Floor == 0 ? tree.LevelAt(0) : block;
            int inside = (int)(tree.Floor == 0 ? leaf : leaf & ((1UL << tree.Floor) - 1));
            leaves.Slice(inside * NodeHash.Size, NodeHash.Size).CopyTo(opening);
            tree.CopyPath(leaf, shape.NodesLog2, block, opening[NodeHash.Size..]);
        }

        return proof;
    }

    /// <summary>Verifies the parts of several sectors.</summary>
    /// <param name="shape">Their shape.</param>
    /// <param name="chainId">EIP-155 chain id.</param>
    /// <param name="provider">The provider's number.</param>
    /// <param name="seed">The deadline's seed.</param>
    /// <param name="sectors">The sectors in the proof's order.</param>
    /// <param name="proof">Their parts, one behind the other.</param>
    /// <param name="bad">The first sector whose part is wrong; −1 when the length is.</param>
    public static bool Verify(
        SectorShape shape, ulong chainId, ulong provider, in Hash256 seed, ReadOnlySpan<ProvenSector> sectors, ReadOnlySpan<byte> proof,
        out int bad)
    {
        bad = -1;
        if ((long)proof.Length != (long)sectors.Length * shape.SpacetimeSize) return false;
        int size = NodeHash.Size * (1 + shape.NodesLog2);
        PathBatch paths = new(shape.NodesLog2, sectors.Length * SectorShape.SpacetimeChallenges);
        for (int at = 0; at < sectors.Length; at++)
        {
            for (int number = 0; number < SectorShape.SpacetimeChallenges; number++)
            {
                ulong leaf = ReplicationChallenge.LeafOf(shape, chainId, provider, seed, sectors[at].Sector, (ulong)number);
                int start = (at * shape.SpacetimeSize) + NodeHash.Size + (number * size);
                paths.Add(proof.Slice(start, NodeHash.Size), leaf, start + NodeHash.Size, tag: 0);
            }
        }

        paths.Fold(proof);
        for (bad = 0; bad < sectors.Length; bad++)
        {
            int first = bad * SectorShape.SpacetimeChallenges;
            ReadOnlySpan<byte> root = paths.NodeOf(first);
            for (int number = 1; number < SectorShape.SpacetimeChallenges; number++)
                if (!root.SequenceEqual(paths.NodeOf(first + number))) return false;
            Hash256 commC = new(proof.Slice(bad * shape.SpacetimeSize, NodeHash.Size));
            if (SectorCommitments.CommR(shape, commC, new Hash256(root)) != sectors[bad].CommR) return false;
        }

        bad = -1;
        return true;
    }
}
