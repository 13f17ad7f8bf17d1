using System.Security.Cryptography;

namespace DePinChain.Network.Identity;

/// <summary>X25519 key agreement (RFC 7748) and verification of Ed25519 signatures (RFC 8032), both by libsodium.</summary>
public static unsafe class Curve25519
{
    public const int KeySize = 32;
    public const int SignatureSize = 64;

    /// <summary>A fresh X25519 secret.</summary>
    public static byte[] GenerateSecret() => RandomNumberGenerator.GetBytes(KeySize);

    /// <summary>The public key of an X25519 secret.</summary>
    public static byte[] PublicKeyOf(ReadOnlySpan<byte> secret)
    {
        LibSodium.Require();
        byte[] key = new byte[KeySize];
        fixed (byte* product = key, scalar = secret[..KeySize])
        {
            _ = LibSodium.ScalarMultiplyBase(product, scalar);
        }

        return key;
    }

    /// <summary>The shared secret. False when the other's key is of small order, so that the secret would be known to all.</summary>
    public static bool TryAgree(ReadOnlySpan<byte> secret, ReadOnlySpan<byte> otherPublicKey, Span<byte> shared32)
    {
        LibSodium.Require();
        if (otherPublicKey.Length != KeySize || shared32.Length != KeySize) return false;
        fixed (byte* product = shared32, scalar = secret[..KeySize], point = otherPublicKey)
        {
            return LibSodium.ScalarMultiply(product, scalar, point) == 0;
        }
    }

    /// <summary>True for a valid signature; false for anything else, keys of small order and non-canonical forms included.</summary>
    public static bool VerifyEd25519(ReadOnlySpan<byte> message, ReadOnlySpan<byte> signature, ReadOnlySpan<byte> publicKey)
    {
        LibSodium.Require();
        if (signature.Length != SignatureSize || publicKey.Length != KeySize) return false;
        fixed (byte* seal = signature, bytes = message, key = publicKey)
        {
            return LibSodium.VerifyEd25519(seal, bytes, (ulong)message.Length, key) == 0;
        }
    }
}
