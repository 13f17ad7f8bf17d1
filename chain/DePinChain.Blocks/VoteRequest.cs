using System.Diagnostics.CodeAnalysis;
using DePinChain.Primitives;

namespace DePinChain.Blocks;

/// <summary>Asks a peer for the votes of a round that gossip lost (<c>/dpc/votes/1</c>).</summary>
/// <param name="Height">The height that the asker is in.</param>
/// <param name="Round">The round whose votes are missing.</param>
/// <param name="HasPrevotes">The prevotes that the asker holds, as a certificate's bitmap.</param>
/// <param name="HasPrecommits">The precommits that the asker holds.</param>
public sealed record VoteRequest(ulong Height, uint Round, byte[] HasPrevotes, byte[] HasPrecommits)
{
    // A bitmap of 2,048 validators; the sets are smaller.
    private const int BitmapBytesMax = 256;

    public bool Has(VoteKind kind, int index) => SealBundle.HasBit(kind == VoteKind.Prevote ? HasPrevotes : HasPrecommits, index);

    /// <summary>RLP [height, round, hasPrevotes, hasPrecommits].</summary>
    public byte[] Encode()
    {
        RlpWriter writer = new();
        int mark = writer.BeginList();
        writer.Write(Height);
        writer.Write((ulong)Round);
        writer.Write(HasPrevotes);
        writer.Write(HasPrecommits);
        writer.EndList(mark);
        return writer.ToArray();
    }

    /// <summary>Reads a request from anyone.</summary>
    public static bool TryDecode(
        ReadOnlySpan<byte> encoded, [NotNullWhen(true)] out VoteRequest? request, [NotNullWhen(false)] out string? why) =>
        RlpDecoding.TryDecode(encoded, Read, out request, out why);

    public bool Equals(VoteRequest? other) =>
        other is not null && Height == other.Height && Round == other.Round
        && HasPrevotes.AsSpan().SequenceEqual(other.HasPrevotes) && HasPrecommits.AsSpan().SequenceEqual(other.HasPrecommits);

    public override int GetHashCode() => HashCode.Combine(Height, Round, HasPrevotes.Length, HasPrecommits.Length);

    private static VoteRequest Read(ref RlpReader reader)
    {
        RlpReader fields = reader.ReadList();
        VoteRequest request = new(
            fields.ReadUInt64(), MessageFields.ReadRound(ref fields), ReadBitmap(ref fields), ReadBitmap(ref fields));
        fields.ExpectEnd();
        return request;
    }

    private static byte[] ReadBitmap(ref RlpReader fields)
    {
        ReadOnlySpan<byte> bitmap = fields.ReadBytes();
        if (bitmap.Length > BitmapBytesMax) throw new RlpException($"A bitmap of {bitmap.Length} bytes is longer than any validator set.");
        return bitmap.ToArray();
    }
}
