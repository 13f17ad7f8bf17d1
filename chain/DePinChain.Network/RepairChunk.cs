using System.Diagnostics.CodeAnalysis;
using DePinChain.Blocks;
using DePinChain.Primitives;

namespace DePinChain.Network;

/// <summary>One chunk of an answer to a <see cref="VoteRequest"/>: a missing vote, or the certificate of a height that is decided.</summary>
/// <remarks>RLP [1, vote] or [2, certificate].</remarks>
public sealed record RepairChunk(Vote? Vote, CommitCertificate? Certificate)
{
    private const byte VoteTag = 1;
    private const byte CertificateTag = 2;

    public static byte[] Of(Vote vote) => Encode(VoteTag, vote.WriteTo);

    public static byte[] Of(CommitCertificate certificate) => Encode(CertificateTag, certificate.WriteTo);

    /// <summary>Reads a chunk from anyone; no seal is checked.</summary>
    public static bool TryDecode(ReadOnlySpan<byte> encoded, [NotNullWhen(true)] out RepairChunk? chunk)
    {
        chunk = null;
        try
        {
            RlpReader reader = new(encoded);
            RlpReader fields = reader.ReadList();
            reader.ExpectEnd();
            byte tag = fields.ReadByte();
            RepairChunk read = tag switch
            {
                VoteTag => new RepairChunk(Vote.Read(ref fields), null),
                CertificateTag => new RepairChunk(null, CommitCertificate.Read(ref fields)),
                _ => throw new RlpException($"A repair of kind {tag} does not exist."),
            };
            fields.ExpectEnd();
            chunk = read;
            return true;
        }
        catch (RlpException)
        {
            return false;
        }
    }

    private static byte[] Encode(byte tag, Action<RlpWriter> write)
    {
        RlpWriter writer = new();
        int mark = writer.BeginList();
        writer.Write((ulong)tag);
        write(writer);
        writer.EndList(mark);
        return writer.ToArray();
    }
}
