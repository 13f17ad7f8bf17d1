using DePinChain.Network;
using DePinChain.Primitives;

namespace DePinChain.Engine;

/// <summary>What this node has asked its peers and not been answered yet.</summary>
/// <remarks>Used by the consensus loop only.</remarks>
internal sealed class PeerQuestions(ITransport transport, LocalClock clock)
{
    // Gossip repair does not need everybody; three honest answers of any peers hold a quorum's votes with near certainty.
    private const int AskedAtOnce = 3;

    private static readonly TimeSpan AnswerWithin = TimeSpan.FromSeconds(15);

    // While we catch up others can bring what a slow peer does not.
    private static readonly TimeSpan BlocksWithin = TimeSpan.FromSeconds(8);

    private readonly SortedDictionary<ulong, PeerQuestion> _open = [];
    private int _turn;
    private ProposedBlockRequest? _wanted;

    /// <summary>Whether an answer of this kind is still awaited.</summary>
    public bool IsAwaiting(RequestProtocol protocol) => _open.Values.Any(question => question.Protocol == protocol);

    /// <summary>Asks a few peers, others each time.</summary>
    public void AskSome(RequestProtocol protocol, byte[] request)
    {
        IReadOnlyList<PeerId> peers = transport.Peers;
        for (int index = 0; index < Math.Min(AskedAtOnce, peers.Count); index++)
            Ask(peers[(_turn + index) % peers.Count], protocol, request);
        if (peers.Count > 0) _turn = (_turn + AskedAtOnce) % peers.Count;
    }

    /// <summary>Asks one peer; the number is what the answer comes under.</summary>
    public ulong Ask(PeerId peer, RequestProtocol protocol, byte[] request)
    {
        // The answer goes through the mailbox, so it is never handled before the question is on the list.
        long askedAt = clock.GetTimestamp();
        ulong number = transport.Request(peer, protocol, request);
        _open[number] = new PeerQuestion(peer, protocol, request, askedAt);
        return number;
    }

    /// <summary>Asks for a block that only a commit names, now and at each look around, until <see cref="ForgetBlock"/>.</summary>
    public void AskForBlock(ulong height, in Hash256 hash)
    {
        _wanted = new ProposedBlockRequest(height, hash);
        AskAgainForBlock();
    }

    /// <summary>Repeats the question for the block that is still wanted, if any.</summary>
    public void AskAgainForBlock()
    {
        if (_wanted is not null) AskSome(RequestProtocol.ProposedBlock, _wanted.Encode());
    }

    /// <summary>The block asked for, if any.</summary>
    public ProposedBlockRequest? WantedBlock => _wanted;

    public void ForgetBlock() => _wanted = null;

    /// <summary>Takes a question off the list; null when it was not ours or its time is over.</summary>
    public PeerQuestion? Close(ulong number) => _open.Remove(number, out PeerQuestion? question) ? question : null;

    /// <summary>Drops questions that nobody answered in time and hands them out.</summary>
    public IReadOnlyList<(ulong Number, PeerQuestion Question)> DropOverdue()
    {
        ulong[] overdue = [.. _open.Where(entry => IsOverdue(entry.Value)).Select(entry => entry.Key)];
        return [.. overdue.Select(number => (number, Close(number)!))]; // they were just found there
    }

    private bool IsOverdue(PeerQuestion question) =>
        clock.GetElapsedTime(question.AskedAt) > (question.Protocol == RequestProtocol.Blocks ? BlocksWithin : AnswerWithin);
}

/// <summary>One question to one peer.</summary>
internal sealed record PeerQuestion(PeerId Peer, RequestProtocol Protocol, byte[] Request, long AskedAt);
