using DePinChain.Primitives;
using DePinChain.Proofs.Pieces;
using DePinChain.Proofs.Replication;

namespace DePinChain.Gpu.Tests;

/// <summary>Proofs in batches have the verdicts of the pure reference, on every backend and on one that lies.</summary>
public sealed class ProofBatchesTests
{
    private static readonly Hash256 Seed = new(new SeededStream(1).Bytes(32));
    private static readonly Lazy<SealedReplica> Sector = new(() =>
    {
        SectorShape shape = SectorShape.Of(SectorKind.TwoKiB);
        byte[] padded = new byte[(int)shape.Bytes];
        Fr32.Pad(new SeededStream(2).Bytes(padded.Length / 128 * 127), padded);
        return SealedReplica.Seal(shape, new SectorIdentity(1337000, 7, 3, Seed, SealedReplica.CommDOf(padded)), padded);
    });

    // Around the borders of a call: 2^17 quads of 127 bytes.
    [TestCase(0)]
    [TestCase(1)]
    [TestCase(127)]
    [TestCase(128)]
    [TestCase(1_000_003)]
    [TestCase(127 << 17)]
    [TestCase((127 << 17) + 1)]
    [TestCase((127 << 18) + 5)]
    public void The_commitment_of_a_stream_is_the_references(int size)
    {
        byte[] payload = new SeededStream((ulong)size).Bytes(size);
        using BackendPool pool = BackendPool.Open(new BackendOptions { Kinds = [] });
        Assert.That(new ProofBatches(pool).CommitTo(new MemoryStream(payload)), Is.EqualTo(PieceHasher.Of(payload)));
    }

    [TestCaseSource(typeof(Backends), nameof(Backends.Names))]
    public void An_honest_replication_proof_is_valid(string name)
    {
        IBackend backend = Backends.Get(name);
        SealedReplica sector = Sector.Value;
        byte[] proof = sector.Prove(Seed);
        Assert.That(ReplicationBatch.IsValid(backend, sector.Shape, sector.Identity, sector.CommR, Seed, proof));
    }

    [TestCaseSource(typeof(Backends), nameof(Backends.Names))]
    public void Any_changed_bit_of_a_replication_proof_is_found_and_named_by_the_reference(string name)
    {
        IBackend backend = Backends.Get(name);
        SealedReplica sector = Sector.Value;
        byte[] proof = sector.Prove(Seed);
        using BackendPool pool = BackendPool.Open(new BackendOptions { Kinds = [], Workers = 1 });
        for (int at = 3; at < proof.Length; at += 211)
        {
            byte[] changed = [.. proof];
            changed[at] ^= 0x10;
            Assert.That(ReplicationBatch.IsValid(backend, sector.Shape, sector.Identity, sector.CommR, Seed, changed), Is.False,
                $"byte {at}");
            ReplicationVerdict verdict = new ProofBatches(pool).Verify(sector.Shape, sector.Identity, sector.CommR, Seed, changed);
            Assert.That(verdict, Is.EqualTo(ReplicationProof.Verify(sector.Shape, sector.Identity, sector.CommR, Seed, changed)));
        }
    }

    [TestCaseSource(typeof(Backends), nameof(Backends.Names))]
    public void A_spacetime_proof_is_judged_as_the_reference_does(string name)
    {
        IBackend backend = Backends.Get(name);
        SealedReplica sector = Sector.Value;
        byte[] proof = SpacetimeProof.Prove(sector.Shape, 1337000, 7, Seed, 3, sector.CommC, sector.Tree, static _ => []);
        ProvenSector[] sectors = [new(3, sector.CommR)];
        Assert.That(SpacetimeBatch.IsValid(backend, sector.Shape, 1337000, 7, Seed, sectors, proof));
        Assert.That(SpacetimeBatch.IsValid(backend, sector.Shape, 1337000, 8, Seed, sectors, proof), Is.False, "another provider's leaves");
        proof[^1] ^= 1;
        Assert.That(SpacetimeBatch.IsValid(backend, sector.Shape, 1337000, 7, Seed, sectors, proof), Is.False);
        using BackendPool pool = BackendPool.Open(new BackendOptions { Kinds = [], Workers = 1 });
        Assert.That(new ProofBatches(pool).Verify(sector.Shape, 1337000, 7, Seed, sectors, proof, out int bad), Is.False);
        Assert.That(bad, Is.Zero);
    }

    [Test]
    public void A_lying_device_cannot_make_an_honest_proof_invalid()
    {
        SealedReplica sector = Sector.Value;
        byte[] proof = sector.Prove(Seed);
        using BackendPool pool = new([new FaultyBackend(wrong: true), new DePinChain.Gpu.Cpu.CpuBackend(workers: 1)]);
        Assert.That(new ProofBatches(pool).Verify(sector.Shape, sector.Identity, sector.CommR, Seed, proof).IsValid);
        byte[] post = SpacetimeProof.Prove(sector.Shape, 1337000, 7, Seed, 3, sector.CommC, sector.Tree, static _ => []);
        Assert.That(new ProofBatches(pool).Verify(sector.Shape, 1337000, 7, Seed, [new(3, sector.CommR)], post, out _));
    }

    [Test]
    public void A_proof_of_another_length_is_refused_before_anything_is_hashed()
    {
        SealedReplica sector = Sector.Value;
        using BackendPool pool = new([new FaultyBackend(fault: GpuFault.DeviceLost), new DePinChain.Gpu.Cpu.CpuBackend(workers: 1)]);
        ProofBatches batches = new(pool);
        Assert.That(batches.Verify(sector.Shape, sector.Identity, sector.CommR, Seed, new byte[5]).Fault,
            Is.EqualTo(ReplicationFault.Size));
        Assert.That(batches.Verify(sector.Shape, 1, 2, Seed, [new(3, sector.CommR)], new byte[5], out int bad), Is.False);
        Assert.That((bad, pool.Usable.Count), Is.EqualTo((-1, 2)));
    }
}
