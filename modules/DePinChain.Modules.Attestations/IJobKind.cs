using DePinChain.Modules.Sdk;
using DePinChain.Primitives;

namespace DePinChain.Modules.Attestations;

/// <summary>
/// A kind of job. The module that announces such jobs implements it, and the node's catalog hands it to <see cref="JobKinds"/> when the
/// modules are made; so Attestations, which stands above its users, needs to know none of them.
/// </summary>
public interface IJobKind
{
    /// <summary>How jobs of this kind are judged: constants of the kind.</summary>
    JobTerms Terms { get; }

    /// <summary>
    /// Takes a decision. Runs at a block's start, or in the transaction that proves a fraud; there it must not revert for reasons of its
    /// own.
    /// </summary>
    void Decided(JobOutcome outcome, BlockContext block);
}

/// <summary>A kind whose blob consists of records that the chain itself can check one by one: one honest verifier is enough.</summary>
public interface IProvableKind : IJobKind
{
    /// <summary>Checks one claim of a dispute against the opened chunks, which are known to lie in the blob.</summary>
    /// <param name="job">The job.</param>
    /// <param name="claim">Which record; numbers from <see cref="JobSummary.Lanes"/> on are for what is wrong with the blob's form.</param>
    /// <param name="chunks">At most <see cref="AttestationsPolicy.ChunksPerClaimMax"/>.</param>
    /// <param name="meter">Where the work is charged.</param>
    FraudFinding Verify(JobSummary job, uint claim, IReadOnlyList<OpenedChunk> chunks, IMeter meter);

    /// <summary>
    /// What a verifier computes on its way through one record: the intermediate values in the order of verification. Every honest verifier
    /// of the record gets the same bytes. Null when the chunks are not those of the record.
    /// </summary>
    byte[]? Trace(JobSummary job, uint lane, IReadOnlyList<OpenedChunk> chunks, IMeter meter);
}

/// <summary>What a kind needs to know of a job.</summary>
/// <param name="Job">Its number.</param>
/// <param name="Subject">What it is about.</param>
/// <param name="BlobRoot">The blob's root.</param>
/// <param name="BlobBytes">Its length.</param>
/// <param name="ChunkBytes">Bytes of a chunk.</param>
/// <param name="Lanes">Its records.</param>
public sealed record JobSummary(ulong Job, Hash256 Subject, Hash256 BlobRoot, ulong BlobBytes, uint ChunkBytes, uint Lanes);

/// <summary>A chunk that was shown to lie in a job's blob.</summary>
/// <param name="Index">Its place.</param>
/// <param name="Bytes">Its bytes; the last chunk of a blob may be shorter.</param>
public sealed record OpenedChunk(uint Index, byte[] Bytes);
