using DePinChain.Primitives;
using DePinChain.Proofs.Availability;
using DePinChain.Proofs.Verdicts;
using DePinChain.Worker.Following;

namespace DePinChain.Worker;

/// <summary>What a job's blob is found to be, and everything that is shown of it: transcripts, lanes, frauds.</summary>
/// <param name="job">The job.</param>
/// <param name="proof">What it is judged by; null when its sector, or its claim, is gone.</param>
/// <param name="blob">The blob; null when it could not be had.</param>
/// <param name="word">The verdict.</param>
internal sealed class Judgement(JobFacts job, ProofFacts? proof, byte[]? blob, VerdictWord word)
{
    private Hash256 _answer;

    private readonly Lazy<byte[][]> _traces = new(() => TracesOf(proof, blob, job.Lanes));
    private readonly Lazy<Hash256[]> _leaves = new(() => blob is null ? [] : BlobTree.LeavesOf(blob, job.ChunkBytes));

    public JobFacts Job => job;

    public VerdictWord Word => word;

    /// <summary>What is found of something that is no blob; every verifier answers the same.</summary>
    public static Judgement Of(JobFacts job, VerdictWord word, in Hash256 answer) => new(job, null, null, word) { _answer = answer };

    /// <summary>What a verifier answers: the root over its lanes, for what is no blob what was found.</summary>
    public Hash256 AnswerOf(Address verifier) => blob is null || proof is null ? _answer : Transcript.RootOf(LanesOf(verifier));

    /// <summary>How a verifier shows one record: its lane's path, and the chunk that holds the record.</summary>
    public (Hash256[] Path, uint[] Chunks) LaneOf(Address verifier, uint lane)
    {
        int perChunk = (int)job.ChunkBytes / Proof.RecordSize;
        return (Transcript.PathOf(LanesOf(verifier), lane), [lane / (uint)perChunk]);
    }

    /// <summary>What is wrong with the blob, in the chain's terms, with the chunks that show it; null when nothing is.</summary>
    public (uint Claim, uint[] Chunks)? FindFraud()
    {
        if (word != VerdictWord.Invalid || blob is null || proof is null) return null;
        return proof.FindClaim(blob) is { } found ? (found, proof.ChunksOf(found)) : null;
    }

    /// <summary>Chunks with their paths, as a call takes them.</summary>
    public object?[] Opened(IEnumerable<uint> chunks) => [.. chunks.Select(index => (object?)new object?[]
    {
        (UInt256)index, Chunk(index), BlobTree.PathOf(_leaves.Value, index).Select(static node => (object?)node.ToArray()).ToArray(),
    })];

    private ProofFacts Proof => proof ?? throw new InvalidOperationException("a job without its sector has no lanes");

    private Hash256[] LanesOf(Address verifier)
    {
        byte[][] traces = _traces.Value;
        Hash256[] lanes = new Hash256[traces.Length];
        for (uint lane = 0; lane < lanes.Length; lane++) lanes[lane] = Transcript.LaneOf(verifier, job.Job, lane, traces[lane]);
        return lanes;
    }

    private byte[] Chunk(uint index)
    {
        byte[] bytes = blob!; // chunks are opened only of a blob that is there
        int start = (int)(index * job.ChunkBytes);
        return bytes[start..Math.Min(bytes.Length, start + (int)job.ChunkBytes)];
    }

    private static byte[][] TracesOf(ProofFacts? proof, byte[]? blob, uint lanes)
    {
        if (proof is null || blob is null) return [];
        byte[][] traces = new byte[lanes][];
        int size = proof.RecordSize;
        for (int lane = 0; lane < traces.Length; lane++)
            traces[lane] = proof.Trace((uint)lane, blob.AsSpan(lane * size, size));
        return traces;
    }
}
