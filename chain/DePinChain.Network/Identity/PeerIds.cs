namespace DePinChain.Network.Identity;

/// <summary>Peer ids between their text and their bytes.</summary>
public static class PeerIds
{
    // The longest key that is its own multihash; a hashed key (RSA) has 34 bytes.
    private const int SizeMax = 2 + 42;

    /// <summary>The id of an encoded public key: identity multihash, base 58.</summary>
    public static PeerId Of(ReadOnlyMemory<byte> encodedKey) =>
        new(Base58.Encode([0, (byte)encodedKey.Length, .. encodedKey.Span]));

    public static byte[] ToBytes(PeerId peer) => Base58.TryDecode(peer.Value, SizeMax, out byte[] bytes)
        ? bytes
        : throw new FormatException($"'{peer.Value}' is not a peer id.");

    /// <summary>Reads a text that holds the whole public key: only such peers can be met here.</summary>
    public static bool TryParse(string? text, out PeerId peer)
    {
        peer = default;
        if (text is null || !Base58.TryDecode(text, SizeMax, out byte[] bytes)) return false;
        return TryRead(bytes, out peer);
    }

    /// <summary>Reads the multihash bytes.</summary>
    public static bool TryRead(ReadOnlySpan<byte> multihash, out PeerId peer)
    {
        peer = default;
        if (multihash.Length < 3 || multihash[0] != 0 || multihash[1] != multihash.Length - 2) return false;
        if (!IdentityKey.TryDecode(multihash[2..], out IdentityKey? key)) return false;
        peer = new PeerId(Base58.Encode(multihash));
        return key.Peer == peer; // A second encoding of the same key would be a second name of the same peer.
    }
}
