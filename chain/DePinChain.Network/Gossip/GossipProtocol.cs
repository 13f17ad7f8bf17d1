using System.Collections.Concurrent;
using DePinChain.Network.Peers;
using DePinChain.Network.Swarming;
using DePinChain.Network.Wire;
using DePinChain.Network.Yamux;

namespace DePinChain.Network.Gossip;

/// <summary>Gossip on the wire: one outgoing and one incoming stream per peer, frames of a varint length and an RPC.</summary>
public sealed class GossipProtocol
{
    private const string Newest = "/meshsub/1.2.0";

    private static readonly string[] Protocols = [Newest, "/meshsub/1.1.0", "/meshsub/1.0.0"];
    private static readonly TimeSpan WriteWithin = TimeSpan.FromSeconds(30);

    private readonly Swarm _swarm;
    private readonly GossipRouter _router;
    private readonly GossipCodec _codec;
    private readonly PeerLimits _limits;
    private readonly DevelopmentWeather? _weather;
    private readonly TimeProvider _time;
    private readonly ConcurrentDictionary<PeerId, Line> _lines = new();

    /// <param name="make">Makes the router that sends through this.</param>
    public GossipProtocol(
        Swarm swarm, GossipTopics topics, PeerLimits limits, DevelopmentWeather? weather, TimeProvider time,
        Func<Action<PeerId, GossipRpc>, GossipRouter> make)
    {
        _swarm = swarm;
        _codec = new GossipCodec(topics);
        _limits = limits;
        _weather = weather;
        _time = time;
        _router = make(Send);
    }

    public GossipRouter Router => _router;

    /// <summary>One connection's outgoing messages.</summary>
    private sealed record Line(PeerConnection Connection, GossipOutbox Outbox, CancellationTokenSource Stop);

    /// <summary>Begins to speak with each peer that comes.</summary>
    public void Start()
    {
        foreach (string protocol in Protocols) _swarm.Handle(protocol, ListenAsync);
        _swarm.Connected += Join;
        _swarm.Disconnected += (connection, _) => Leave(connection);
    }

    private void Join(PeerConnection connection)
    {
        Line line = new(connection, new GossipOutbox(), new CancellationTokenSource());
        _lines[connection.Peer] = line;
        _router.AddPeer(connection.Peer, connection.Remote.Address, !connection.IsInbound);
        _ = Task.Run(() => SpeakAsync(line));
    }

    private void Leave(PeerConnection connection)
    {
        if (!_lines.TryGetValue(connection.Peer, out Line? line) || line.Connection != connection) return;
        _lines.TryRemove(connection.Peer, out _);
        _router.RemovePeer(connection.Peer);
        line.Stop.Cancel();
    }

    private void Send(PeerId peer, GossipRpc rpc)
    {
        if (_lines.TryGetValue(peer, out Line? line)) line.Outbox.Enqueue(rpc, _time.GetTimestamp());
    }

    private async Task SpeakAsync(Line line)
    {
        CancellationToken cancellation = line.Stop.Token;
        // A peer may begin anew within a connection; it need not gossip at all.
        for (int attempt = 0; attempt < 3; attempt++)
        {
            try
            {
                await Task.Delay(TimeSpan.FromSeconds(attempt), _time, cancellation);
                await SpeakOnceAsync(line, cancellation);
            }
            catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
            {
                // It takes nothing for half a minute: others can use the place.
                line.Connection.Close();
                return;
            }
            catch (OperationCanceledException)
            {
                return;
            }
            catch (IOException)
            {
                // It went away, or ended the stream.
            }
        }
    }

    private async Task SpeakOnceAsync(Line line, CancellationToken cancellation)
    {
        (YamuxStream stream, string protocol) = await line.Connection.OpenAsync(Protocols, cancellation);
        await using (stream)
        {
            _router.Ready(line.Connection.Peer, protocol == Newest);
            while (true)
            {
                (GossipRpc rpc, long at) = await line.Outbox.TakeAsync(cancellation);
                if (_weather is not null) await _weather.DelayAsync(line.Connection.Peer, at, cancellation);
                using CancellationTokenSource limit = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
                limit.CancelAfter(WriteWithin);
                await LengthPrefixed.WriteAsync(stream, _codec.Encode(rpc), limit.Token);
            }
        }
    }

    private async Task ListenAsync(PeerConnection connection, YamuxStream stream, string protocol, CancellationToken cancellation)
    {
        // Each side writes on the stream that it opened. A second one is a peer that began anew before we saw the first one end.
        if (!connection.TryEnter(Newest, atOnce: 2)) return;
        try
        {
            while (await LengthPrefixed.ReadAsync(stream, GossipCodec.FrameMax, cancellation) is { } frame)
            {
                GossipRpc rpc = _codec.Decode(frame);
                TimeSpan wait = _limits.TakeGossip(connection.Peer, frame.Length, TransactionsIn(rpc));
                _router.Receive(connection.Peer, rpc);
                // Who sends too fast is read more slowly; its window closes and the excess stays with it.
                if (wait > TimeSpan.Zero) await Task.Delay(wait, _time, cancellation);
            }
        }
        finally
        {
            connection.Leave(Newest);
        }
    }

    private static int TransactionsIn(GossipRpc rpc) => rpc.Messages.Count(message => message.Topic == Topic.Transaction);
}
