using System.Diagnostics.CodeAnalysis;
using DePinChain.Crypto;
using DePinChain.Primitives;

namespace DePinChain.Blocks;

/// <summary>A signed proposal without its block; <see cref="ProposalMessage"/> carries both.</summary>
/// <param name="Height">The block number.</param>
/// <param name="Round">At most 2^31 − 1.</param>
/// <param name="ValidRound">The earlier round in which the proposer saw a polka for the block, or -1 for a first proposal.</param>
/// <param name="BlockHash">Never zero.</param>
/// <param name="Seal">The proposer's signature over <see cref="SigningDigest"/>.</param>
public sealed record Proposal(ulong Height, uint Round, int ValidRound, Hash256 BlockHash, Signature Seal)
    : ISealedMessage<Proposal>
{
    public Hash256 SigningDigest(ulong chainId) => ConsensusSignBytes.OfProposal(chainId, Height, Round, ValidRound, BlockHash);

    /// <summary>The address whose key made the seal. False when the seal is no signature.</summary>
    public bool TryRecoverSigner(ulong chainId, out Address signer) => SealCache.TryRecover(SigningDigest(chainId), Seal, out signer);

    /// <summary>Same height and round: a proposer may sign one content for it.</summary>
    public bool IsSameSlot(Proposal other) => Height == other.Height && Round == other.Round;

    /// <summary>Says the same, whatever the seal.</summary>
    public bool IsSameContent(Proposal other) => IsSameSlot(other) && ValidRound == other.ValidRound && BlockHash == other.BlockHash;

    /// <summary>RLP [height, round, validRound + 1, blockHash, seal].</summary>
    public byte[] Encode()
    {
        RlpWriter writer = new();
        WriteTo(writer);
        return writer.ToArray();
    }

    /// <inheritdoc cref="Encode"/>
    public void WriteTo(RlpWriter writer)
    {
        int mark = writer.BeginList();
        MessageFields.Write(writer, Height, Round, ValidRound, BlockHash, Seal);
        writer.EndList(mark);
    }

    /// <exception cref="RlpException">Not a proposal.</exception>
    public static Proposal Read(ref RlpReader reader)
    {
        RlpReader fields = reader.ReadList();
        Proposal proposal = ReadFields(ref fields);
        fields.ExpectEnd();
        return proposal;
    }

    /// <summary>Reads a proposal from anyone.</summary>
    public static bool TryDecode(
        ReadOnlySpan<byte> encoded, [NotNullWhen(true)] out Proposal? proposal, [NotNullWhen(false)] out string? why) =>
        RlpDecoding.TryDecode(encoded, Read, out proposal, out why);

    internal static Proposal ReadFields(ref RlpReader fields)
    {
        MessageFields slot = MessageFields.Read(ref fields);
        if (slot.BlockHash.IsZero) throw new RlpException("A proposal names no block.");
        return new Proposal(slot.Height, slot.Round, slot.ValidRound, slot.BlockHash, slot.Seal);
    }
}
