using DePinChain.Primitives;
using DePinChain.Proofs.Hashing;
using DePinChain.Proofs.Replication;

namespace DePinChain.Proofs.Tests.Replication;

/// <summary>Whatever is wrong with a proof in a blob, one claim and three chunks show it; of a right one no claim is true.</summary>
public sealed class ReplicationBlobTests
{
    private static readonly SectorShape Shape = SectorShape.Of(SectorKind.EightMiB);
    private static readonly Hash256 Seed = new(Enumerable.Repeat((byte)5, 32).ToArray());
    private static readonly SealedReplica Sample = Seal();
    private static readonly byte[] Blob = ReplicationBlob.FromProof(Shape, Sample.Prove(Seed));

    [Test]
    public void A_blob_is_its_proof_in_another_order()
    {
        Assert.That(Blob, Has.Length.EqualTo(70_656));
        Assert.That(ReplicationBlob.ToProof(Shape, Blob), Is.EqualTo(Sample.Prove(Seed)));
        Assert.That(ReplicationBlob.ChunkBytesOf(Shape), Is.EqualTo(3 * 8_640));
        Assert.That(ReplicationBlob.FindClaim(Shape, Sample.Identity, Sample.CommR, Seed, Blob), Is.Null);
    }

    // Two records to a chunk, but one of 64 GiB short of 32 KiB.
    [TestCase(SectorKind.HalfGiB, 28_096)]
    [TestCase(SectorKind.ThirtyTwoGiB, 32_448)]
    [TestCase(SectorKind.SixtyFourGiB, 33_536)]
    public void No_claim_needs_more_than_three_chunks(SectorKind kind, int chunk)
    {
        SectorShape shape = SectorShape.Of(kind);
        Assert.That(ReplicationBlob.ChunkBytesOf(shape), Is.EqualTo(chunk));
        for (uint claim = 0; claim < ReplicationBlob.ClaimsOf(shape); claim++)
        {
            uint[] needed = ReplicationBlob.ChunksOf(shape, Sample.Identity, Seed, claim);
            Assert.That(needed, Has.Length.InRange(1, 3));
            Assert.That(needed, Is.Ordered.Ascending);
            Assert.That(needed[^1], Is.LessThan((uint)((shape.ProofSize + chunk - 1) / chunk)));
        }

        Assert.That(ReplicationBlob.ChunksOf(shape, Sample.Identity, Seed, ReplicationBlob.ClaimsOf(shape)), Is.Empty);
    }

    [Test]
    public void No_claim_about_a_right_proof_is_true()
    {
        for (uint claim = 0; claim < ReplicationBlob.ClaimsOf(Shape); claim++)
            Assert.That(Check(Blob, claim), Is.EqualTo(BlobFinding.Sound), $"claim {claim}");
    }

    [Test]
    public void Every_flipped_bit_has_its_claim()
    {
        ulong draw = 7;
        for (int trial = 0; trial < 150; trial++)
        {
            draw = unchecked((draw * 6_364_136_223_846_793_005) + 1_442_695_040_888_963_407);
            int at = (int)((draw >> 33) % (ulong)Blob.Length);

            // A node's top two bits are no part of what is hashed into the next one only where nothing reads them; the first byte is.
            at -= at % NodeHash.Size;
            byte[] wrong = (byte[])Blob.Clone();
            wrong[at] ^= 1;
            uint? claim = ReplicationBlob.FindClaim(Shape, Sample.Identity, Sample.CommR, Seed, wrong);
            Assert.That(claim, Is.Not.Null, $"byte {at}");
            Assert.That(Check(wrong, claim!.Value), Is.EqualTo(BlobFinding.Fraud), $"byte {at}, claim {claim}");
        }
    }

    [Test]
    public void A_claim_needs_exactly_its_chunks()
    {
        uint claim = ReplicationBlob.PathClaim(Shape, 0, 5);
        Assert.That(
            ReplicationBlob.Check(Shape, Sample.Identity, Sample.CommR, Seed, claim, [(0, Chunk(Blob, 0))]),
            Is.EqualTo(BlobFinding.WrongChunks));
        Assert.That(
            ReplicationBlob.Check(Shape, Sample.Identity, Sample.CommR, Seed, 0, [(1, Chunk(Blob, 1))]),
            Is.EqualTo(BlobFinding.WrongChunks));
        Assert.That(
            ReplicationBlob.Check(Shape, Sample.Identity, Sample.CommR, Seed, ReplicationBlob.ClaimsOf(Shape), []),
            Is.EqualTo(BlobFinding.WrongChunks));
    }

    [Test]
    public void A_trace_depends_on_every_node_of_its_record()
    {
        byte[] record = Blob[..Shape.RecordSize];
        byte[] trace = ReplicationBlob.Trace(Shape, Sample.Identity, Seed, 0, record);

        // One byte for the labels, then the nodes of 17 paths of 14 levels: 15 nodes each.
        Assert.That(trace, Has.Length.EqualTo(1 + (17 * 15 * 32)));
        for (int at = 0; at < record.Length; at += 32 * 7)
        {
            byte[] other = (byte[])record.Clone();
            other[at] ^= 1;
            Assert.That(ReplicationBlob.Trace(Shape, Sample.Identity, Seed, 0, other), Is.Not.EqualTo(trace), $"byte {at}");
        }
    }

    private static BlobFinding Check(byte[] blob, uint claim) => ReplicationBlob.Check(
        Shape, Sample.Identity, Sample.CommR, Seed, claim,
        [.. ReplicationBlob.ChunksOf(Shape, Sample.Identity, Seed, claim).Select(index => (index, Chunk(blob, index)))]);

    private static byte[] Chunk(byte[] blob, uint index)
    {
        int size = ReplicationBlob.ChunkBytesOf(Shape);
        int start = (int)index * size;
        return blob[start..Math.Min(blob.Length, start + size)];
    }

    private static SealedReplica Seal()
    {
        byte[] padded = new byte[Shape.Bytes];
        for (int at = 0; at < padded.Length; at++) padded[at] = (byte)(at % 32 == 31 ? 0 : ((at * 7) + 3) & 255);
        return SealedReplica.Seal(Shape, new SectorIdentity(1, 2, 3, Seed, SealedReplica.CommDOf(padded)), padded);
    }
}
