using DePinChain.Blocks;

namespace DePinChain.Consensus;

/// <summary>
/// What we wanted to say in the current round, so that it can be said again: after a restart by the signer guard's own answer, later as
/// it was.
/// </summary>
internal sealed class OwnMessages(Driver driver, int selfIndex)
{
    private Effect.SignVote? _prevote;
    private Effect.SignVote? _precommit;

    /// <summary>The proposal of this round, if it is ours.</summary>
    public Effect.SignProposal? Proposal { get; private set; }

    /// <summary>A block was asked for in this round and has not come.</summary>
    public bool IsBuilding { get; set; }

    public void Clear()
    {
        _prevote = null;
        _precommit = null;
        Proposal = null;
        IsBuilding = false;
    }

    public void Say(Effect.SignProposal proposal, StepResult result)
    {
        Proposal = proposal;
        result.Add(proposal);
    }

    public void Say(Effect.SignVote vote, StepResult result)
    {
        if (vote.Kind == VoteKind.Prevote) _prevote = vote;
        else _precommit = vote;
        result.Add(vote);
    }

    /// <summary>After a replay: what never came back to us may never have left.</summary>
    public void Resume(StepResult result)
    {
        if (Proposal is not null && driver.FindProposal(Proposal.Round) is null) result.Add(Proposal);
        foreach (Effect.SignVote? vote in (ReadOnlySpan<Effect.SignVote?>)[_prevote, _precommit])
        {
            if (vote is not null && driver.Votes.Find(vote.Kind, vote.Round, selfIndex) is null) result.Add(vote);
        }
    }

    /// <summary>Gossip may have lost it: the round's proposal and votes of ours once more.</summary>
    public void Repeat(StepResult result)
    {
        uint round = driver.State.Round;
        if (driver.IsProposer(round) && driver.FindProposal(round)?.First is { } proposal)
        {
            result.Add(new Effect.RebroadcastProposal(proposal, Proposal?.Polka));
        }

        foreach (VoteKind kind in (ReadOnlySpan<VoteKind>)[VoteKind.Prevote, VoteKind.Precommit])
        {
            if (selfIndex >= 0 && driver.Votes.Find(kind, round, selfIndex) is { } vote) result.Add(new Effect.RebroadcastVote(vote));
        }
    }
}
