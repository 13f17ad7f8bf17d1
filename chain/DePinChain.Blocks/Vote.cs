using System.Diagnostics.CodeAnalysis;
using DePinChain.Crypto;
using DePinChain.Primitives;

namespace DePinChain.Blocks;

/// <summary>The two kinds of vote, with their numbers in sign bytes and on the wire.</summary>
public enum VoteKind : byte
{
    Prevote = 1,
    Precommit = 2,
}

/// <summary>A signed prevote or precommit.</summary>
/// <param name="Kind">What is voted in: the first or the second vote of a round.</param>
/// <param name="Height">The block number.</param>
/// <param name="Round">At most 2^31 − 1, as a valid round is a signed number.</param>
/// <param name="ValidRound">The valid round of the proposal that a prevote answers, else -1. Nil votes and precommits carry -1.</param>
/// <param name="BlockHash">Zero is nil.</param>
/// <param name="Seal">The signature over <see cref="SigningDigest"/>. It names the signer; nothing else does.</param>
public sealed record Vote(VoteKind Kind, ulong Height, uint Round, int ValidRound, Hash256 BlockHash, Signature Seal)
    : ISealedMessage<Vote>
{
    public bool IsNil => BlockHash.IsZero;

    public Hash256 SigningDigest(ulong chainId) => ConsensusSignBytes.OfVote(chainId, Kind, Height, Round, ValidRound, BlockHash);

    /// <summary>The address whose key made the seal. False when the seal is no signature.</summary>
    public bool TryRecoverSigner(ulong chainId, out Address signer) => SealCache.TryRecover(SigningDigest(chainId), Seal, out signer);

    /// <summary>Same kind, height and round: one validator may sign one ballot for it.</summary>
    public bool IsSameSlot(Vote other) => Kind == other.Kind && Height == other.Height && Round == other.Round;

    /// <summary>Says the same, whatever the seal: ECDSA has many signatures for one digest.</summary>
    public bool IsSameBallot(Vote other) => IsSameSlot(other) && ValidRound == other.ValidRound && BlockHash == other.BlockHash;

    /// <summary>RLP [kind, height, round, validRound + 1, blockHash, seal].</summary>
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
        writer.Write((ulong)Kind);
        MessageFields.Write(writer, Height, Round, ValidRound, BlockHash, Seal);
        writer.EndList(mark);
    }

    /// <exception cref="RlpException">Not a vote, or one that no validator would cast.</exception>
    public static Vote Read(ref RlpReader reader)
    {
        RlpReader fields = reader.ReadList();
        byte kind = fields.ReadByte();
        bool isKind = kind is (byte)VoteKind.Prevote or (byte)VoteKind.Precommit;
        if (!isKind) throw new RlpException($"A vote of kind {kind} does not exist.");
        MessageFields slot = MessageFields.Read(ref fields);
        fields.ExpectEnd();
        Vote vote = new((VoteKind)kind, slot.Height, slot.Round, slot.ValidRound, slot.BlockHash, slot.Seal);
        if (vote.ValidRound >= 0 && (vote.IsNil || vote.Kind == VoteKind.Precommit))
        {
            throw new RlpException("Only a prevote for a block carries a valid round.");
        }

        return vote;
    }

    /// <summary>Reads a vote from anyone.</summary>
    public static bool TryDecode(ReadOnlySpan<byte> encoded, [NotNullWhen(true)] out Vote? vote, [NotNullWhen(false)] out string? why) =>
        RlpDecoding.TryDecode(encoded, Read, out vote, out why);
}
