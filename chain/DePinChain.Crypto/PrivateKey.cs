using System.Security.Cryptography;
using DePinChain.Primitives;

namespace DePinChain.Crypto;

/// <summary>A secp256k1 secret key. Disposing it wipes the secret; the address and public key stay readable.</summary>
/// <remarks>The secret lies in a pinned array, so the collector leaves no copies behind.</remarks>
public sealed unsafe class PrivateKey : IDisposable
{
    public const int Size = 32;

    private readonly byte[] _secret = GC.AllocateArray<byte>(Size, pinned: true);
    private readonly byte[] _publicKey = new byte[Secp256k1.CompressedSize];
    private bool _disposed;

    private PrivateKey(ReadOnlySpan<byte> secret)
    {
        secret.CopyTo(_secret);
        byte* key = stackalloc byte[LibSecp256k1.PublicKeySize];
        fixed (byte* pointer = _secret)
        {
            Invariant.Assert(LibSecp256k1.PublicKeyCreate(LibSecp256k1.Context, key, pointer) == 1, "A valid secret has a public key.");
        }

        Secp256k1.Serialize(key, _publicKey, LibSecp256k1.Compressed);
        Address = Secp256k1.AddressOf(_publicKey);
    }

    public Address Address { get; }

    /// <summary>33 bytes.</summary>
    public byte[] PublicKeyCompressed => [.. _publicKey];

    /// <summary>A fresh key from the system's random source.</summary>
    public static PrivateKey Generate()
    {
        Span<byte> secret = stackalloc byte[Size];
        do
        {
            RandomNumberGenerator.Fill(secret);
        }
        while (!IsSecret(secret));

        PrivateKey key = new(secret);
        CryptographicOperations.ZeroMemory(secret);
        return key;
    }

    /// <summary>Reads 64 hexadecimal digits, with or without <c>0x</c>.</summary>
    /// <exception cref="FormatException">
    /// Not 32 bytes, or not between 1 and the group's order. The message does not repeat the secret.
    /// </exception>
    public static PrivateKey Parse(string hex)
    {
        if (!Hex.TryDecode(hex, out byte[] secret) || secret.Length != Size)
            throw new FormatException("Not a private key: 64 hexadecimal digits are needed.");
        try
        {
            return FromBytes(secret);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(secret);
        }
    }

    /// <exception cref="FormatException">Not 32 bytes, zero, or not below the group's order.</exception>
    public static PrivateKey FromBytes(ReadOnlySpan<byte> secret) =>
        secret.Length == Size && IsSecret(secret)
            ? new PrivateKey(secret)
            : throw new FormatException("Not a private key: 32 bytes between 1 and the order of secp256k1 are needed.");

    /// <summary>True for 32 bytes between 1 and the group's order less 1.</summary>
    public static bool IsSecret(ReadOnlySpan<byte> secret)
    {
        if (secret.Length != Size) return false;
        fixed (byte* pointer = secret)
        {
            return LibSecp256k1.SecretKeyVerify(LibSecp256k1.Context, pointer) == 1;
        }
    }

    /// <summary>The one signature that RFC 6979 gives, with low s.</summary>
    /// <exception cref="ObjectDisposedException">The key was wiped.</exception>
    public Signature Sign(in Hash256 digest)
    {
        nint context = LibSecp256k1.Context;
        byte* signature = stackalloc byte[LibSecp256k1.RecoverableSignatureSize];
        byte* message = stackalloc byte[Hash256.Size];
        digest.CopyTo(new Span<byte>(message, Hash256.Size));
        fixed (byte* secret = Secret)
        {
            Invariant.Assert(
                LibSecp256k1.SignRecoverable(context, signature, message, secret, nonceFunction: 0, nonceSeed: null) == 1,
                "A valid secret signs.");
        }

        Span<byte> bytes = stackalloc byte[Signature.Size];
        int recoveryId;
        fixed (byte* compact = bytes)
        {
            Invariant.Assert(
                LibSecp256k1.RecoverableSerialize(context, compact, &recoveryId, signature) == 1,
                "A signature serializes.");
        }

        // Ids 2 and 3 need a nonce point with x >= n: nobody will meet one (probability 2^-127).
        Invariant.Assert(recoveryId is 0 or 1, "A signature's recovery id is a parity.");
        bytes[64] = (byte)recoveryId;
        return new Signature(bytes);
    }

    /// <summary>A copy of the secret, which the caller wipes.</summary>
    /// <exception cref="ObjectDisposedException">The key was wiped.</exception>
    public byte[] ToArray() => Secret.ToArray();

    public void Dispose()
    {
        _disposed = true;
        CryptographicOperations.ZeroMemory(_secret);
    }

    internal ReadOnlySpan<byte> Secret
    {
        get
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
            return _secret;
        }
    }
}
