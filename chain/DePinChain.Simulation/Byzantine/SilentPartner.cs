using DePinChain.Blocks;
using DePinChain.Network;

namespace DePinChain.Simulation.Byzantine;

/// <summary>Receives, and never says a word.</summary>
internal sealed class SilentPartner(Machine machine, World world, Dice dice) : Conduct(machine, world, dice)
{
    public override string Name => "silent";

    public override Answer? Answer(IncomingRequest request) => Network.Answer.Refused(AnswerStatus.NotAvailable);

    protected override void OnVote(Vote vote)
    {
    }

    protected override void OnProposal(ProposalMessage proposal)
    {
    }

    protected override void OnOther(Topic topic, ReadOnlyMemory<byte> payload)
    {
    }
}
