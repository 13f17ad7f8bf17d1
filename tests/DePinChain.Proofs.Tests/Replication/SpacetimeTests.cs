using DePinChain.Primitives;
using DePinChain.Proofs.Hashing;
using DePinChain.Proofs.Replication;

namespace DePinChain.Proofs.Tests.Replication;

public sealed class SpacetimeTests
{
    private static readonly SectorShape Shape = SectorShape.Of(SectorKind.TwoKiB);
    private static readonly Hash256 Seed = new(Enumerable.Repeat((byte)9, 32).ToArray());
    private static readonly SealedReplica[] Replicas = [.. Enumerable.Range(1, 3).Select(Sector)];
    private static readonly ProvenSector[] Sectors =
        [.. Replicas.Select(static replica => new ProvenSector(replica.Identity.Sector, replica.CommR))];
    private static readonly byte[] Proof = [.. Replicas.SelectMany(static replica => Prove(replica, replica.Tree))];

    [Test]
    public void Three_sectors_are_proven_together()
    {
        Assert.That(Verify(Sectors, Proof, out int bad), Is.True);
        Assert.That(bad, Is.EqualTo(-1));
    }

    [Test]
    public void A_prover_that_keeps_the_upper_levels_only_gives_the_same_proof()
    {
        SealedReplica replica = Replicas[0];
        byte[] leaves = replica.Replica.ToArray();
        byte[] level = leaves;
        for (int height = 0; height < 3; height++)
        {
            byte[] parents = new byte[level.Length / 2];
            NodeHash.HashPairs(level, parents);
            level = parents;
        }

        MerkleTree upper = MerkleTree.Above(level, floor: 3);
        byte[] proof = SpacetimeProof.Prove(
            Shape, 1, 7, Seed, replica.Identity.Sector, replica.CommC, upper, block => leaves.AsSpan((int)block * 256, 256).ToArray());
        Assert.That(proof, Is.EqualTo(Prove(replica, replica.Tree)));
    }

    [Test]
    public void Every_byte_counts_and_the_bad_sector_is_named()
    {
        for (int at = 0; at < Proof.Length; at += 5)
        {
            byte[] forged = (byte[])Proof.Clone();
            forged[at] ^= 1;
            Assert.That(Verify(Sectors, forged, out int bad), Is.False, $"byte {at}");
            Assert.That(bad, Is.EqualTo(at / Shape.SpacetimeSize));
        }
    }

    [Test]
    public void A_proof_for_another_chain_provider_seed_sector_or_number_of_sectors_is_none()
    {
        Assert.That(SpacetimeProof.Verify(Shape, 2, 7, Seed, Sectors, Proof, out _), Is.False);
        Assert.That(SpacetimeProof.Verify(Shape, 1, 8, Seed, Sectors, Proof, out _), Is.False);
        Assert.That(SpacetimeProof.Verify(Shape, 1, 7, Sectors[0].CommR, Sectors, Proof, out _), Is.False);
        Assert.That(Verify([Sectors[0], Sectors[2], Sectors[1]], Proof, out int swapped), Is.False);
        Assert.That(swapped, Is.EqualTo(1));
        Assert.That(Verify(Sectors[..2], Proof, out int bad), Is.False);
        Assert.That(bad, Is.EqualTo(-1));
        Assert.That(Verify(Sectors, Proof[..^1], out _), Is.False);
    }

    [Test]
    public void A_tree_that_is_not_the_sealed_one_is_caught_by_commR()
    {
        byte[] other = new byte[2048];
        new Random(8).NextBytes(other);
        byte[] proof = [.. Prove(Replicas[0], MerkleTree.Over(other)), .. Proof[Shape.SpacetimeSize..]];
        Assert.That(Verify(Sectors, proof, out int bad), Is.False);
        Assert.That(bad, Is.Zero);
    }

    private static bool Verify(ProvenSector[] sectors, byte[] proof, out int bad) =>
        SpacetimeProof.Verify(Shape, 1, 7, Seed, sectors, proof, out bad);

    private static byte[] Prove(SealedReplica replica, MerkleTree tree) =>
        SpacetimeProof.Prove(Shape, 1, 7, Seed, replica.Identity.Sector, replica.CommC, tree, static _ => []);

    private static SealedReplica Sector(int number)
    {
        byte[] padded = new byte[2048];
        return SealedReplica.Seal(
            Shape, new SectorIdentity(1, 7, (ulong)number, Seed, NodeHash.ZeroRoot(6)), padded);
    }
}
