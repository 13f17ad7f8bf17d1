using System.Net;
using DePinChain.Network.Identify;
using DePinChain.Network.Identity;
using DePinChain.Network.Multistream;
using DePinChain.Network.Yamux;

namespace DePinChain.Network.Swarming;

/// <summary>One live connection to a peer that proved its identity.</summary>
public sealed class PeerConnection
{
    private static readonly TimeSpan NegotiateWithin = TimeSpan.FromSeconds(10);

    private readonly TaskCompletionSource<IdentifyMessage> _identified = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Dictionary<string, int> _entered = [];
    private int _left;

    internal PeerConnection(IdentityKey key, IPEndPoint remote, Multiaddress? dialled, YamuxSession session, TimeProvider time)
    {
        Key = key;
        Remote = new IPEndPoint(Multiaddress.Normal(remote.Address), remote.Port);
        Dialled = dialled;
        Session = session;
        ConnectedAt = time.GetUtcNow();
    }

    public IdentityKey Key { get; }

    public PeerId Peer => Key.Peer;

    public IPEndPoint Remote { get; }

    /// <summary>The address that was dialled, or null when the peer dialled us.</summary>
    public Multiaddress? Dialled { get; }

    public bool IsInbound => Dialled is null;

    public DateTimeOffset ConnectedAt { get; }

    public YamuxSession Session { get; }

    /// <summary>What the peer says of itself; null until it did.</summary>
    public IdentifyMessage? Identified { get; private set; }

    /// <summary>Waits for the first <see cref="Identified"/>.</summary>
    public Task<IdentifyMessage> IdentifiedAsync(CancellationToken cancellation) => _identified.Task.WaitAsync(cancellation);

    /// <summary>Opens a stream that speaks the first of the protocols which the peer speaks too.</summary>
    /// <exception cref="IOException">The connection ended, too many streams are open, or the peer speaks none of them.</exception>
    public async Task<(YamuxStream Stream, string Protocol)> OpenAsync(IReadOnlyList<string> protocols, CancellationToken cancellation)
    {
        YamuxStream stream = Session.Open();
        try
        {
            using CancellationTokenSource limit = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
            limit.CancelAfter(NegotiateWithin);
            return (stream, await ProtocolNegotiation.SelectAsync(stream, protocols, limit.Token));
        }
        catch
        {
            await stream.DisposeAsync();
            throw;
        }
    }

    public void Close() => Session.Close();

    /// <summary>Takes one of the places that the peer has at a protocol; false when all are taken.</summary>
    internal bool TryEnter(string protocol, int atOnce)
    {
        lock (_entered)
        {
            int count = _entered.GetValueOrDefault(protocol);
            if (count >= atOnce) return false;
            _entered[protocol] = count + 1;
            return true;
        }
    }

    /// <summary>Gives the place back.</summary>
    internal void Leave(string protocol)
    {
        lock (_entered) _entered[protocol]--;
    }

    internal void SetIdentified(IdentifyMessage message)
    {
        Identified = message;
        _identified.TrySetResult(message);
    }

    /// <summary>True once, for whoever reports that the connection is gone.</summary>
    internal bool TryLeave() => Interlocked.Exchange(ref _left, 1) == 0;
}
