using System.Diagnostics.CodeAnalysis;
using DePinChain.Primitives;

namespace DePinChain.Blocks;

/// <summary>A proposal as it travels: with the whole block.</summary>
/// <param name="Proposal">Who proposes what, sealed.</param>
/// <param name="EncodedBlock">The block's RLP, a list. It is decoded by whoever has checked the seal first.</param>
public sealed record ProposalMessage(Proposal Proposal, ReadOnlyMemory<byte> EncodedBlock)
{
    /// <summary>RLP [height, round, validRound + 1, blockHash, seal, block].</summary>
    public byte[] Encode()
    {
        RlpWriter writer = new(EncodedBlock.Length + 256);
        int mark = writer.BeginList();
        MessageFields.Write(writer, Proposal.Height, Proposal.Round, Proposal.ValidRound, Proposal.BlockHash, Proposal.Seal);
        writer.WriteEncoded(EncodedBlock.Span);
        writer.EndList(mark);
        return writer.ToArray();
    }

    /// <summary>
    /// Reads a proposal message from anyone. The block is only known to be one RLP list; it points into <paramref name="encoded"/>.
    /// </summary>
    public static bool TryDecode(
        ReadOnlyMemory<byte> encoded, [NotNullWhen(true)] out ProposalMessage? message, [NotNullWhen(false)] out string? why)
    {
        message = null;
        why = null;
        try
        {
            RlpReader reader = new(encoded.Span);
            RlpReader fields = reader.ReadList();
            reader.ExpectEnd();
            Proposal proposal = Proposal.ReadFields(ref fields);
            if (!fields.PeekIsList()) throw new RlpException("A block is a list.");
            int size = fields.ReadRawItem().Length;
            fields.ExpectEnd();

            // The block is the last item, so it ends where the message ends.
            message = new ProposalMessage(proposal, encoded[^size..]);
            return true;
        }
        catch (RlpException fault)
        {
            why = fault.Message;
            return false;
        }
    }
}
