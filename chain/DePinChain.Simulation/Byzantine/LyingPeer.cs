using DePinChain.Blocks;
using DePinChain.Network;

namespace DePinChain.Simulation.Byzantine;

/// <summary>Boasts of heights it does not have, and answers those who ask with blocks of its own making.</summary>
internal sealed class LyingPeer(Machine machine, World world, Dice dice) : Conduct(machine, world, dice)
{
    public override string Name => "lying sync peer";

    public override Answer? Answer(IncomingRequest request)
    {
        if (Dice.PerMille(200)) return null;
        switch (request.Protocol)
        {
            case RequestProtocol.Blocks when BlocksRequest.TryDecode(request.Payload.Span, out BlocksRequest? wanted):
                return Invented(wanted.From);
            case RequestProtocol.ProposedBlock when Build(NowSeconds) is { } block:
                return Chunk(block.Encode());
            case RequestProtocol.Votes:
                return Chunk(VoteRepair.Empty.Encode());
            default:
                return Network.Answer.Refused((AnswerStatus)Dice.Below(3));
        }
    }

    protected override void OnTick() => OnOther(Topic.Status, Machine.Node!.Chain.Status.Encode()); // ticks come while it runs

    protected override void OnOther(Topic topic, ReadOnlyMemory<byte> payload)
    {
        if (topic == Topic.Status && StatusMessage.TryDecode(payload.Span, out StatusMessage? status))
            Publish(topic, (status with { Head = status.Head + (ulong)Dice.Between(1, 500) }).Encode());
        else Publish(topic, payload);
    }

    // What it can: its own block on the head with its own seal, at every place of the certificate.
    private Answer Invented(ulong height)
    {
        if (Build(NowSeconds) is not { } block || block.Number != height) return Network.Answer.Refused(AnswerStatus.NotAvailable);
        Vote own = Sign(VoteKind.Precommit, height, 0, -1, block.Hash);
        int validators = Machine.Node!.Chain.Head.View.Validators.Count; // it has just built on it
        CommitCertificate forged = CommitCertificate.Assemble(height, 0, block.Hash, [.. Enumerable.Repeat(own, validators)]);
        return Chunk(DecidedBlock.Encode(block, forged));
    }

    private static Answer Chunk(byte[] chunk) => new(AnswerStatus.Success, [chunk]);
}
