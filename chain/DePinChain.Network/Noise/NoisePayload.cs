using DePinChain.Network.Identity;
using DePinChain.Network.Wire;

namespace DePinChain.Network.Noise;

/// <summary>What a peer proves within the handshake: that its identity key vouches for its Noise key.</summary>
/// <remarks>libp2p/specs, noise: {identity_key = 1, identity_sig = 2, extensions = 4 {stream_muxers = 2}}.</remarks>
internal sealed record NoisePayload(IdentityKey Identity, byte[] Signature, IReadOnlyList<string> Muxers)
{
    private const int MuxersMax = 8;

    private static ReadOnlySpan<byte> SignedPrefix => "noise-libp2p-static-key:"u8;

    public static byte[] Create(NodeKey key, ReadOnlySpan<byte> staticPublicKey, IReadOnlyList<string> muxers)
    {
        ProtobufWriter extensions = new();
        foreach (string muxer in muxers) extensions.Text(2, muxer);
        return new ProtobufWriter()
            .Bytes(1, key.Public.Encoded.Span)
            .Bytes(2, key.Sign([.. SignedPrefix, .. staticPublicKey]))
            .Message(4, extensions)
            .ToArray();
    }

    /// <summary>Reads and verifies the proof of a peer whose handshake showed the static key.</summary>
    /// <exception cref="WireException">Malformed, of an unknown kind of key, or not signed by it.</exception>
    public static NoisePayload Verify(ReadOnlySpan<byte> payload, ReadOnlySpan<byte> staticPublicKey)
    {
        ReadOnlySpan<byte> encodedKey = default, signature = default, extensions = default;
        ProtobufReader reader = new(payload);
        while (reader.TryReadField(out int field))
        {
            if (field == 1) encodedKey = reader.ReadBytes(128);
            else if (field == 2) signature = reader.ReadBytes(128);
            else if (field == 4) extensions = reader.ReadBytes(1024);
            else reader.Skip();
        }

        if (!IdentityKey.TryDecode(encodedKey, out IdentityKey? identity))
            throw new WireException("a peer's identity key is malformed or of a kind that is not supported (Ed25519 and secp256k1 are)");
        if (!identity.Verify([.. SignedPrefix, .. staticPublicKey], signature))
            throw new WireException($"peer {identity.Peer} does not prove that its identity holds its Noise key");
        return new NoisePayload(identity, signature.ToArray(), ReadMuxers(extensions));
    }

    private static List<string> ReadMuxers(ReadOnlySpan<byte> extensions)
    {
        List<string> muxers = [];
        ProtobufReader reader = new(extensions);
        while (reader.TryReadField(out int field))
        {
            if (field != 2) reader.Skip();
            else if (muxers.Count == MuxersMax) throw new WireException($"a peer offers more than {MuxersMax} stream muxers");
            else muxers.Add(reader.ReadString(64));
        }

        return muxers;
    }
}
