using DePinChain.Primitives;

namespace DePinChain.Modules.Attestations;

/// <summary>
/// The kinds of job with their modules: filled while the catalog makes the modules, before anything runs, and the same in every scope.
/// </summary>
public sealed class JobKinds
{
    private readonly SortedDictionary<JobKind, IJobKind> _kinds = [];

    /// <summary>Adds a kind; each number once.</summary>
    public JobKinds Add(IJobKind kind)
    {
        JobTerms terms = kind.Terms;
        Invariant.Assert(terms.Kind != JobKind.None && _kinds.TryAdd(terms.Kind, kind), "Every kind of job has one module.");
        Invariant.Assert(
            terms.CommitteeMax is > 0 and <= AttestationsPolicy.CommitteeMax && terms.Numbers <= AttestationsPolicy.NumbersMax,
            "A committee has 1 to 64 members and a verdict at most 8 numbers.");
        Invariant.Assert(
            terms.AuditLanes == 0 || kind is IProvableKind, "What is audited can be recomputed.");
        Invariant.Assert(
            terms.Rule == DecisionRule.Optimistic
                || (terms.QuorumNumerator <= terms.QuorumDenominator && 2 * terms.QuorumNumerator > terms.QuorumDenominator),
            "A quorum is more than half, so that there is one.");
        return this;
    }

    /// <summary>The kind with a number, if a module has it.</summary>
    public IJobKind? Find(JobKind kind) => _kinds.TryGetValue(kind, out IJobKind? found) ? found : null;
}
