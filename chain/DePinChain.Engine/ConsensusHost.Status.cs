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
        IReadOnlyList<Vote> votes = _core.Answer(new VoteRequest(_core.Height, _core.Round, [], [])).Votes;
        (UInt128 prevotes, bool hasPrevoted) = Count(votes, VoteKind.Prevote);
        (UInt128 precommits, bool hasPrecommitted) = Count(votes, VoteKind.Precommit);
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

    private (UInt128 Power, bool HasOurs) Count(IReadOnlyList<Vote> votes, VoteKind kind)
    {
        UInt128 power = 0;
        bool hasOurs = false;
        foreach (Vote vote in votes)
        {
            if (vote.Kind != kind || vote.Round != _core.Round || !_ingress.TryReadVote(vote, out var read)) continue;
            int index = _chain.Head.View.Validators.IndexOf(read.Signer);
            if (index >= 0) power += _chain.Head.View.Validators[index].Power;
            hasOurs |= read.Signer == _signer?.Address;
        }

        return (power, hasOurs);
    }
}
