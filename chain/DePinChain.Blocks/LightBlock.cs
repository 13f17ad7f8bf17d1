using System.Diagnostics.CodeAnalysis;
using DePinChain.Primitives;

namespace DePinChain.Blocks;

/// <summary>All that it takes to believe a header: the preimage of its consensus root, who decided it, and their seals.</summary>
/// <param name="Header">Of the height.</param>
/// <param name="Preimage">What the header's consensus root is the hash of.</param>
/// <param name="Validators">The set that decided the height.</param>
/// <param name="Commit">Its certificate.</param>
public sealed record LightBlock(BlockHeader Header, ConsensusPreimage Preimage, ValidatorSet Validators, CommitCertificate Commit)
{
    /// <summary>Bytes of the largest light block: 1,024 validators with 65 + 28 bytes each, and a header.</summary>
    public const int BytesMax = 128 * 1024;

    public ulong Height => Header.Number;

    public Hash256 Hash => Header.Hash;

    /// <summary>Unix seconds.</summary>
    public ulong Timestamp => Header.Timestamp;

    /// <summary>The set of the next height when it is this height's own; null in an epoch's last block, which only has its hash.</summary>
    public ValidatorSet? NextValidators => Preimage.NextValidatorsHash == Preimage.ValidatorsHash ? Validators : null;

    /// <summary>
    /// Why the parts do not belong together or the seals are not those of more than two thirds of the listed set, or null. Whether that
    /// set is to be believed is the light client's to judge.
    /// </summary>
    public string? Fault(ulong chainId)
    {
        if (Preimage.Root != Header.ConsensusRoot) return "the preimage is not that of the header's consensus root";
        if (Validators.Hash != Preimage.ValidatorsHash) return "the validators are not those of the header";
        if (Commit.Height != Header.Number || Commit.BlockHash != Header.Hash) return "the certificate is for another block";
        return Commit.TryVerify(chainId, Validators, out string? why) ? null : why;
    }

    /// <summary>RLP [header, preimage, validators, commit].</summary>
    public byte[] Encode()
    {
        RlpWriter writer = new();
        int mark = writer.BeginList();
        WriteTo(writer);
        writer.EndList(mark);
        return writer.ToArray();
    }

    /// <summary>Reads a light block from anyone; its parts decode, and nothing more is checked.</summary>
    public static bool TryDecode(
        ReadOnlySpan<byte> encoded, [NotNullWhen(true)] out LightBlock? block, [NotNullWhen(false)] out string? why)
    {
        block = null;
        if (encoded.Length > BytesMax)
        {
            why = $"{encoded.Length} bytes are more than a light block has";
            return false;
        }

        try
        {
            RlpReader reader = new(encoded);
            RlpReader fields = reader.ReadList();
            reader.ExpectEnd();
            block = Read(ref fields, out why);
            return block is not null;
        }
        catch (RlpException fault)
        {
            why = fault.Message;
            return false;
        }
    }

    private void WriteTo(RlpWriter writer)
    {
        writer.WriteEncoded(Header.Encode());
        writer.Write(Preimage.Encode());
        writer.Write(Validators.Encode());
        Commit.WriteTo(writer);
    }

    private static LightBlock? Read(ref RlpReader fields, out string? why)
    {
        ReadOnlySpan<byte> rawHeader = fields.ReadRawItem();
        ReadOnlySpan<byte> rawPreimage = fields.ReadBytes();
        ReadOnlySpan<byte> rawValidators = fields.ReadBytes();
        CommitCertificate commit = CommitCertificate.Read(ref fields);
        fields.ExpectEnd();
        if (!BlockHeader.TryDecode(rawHeader, out BlockHeader? header, out Rejection? rejection))
        {
            why = rejection.Message;
            return null;
        }

        if (!ConsensusPreimage.TryDecode(rawPreimage, out ConsensusPreimage? preimage))
        {
            why = "The consensus preimage is not eight words with the tag in front.";
            return null;
        }

        return ValidatorSet.TryDecode(rawValidators, out ValidatorSet? set, out why) ? new LightBlock(header, preimage, set, commit) : null;
    }
}
