using DePinChain.Blocks;

namespace DePinChain.Consensus;

/// <summary>
/// What a round's proposer signed: the first proposal is the one that counts, the second is evidence, a third is nothing.
/// </summary>
internal sealed class ProposalSlot(Proposal first, bool isAcceptable)
{
    public Proposal First { get; } = first;

    /// <summary>Judged once, when the first proposal came in.</summary>
    public bool IsAcceptable { get; } = isAcceptable;

    public Proposal? Second { get; set; }
}
