using System.Net;
using DePinChain.Network.Yamux;

namespace DePinChain.Network.Swarming;

/// <summary>Who may connect. The defaults admit everybody.</summary>
public sealed record SwarmOptions
{
    public YamuxLimits Yamux { get; init; } = new();

    /// <summary>Connections whose handshake is under way; further ones are closed at once.</summary>
    public int HandshakesMax { get; init; } = 64;

    /// <summary>Handshakes per second that strangers may begin, with a burst of as many again as may be under way.</summary>
    public int HandshakesPerSecond { get; init; } = 10;

    public TimeSpan HandshakeWithin { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>Streams per second that one peer may open, with a burst of four seconds' worth.</summary>
    public int StreamsPerSecond { get; init; } = 100;

    /// <summary>Why an address may not connect, before anything is known of who is there; null when it may.</summary>
    public Func<IPAddress, string?> RefuseAddress { get; init; } = _ => null;

    /// <summary>Why a peer may not connect now (peer, address, inbound); null when it may.</summary>
    public Func<PeerId, IPAddress, bool, string?> RefusePeer { get; init; } = (_, _, _) => null;

    public Action<string> Log { get; init; } = _ => { };
}
