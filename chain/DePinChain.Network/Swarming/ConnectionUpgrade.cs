using DePinChain.Network.Identity;
using DePinChain.Network.Multistream;
using DePinChain.Network.Noise;
using DePinChain.Network.Wire;
using DePinChain.Network.Yamux;

namespace DePinChain.Network.Swarming;

/// <summary>Turns a raw connection into one that is encrypted and can carry Yamux.</summary>
public static class ConnectionUpgrade
{
    private static readonly string[] Security = [NoiseSecurity.Protocol];
    private static readonly string[] Muxers = [YamuxSession.Protocol];

    /// <exception cref="WireException">The other side broke a protocol, or is not whom the dialler expected.</exception>
    public static async Task<SecuredChannel> RunAsync(
        Stream wire, NodeKey key, bool initiator, PeerId? expected, CancellationToken cancellation)
    {
        if (initiator) await ProtocolNegotiation.SelectAsync(wire, Security, cancellation);
        else await ProtocolNegotiation.AnswerAsync(wire, Security.Contains, cancellation);
        SecuredChannel secured = await NoiseSecurity.SecureAsync(wire, key, initiator, expected, Muxers, cancellation);
        if (secured.EarlyMuxer is not null) return secured;
        if (initiator) await ProtocolNegotiation.SelectAsync(secured.Channel, Muxers, cancellation);
        else await ProtocolNegotiation.AnswerAsync(secured.Channel, Muxers.Contains, cancellation);
        return secured;
    }
}
