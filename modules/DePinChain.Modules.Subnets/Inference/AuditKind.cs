using DePinChain.Modules.Attestations;
using DePinChain.Modules.Sdk;

namespace DePinChain.Modules.Subnets.Inference;

/// <summary>Audits of one kind of model: exact and tolerant ones are judged by other terms and decided in one place.</summary>
internal sealed class AuditKind(JobTerms terms, Action<JobOutcome, BlockContext> decided) : IJobKind
{
    public JobTerms Terms => terms;

    public void Decided(JobOutcome outcome, BlockContext block) => decided(outcome, block);
}
