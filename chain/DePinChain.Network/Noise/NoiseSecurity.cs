using System.Buffers.Binary;
using DePinChain.Network.Identity;
using DePinChain.Network.Wire;

namespace DePinChain.Network.Noise;

/// <summary>A channel and who is at its other end.</summary>
/// <param name="EarlyMuxer">The muxer both offered within the handshake, or null when it must be negotiated.</param>
public sealed record SecuredChannel(NoiseStream Channel, IdentityKey Remote, string? EarlyMuxer);

/// <summary>Turns a raw connection into an encrypted one with a known peer (<c>/noise</c>).</summary>
public static class NoiseSecurity
{
    public const string Protocol = "/noise";

    // Handshake payloads here have some 250 bytes; the protocol would allow 64 KiB to somebody we do not know yet.
    private const int MessageMax = 4096;

    /// <summary>Proves this node's identity and learns the other's.</summary>
    /// <param name="expected">Whom the dialler wants to meet; anybody when null.</param>
    /// <exception cref="WireException">The other side broke the protocol, or is somebody else.</exception>
    public static async Task<SecuredChannel> SecureAsync(
        Stream wire, NodeKey key, bool initiator, PeerId? expected, IReadOnlyList<string> muxers, CancellationToken cancellation)
    {
        byte[] secret = Curve25519.GenerateSecret();
        byte[] proof = NoisePayload.Create(key, Curve25519.PublicKeyOf(secret), muxers);
        using NoiseHandshake handshake = new(initiator, secret, Curve25519.GenerateSecret(), prologue: []);
        byte[] remoteProof;
        if (initiator)
        {
            await SendAsync(wire, handshake.Write([]), cancellation);
            remoteProof = handshake.Read(await ReceiveAsync(wire, cancellation));
            NoisePayload.Verify(remoteProof, handshake.RemoteStatic); // We say who we are only to somebody who proved who they are.
            await SendAsync(wire, handshake.Write(proof), cancellation);
        }
        else
        {
            handshake.Read(await ReceiveAsync(wire, cancellation));
            await SendAsync(wire, handshake.Write(proof), cancellation);
            remoteProof = handshake.Read(await ReceiveAsync(wire, cancellation));
        }

        NoisePayload payload = NoisePayload.Verify(remoteProof, handshake.RemoteStatic);
        if (expected is not null && payload.Identity.Peer != expected)
            throw new WireException($"the peer there is {payload.Identity.Peer}, not {expected}");
        (NoiseCipher send, NoiseCipher receive) = handshake.Split();
        // The first of the initiator's list that the responder has too; both sides see both lists (libp2p/specs, noise).
        IReadOnlyList<string> first = initiator ? muxers : payload.Muxers;
        IReadOnlyList<string> second = initiator ? payload.Muxers : muxers;
        return new SecuredChannel(new NoiseStream(wire, send, receive), payload.Identity, first.FirstOrDefault(second.Contains));
    }

    private static ValueTask SendAsync(Stream wire, byte[] message, CancellationToken cancellation)
    {
        byte[] frame = new byte[2 + message.Length];
        BinaryPrimitives.WriteUInt16BigEndian(frame, (ushort)message.Length);
        message.CopyTo(frame, 2);
        return wire.WriteAsync(frame, cancellation);
    }

    private static async ValueTask<byte[]> ReceiveAsync(Stream wire, CancellationToken cancellation)
    {
        byte[] length = await LengthPrefixed.ReadExactlyAsync(wire, 2, cancellation);
        int size = BinaryPrimitives.ReadUInt16BigEndian(length);
        if (size > MessageMax)
            throw new WireException($"a handshake message of {size} bytes is announced, at most {MessageMax} are allowed");
        return await LengthPrefixed.ReadExactlyAsync(wire, size, cancellation);
    }
}
