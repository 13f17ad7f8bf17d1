using DePinChain.Blocks;

namespace DePinChain.Engine;

/// <remarks>What others may see of the loop.</remarks>
public sealed partial class ConsensusHost
{
    private ConsensusSummary Summarize()
    {
        ConsensusSummary waiting = new()
        {
            Height = NextHeight,
            Proposer = ProposerNow(),
            TotalPower = _chain.Head.View.Validators.TotalPower,
            MayVote = _mayVote,
        };
        if (!IsOpen) return waiting;
        (UInt128 prevotes, bool hasPrevoted) = _core.CountVotes(VoteKind.Prevote, SigningAddress);
        (UInt128 precommits, bool hasPrecommitted) = _core.CountVotes(VoteKind.Precommit, SigningAddress);
        return waiting with
        {
            Round = _core.Round,
            Step = hasPrecommitted ? "precommit" : hasPrevoted ? "prevote" : "propose",
            LockedRound = _core.LockedRound,
            LockedHash = _core.LockedValue,
            ValidRound = _core.ValidRound,
            ValidHash = _core.ValidValue,
            PrevotePower = prevotes,
            PrecommitPower = precommits,
        };
    }
}
