using System.Net;
using System.Net.Sockets;
using DePinChain.Network.Identity;
using DePinChain.Network.Noise;
using DePinChain.Network.Yamux;

namespace DePinChain.Network.Swarming;

/// <summary>Answers on one protocol: returns when the stream is done with; the stream is disposed by the caller.</summary>
public delegate Task StreamHandler(PeerConnection connection, YamuxStream stream, string protocol, CancellationToken cancellation);

/// <summary>All connections of this node: listens, dials, secures and hands streams to whoever speaks their protocol.</summary>
/// <remarks>At most one connection to a peer is kept. Events come one at a time, a peer's arrival before its leaving.</remarks>
public sealed partial class Swarm : IAsyncDisposable
{
    // Two nodes that dial each other at once keep the connection of the smaller id; later the newer one wins, because then the peer has
    // lost the older.
    private static readonly TimeSpan SimultaneousWithin = TimeSpan.FromSeconds(10);

    private static readonly TimeSpan NegotiateWithin = TimeSpan.FromSeconds(10);

    private readonly NodeKey _key;
    private readonly SwarmOptions _options;
    private readonly TimeProvider _time;
    private readonly Dictionary<string, StreamHandler> _handlers = [];
    private readonly Dictionary<PeerId, PeerConnection> _connections = [];
    private readonly Lock _gate = new();
    private readonly Lock _events = new();
    private readonly CancellationTokenSource _stop = new();
    private readonly List<Task> _running = [];
    private readonly TokenBucket _handshakes;
    private Socket? _listener;
    private int _handshaking;

    public Swarm(NodeKey key, SwarmOptions options, TimeProvider time)
    {
        _key = key;
        _options = options;
        _time = time;
        _handshakes = new TokenBucket(options.HandshakesPerSecond, options.HandshakesMax, time);
    }

    public event Action<PeerConnection>? Connected;

    /// <summary>A connection ended, with the reason.</summary>
    public event Action<PeerConnection, string>? Disconnected;

    /// <summary>A peer broke a protocol: (peer, why).</summary>
    public event Action<PeerConnection, string>? Misbehaved;

    public PeerId Self => _key.Peer;

    /// <summary>Where this node listens, or null.</summary>
    public IPEndPoint? LocalEndPoint { get; private set; }

    /// <summary>The protocols that are spoken here, in order.</summary>
    public IReadOnlyList<string> Protocols => [.. _handlers.Keys.Order(StringComparer.Ordinal)];

    public IReadOnlyList<PeerConnection> Connections
    {
        get
        {
            lock (_gate) return [.. _connections.Values.OrderBy(connection => connection.Peer)];
        }
    }

    public PeerConnection? Find(PeerId peer)
    {
        lock (_gate) return _connections.GetValueOrDefault(peer);
    }

    /// <summary>Speaks a protocol; called before <see cref="Listen"/> and the first dial.</summary>
    public void Handle(string protocol, StreamHandler handler) => _handlers.Add(protocol, handler);

    /// <exception cref="SocketException">The address is in use or not of this machine.</exception>
    public void Listen(IPEndPoint endPoint)
    {
        Socket listener = new(endPoint.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            listener.Bind(endPoint);
            listener.Listen(128);
        }
        catch
        {
            listener.Dispose();
            throw;
        }

        _listener = listener;
        LocalEndPoint = (IPEndPoint?)listener.LocalEndPoint;
        Track(AcceptLoopAsync(listener));
    }

    /// <summary>Connects to a peer, or returns the connection there is.</summary>
    /// <exception cref="IOException">Nobody is there, it is somebody else, or it broke a protocol.</exception>
    public async Task<PeerConnection> DialAsync(Multiaddress address, CancellationToken cancellation)
    {
        if (address.Peer is { } known && Find(known) is { } existing) return existing;
        using CancellationTokenSource limit = CancellationTokenSource.CreateLinkedTokenSource(cancellation, _stop.Token);
        limit.CancelAfter(_options.HandshakeWithin);
        Socket socket = new(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(address.Host, address.Port, limit.Token);
            return await UpgradeAsync(socket, address, limit.Token);
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            socket.Dispose();
            throw new IOException($"{address} did not answer within {_options.HandshakeWithin.TotalSeconds:0} s");
        }
        catch (SocketException e)
        {
            socket.Dispose();
            throw new IOException($"{address} cannot be reached: {e.Message}", e);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    /// <summary>Finds out whether a peer is where it is said to be, and goes away again.</summary>
    /// <exception cref="IOException">It is not.</exception>
    public async Task ProbeAsync(Multiaddress address, CancellationToken cancellation)
    {
        using CancellationTokenSource limit = CancellationTokenSource.CreateLinkedTokenSource(cancellation, _stop.Token);
        limit.CancelAfter(_options.HandshakeWithin);
        using Socket socket = new(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(address.Host, address.Port, limit.Token);
            await using NetworkStream wire = new(socket, ownsSocket: false);
            await ConnectionUpgrade.RunAsync(wire, _key, initiator: true, address.Peer, limit.Token);
        }
        catch (SocketException e)
        {
            throw new IOException($"{address} cannot be reached: {e.Message}", e);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        _listener?.Dispose();
        foreach (PeerConnection connection in Connections) connection.Close();
        Task[] running;
        lock (_gate) running = [.. _running];
        await Task.WhenAll(running).WaitAsync(TimeSpan.FromSeconds(5), CancellationToken.None)
            .ContinueWith(_ => { }, CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default);
    }

    private async Task AcceptLoopAsync(Socket listener)
    {
        while (!_stop.IsCancellationRequested)
        {
            Socket socket;
            try
            {
                socket = await listener.AcceptAsync(_stop.Token);
            }
            catch (OperationCanceledException)
            {
                return;
            }
            catch (SocketException e)
            {
                // Too many open files, or the caller was gone before it was accepted: neither ends the listening.
                _options.Log($"a connection was not accepted: {e.Message}");
                await Task.Delay(TimeSpan.FromMilliseconds(100), _time, CancellationToken.None);
                continue;
            }

            IPAddress from = ((IPEndPoint?)socket.RemoteEndPoint)?.Address ?? IPAddress.Any;
            if (MayBeginHandshake(from)) Track(AcceptAsync(socket, from));
            else socket.Dispose();
        }
    }

    private bool MayBeginHandshake(IPAddress from)
    {
        if (Volatile.Read(ref _handshaking) >= _options.HandshakesMax) return false;
        if (AddressGroup.IsCapped(from) && !_handshakes.TryTake()) return false;
        return _options.RefuseAddress(Multiaddress.Normal(from)) is null;
    }

    private async Task AcceptAsync(Socket socket, IPAddress from)
    {
        Interlocked.Increment(ref _handshaking);
        using CancellationTokenSource limit = CancellationTokenSource.CreateLinkedTokenSource(_stop.Token);
        limit.CancelAfter(_options.HandshakeWithin);
        try
        {
            socket.NoDelay = true;
            await UpgradeAsync(socket, dialled: null, limit.Token);
        }
        catch (Exception e) when (e is IOException or SocketException or OperationCanceledException or ObjectDisposedException)
        {
            socket.Dispose();
            _options.Log($"the handshake with {from} failed: {e.Message}");
        }
        finally
        {
            Interlocked.Decrement(ref _handshaking);
        }
    }

    private async Task<PeerConnection> UpgradeAsync(Socket socket, Multiaddress? dialled, CancellationToken cancellation)
    {
        IPEndPoint remote = (IPEndPoint)(socket.RemoteEndPoint ?? throw new IOException("the connection is gone"));
        NetworkStream wire = new(socket, ownsSocket: true);
        bool initiator = dialled is not null;
        SecuredChannel secured = await ConnectionUpgrade.RunAsync(wire, _key, initiator, dialled?.Peer, cancellation);
        PeerId peer = secured.Remote.Peer;
        if (peer == Self) throw new IOException("the peer there is this node itself");
        PeerConnection? connection = null;
        TokenBucket opening = new(_options.StreamsPerSecond, 4 * _options.StreamsPerSecond, _time);
        YamuxSession session = new(secured.Channel, initiator, _options.Yamux, stream => OnStream(connection!, stream, opening), _time);
        connection = new PeerConnection(secured.Remote, remote, dialled, session, _time);
        return Register(connection);
    }
}
