using DePinChain.Blocks;
using DePinChain.Network;
using DePinChain.Primitives;

namespace DePinChain.Simulation.Byzantine;

/// <summary>Answers those who miss votes with certificates that prove nothing: its own seal all over, or seals of other votes.</summary>
internal sealed class FalseCertifier(Machine machine, World world, Dice dice) : Conduct(machine, world, dice)
{
    private const int Kept = 64;

    private readonly List<Vote> _votes = [];

    public override string Name => "false certificates";

    public override Answer? Answer(IncomingRequest request)
    {
        if (request.Protocol != RequestProtocol.Votes || Machine.Node is not { } node) return null;
        if (!VoteRequest.TryDecode(request.Payload.Span, out VoteRequest? wanted, out _) || Seen.Count == 0) return null;
        ValidatorSet set = node.Chain.Head.View.Validators;
        Hash256 block = Dice.OneOf(Seen).Proposal.BlockHash;
        Vote?[] precommits = Fill(set, Sign(VoteKind.Precommit, wanted.Height, wanted.Round, -1, block));
        Vote?[] prevotes = Fill(set, Sign(VoteKind.Prevote, wanted.Height, wanted.Round, -1, block));
        VoteRepair forged = new(
            [.. _votes.Take(8)],
            [PolkaCertificate.Assemble(wanted.Height, wanted.Round, -1, block, prevotes)],
            CommitCertificate.Assemble(wanted.Height, wanted.Round, block, precommits));
        return new Answer(AnswerStatus.Success, [forged.Encode()]);
    }

    protected override void OnHeard(GossipMessage message)
    {
        if (message.Topic != Topic.Vote || !Vote.TryDecode(message.Payload.Span, out Vote? vote, out _)) return;
        if (_votes.Count < Kept) _votes.Add(vote);
        else _votes[Dice.Below(Kept)] = vote;
    }

    // The seals of whatever was heard, dressed as votes for the block.
    private Vote?[] Fill(ValidatorSet set, Vote own)
    {
        Vote?[] votes = new Vote?[set.Count];
        for (int index = 0; index < votes.Length; index++)
        {
            bool isStolen = _votes.Count > 0 && Dice.PerMille(500);
            votes[index] = isStolen ? own with { Seal = Dice.OneOf(_votes).Seal } : own;
        }

        return votes;
    }
}
