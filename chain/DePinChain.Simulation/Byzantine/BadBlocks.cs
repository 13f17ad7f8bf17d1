using DePinChain.Blocks;
using DePinChain.Primitives;

namespace DePinChain.Simulation.Byzantine;

/// <summary>Proposes blocks that break a rule each, and votes for them.</summary>
internal sealed class BadBlocks(Machine machine, World world, Dice dice) : Conduct(machine, world, dice)
{
    public override string Name => "invalid-block proposer";

    protected override void OnProposal(ProposalMessage proposal)
    {
        if (proposal.Proposal.ValidRound >= 0 || !Block.TryDecode(proposal.EncodedBlock, out Block? block, out _))
        {
            Publish(proposal);
            return;
        }

        Block spoiled = Spoil(block);
        World.Referee.Agreement.Outlaw(spoiled.Hash);
        uint round = proposal.Proposal.Round;
        Publish(Propose(round, -1, spoiled));
        Publish(Sign(VoteKind.Prevote, spoiled.Number, round, -1, spoiled.Hash));
        Publish(Sign(VoteKind.Precommit, spoiled.Number, round, -1, spoiled.Hash));
    }

    // Its own votes go to the spoiled block.
    protected override void OnVote(Vote vote)
    {
        if (Seen.Any(known => known.Proposal.BlockHash == vote.BlockHash && known.Proposal.ValidRound >= 0)) Publish(vote);
    }

    private Block Spoil(Block block)
    {
        BlockHeader header = block.Header;
        ConsensusPart part = block.Consensus;
        switch (part.LastCommit is null ? 0 : Dice.Below(9))
        {
            case 0:
                header = header with { StateRoot = Keccak256.Hash(BitConverter.GetBytes(Dice.Next())) };
                break;
            case 1:
                header = header with { GasUsed = header.GasUsed + 1 };
                break;
            case 2:
                header = header with { BaseFeePerGas = header.BaseFeePerGas + UInt256.One };
                break;
            case 3:
                header = header with { ReceiptsRoot = header.TransactionsRoot };
                break;
            case 4:
                header = header with { GasLimit = header.GasLimit * 2 };
                break;
            case 5:
                header = header with { ParentHash = header.StateRoot };
                break;
            case 6:
                header = header with { MixHash = header.StateRoot };
                break;
            case 7:
                byte[] proof = part.VrfProof.ToArray();
                if (proof.Length > 0) proof[^1] ^= 1;
                part = part with { VrfProof = proof };
                header = header with { ExtraData = new byte[] { 1 } };
                break;
            default:
                part = part with { LastCommit = null };
                header = header with { ExtraData = new byte[] { 2 } };
                break;
        }

        return new Block(header, block.Transactions, part);
    }
}
