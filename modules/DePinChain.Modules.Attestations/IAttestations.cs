using DePinChain.Modules.Sdk;
using DePinChain.Primitives;

namespace DePinChain.Modules.Attestations;

/// <summary>What other modules ask of committees. Accounts cannot open a job; only a module that has a kind of its own does.</summary>
public interface IAttestations
{
    /// <summary>What a job costs: committee · (commit + reveal) · their gas · base fee + the kind's own fee.</summary>
    /// <param name="kind">A registered kind.</param>
    /// <param name="baseFee">Of the block in which the job is announced.</param>
    Amount FeeOf(JobKind kind, Amount baseFee);

    /// <summary>True when somebody could judge a job of this kind.</summary>
    bool HasVerifiers(JobKind kind);

    /// <summary>
    /// What a bribed committee stands to lose, so what a single verdict may be worth: committee / 2 · the part of a least bond that fraud
    /// costs.
    /// </summary>
    Amount SecuredValue(JobKind kind);

    /// <summary>
    /// Announces a job and takes its fee. A kind that needs a certificate waits for <c>openJob</c>, any other has its committee drawn
    /// from the next blocks' randomness. The kind's <see cref="IJobKind.Decided"/> says how it went.
    /// </summary>
    /// <returns>The job's number.</returns>
    ulong Announce(JobOrder order, BlockContext block);

    /// <summary>True from the announcement until the job's last word: confirmed, decided, overturned or given up.</summary>
    bool IsLive(ulong job);
}

/// <summary>A job as a module announces it.</summary>
/// <param name="Kind">Its kind.</param>
/// <param name="Subject">What it is about, in the announcing module's terms; comes back in <see cref="JobOutcome"/>.</param>
/// <param name="Excluded">The account that must not judge it: the subject's owner. Zero for none.</param>
/// <param name="FeeFrom">The account that the fee is taken from, such as the announcing module's own.</param>
/// <param name="RefundTo">Who gets the fee back when nobody decides.</param>
/// <param name="BlobRoot">Root of the blob to be judged (<c>BlobTree</c>); for a kind without blob whatever the verdict is about.</param>
/// <param name="BlobBytes">Its length; 0 for a kind without blob.</param>
/// <param name="ChunkBytes">Bytes of its chunks, at most <see cref="AttestationsPolicy.ChunkBytesMax"/>.</param>
/// <param name="Lanes">Records in it that are judged one by one; what an audit can ask for.</param>
public sealed record JobOrder(
    JobKind Kind, Hash256 Subject, Address Excluded, Address FeeFrom, Address RefundTo, Hash256 BlobRoot, ulong BlobBytes, uint ChunkBytes,
    uint Lanes)
{
    /// <summary>An order without a blob.</summary>
    public static JobOrder OfSubject(JobKind kind, Hash256 subject, Address excluded, Address feeFrom, Address refundTo) =>
        new(kind, subject, excluded, feeFrom, refundTo, subject, 0, 0, 0);
}

/// <summary>What became of a job. Only <see cref="JobDecision.Accepted"/> is followed by another word.</summary>
/// <param name="Job">Its number.</param>
/// <param name="Kind">Its kind.</param>
/// <param name="Subject">What it is about.</param>
/// <param name="Decision">The decision.</param>
/// <param name="Verdict">The verdict that carried it; <see cref="Verdict.None"/> when none did.</param>
/// <param name="Answer">What a quorum agreed on; zero for others.</param>
/// <param name="Numbers">Medians of the agreeing members' numbers.</param>
/// <param name="Disputer">Who proved the fraud; zero for others.</param>
public sealed record JobOutcome(
    ulong Job, JobKind Kind, Hash256 Subject, JobDecision Decision, Verdict Verdict, Hash256 Answer, ulong[] Numbers, Address Disputer);
