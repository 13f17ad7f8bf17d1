using System.Security.Cryptography;
using DePinChain.Modules.Attestations;
using DePinChain.Modules.Sdk;

namespace DePinChain.Modules.Tests.Attestations;

/// <summary>A kind that writes down what it is told.</summary>
internal class SampleKind(JobTerms terms) : IJobKind
{
    public JobTerms Terms => terms;

    public List<JobOutcome> Told { get; } = [];

    public void Decided(JobOutcome outcome, BlockContext block) => Told.Add(outcome);
}

/// <summary>
/// A blob of records of 64 bytes, two in a chunk: a record is right when its last byte is the first of SHA-256 over the others.
/// </summary>
internal sealed class SampleBlobKind(JobTerms terms) : SampleKind(terms), IProvableKind
{
    public const int RecordBytes = 64;
    public const uint ChunkBytes = 128;

    public static byte[] BlobOf(int records, int wrong = -1)
    {
        byte[] blob = new byte[records * RecordBytes];
        for (int record = 0; record < records; record++)
        {
            Span<byte> bytes = blob.AsSpan(record * RecordBytes, RecordBytes);
            SHA256.HashData(BitConverter.GetBytes(record), bytes);
            bytes[^1] = (byte)(SHA256.HashData(bytes[..^1])[0] ^ (record == wrong ? 1 : 0));
        }

        return blob;
    }

    public static byte[] TraceOf(ReadOnlySpan<byte> record) => SHA256.HashData(record[..^1]);

    public FraudFinding Verify(JobSummary job, uint claim, IReadOnlyList<OpenedChunk> chunks, IMeter meter)
    {
        byte[]? trace = Trace(job, claim, chunks, meter);
        if (trace is null) return FraudFinding.WrongChunks;
        return chunks[0].Bytes[(((int)claim % 2) * RecordBytes) + RecordBytes - 1] == trace[0] ? FraudFinding.Sound : FraudFinding.Fraud;
    }

    public byte[]? Trace(JobSummary job, uint lane, IReadOnlyList<OpenedChunk> chunks, IMeter meter)
    {
        if (chunks.Count != 1 || chunks[0].Index != lane / 2) return null;
        int start = ((int)lane % 2) * RecordBytes;
        return start + RecordBytes > chunks[0].Bytes.Length ? null : TraceOf(chunks[0].Bytes.AsSpan(start, RecordBytes));
    }
}
