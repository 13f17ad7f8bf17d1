using DePinChain.Blocks;
using DePinChain.Network;

namespace DePinChain.Simulation.Byzantine;

/// <summary>Proposes one block with several valid rounds at once, so that votes for it do not add up.</summary>
internal sealed class SplitPolka(Machine machine, World world, Dice dice) : Conduct(machine, world, dice)
{
    public override string Name => "valid-round splitter";

    protected override void OnProposal(ProposalMessage proposal)
    {
        Proposal first = proposal.Proposal;
        IReadOnlyList<ProposalMessage> older = [.. Seen.Where(known => known.Proposal.Round < first.Round)];
        ProposalMessage source = older.Count > 0 ? Dice.OneOf(older) : proposal;
        if (!Block.TryDecode(source.EncodedBlock, out Block? block, out _) || block.Number != Height)
        {
            Publish(proposal);
            return;
        }

        foreach (PeerId peer in Peers)
        {
            int validRound = first.Round > 0 && Dice.PerMille(600) ? Dice.Below((int)first.Round) : -1;
            Whisper(peer, Propose(first.Round, validRound, block));
        }
    }
}
