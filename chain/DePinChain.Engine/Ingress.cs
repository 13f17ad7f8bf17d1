using System.Diagnostics.CodeAnalysis;
using DePinChain.Blocks;
using DePinChain.Consensus;
using DePinChain.Primitives;

namespace DePinChain.Engine;

/// <summary>Turns bytes from strangers into inputs: decoded, sealed by whom they say, with the block they name.</summary>
internal sealed class Ingress(LiveChain chain, TimeoutSchedule timeouts, BlockPacing pacing)
{
    // Proposals further ahead are fetched when their height comes; blocks are too big to keep on suspicion.
    private const ulong ProposalHeightsAhead = 1;

    /// <summary>Reads a proposal with its block. Null with a reason: against the rules; null without: of no use now.</summary>
    /// <param name="payload">As gossiped.</param>
    /// <param name="receivedAtMs">When it came in, by the shared clock.</param>
    /// <param name="fault">What the sender did wrong, if anything.</param>
    public ProposedBlock? ReadProposal(ReadOnlyMemory<byte> payload, long receivedAtMs, out string? fault)
    {
        if (!ProposalMessage.TryDecode(payload, out ProposalMessage? message, out fault)) return null;
        Proposal proposal = message.Proposal;
        ulong next = chain.Head.Number + 1;
        if (proposal.Height < next || proposal.Height > next + ProposalHeightsAhead) return null;
        if (!proposal.TryRecoverSigner(chain.ChainId, out Address signer))
        {
            fault = "a proposal's seal is not a signature";
            return null;
        }

        // The seal comes first: a stranger's block is not worth decoding.
        if (proposal.Height == next && !chain.Head.Rotation.Set.Contains(signer))
        {
            fault = $"{signer} proposes and is not a validator";
            return null;
        }

        if (!Block.TryDecode(message.EncodedBlock, out Block? block, out Rejection? rejection))
        {
            fault = rejection.Message;
            return null;
        }

        if (block.Hash != proposal.BlockHash || block.Number != proposal.Height)
        {
            fault = "a proposal names another block than it brings";
            return null;
        }

        // On a development network the time of a block that was ordered is the order's: our clock follows when the height begins.
        long judgedAtMs = Math.Max(receivedAtMs, pacing.MinedAtMs(block.Number) ?? 0);
        bool isAcceptable = block.Header.Miner == signer
            && timeouts.IsTimely((ulong)judgedAtMs, block.Header.Timestamp, proposal.Round);
        return new ProposedBlock(new Input.ProposalReceived(proposal, signer, isAcceptable), block);
    }

    /// <summary>Names a vote's signer; false when the seal is no signature.</summary>
    public bool TryReadVote(Vote vote, [NotNullWhen(true)] out Input.VoteReceived? input)
    {
        bool isSealed = vote.TryRecoverSigner(chain.ChainId, out Address signer);
        input = isSealed ? new Input.VoteReceived(vote, signer) : null;
        return isSealed;
    }
}

/// <summary>A proposal as consensus takes it, and its block.</summary>
internal sealed record ProposedBlock(Input.ProposalReceived Input, Block Block);
