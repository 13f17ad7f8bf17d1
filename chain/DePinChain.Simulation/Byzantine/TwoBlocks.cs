using DePinChain.Blocks;
using DePinChain.Network;
using DePinChain.Primitives;

namespace DePinChain.Simulation.Byzantine;

/// <summary>Proposes one block to some and another to the rest, and votes for each among those who have it.</summary>
internal sealed class TwoBlocks(Machine machine, World world, Dice dice) : Conduct(machine, world, dice)
{
    private readonly SortedDictionary<(ulong Height, uint Round), Hash256> _other = [];
    private readonly SortedSet<PeerId> _others = [];

    public override string Name => "equivocating proposer";

    protected override void OnProposal(ProposalMessage proposal)
    {
        if (proposal.Proposal.ValidRound >= 0 || Build(NowSeconds + 1) is not { } second || second.Hash == proposal.Proposal.BlockHash)
        {
            Publish(proposal);
            return;
        }

        ProposalMessage other = Propose(proposal.Proposal.Round, -1, second);
        _other[(Height, proposal.Proposal.Round)] = second.Hash;
        _others.Clear();
        foreach (PeerId peer in Peers)
        {
            bool isOther = Dice.PerMille(500);
            if (isOther) _others.Add(peer);
            Whisper(peer, isOther ? other : proposal);
            if (Dice.PerMille(200)) Whisper(peer, isOther ? proposal : other);
        }
    }

    protected override void OnVote(Vote vote)
    {
        if (vote.IsNil || !_other.TryGetValue((vote.Height, vote.Round), out Hash256 other))
        {
            Publish(vote);
            return;
        }

        Vote contradiction = Contradict(vote, other);
        foreach (PeerId peer in Peers) Whisper(peer, _others.Contains(peer) ? contradiction : vote);
    }
}
