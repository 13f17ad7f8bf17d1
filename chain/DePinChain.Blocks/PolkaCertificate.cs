using System.Diagnostics.CodeAnalysis;
using DePinChain.Crypto;
using DePinChain.Primitives;

namespace DePinChain.Blocks;

/// <summary>
/// The proof of a polka: prevotes of one round for one block, all with one valid round, by more than two thirds of the validators.
/// </summary>
/// <remarks>
/// It lets a validator that counted an equivocator's other vote follow a re-proposal, and is kept for the heights that took several
/// rounds: with the commit certificate it is what forensics compares.
/// </remarks>
/// <param name="Height">The block number.</param>
/// <param name="Round">The round of the polka.</param>
/// <param name="ValidRound">The valid round that each of the prevotes carries.</param>
/// <param name="BlockHash">The block.</param>
/// <param name="Bitmap">As in <see cref="CommitCertificate"/>.</param>
/// <param name="Seals">In the order of the bits.</param>
public sealed record PolkaCertificate(
    ulong Height, uint Round, int ValidRound, Hash256 BlockHash, byte[] Bitmap, IReadOnlyList<Signature> Seals)
{
    /// <summary>keccak of the RLP.</summary>
    public Hash256 Hash => Keccak256.Hash(Encode());

    /// <summary>
    /// Makes the certificate of the prevotes for one block and valid round; what else stands in the list, which goes by validator index,
    /// is passed over.
    /// </summary>
    public static PolkaCertificate Assemble(
        ulong height, uint round, int validRound, Hash256 blockHash, IReadOnlyList<Vote?> prevotes)
    {
        (byte[] bitmap, Signature[] seals) = SealBundle.Collect(
            prevotes,
            vote => vote.Kind == VoteKind.Prevote && vote.Height == height && vote.Round == round
                && vote.ValidRound == validRound && vote.BlockHash == blockHash);
        return new PolkaCertificate(height, round, validRound, blockHash, bitmap, seals);
    }

    /// <summary>The prevotes that the certificate is made of, with their signers' indices.</summary>
    public IEnumerable<(int Index, Vote Vote)> Votes()
    {
        foreach ((int index, Signature seal) in SealBundle.Signers(Bitmap, Seals))
        {
            yield return (index, new Vote(VoteKind.Prevote, Height, Round, ValidRound, BlockHash, seal));
        }
    }

    /// <summary>True when every seal is by its validator and more than two thirds of the power signed.</summary>
    public bool TryVerify(ulong chainId, ValidatorSet set, [NotNullWhen(false)] out string? why)
    {
        Hash256 digest = ConsensusSignBytes.OfVote(chainId, VoteKind.Prevote, Height, Round, ValidRound, BlockHash);
        why = BlockHash.IsZero ? "Votes for nil are not certified." : SealBundle.Fault(set, Bitmap, Seals, digest);
        return why is null;
    }

    /// <summary>RLP [height, round, validRound + 1, blockHash, bitmap, [seals]].</summary>
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
        writer.Write(Height);
        writer.Write((ulong)Round);
        writer.Write((ulong)(ValidRound + 1L));
        writer.Write(BlockHash);
        SealBundle.Write(writer, Bitmap, Seals);
        writer.EndList(mark);
    }

    /// <exception cref="RlpException">Not a certificate.</exception>
    public static PolkaCertificate Read(ref RlpReader reader)
    {
        RlpReader fields = reader.ReadList();
        ulong height = fields.ReadUInt64();
        uint round = MessageFields.ReadRound(ref fields);
        int validRound = MessageFields.ReadValidRound(ref fields, round);
        Hash256 blockHash = fields.ReadHash256();
        (byte[] bitmap, Signature[] seals) = SealBundle.Read(ref fields);
        fields.ExpectEnd();
        return new PolkaCertificate(height, round, validRound, blockHash, bitmap, seals);
    }

    /// <summary>Reads a certificate from anyone; it is not verified.</summary>
    public static bool TryDecode(
        ReadOnlySpan<byte> encoded, [NotNullWhen(true)] out PolkaCertificate? certificate, [NotNullWhen(false)] out string? why) =>
        RlpDecoding.TryDecode(encoded, Read, out certificate, out why);

    public bool Equals(PolkaCertificate? other) =>
        other is not null && Height == other.Height && Round == other.Round && ValidRound == other.ValidRound
        && BlockHash == other.BlockHash && Bitmap.AsSpan().SequenceEqual(other.Bitmap) && Seals.SequenceEqual(other.Seals);

    public override int GetHashCode() => HashCode.Combine(Height, Round, BlockHash, Seals.Count);
}
