using DePinChain.Gpu.Cpu;
using DePinChain.Primitives;
using DePinChain.Proofs.Availability;
using DePinChain.Proofs.Pieces;
using DePinChain.Proofs.Replication;
using DePinChain.Proofs.Verdicts;
using DePinChain.Worker;
using DePinChain.Worker.Following;

namespace DePinChain.Gpu.Tests.Verdicts;

/// <summary>What a worker finds of a job's blob: the same on every backend, and in the terms that the chain checks.</summary>
public sealed class JudgementTests
{
    private static readonly Hash256 Seed = new(new SeededStream(11).Bytes(32));
    private static readonly Address Verifier = Address.FromLow(77);

    private static readonly Lazy<SealedReplica> Sector = new(() =>
    {
        SectorShape shape = SectorShape.Of(SectorKind.EightMiB);
        byte[] padded = new byte[(int)shape.Bytes];
        Fr32.Pad(new SeededStream(12).Bytes(padded.Length / 128 * 127), padded);
        return SealedReplica.Seal(shape, new SectorIdentity(1337000, 7, 3, Seed, SealedReplica.CommDOf(padded)), padded);
    });

    [TestCaseSource(typeof(Backends), nameof(Backends.Names))]
    public void The_same_job_gives_the_same_verdict_and_answer_on_every_backend(string name)
    {
        byte[] blob = Blob();
        Judgement reference = Judge(Backends.Scalar, blob), judged = Judge(Backends.Get(name), blob);
        Assert.That(judged.Word, Is.EqualTo(VerdictWord.Valid));
        Assert.That(judged.AnswerOf(Verifier), Is.EqualTo(reference.AnswerOf(Verifier)));
        Assert.That(judged.AnswerOf(Address.FromLow(78)), Is.Not.EqualTo(judged.AnswerOf(Verifier)), "nobody can copy an answer");
        blob[^1] ^= 1; // a cap
        Judgement wrong = Judge(Backends.Get(name), blob);
        Assert.That(wrong.Word, Is.EqualTo(VerdictWord.Invalid));
        Assert.That(wrong.FindFraud()!.Value.Claim, Is.EqualTo(Judge(Backends.Scalar, blob).FindFraud()!.Value.Claim));
    }

    [Test]
    public void Whatever_is_wrong_with_a_blob_is_a_claim_that_the_chain_finds_proven()
    {
        SealedReplica sector = Sector.Value;
        byte[] blob = Blob();
        int size = blob.Length;
        for (int at = 5; at < size; at += 1_999)
        {
            byte[] changed = [.. blob];
            changed[at] ^= 0x08;
            Judgement judgement = Judge(Backends.Scalar, changed);
            Assert.That(judgement.Word, Is.EqualTo(VerdictWord.Invalid), $"byte {at}");
            (uint claim, uint[] chunks) = judgement.FindFraud()!.Value;
            List<(uint Index, byte[] Bytes)> shown = [.. judgement.Opened(chunks).Select(static one =>
                ((uint)(ulong)(UInt256)((object?[])one!)[0]!, (byte[])((object?[])one)[1]!))];
            Assert.That(
                ReplicationBlob.Check(sector.Shape, sector.Identity, sector.CommR, Seed, claim, shown), Is.EqualTo(BlobFinding.Fraud),
                $"byte {at}");
        }
    }

    [Test]
    public void Every_lane_is_shown_under_the_answer_that_was_given()
    {
        SealedReplica sector = Sector.Value;
        byte[] blob = Blob();
        Judgement judgement = Judge(Backends.Scalar, blob);
        Hash256 answer = judgement.AnswerOf(Verifier);
        for (uint lane = 0; lane < judgement.Job.Lanes; lane++)
        {
            (Hash256[] path, uint[] chunks) = judgement.LaneOf(Verifier, lane);
            object?[] opened = (object?[])judgement.Opened(chunks)[0]!;
            byte[] chunk = (byte[])opened[1]!;
            int inside = (int)lane % (chunk.Length / sector.Shape.RecordSize) * sector.Shape.RecordSize;
            byte[] trace = ReplicationBlob.Trace(
                sector.Shape, sector.Identity, Seed, (int)lane, chunk.AsSpan(inside, sector.Shape.RecordSize));
            Hash256 leaf = Transcript.LaneOf(Verifier, judgement.Job.Job, lane, trace);
            Assert.That(Transcript.Verify(answer, judgement.Job.Lanes, lane, leaf, path), $"lane {lane}");
            Hash256[] way = [.. ((object?[])opened[2]!).Select(static node => new Hash256((byte[])node!))];
            ulong count = BlobTree.ChunksOf((ulong)blob.Length, judgement.Job.ChunkBytes);
            Assert.That(BlobTree.Verify(judgement.Job.BlobRoot, count, chunks[0], BlobTree.LeafOf(chunk), way), $"chunk of lane {lane}");
        }
    }

    [Test]
    public void A_device_that_lies_about_an_honest_blob_harms_nobody()
    {
        BackendPool pool = new([new FaultyBackend(wrong: true), Backends.Scalar]);
        SealedReplica sector = Sector.Value;
        byte[] blob = Blob();
        Judgement judged = Worker.Judge.Of(
            JobOf(blob), new SealFacts(sector.Shape, sector.Identity, sector.CommR, Seed), blob, new ProofBatches(pool));
        Assert.That(judged.Word, Is.EqualTo(VerdictWord.Valid), "the processor judges again before a verdict against anybody");
    }

    [TestCaseSource(typeof(Backends), nameof(Backends.Names))]
    public void A_windows_blob_is_judged_the_same_on_every_backend_and_what_is_wrong_is_a_claim_that_the_chain_finds_proven(string name)
    {
        WindowFacts window = new(SectorShape.Of(SectorKind.TwoKiB), 1337000, 7, Seed, Small.Value.Select(static sector =>
            new ProvenSector(sector.Identity.Sector, sector.CommR)).ToArray());
        byte[] blob = [.. Small.Value.SelectMany(static sector => SpacetimeProof.Prove(
            sector.Shape, 1337000, 7, Seed, sector.Identity.Sector, sector.CommC, sector.Tree, static _ => []))];
        uint chunkBytes = (uint)SpacetimeBlob.ChunkBytesOf(window.Shape);
        Judgement JudgeWindow(IBackend backend, byte[] bytes) => Worker.Judge.Of(
            new JobFacts(
                42, (byte)CommitteeKind.Spacetime, Hash256.Zero, BlobTree.RootOf(bytes, chunkBytes), (ulong)bytes.Length, chunkBytes,
                (uint)window.Sectors.Count, Hash256.Zero, JobPhase.Committing, 0, 1, 100),
            window, bytes, new ProofBatches(new BackendPool([backend, new CpuBackend(CpuWidth.Scalar, workers: 1)])));
        Judgement judged = JudgeWindow(Backends.Get(name), blob);
        Assert.That(judged.Word, Is.EqualTo(VerdictWord.Valid));
        Assert.That(judged.FindFraud(), Is.Null);
        Assert.That(judged.AnswerOf(Verifier), Is.EqualTo(JudgeWindow(Backends.Scalar, blob).AnswerOf(Verifier)));
        Assert.That(judged.LaneOf(Verifier, 15).Chunks, Is.EqualTo(new uint[] { 1 }), "fourteen records to a chunk");
        for (int at = 3; at < blob.Length; at += 4_999)
        {
            byte[] changed = [.. blob];
            changed[at] ^= 0x10;
            Judgement wrong = JudgeWindow(Backends.Get(name), changed);
            Assert.That(wrong.Word, Is.EqualTo(VerdictWord.Invalid), $"byte {at}");
            (uint claim, uint[] chunks) = wrong.FindFraud()!.Value;
            Assert.That(claim, Is.EqualTo(at / window.Shape.SpacetimeSize));
            List<(uint Index, byte[] Bytes)> shown = [.. wrong.Opened(chunks).Select(static one =>
                ((uint)(ulong)(UInt256)((object?[])one!)[0]!, (byte[])((object?[])one)[1]!))];
            Assert.That(
                SpacetimeBlob.Check(window.Shape, 1337000, 7, Seed, window.Sectors[(int)claim], claim, shown),
                Is.EqualTo(BlobFinding.Fraud));
        }
    }

    private static readonly Lazy<SealedReplica[]> Small = new(() => [.. Enumerable.Range(1, 30).Select(static number =>
    {
        byte[] padded = new byte[2_048];
        Hash256 data = SealedReplica.CommDOf(padded);
        return SealedReplica.Seal(SectorShape.Of(SectorKind.TwoKiB), new SectorIdentity(1337000, 7, (ulong)number, Seed, data), padded);
    })]);

    private static byte[] Blob() => ReplicationBlob.FromProof(Sector.Value.Shape, Sector.Value.Prove(Seed));

    private static JobFacts JobOf(byte[] blob)
    {
        SectorShape shape = Sector.Value.Shape;
        uint chunkBytes = (uint)ReplicationBlob.ChunkBytesOf(shape);
        return new JobFacts(
            41, (byte)CommitteeKind.Replication, Hash256.Zero, BlobTree.RootOf(blob, chunkBytes), (ulong)blob.Length, chunkBytes,
            (uint)shape.Challenges, Hash256.Zero, JobPhase.Committing, 0, 1, 100);
    }

    // The pool is not disposed: the backends are shared by all tests.
    private static Judgement Judge(IBackend backend, byte[] blob)
    {
        SealedReplica sector = Sector.Value;
        BackendPool pool = new([backend, new CpuBackend(CpuWidth.Scalar, workers: 1)]);
        return Worker.Judge.Of(
            JobOf(blob), new SealFacts(sector.Shape, sector.Identity, sector.CommR, Seed), blob, new ProofBatches(pool));
    }
}
