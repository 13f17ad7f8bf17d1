using System.Diagnostics.CodeAnalysis;
using DePinChain.Primitives;

namespace DePinChain.Blocks;

/// <summary>The votes of one height that somebody holds: what remains to be compared when it is asked who broke the rules.</summary>
/// <param name="ChainId">Whose seals they are.</param>
/// <param name="Height">The block number.</param>
/// <param name="Validators">Who voted at that height.</param>
/// <param name="Votes">In any order, of any round; nothing is verified.</param>
public sealed record VoteRecord(ulong ChainId, ulong Height, ValidatorSet Validators, IReadOnlyList<Vote> Votes)
{
    /// <summary>Votes in one record: a hundred validators' of more rounds than are ever kept.</summary>
    public const int VotesMax = 65_536;

    /// <summary>The votes of certificates count like any others: who signed one signed them.</summary>
    public VoteRecord With(CommitCertificate commit) => this with { Votes = [.. Votes, .. commit.Votes().Select(entry => entry.Vote)] };

    /// <inheritdoc cref="With(CommitCertificate)"/>
    public VoteRecord With(PolkaCertificate polka) => this with { Votes = [.. Votes, .. polka.Votes().Select(entry => entry.Vote)] };

    /// <summary>RLP [chainId, height, validators, [vote…]].</summary>
    public byte[] Encode()
    {
        RlpWriter writer = new();
        int mark = writer.BeginList();
        writer.Write(ChainId);
        writer.Write(Height);
        writer.Write(Validators.Encode());
        int votes = writer.BeginList();
        foreach (Vote vote in Votes) vote.WriteTo(writer);
        writer.EndList(votes);
        writer.EndList(mark);
        return writer.ToArray();
    }

    /// <summary>Reads a record from anyone; it is not verified.</summary>
    public static bool TryDecode(
        ReadOnlySpan<byte> encoded, [NotNullWhen(true)] out VoteRecord? record, [NotNullWhen(false)] out string? why) =>
        RlpDecoding.TryDecode(encoded, Read, out record, out why);

    private static VoteRecord Read(ref RlpReader reader)
    {
        RlpReader fields = reader.ReadList();
        ulong chainId = fields.ReadUInt64();
        ulong height = fields.ReadUInt64();
        ReadOnlySpan<byte> set = fields.ReadBytes();
        if (!ValidatorSet.TryDecode(set, out ValidatorSet? validators, out string? why)) throw new RlpException(why);
        RlpReader items = fields.ReadList();
        fields.ExpectEnd();
        int count = items.CountItems();
        if (count > VotesMax) throw new RlpException($"A record has at most {VotesMax} votes, not {count}.");
        Vote[] votes = new Vote[count];
        for (int index = 0; index < count; index++) votes[index] = Vote.Read(ref items);
        return new VoteRecord(chainId, height, validators, votes);
    }
}
