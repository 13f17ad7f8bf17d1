using DePinChain.Network.Swarming;
using DePinChain.Network.Wire;
using DePinChain.Network.Yamux;

namespace DePinChain.Network.Identify;

/// <summary>Tells peers who we are and where, and learns it of them (<c>/ipfs/id/1.0.0</c> and its push).</summary>
/// <param name="describe">This node's own description; the observed address is filled in per peer.</param>
/// <param name="learned">A peer described itself.</param>
public sealed class IdentifyProtocol(Swarm swarm, Func<IdentifyMessage> describe, Action<PeerConnection, IdentifyMessage> learned)
{
    public const string Protocol = "/ipfs/id/1.0.0";
    public const string PushProtocol = "/ipfs/id/push/1.0.0";

    private static readonly TimeSpan AnswerWithin = TimeSpan.FromSeconds(10);
    private static readonly string[] Asked = [Protocol];
    private static readonly string[] Pushed = [PushProtocol];

    /// <summary>Begins to answer and to ask each peer that comes.</summary>
    public void Start()
    {
        swarm.Handle(Protocol, AnswerAsync);
        swarm.Handle(PushProtocol, TakePushAsync);
        swarm.Connected += connection => _ = Task.Run(() => AskAsync(connection));
    }

    /// <summary>Tells every peer that the description has changed.</summary>
    public void Push()
    {
        foreach (PeerConnection connection in swarm.Connections)
        {
            if (connection.Identified?.Protocols.Contains(PushProtocol) == true) _ = Task.Run(() => PushAsync(connection));
        }
    }

    private async Task AnswerAsync(PeerConnection connection, YamuxStream stream, string protocol, CancellationToken cancellation)
    {
        await LengthPrefixed.WriteAsync(stream, Describe(connection), cancellation);
        await stream.CloseAsync(cancellation);
    }

    private byte[] Describe(PeerConnection connection) =>
        (describe() with { Observed = new Multiaddress(connection.Remote) }).Encode();

    private async Task TakePushAsync(PeerConnection connection, YamuxStream stream, string protocol, CancellationToken cancellation)
    {
        using CancellationTokenSource limit = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        limit.CancelAfter(AnswerWithin);
        byte[]? frame = await LengthPrefixed.ReadAsync(stream, IdentifyMessage.SizeMax, limit.Token);
        if (frame is not null) Learn(connection, frame);
        stream.CloseWrite();
    }

    private async Task AskAsync(PeerConnection connection)
    {
        using CancellationTokenSource limit = new(AnswerWithin);
        try
        {
            (YamuxStream stream, _) = await connection.OpenAsync(Asked, limit.Token);
            await using (stream)
            {
                stream.CloseWrite();
                byte[]? frame = await LengthPrefixed.ReadAsync(stream, IdentifyMessage.SizeMax, limit.Token);
                if (frame is not null) Learn(connection, frame);
            }
        }
        catch (Exception e) when (e is IOException or OperationCanceledException)
        {
            // A peer that does not say who it is remains known by its key; nothing here depends on more.
        }
    }

    private async Task PushAsync(PeerConnection connection)
    {
        using CancellationTokenSource limit = new(AnswerWithin);
        try
        {
            (YamuxStream stream, _) = await connection.OpenAsync(Pushed, limit.Token);
            await using (stream)
            {
                await LengthPrefixed.WriteAsync(stream, Describe(connection), limit.Token);
                await stream.CloseAsync(limit.Token);
            }
        }
        catch (Exception e) when (e is IOException or OperationCanceledException)
        {
            // It will learn when it connects again.
        }
    }

    private void Learn(PeerConnection connection, byte[] frame)
    {
        IdentifyMessage message = IdentifyMessage.Decode(frame);
        // The key in the message is that of the handshake or it is a lie.
        if (!message.PublicKey.IsEmpty && !message.PublicKey.Span.SequenceEqual(connection.Key.Encoded.Span))
            throw new WireException($"peer {connection.Peer} describes itself with another's key");
        connection.SetIdentified(message);
        learned(connection, message);
    }
}
