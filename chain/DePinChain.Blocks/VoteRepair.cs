using System.Diagnostics.CodeAnalysis;
using DePinChain.Primitives;

namespace DePinChain.Blocks;

/// <summary>The answer to a <see cref="VoteRequest"/>: what the asker lacks. Everything in it is verified like gossip.</summary>
/// <param name="Votes">Votes of the asked round, and of the answerer's round when that is another.</param>
/// <param name="Polkas">Certificates that replace votes which an equivocator may have spoilt.</param>
/// <param name="Commit">The height's commit, when the answerer has decided.</param>
public sealed record VoteRepair(IReadOnlyList<Vote> Votes, IReadOnlyList<PolkaCertificate> Polkas, CommitCertificate? Commit)
{
    /// <summary>Votes in one answer: four for each of 1,024 validators.</summary>
    public const int VotesMax = 4_096;

    public const int PolkasMax = 4;

    public static VoteRepair Empty { get; } = new([], [], null);

    /// <summary>RLP [[vote…], [polka…], [commit] or []].</summary>
    public byte[] Encode()
    {
        RlpWriter writer = new();
        int mark = writer.BeginList();
        int votes = writer.BeginList();
        foreach (Vote vote in Votes) vote.WriteTo(writer);
        writer.EndList(votes);
        int polkas = writer.BeginList();
        foreach (PolkaCertificate polka in Polkas) polka.WriteTo(writer);
        writer.EndList(polkas);
        int commit = writer.BeginList();
        Commit?.WriteTo(writer);
        writer.EndList(commit);
        writer.EndList(mark);
        return writer.ToArray();
    }

    /// <summary>Reads an answer from anyone.</summary>
    public static bool TryDecode(
        ReadOnlySpan<byte> encoded, [NotNullWhen(true)] out VoteRepair? repair, [NotNullWhen(false)] out string? why) =>
        RlpDecoding.TryDecode(encoded, Read, out repair, out why);

    private static VoteRepair Read(ref RlpReader reader)
    {
        RlpReader fields = reader.ReadList();
        RlpReader votes = fields.ReadList();
        RlpReader polkas = fields.ReadList();
        RlpReader commits = fields.ReadList();
        fields.ExpectEnd();
        Vote[] readVotes = new Vote[CountAtMost(votes, VotesMax, "votes")];
        for (int i = 0; i < readVotes.Length; i++) readVotes[i] = Vote.Read(ref votes);
        PolkaCertificate[] readPolkas = new PolkaCertificate[CountAtMost(polkas, PolkasMax, "polkas")];
        for (int i = 0; i < readPolkas.Length; i++) readPolkas[i] = PolkaCertificate.Read(ref polkas);
        CommitCertificate? commit = commits.AtEnd ? null : CommitCertificate.Read(ref commits);
        commits.ExpectEnd();
        return new VoteRepair(readVotes, readPolkas, commit);
    }

    private static int CountAtMost(RlpReader items, int max, string what)
    {
        int count = items.CountItems();
        return count <= max ? count : throw new RlpException($"{count} {what} are more than {max}.");
    }
}
