using DePinChain.Network.Identify;
using DePinChain.Network.Requests;
using DePinChain.Network.Swarming;
using DePinChain.Primitives;

namespace DePinChain.Network.Peers;

/// <summary>Asks peers for others and tells them of others, by records that those others signed (<c>/dpc/peers/1</c>).</summary>
internal sealed class PeerExchange(
    RequestExchange requests, AddressBook book, OwnAddresses own, ConnectionPolicy policy, PeerStandings standings, Libp2pOptions options)
{
    private const int RecordsMax = 32;

    private static readonly TimeSpan OncePer = TimeSpan.FromSeconds(60);

    private readonly Lock _gate = new();
    private readonly SortedDictionary<PeerId, long> _answeredAt = [];

    public void Serve() => requests.Serve(RequestShape.Peers, (peer, request, respond) => respond(Answer(peer, request)));

    /// <summary>Asks one peer; returns how many addresses were new.</summary>
    public async Task<int> AskAsync(PeerConnection connection, CancellationToken cancellation)
    {
        Answer answer = await requests.AskAsync(connection.Peer, RequestShape.Peers, Empty(), cancellation);
        if (answer.Status != AnswerStatus.Success || answer.Chunks.Count != 1) return 0;
        int learned = 0;
        try
        {
            RlpReader reader = new(answer.Chunks[0].Span);
            RlpReader list = reader.ReadList();
            reader.ExpectEnd();
            for (int count = 0; !list.AtEnd; count++)
            {
                ReadOnlySpan<byte> envelope = list.ReadBytes();
                if (count == RecordsMax || !PeerRecord.TryOpen(envelope, out PeerRecord? record))
                {
                    standings.Report(connection.Peer, PeerConduct.InvalidMessage);
                    break;
                }

                if (record.Peer != options.Key.Peer && book.Add(record, envelope.ToArray(), connection.Remote.Address)) learned++;
            }
        }
        catch (RlpException)
        {
            standings.Report(connection.Peer, PeerConduct.InvalidMessage);
        }

        return learned;
    }

    private Answer Answer(PeerId peer, ReadOnlyMemory<byte> request)
    {
        if (!request.Span.SequenceEqual(Empty())) return Network.Answer.Refused(AnswerStatus.InvalidRequest);
        if (options.PersistentOnly || !MayAsk(peer)) return Network.Answer.Refused(AnswerStatus.NotAvailable);
        RlpWriter writer = new();
        int mark = writer.BeginList();
        ReadOnlyMemory<byte> ownRecord = own.Record;
        if (!ownRecord.IsEmpty) writer.Write(ownRecord.Span);
        foreach (ReadOnlyMemory<byte> envelope in book.Share(RecordsMax - 1, shared => shared != peer && !IsPrivate(shared)))
            writer.Write(envelope.Span);
        writer.EndList(mark);
        return new Answer(AnswerStatus.Success, [writer.ToArray()]);
    }

    private bool IsPrivate(PeerId peer) => options.PrivatePeers.Contains(peer) || standings.IsBanned(peer);

    // Once a minute each; those the operator named may ask as they like.
    private bool MayAsk(PeerId peer)
    {
        if (policy.IsTrusted(peer)) return true;
        long now = options.Time.GetTimestamp();
        lock (_gate)
        {
            if (_answeredAt.TryGetValue(peer, out long at) && options.Time.GetElapsedTime(at, now) < OncePer) return false;
            foreach (PeerId over in _answeredAt.Where(entry => options.Time.GetElapsedTime(entry.Value, now) >= OncePer)
                .Select(entry => entry.Key).ToArray()) _answeredAt.Remove(over);
            _answeredAt[peer] = now;
            return true;
        }
    }

    private static byte[] Empty()
    {
        RlpWriter writer = new();
        writer.EndList(writer.BeginList());
        return writer.ToArray();
    }
}
