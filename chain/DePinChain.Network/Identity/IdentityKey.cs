using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using DePinChain.Crypto;
using DePinChain.Network.Wire;
using DePinChain.Primitives;

namespace DePinChain.Network.Identity;

/// <summary>The kinds of identity that are understood; RSA (0) and ECDSA (3) are not.</summary>
public enum IdentityKind : byte
{
    Ed25519 = 1,
    Secp256k1 = 2,
}

/// <summary>A peer's public identity key.</summary>
/// <remarks>
/// libp2p/specs, peer-ids: protobuf {Type = 1, Data = 2}; a key of at most 42 bytes is its own multihash (identity, code 0).
/// </remarks>
public sealed class IdentityKey
{
    private readonly byte[] _key;

    private IdentityKey(IdentityKind kind, byte[] key)
    {
        Kind = kind;
        _key = key;
        Encoded = new ProtobufWriter(48).Varint(1, (ulong)kind).Bytes(2, key).ToArray();
        Peer = PeerIds.Of(Encoded);
    }

    public IdentityKind Kind { get; }

    /// <summary>The protobuf form, 36 or 37 bytes.</summary>
    public ReadOnlyMemory<byte> Encoded { get; }

    public PeerId Peer { get; }

    /// <exception cref="FormatException">Not a point of the curve.</exception>
    public static IdentityKey OfSecp256k1(ReadOnlySpan<byte> publicKey) =>
        new(IdentityKind.Secp256k1, Secp256k1.Compress(publicKey));

    /// <summary>Reads a key from anyone; false also for kinds that are not understood.</summary>
    public static bool TryDecode(ReadOnlySpan<byte> encoded, [NotNullWhen(true)] out IdentityKey? key)
    {
        key = null;
        try
        {
            ulong kind = ulong.MaxValue;
            ReadOnlySpan<byte> bytes = default;
            ProtobufReader reader = new(encoded);
            while (reader.TryReadField(out int field))
            {
                if (field == 1) kind = reader.ReadVarint();
                else if (field == 2) bytes = reader.ReadBytes(64);
                else reader.Skip();
            }

            if (kind == (ulong)IdentityKind.Ed25519 && bytes.Length == Curve25519.KeySize)
                key = new IdentityKey(IdentityKind.Ed25519, bytes.ToArray());
            else if (kind == (ulong)IdentityKind.Secp256k1 && bytes.Length == Secp256k1.CompressedSize && Secp256k1.IsPublicKey(bytes))
                key = new IdentityKey(IdentityKind.Secp256k1, bytes.ToArray());
            return key is not null;
        }
        catch (WireException)
        {
            return false;
        }
    }

    /// <summary>Whether this key signed the message.</summary>
    public bool Verify(ReadOnlySpan<byte> message, ReadOnlySpan<byte> signature)
    {
        if (Kind == IdentityKind.Ed25519) return Curve25519.VerifyEd25519(message, signature, _key);
        Span<byte> compact = stackalloc byte[64];
        Hash256 digest = new(SHA256.HashData(message));
        return Secp256k1.TryParseDer(signature, compact) && Secp256k1.Verify(digest, compact, _key);
    }
}
