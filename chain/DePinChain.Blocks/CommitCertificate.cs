using System.Diagnostics.CodeAnalysis;
using DePinChain.Crypto;
using DePinChain.Primitives;

namespace DePinChain.Blocks;

/// <summary>The proof that a block is final: precommits of one round by more than two thirds of the height's validators.</summary>
/// <param name="Height">The block number.</param>
/// <param name="Round">The round that decided.</param>
/// <param name="BlockHash">The block.</param>
/// <param name="Bitmap">
/// Bit i of the set's ascending order is bit i mod 8 (least significant first) of byte i / 8; ceil(n / 8) bytes.
/// </param>
/// <param name="Seals">In the order of the bits.</param>
public sealed record CommitCertificate(ulong Height, uint Round, Hash256 BlockHash, byte[] Bitmap, IReadOnlyList<Signature> Seals)
{
    /// <summary>keccak of the RLP: the next header's <c>lastCommitHash</c> when its proposer chose this certificate.</summary>
    public Hash256 Hash => Keccak256.Hash(Encode());

    /// <summary>
    /// Makes the certificate of the precommits for one block in one round; what else stands in the list, which goes by validator index,
    /// is passed over.
    /// </summary>
    public static CommitCertificate Assemble(ulong height, uint round, Hash256 blockHash, IReadOnlyList<Vote?> precommits)
    {
        (byte[] bitmap, Signature[] seals) = SealBundle.Collect(
            precommits,
            vote => vote.Kind == VoteKind.Precommit && vote.Height == height && vote.Round == round && vote.BlockHash == blockHash);
        return new CommitCertificate(height, round, blockHash, bitmap, seals);
    }

    public bool HasSigned(int index) => SealBundle.HasBit(Bitmap, index);

    /// <summary>The power that signed, by the bitmap.</summary>
    public UInt128 PowerOf(ValidatorSet set) => SealBundle.PowerOf(set, Bitmap);

    /// <summary>The precommits that the certificate is made of, with their signers' indices.</summary>
    public IEnumerable<(int Index, Vote Vote)> Votes()
    {
        foreach ((int index, Signature seal) in SealBundle.Signers(Bitmap, Seals))
        {
            yield return (index, new Vote(VoteKind.Precommit, Height, Round, ValidRound: -1, BlockHash, seal));
        }
    }

    /// <summary>
    /// True when every seal is by its validator and more than two thirds of the power signed. About 30 µs for each seal the first time.
    /// </summary>
    public bool TryVerify(ulong chainId, ValidatorSet set, [NotNullWhen(false)] out string? why)
    {
        Hash256 name = VerifiedCertificates.NameOf(Encode(), set, chainId);
        if (VerifiedCertificates.Contains(name))
        {
            why = null;
            return true;
        }

        why = BlockHash.IsZero
            ? "Nothing is committed by votes for nil."
            : SealBundle.Fault(set, Bitmap, Seals, ConsensusSignBytes.OfVote(chainId, VoteKind.Precommit, Height, Round, -1, BlockHash));
        if (why is null) VerifiedCertificates.Add(name);
        return why is null;
    }

    /// <summary>RLP [height, round, blockHash, bitmap, [seals]].</summary>
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
        writer.Write(BlockHash);
        SealBundle.Write(writer, Bitmap, Seals);
        writer.EndList(mark);
    }

    /// <exception cref="RlpException">Not a certificate.</exception>
    public static CommitCertificate Read(ref RlpReader reader)
    {
        RlpReader fields = reader.ReadList();
        ulong height = fields.ReadUInt64();
        uint round = MessageFields.ReadRound(ref fields);
        Hash256 blockHash = fields.ReadHash256();
        (byte[] bitmap, Signature[] seals) = SealBundle.Read(ref fields);
        fields.ExpectEnd();
        return new CommitCertificate(height, round, blockHash, bitmap, seals);
    }

    /// <summary>Reads a certificate from anyone; it is not verified.</summary>
    public static bool TryDecode(
        ReadOnlySpan<byte> encoded, [NotNullWhen(true)] out CommitCertificate? certificate, [NotNullWhen(false)] out string? why) =>
        RlpDecoding.TryDecode(encoded, Read, out certificate, out why);

    public bool Equals(CommitCertificate? other) =>
        other is not null && Height == other.Height && Round == other.Round && BlockHash == other.BlockHash
        && Bitmap.AsSpan().SequenceEqual(other.Bitmap) && Seals.SequenceEqual(other.Seals);

    public override int GetHashCode() => HashCode.Combine(Height, Round, BlockHash, Seals.Count);
}
