using System.Security.Cryptography;
using System.Text.Json;
using DePinChain.Primitives;
using DePinChain.Proofs.Hashing;
using DePinChain.Proofs.Pieces;
using DePinChain.Proofs.Replication;

namespace DePinChain.Proofs.Tests.Replication;

public sealed class SealingTests
{
    private static readonly SectorShape Small = SectorShape.Of(SectorKind.TwoKiB);
    private static readonly Hash256 Ticket = new(Enumerable.Repeat((byte)2, 32).ToArray());
    private static readonly Hash256 Seed = new(Enumerable.Repeat((byte)5, 32).ToArray());
    private static readonly SealedReplica Sample = Seal(Small, out _);
    private static readonly byte[] Proof = Sample.Prove(Seed);

    [Test]
    public void A_sealed_sector_has_the_derived_commitments_and_records()
    {
        JsonElement vector = KnownAnswers.Read("storage/porep_variant_derived.json").GetProperty("cases")[0];
        SealedReplica replica = Seal(Small, out byte[] padded, 31337, vector.Number("provider_id"), vector.Number("sector"));
        Assert.That(SectorIdentity.PorepIdOf(Small).ToString()[2..], Is.EqualTo(vector.Text("porep_id")));
        Assert.That(SealedReplica.CommDOf(padded).ToString()[2..], Is.EqualTo(vector.Text("comm_d")));
        Assert.That(KnownAnswers.Hexadecimal(replica.Identity.ReplicaId(Small)), Is.EqualTo(vector.Text("replica_id")));
        Assert.That(KnownAnswers.Hexadecimal(SHA256.HashData(replica.Replica)), Is.EqualTo(vector.Text("replica_sha256")));
        Assert.That(replica.CommC.ToString()[2..], Is.EqualTo(vector.Text("comm_c")));
        Assert.That(replica.Tree.Root.ToString()[2..], Is.EqualTo(vector.Text("comm_r_last")));
        Assert.That(replica.CommR.ToString()[2..], Is.EqualTo(vector.Text("comm_r")));

        // Without caps a record is what ours is at t = 0; ours has the three roots before the records.
        byte[] proof = replica.Prove(Seed);
        Assert.That(Small.RecordSize, Is.EqualTo(vector.GetProperty("record_len").GetInt32()));
        Assert.That(KnownAnswers.Hexadecimal(proof.AsSpan(96, 4288)), Is.EqualTo(vector.Text("record0_hex")));
        string[] digests = [.. vector.GetProperty("records_sha256").EnumerateArray().Select(static digest => digest.GetString()!)];
        for (int record = 0; record < 2; record++)
            Assert.That(KnownAnswers.Hexadecimal(SHA256.HashData(proof.AsSpan(96 + (record * 4288), 4288))), Is.EqualTo(digests[record]));

        Hash256 postSeed = new(vector.Bytes("post_seed"));
        ulong number = 0;
        foreach (JsonElement challenge in vector.GetProperty("post_challenges").EnumerateArray())
            Assert.That(ReplicationChallenge.LeafOf(Small, 31337, 7, postSeed, 1, number++), Is.EqualTo(challenge.GetUInt64()));
    }

    // The table of sizes and work in the storage specification, all rows.
    [TestCase(SectorKind.TwoKiB, 8_672, 550)]
    [TestCase(SectorKind.EightMiB, 70_656, 4_460)]
    [TestCase(SectorKind.HalfGiB, 2_497_024, 151_836)]
    [TestCase(SectorKind.ThirtyTwoGiB, 2_953_728, 180_380)]
    [TestCase(SectorKind.SixtyFourGiB, 3_049_472, 186_364)]
    public void A_proof_has_the_bytes_and_the_work_of_its_shape(SectorKind kind, int bytes, long compressions)
    {
        SectorShape shape = SectorShape.Of(kind);
        Assert.That(shape.ProofSize, Is.EqualTo(bytes));
        Assert.That(shape.Compressions, Is.EqualTo(compressions));
    }

    [TestCase(SectorKind.TwoKiB)]
    [TestCase(SectorKind.EightMiB)]
    public void A_sector_is_sealed_proven_and_decoded_back_to_its_data(SectorKind kind)
    {
        SectorShape shape = SectorShape.Of(kind);
        SealedReplica sealedSector = Seal(shape, out byte[] padded);
        Assert.That(
            ReplicationProof.Verify(shape, sealedSector.Identity, sealedSector.CommR, Seed, sealedSector.Prove(Seed)).Fault,
            Is.EqualTo(ReplicationFault.None));

        // Only the replica is left; the plain data is gone.
        byte[] replica = sealedSector.Replica.ToArray();
        byte[] original = (byte[])padded.Clone();
        padded.AsSpan().Clear();
        Assert.That(SealedReplica.Decode(shape, sealedSector.Identity, replica), Is.EqualTo(original));
        byte[] raw = new byte[original.Length / 128 * 127];
        Assert.That(Fr32.TryUnpad(original, raw), Is.True);
        Assert.That(raw, Is.EqualTo(KnownAnswers.Affine(raw.Length)));
    }

    [Test]
    public void Every_byte_of_a_replication_proof_counts()
    {
        // A flipped bit leads to a fault in its own record, or in a cap.
        for (int at = 0; at < Proof.Length; at++)
        {
            byte[] forged = (byte[])Proof.Clone();
            forged[at] ^= (byte)(1 << (at % 8));
            ReplicationVerdict verdict = Verify(forged);
            Assert.That(verdict.IsValid, Is.False, $"byte {at}");
            if (at >= 96) Assert.That(verdict.Record, Is.EqualTo((at - 96) / 4288), $"byte {at}");
        }
    }

    [Test]
    public void Each_fault_is_named()
    {
        Assert.That(Verify([]).Fault, Is.EqualTo(ReplicationFault.Size));
        Assert.That(Verify(Proof[..^1]).Fault, Is.EqualTo(ReplicationFault.Size));
        Assert.That(Verify(Flipped(0)).Fault, Is.EqualTo(ReplicationFault.DataCap));
        Assert.That(Verify(Flipped(32)).Fault, Is.EqualTo(ReplicationFault.ReplicaCap));
        Assert.That(Verify(Flipped(64)).Fault, Is.EqualTo(ReplicationFault.ReplicaCap));
        Assert.That(Verify(Flipped(96)).Fault, Is.EqualTo(ReplicationFault.Encoding), "the data's node");
        Assert.That(Verify(Flipped(96 + 32)).Fault, Is.EqualTo(ReplicationFault.Path), "a sibling in the data's tree");
        Assert.That(Verify(Flipped(96 + 448)).Fault, Is.EqualTo(ReplicationFault.Label), "the node's own column");
        Assert.That(Verify(Flipped(96 + 448 + 256)).Fault, Is.EqualTo(ReplicationFault.Label), "a parent's label");
        Assert.That(Verify(Flipped(96 + 448 + 64)).Fault, Is.EqualTo(ReplicationFault.Path), "a sibling in the columns' tree");
    }

    [Test]
    public void A_proof_of_another_provider_sector_chain_ticket_or_seed_is_none()
    {
        SectorIdentity own = Sample.Identity;
        foreach (SectorIdentity other in new[]
        {
            own with { Provider = 8 }, own with { Sector = 2 }, own with { ChainId = 2 }, own with { Ticket = Seed },
            own with { CommD = Seed },
        })
        {
            Assert.That(ReplicationProof.Verify(Small, other, Sample.CommR, Seed, Proof).IsValid, Is.False);
        }

        Assert.That(ReplicationProof.Verify(Small, own, Sample.CommR, Ticket, Proof).IsValid, Is.False, "another seed");
        Assert.That(ReplicationProof.Verify(Small, own, Seed, Seed, Proof).Fault, Is.EqualTo(ReplicationFault.ReplicaCap));
        Assert.That(Verify(Proof).IsValid, Is.True);
    }

    [Test]
    public void A_replica_that_is_only_the_labels_or_only_the_data_is_caught()
    {
        // Somebody keeps the data instead of the replica and commits to it.
        byte[] padded = Padded(Small);
        MerkleTree lazy = MerkleTree.Over(padded);
        byte[] proof = (byte[])Proof.Clone();
        lazy.Root.CopyTo(proof.AsSpan(32));
        SectorIdentity identity = Sample.Identity;
        for (uint number = 0; number < 2; number++)
        {
            ulong node = ReplicationChallenge.NodeOf(Small, identity.ReplicaId(Small), Seed, number);
            Span<byte> opening = proof.AsSpan(96 + ((int)number * 4288) + 224);
            lazy.LevelAt(0).Slice((int)node * 32, 32).CopyTo(opening);
            lazy.PathOf(node).CopyTo(opening[32..]);
        }

        Hash256 commR = SectorCommitments.CommR(Small, Sample.CommC, lazy.Root);
        Assert.That(ReplicationProof.Verify(Small, identity, commR, Seed, proof).Fault, Is.EqualTo(ReplicationFault.Encoding));
    }

    [Test]
    public void One_record_alone_is_judged_as_in_the_whole()
    {
        for (int number = 0; number < 2; number++)
        {
            byte[] record = Proof.AsSpan(96 + (number * 4288), 4288).ToArray();
            Assert.That(VerifyRecord(number, record).IsValid, Is.True);
            Assert.That(VerifyRecord(1 - number, record).IsValid, Is.False, "in the other's place");
            record[^1] ^= 1;
            Assert.That(VerifyRecord(number, record).Fault, Is.EqualTo(ReplicationFault.Path));
            Assert.That(VerifyRecord(number, record[..^1]).Fault, Is.EqualTo(ReplicationFault.Size));
        }
    }

    [Test]
    public void What_cannot_be_sealed_is_refused()
    {
        Assert.Throws<ArgumentException>(() => SealedReplica.Seal(Small, Sample.Identity, new byte[2047]));
        Assert.Throws<ArgumentException>(() => SealedReplica.Seal(Small, Sample.Identity, new byte[2048]), "another commD");
        Assert.Throws<ArgumentException>(() => SealedReplica.Decode(SectorShape.Of(SectorKind.ThirtyTwoGiB), Sample.Identity, []));
    }

    [Test]
    public void A_proof_of_32_GiB_verifies_and_a_forged_one_does_not()
    {
        SectorShape shape = SectorShape.Of(SectorKind.ThirtyTwoGiB);
        SparseSector sector = SparseSector.Make(shape, 1, 7, 1, Seed);
        Assert.That(ReplicationProof.Verify(shape, sector.Identity, sector.CommR, Seed, sector.Proof).IsValid, Is.True);
        sector.Proof[^1] ^= 1;
        Assert.That(
            ReplicationProof.Verify(shape, sector.Identity, sector.CommR, Seed, sector.Proof),
            Is.EqualTo(new ReplicationVerdict(ReplicationFault.Path, 175)));
    }

    private static ReplicationVerdict Verify(byte[] proof) => ReplicationProof.Verify(Small, Sample.Identity, Sample.CommR, Seed, proof);

    private static ReplicationVerdict VerifyRecord(int number, byte[] record) =>
        ReplicationProof.VerifyRecord(Small, Sample.Identity, Seed, Proof.AsSpan(0, 96), number, record);

    private static byte[] Flipped(int at)
    {
        byte[] forged = (byte[])Proof.Clone();
        forged[at] ^= 1;
        return forged;
    }

    private static byte[] Padded(SectorShape shape)
    {
        byte[] padded = new byte[shape.Bytes];
        Fr32.Pad(KnownAnswers.Affine(padded.Length / 128 * 127), padded);
        return padded;
    }

    private static SealedReplica Seal(SectorShape shape, out byte[] padded, ulong chain = 1, ulong provider = 7, ulong sector = 1)
    {
        padded = Padded(shape);
        return SealedReplica.Seal(shape, new SectorIdentity(chain, provider, sector, Ticket, SealedReplica.CommDOf(padded)), padded);
    }
}
