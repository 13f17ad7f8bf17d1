using DePinChain.Modules.Sdk;
using DePinChain.Primitives;

namespace DePinChain.Modules.Attestations;

/// <summary>A verifier: an account whose bond answers for what its worker attests.</summary>
/// <param name="Slot">Its place in the trees that committees are drawn from.</param>
/// <param name="Bond">What can be slashed and weighs when committees are drawn.</param>
/// <param name="Worker">The key that attests, and may nothing else; zero when revoked.</param>
/// <param name="Roles">What it judges: bit n is role n.</param>
/// <param name="WorkerUntil">Block from which the worker's right is over.</param>
/// <param name="Earned">Fees that wait to be claimed.</param>
/// <param name="Served">Duties done.</param>
/// <param name="Missed">Duties missed.</param>
/// <param name="MissRun">Duties missed in a row.</param>
/// <param name="JailedUntil">Block from which it may rejoin; 0 when it is not jailed.</param>
/// <param name="Weight">What it weighs in the trees now.</param>
/// <param name="WeightRoles">In which roles' trees.</param>
/// <param name="Leaving">Parts of the bond on their way back.</param>
public sealed record VerifierRecord(
    uint Slot,
    Amount Bond,
    Address Worker,
    byte Roles,
    ulong WorkerUntil,
    Amount Earned,
    ulong Served,
    ulong Missed,
    uint MissRun,
    ulong JailedUntil,
    Amount Weight,
    byte WeightRoles,
    [Limit(AttestationsPolicy.UnbondingsMax)] Unbonding[] Leaving);

/// <summary>A part of a bond on its way back.</summary>
/// <param name="Amount">How much.</param>
/// <param name="StartedAt">Block in which it began: it answers for what was drawn before.</param>
/// <param name="ReleasedAt">Block from which it can be withdrawn.</param>
public readonly record struct Unbonding(Amount Amount, ulong StartedAt, ulong ReleasedAt);

/// <summary>Why a bond was slashed.</summary>
public enum SlashReason : byte
{
    /// <summary>It called valid what was proven wrong.</summary>
    Fraud = 1,

    /// <summary>It answered otherwise than the quorum where there is one right answer.</summary>
    Mismatch = 2,

    /// <summary>It did not show its work.</summary>
    Audit = 3,

    /// <summary>It did not serve a shard it had signed for.</summary>
    Shard = 4,
}
