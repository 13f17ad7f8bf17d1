using DePinChain.Blocks;
using DePinChain.Network;
using DePinChain.Primitives;

namespace DePinChain.Simulation;

/// <summary>A gossiped payload, and what it says when it is a vote or a proposal with a seal.</summary>
internal sealed class Message
{
    private Message(Topic topic, ReadOnlyMemory<byte> payload)
    {
        Topic = topic;
        Payload = payload;
    }

    public Topic Topic { get; }

    public ReadOnlyMemory<byte> Payload { get; }

    public Vote? Vote { get; private init; }

    public Proposal? Proposal { get; private init; }

    /// <summary>Who sealed the vote or proposal; zero for anything else.</summary>
    public Address Signer { get; private init; }

    /// <summary>What the trace hashes of it.</summary>
    public ulong Digest { get; private init; }

    public static Message Read(Topic topic, ReadOnlyMemory<byte> payload, SealBook seals)
    {
        if (topic == Topic.Vote && Vote.TryDecode(payload.Span, out Vote? vote, out _) && seals.TryFind(vote, out Address voter))
            return new Message(topic, payload) { Vote = vote, Signer = voter, Digest = DigestOf(vote) };
        if (topic == Topic.Proposal && ProposalMessage.TryDecode(payload, out ProposalMessage? proposed, out _)
            && seals.TryFind(proposed.Proposal, out Address proposer))
        {
            return new Message(topic, payload)
            {
                Proposal = proposed.Proposal,
                Signer = proposer,
                Digest = Trace.DigestOf(proposed.Proposal.BlockHash) ^ proposed.Proposal.Round,
            };
        }

        return new Message(topic, payload) { Digest = BytesDigest(payload.Span) };
    }

    public static ulong BytesDigest(ReadOnlySpan<byte> bytes)
    {
        ulong digest = (ulong)bytes.Length;
        while (bytes.Length >= sizeof(ulong))
        {
            digest = unchecked((digest ^ BitConverter.ToUInt64(bytes)) * 0x9E3779B97F4A7C15);
            bytes = bytes[sizeof(ulong)..];
        }

        foreach (byte one in bytes) digest = unchecked((digest * 31) + one);
        return digest;
    }

    public override string ToString() =>
        Vote is { } vote ? Describe(vote) : Proposal is { } proposal ? Describe(proposal) : $"{Topic}, {Payload.Length} bytes";

    public static string Describe(Vote vote) =>
        $"{vote.Kind} {vote.Height}/{vote.Round} {Short(vote.BlockHash)}{(vote.ValidRound >= 0 ? $" vr {vote.ValidRound}" : "")}";

    public static string Describe(Proposal proposal) =>
        $"Proposal {proposal.Height}/{proposal.Round} {Short(proposal.BlockHash)} vr {proposal.ValidRound}";

    /// <summary>A vote or a proposal.</summary>
    public static string Describe(object said) => said is Vote vote ? Describe(vote) : Describe((Proposal)said);

    public static string Short(in Hash256 hash) => hash.IsZero ? "nil" : hash.ToString()[..10];

    private static ulong DigestOf(Vote vote) =>
        unchecked((Trace.DigestOf(vote.BlockHash) * 31) + (vote.Height << 24) + ((ulong)vote.Round << 8) + (ulong)vote.Kind);
}
