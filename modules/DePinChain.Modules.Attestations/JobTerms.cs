using DePinChain.Primitives;

namespace DePinChain.Modules.Attestations;

/// <summary>How a kind of job is judged.</summary>
/// <param name="Kind">Its number.</param>
/// <param name="Role">Verifiers with this role are drawn.</param>
/// <param name="Rule">What decides.</param>
/// <param name="CommitteeMax">Members of the first committee: 16 for storage blobs, 5 for quorums.</param>
/// <param name="QuorumNumerator">A quorum is ⌈members · numerator / denominator⌉: 4/5 for devices, 2/3 for frames and inference.</param>
/// <param name="QuorumDenominator">See there.</param>
/// <param name="Numbers">Measurements that every verdict carries, of which the median counts; at most 8.</param>
/// <param name="IsExact">
/// The method has one right answer: a quorum agrees on the answer too, and a member that answered otherwise is slashed. Without, a quorum
/// agrees on the verdict, and answers may differ.
/// </param>
/// <param name="NeedsCertificate">A blob is judged: the job opens once custodians hold its shards.</param>
/// <param name="AuditLanes">Records of which an audited verifier shows its work; 0 for a kind without audits.</param>
/// <param name="GasPerVerdict">Gas of one commit or one reveal, for the fee.</param>
/// <param name="KindFee">What is paid beside the gas.</param>
public sealed record JobTerms(
    JobKind Kind,
    VerifierRole Role,
    DecisionRule Rule,
    ushort CommitteeMax,
    byte QuorumNumerator,
    byte QuorumDenominator,
    byte Numbers,
    bool IsExact,
    bool NeedsCertificate,
    byte AuditLanes,
    ulong GasPerVerdict,
    Amount KindFee)
{
    /// <summary>Storage blobs: 16 members, more than half valid opens the window in which one fraud proof overturns.</summary>
    public static JobTerms OfBlob(JobKind kind, byte auditLanes, Amount kindFee) => new(
        kind, VerifierRole.Storage, DecisionRule.Optimistic, 16, 1, 2, 0, IsExact: false, NeedsCertificate: true, auditLanes,
        AttestationsPolicy.GasPerVerdict, kindFee);

    /// <summary>A quorum of five.</summary>
    public static JobTerms OfQuorum(
        JobKind kind, VerifierRole role, byte numerator, byte denominator, byte numbers, bool isExact, Amount kindFee) => new(
        kind, role, DecisionRule.Quorum, 5, numerator, denominator, numbers, isExact, NeedsCertificate: false, AuditLanes: 0,
        AttestationsPolicy.GasPerVerdict, kindFee);
}

/// <summary>The kinds of job there are. A number is never reused.</summary>
public enum JobKind : byte
{
    /// <summary>None.</summary>
    None = 0,

    /// <summary>A proof of replication too big for a block.</summary>
    Replication = 1,

    /// <summary>A partition's proof of spacetime.</summary>
    Spacetime = 2,

    /// <summary>A proof of possession with more than 64 challenges.</summary>
    Possession = 3,

    /// <summary>How fast a provider serves.</summary>
    Retrieval = 4,

    /// <summary>A compute device's hourly proof.</summary>
    Device = 5,

    /// <summary>A rendered frame.</summary>
    Frame = 6,

    /// <summary>An answer of a model whose answers are the same bits everywhere.</summary>
    Inference = 7,

    /// <summary>An answer of a model whose answers are compared within thresholds.</summary>
    TolerantInference = 8,
}

/// <summary>What a verifier offers to judge. In a mask of roles role n is bit n.</summary>
public enum VerifierRole : byte
{
    /// <summary>Storage proofs.</summary>
    Storage = 0,

    /// <summary>Devices.</summary>
    Compute = 1,

    /// <summary>Frames.</summary>
    Render = 2,

    /// <summary>Inference.</summary>
    Inference = 3,

    /// <summary>Keeps shards of blobs; counts for operators of validators only.</summary>
    Custody = 4,
}

/// <summary>What decides a job.</summary>
public enum DecisionRule : byte
{
    /// <summary>More than half valid accepts; only a fraud proof or missing data rejects.</summary>
    Optimistic = 0,

    /// <summary>A quorum of equal verdicts decides at once.</summary>
    Quorum = 1,
}

/// <summary>What a verifier says.</summary>
public enum Verdict : byte
{
    /// <summary>Nothing.</summary>
    None = 0,

    /// <summary>It is as claimed.</summary>
    Valid = 1,

    /// <summary>It is not.</summary>
    Invalid = 2,

    /// <summary>The data could not be had, or its shards do not make up the blob.</summary>
    Unavailable = 3,
}

/// <summary>How a job ended, or that its window opened.</summary>
public enum JobDecision : byte
{
    /// <summary>Optimistic: a committee found it valid. Confirmed or overturned later.</summary>
    Accepted = 1,

    /// <summary>Optimistic: the window passed without a fraud proof.</summary>
    Confirmed = 2,

    /// <summary>A fraud was proven.</summary>
    Overturned = 3,

    /// <summary>The data could not be had: a committee said so.</summary>
    Unavailable = 4,

    /// <summary>No certificate came in time.</summary>
    Unopened = 5,

    /// <summary>No committee decided; the fee went back.</summary>
    Undetermined = 6,

    /// <summary>A quorum decided.</summary>
    Decided = 7,
}

/// <summary>What the chain found of a claim.</summary>
public enum FraudFinding : byte
{
    /// <summary>The claim is wrong: the record is right.</summary>
    Sound = 0,

    /// <summary>The record is wrong.</summary>
    Fraud = 1,

    /// <summary>The chunks are not those the claim needs.</summary>
    WrongChunks = 2,
}
