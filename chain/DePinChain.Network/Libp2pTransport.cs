using System.Net;
using DePinChain.Network.Gossip;
using DePinChain.Network.Identify;
using DePinChain.Network.Peers;
using DePinChain.Network.Requests;
using DePinChain.Network.Swarming;

namespace DePinChain.Network;

/// <summary>Nodes of other processes and machines, reached by libp2p over TCP.</summary>
/// <remarks>
/// TCP, multistream-select, Noise XX, Yamux, identify, ping, gossipsub 1.2 and <c>/dpc/*</c> requests. Order of use: construct,
/// <see cref="Attach"/>, <see cref="Start"/>, and at the end <see cref="DisposeAsync"/>.
/// </remarks>
public sealed class Libp2pTransport : ITransport, IAsyncDisposable
{
    private const string ProtocolVersion = "dpc/1";

    private readonly Libp2pOptions _options;
    private readonly Swarm _swarm;
    private readonly GossipProtocol _gossip;
    private readonly RequestExchange _requests;
    private readonly PeerStandings _standings;
    private readonly ConnectionPolicy _policy;
    private readonly IdentifyProtocol _identify;
    private readonly OwnAddresses _own;
    private readonly AddressBook _book;
    private readonly PeerSeeker _seeker;
    private readonly CancellationTokenSource _stop = new();
    private readonly CancellationToken _stopping;
    private Task _running = Task.CompletedTask;
    private IInbox? _inbox;
    private ulong _lastRequest;
    private int _disposed;

    /// <exception cref="ArgumentException">
    /// Weather on a network that is not for development, or a persistent peer without its id.
    /// </exception>
    public Libp2pTransport(Libp2pOptions options)
    {
        if (options.Weather is not null && !options.IsDevelopment)
            throw new ArgumentException("Partitions and delays are made on development networks only.", nameof(options));
        if (options.PersistentPeers.Any(address => address.Peer is null))
            throw new ArgumentException("A persistent peer's address ends with /p2p/ and its id: it is trusted by that.", nameof(options));
        PeerMetrics.Publish();
        _options = options;
        _stopping = _stop.Token;
        TimeProvider time = options.Time;
        _standings = new PeerStandings(peer => _policy!.IsTrusted(peer), time);
        _policy = new ConnectionPolicy(options, _standings, () => _swarm!.Connections);
        _swarm = new Swarm(
            options.Key,
            new SwarmOptions { RefuseAddress = _policy.RefuseAddress, RefusePeer = _policy.RefusePeer, Log = options.Log },
            time);
        PeerLimits limits = new(_policy.IsTrusted, time);
        GossipTopics topics = new(options.Genesis);
        _gossip = new GossipProtocol(_swarm, topics, limits, options.Weather, time, send => new GossipRouter(
            topics, options.Gossip, send, message => _inbox?.Gossiped(message), _standings.PointsOf, time, new Random()));
        _requests = new RequestExchange(_swarm, limits, _standings, options.Weather, time);
        _own = new OwnAddresses(options, _swarm);
        _identify = new IdentifyProtocol(_swarm, Describe, Learn);
        if (options.DataFolder is not null) Directory.CreateDirectory(options.DataFolder);
        PeerFile file = new(options.DataFolder is null ? null : Path.Combine(options.DataFolder, "peers.txt"));
        IReadOnlyList<PeerId> anchors = file.Load(_standings, time, new Random(), out _book);
        PeerExchange exchange = new(_requests, _book, _own, _policy, _standings, options);
        _seeker = new PeerSeeker(_swarm, _book, exchange, _standings, _policy, file, anchors, options);
        Speak(exchange, limits);
    }

    /// <inheritdoc/>
    public PeerId Self => _swarm.Self;

    /// <inheritdoc/>
    public IReadOnlyList<PeerId> Peers => [.. _swarm.Connections.Select(connection => connection.Peer)];

    /// <summary>Where this node listens, with the port it got; null before <see cref="Start"/> or when it only dials.</summary>
    public IPEndPoint? LocalEndPoint => _swarm.LocalEndPoint;

    /// <summary>The addresses that others are told.</summary>
    public IReadOnlyList<Multiaddress> Addresses => [.. _own.Current.Select(address => address with { Peer = Self })];

    /// <summary>The connected peers, for an operator.</summary>
    public IReadOnlyList<PeerSummary> PeerSummaries => [.. _swarm.Connections.Select(connection => new PeerSummary(
        connection.Peer,
        connection.Dialled ?? new Multiaddress(connection.Remote, connection.Peer),
        connection.IsInbound,
        connection.Identified?.AgentVersion ?? "",
        _standings.PointsOf(connection.Peer),
        _gossip.Router.ScoreOf(connection.Peer),
        connection.Session.RoundTrip,
        _options.Time.GetUtcNow() - connection.ConnectedAt,
        connection.Session.BytesReceived,
        connection.Session.BytesSent,
        _policy.IsTrusted(connection.Peer)))];

    /// <summary>Who is not wanted, and until when.</summary>
    public IReadOnlyList<(PeerId Peer, DateTimeOffset Until)> Bans =>
        [.. _standings.Bans.Where(ban => ban.Until > _options.Time.GetUtcNow()).Select(ban => (ban.Peer, ban.Until))];

    /// <summary>The peers that are known, connected or not.</summary>
    public IReadOnlyList<BookEntry> KnownPeers => _book.Entries;

    /// <inheritdoc/>
    public void Attach(IInbox inbox) => _inbox = inbox;

    /// <summary>Listens and begins to dial.</summary>
    /// <exception cref="System.Net.Sockets.SocketException">The address is in use or not of this machine.</exception>
    public void Start()
    {
        if (_options.Listen is not null) _swarm.Listen(_options.Listen);
        _running = Task.WhenAll(KeepRunningAsync(() => _seeker.RunAsync(_stopping)), KeepRunningAsync(HeartbeatLoopAsync));
    }

    /// <inheritdoc/>
    public void Publish(Topic topic, ReadOnlyMemory<byte> payload)
    {
        if (payload.Length > TopicLimits.SizeMax(topic))
            throw new ArgumentException($"A message of {payload.Length} bytes is longer than topic {topic} carries.", nameof(payload));
        if (_inbox is not null) _gossip.Router.Publish(topic, payload);
    }

    /// <inheritdoc/>
    public void Conclude(in GossipMessage message, Verdict verdict)
    {
        if (verdict == Verdict.Reject) _standings.Report(message.From, PeerConduct.InvalidMessage);
        _gossip.Router.Conclude(message, verdict);
    }

    /// <inheritdoc/>
    public ulong Request(PeerId peer, RequestProtocol protocol, ReadOnlyMemory<byte> request)
    {
        ulong number = Interlocked.Increment(ref _lastRequest);
        _ = Task.Run(async () =>
        {
            Answer answer = await _requests.AskAsync(peer, RequestShape.All[protocol], request, _stopping);
            _inbox?.Answered(number, answer);
        });
        return number;
    }

    /// <inheritdoc/>
    public void Judge(PeerId peer, PeerConduct conduct) => _standings.Report(peer, conduct);

    /// <summary>Connects to a peer now.</summary>
    /// <exception cref="IOException">Nobody is there, it is somebody else, or it refuses.</exception>
    public async Task DialAsync(Multiaddress address, CancellationToken cancellation) => await _swarm.DialAsync(address, cancellation);

    /// <summary>The round trip to a connected peer by libp2p's ping.</summary>
    /// <exception cref="IOException">It is not connected or does not answer.</exception>
    public Task<TimeSpan> PingAsync(PeerId peer, CancellationToken cancellation) => _swarm.Find(peer) is { } connection
        ? PingProtocol.PingAsync(connection, _options.Time, cancellation)
        : throw new IOException($"peer {peer} is not connected");

    /// <inheritdoc/>
    public void Detach() => _inbox = null;

    public async ValueTask DisposeAsync()
    {
        Detach();
        if (Interlocked.Exchange(ref _disposed, 1) != 0) return;
        await _stop.CancelAsync();
        await _running;
        await _swarm.DisposeAsync();
        _stop.Dispose(); // Its token stays usable, as a token that is cancelled.
    }

    private void Speak(PeerExchange exchange, PeerLimits limits)
    {
        _gossip.Start();
        _identify.Start();
        PingProtocol.Serve(_swarm);
        exchange.Serve();
        foreach ((RequestProtocol protocol, RequestShape shape) in RequestShape.All)
        {
            _requests.Serve(shape, (peer, request, respond) =>
            {
                if (_inbox is { } inbox) inbox.Requested(new IncomingRequest(peer, protocol, request, respond));
                else respond(Answer.Refused(AnswerStatus.NotAvailable));
            });
        }

        _swarm.Connected += connection =>
        {
            _options.Log($"peer {connection.Peer} connected, {(connection.IsInbound ? "from" : "at")} {connection.Remote}");
            _inbox?.PeersChanged();
        };
        _swarm.Disconnected += (connection, reason) =>
        {
            limits.Forget(connection.Peer);
            _options.Log($"peer {connection.Peer} left: {reason}");
            _inbox?.PeersChanged();
        };
        _swarm.Misbehaved += (connection, reason) =>
        {
            _options.Log($"peer {connection.Peer} broke a protocol: {reason}");
            _standings.Report(connection.Peer, PeerConduct.InvalidMessage);
        };
        _standings.Banned += (peer, length) =>
        {
            _options.Log($"peer {peer} is banned for {length.TotalHours:0.#} h");
            _swarm.Find(peer)?.Close();
        };
        if (_options.Weather is { } weather) weather.Changed += CutOff;
    }

    private void CutOff()
    {
        foreach (PeerConnection connection in _swarm.Connections)
        {
            if (_options.Weather?.IsCut(connection.Peer) == true) connection.Close();
        }
    }

    private IdentifyMessage Describe() => new()
    {
        PublicKey = _options.Key.Public.Encoded,
        ListenAddresses = _own.Current,
        Protocols = _swarm.Protocols,
        ProtocolVersion = ProtocolVersion,
        AgentVersion = _options.AgentVersion,
        SignedRecord = _own.Record,
    };

    private void Learn(PeerConnection connection, IdentifyMessage message)
    {
        if (_own.Saw(connection, message)) _identify.Push();
        if (PeerRecord.TryOpen(message.SignedRecord.Span, out PeerRecord? record) && record.Peer == connection.Peer)
            _book.Add(record, message.SignedRecord, connection.Remote.Address);
    }

    private async Task HeartbeatLoopAsync()
    {
        using PeriodicTimer timer = new(_options.Gossip.Heartbeat, _options.Time);
        while (await timer.WaitForNextTickAsync(_stopping)) _gossip.Router.Heartbeat();
    }

    // A loop that dies silently would leave a node that looks alive and hears nothing.
    private async Task KeepRunningAsync(Func<Task> loop)
    {
        while (!_stopping.IsCancellationRequested)
        {
            try
            {
                await loop();
            }
            catch (OperationCanceledException) when (_stopping.IsCancellationRequested)
            {
                return;
            }
            catch (Exception e)
            {
                _options.Log($"a loop of the network failed and begins anew: {e}");
                await Task.Delay(TimeSpan.FromSeconds(1), _options.Time, CancellationToken.None);
            }
        }
    }
}
