using System.Security.Cryptography;
using DePinChain.Primitives;
using DePinChain.Proofs.Hashing;
using DePinChain.Proofs.Replication;

namespace DePinChain.Proofs.Tests.Replication;

/// <summary>A window's proof in pieces: sixteen sectors of 2 KiB, of which fourteen lie in the first chunk.</summary>
public sealed class SpacetimeBlobTests
{
    private static readonly SectorShape Shape = SectorShape.Of(SectorKind.TwoKiB);
    private static readonly Hash256 Seed = new(Enumerable.Repeat((byte)5, 32).ToArray());
    private static readonly SealedReplica[] Replicas = [.. Enumerable.Range(1, 16).Select(static number => SealedReplica.Seal(
        Shape, new SectorIdentity(1, 7, (ulong)number, Seed, NodeHash.ZeroRoot(6)), new byte[2_048]))];
    private static readonly ProvenSector[] Sectors =
        [.. Replicas.Select(static replica => new ProvenSector(replica.Identity.Sector, replica.CommR))];
    private static readonly byte[] Blob = [.. Replicas.SelectMany(static replica => SpacetimeProof.Prove(
        Shape, 1, 7, Seed, replica.Identity.Sector, replica.CommC, replica.Tree, static _ => []))];

    [Test]
    public void Whole_records_lie_in_a_chunk_of_every_size_of_sector()
    {
        // 32 + 10 * 32 * (1 + log2 of nodes) bytes, as often as they fit 33,536.
        Assert.That(
            Enum.GetValues<SectorKind>().Select(static kind => SpacetimeBlob.ChunkBytesOf(SectorShape.Of(kind))),
            Is.EqualTo(new[] { 14 * 2_272, 5 * 6_112, 4 * 8_032, 3 * 9_952, 3 * 10_272 }));
        Assert.That(SpacetimeBlob.ChunkOf(Shape, 13), Is.Zero);
        Assert.That(SpacetimeBlob.ChunkOf(Shape, 14), Is.EqualTo(1));
    }

    [Test]
    public void Whatever_byte_is_changed_its_record_is_the_claim_and_its_chunk_decides_it()
    {
        Assert.That(SpacetimeBlob.FindClaim(Shape, 1, 7, Seed, Sectors, Blob), Is.Null);
        Assert.That(Check(Blob, 15), Is.EqualTo(BlobFinding.Sound));
        for (int at = 0; at < Blob.Length; at += 97)
        {
            byte[] forged = [.. Blob];
            forged[at] ^= 1;
            uint claim = (uint)(at / Shape.SpacetimeSize);
            Assert.That(SpacetimeBlob.FindClaim(Shape, 1, 7, Seed, Sectors, forged), Is.EqualTo(claim));
            Assert.That(Check(forged, claim), Is.EqualTo(BlobFinding.Fraud), $"byte {at}");
            Assert.That(Check(forged, claim == 0 ? 1 : claim - 1), Is.EqualTo(BlobFinding.Sound), "the one beside it is right");
        }
    }

    [Test]
    public void A_claim_takes_the_chunk_of_its_record_and_no_other()
    {
        ProvenSector first = Sectors[0];
        (uint, byte[]) zero = (0, Chunk(Blob, 0)), one = (1, Chunk(Blob, 1));
        Assert.That(SpacetimeBlob.Check(Shape, 1, 7, Seed, first, 0, []), Is.EqualTo(BlobFinding.WrongChunks));
        Assert.That(SpacetimeBlob.Check(Shape, 1, 7, Seed, first, 0, [one]), Is.EqualTo(BlobFinding.WrongChunks));
        Assert.That(SpacetimeBlob.Check(Shape, 1, 7, Seed, first, 0, [zero, one]), Is.EqualTo(BlobFinding.WrongChunks));
        Assert.That(SpacetimeBlob.Check(Shape, 1, 7, Seed, first, 0, [zero]), Is.EqualTo(BlobFinding.Sound));
    }

    [Test]
    public void A_trace_holds_every_node_of_ten_paths_and_ends_with_the_replicas_commitment()
    {
        byte[] record = SpacetimeBlob.RecordIn(Shape, 15, Chunk(Blob, 1)).ToArray();
        byte[] trace = SpacetimeBlob.Trace(Shape, 1, 7, Seed, Sectors[15].Sector, record);
        Assert.That(trace, Has.Length.EqualTo(32 * ((10 * 6) + 1)));
        Assert.That(new Hash256(trace.AsSpan(trace.Length - 32)), Is.EqualTo(Sectors[15].CommR));

        // The first node: SHA-256 of leaf and sibling in the order of the leaf's place, two bits cleared.
        bool isRight = (ReplicationChallenge.LeafOf(Shape, 1, 7, Seed, Sectors[15].Sector, 0) & 1) == 1;
        byte[] leaf = record[32..64], sibling = record[64..96];
        byte[] node = SHA256.HashData(isRight ? [.. sibling, .. leaf] : [.. leaf, .. sibling]);
        node[31] &= 0x3f;
        Assert.That(trace[..32], Is.EqualTo(node));
        Hash256 root = Replicas[15].Tree.Root;
        for (int path = 0; path < 10; path++)
            Assert.That(new Hash256(trace.AsSpan(((path * 6) + 5) * 32, 32)), Is.EqualTo(root), $"path {path}");
    }

    private static BlobFinding Check(byte[] blob, uint claim) => SpacetimeBlob.Check(
        Shape, 1, 7, Seed, Sectors[claim], claim,
        [(SpacetimeBlob.ChunkOf(Shape, claim), Chunk(blob, SpacetimeBlob.ChunkOf(Shape, claim)))]);

    private static byte[] Chunk(byte[] blob, uint index)
    {
        int size = SpacetimeBlob.ChunkBytesOf(Shape), start = (int)index * size;
        return blob[start..Math.Min(blob.Length, start + size)];
    }
}
