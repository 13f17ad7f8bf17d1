using DePinChain.Primitives;

namespace DePinChain.Crypto;

/// <summary>
/// ECDSA over secp256k1 by libsecp256k1: recovery, verification and the forms of a public key. Allocates nothing but what it returns.
/// </summary>
/// <remarks>Public keys are SEC 1 points: 33 bytes compressed, 65 uncompressed. Any number of threads.</remarks>
public static unsafe class Secp256k1
{
    public const int CompressedSize = 33;
    public const int UncompressedSize = 65;

    /// <summary>The order of the group, n.</summary>
    public static UInt256 Order => new(
        new UInt128(0xFFFFFFFFFFFFFFFF, 0xFFFFFFFFFFFFFFFE),
        new UInt128(0xBAAEDCE6AF48A03B, 0xBFD25E8CD0364141));

    // floor(n / 2): EIP-2 admits s up to here, so that nobody can flip a signature into a second valid one.
    private static UInt256 HalfOrder => new(
        new UInt128(0x7FFFFFFFFFFFFFFF, 0xFFFFFFFFFFFFFFFF),
        new UInt128(0x5D576E7357A4501D, 0xDFE92F46681B20A0));

    /// <summary>The signer's address. False for a high s, a zero or too large r or s, a recovery id above 1, or no point.</summary>
    public static bool TryRecover(in Hash256 digest, ReadOnlySpan<byte> rs64, int recoveryId, out Address address)
    {
        Span<byte> key = stackalloc byte[UncompressedSize];
        bool recovered = TryRecoverPublicKey(digest, rs64, recoveryId, key);
        address = recovered ? AddressOfPoint(key) : Address.Zero;
        return recovered;
    }

    /// <summary>Writes the signer's uncompressed public key, 65 bytes. False as <see cref="TryRecover"/>.</summary>
    public static bool TryRecoverPublicKey(in Hash256 digest, ReadOnlySpan<byte> rs64, int recoveryId, Span<byte> publicKey65)
    {
        if (rs64.Length != 64 || recoveryId is < 0 or > 1 || !IsLowS(rs64[32..])) return false;
        nint context = LibSecp256k1.Context;
        byte* signature = stackalloc byte[LibSecp256k1.RecoverableSignatureSize];
        byte* key = stackalloc byte[LibSecp256k1.PublicKeySize];
        byte* message = stackalloc byte[Hash256.Size];
        digest.CopyTo(new Span<byte>(message, Hash256.Size));
        fixed (byte* compact = rs64)
        {
            if (LibSecp256k1.RecoverableParse(context, signature, compact, recoveryId) != 1) return false;
        }

        if (LibSecp256k1.Recover(context, key, signature, message) != 1) return false;
        Serialize(key, publicKey65[..UncompressedSize], LibSecp256k1.Uncompressed);
        return true;
    }

    /// <summary>True for a valid low-s signature by the key; false for anything else, a malformed key included.</summary>
    public static bool Verify(in Hash256 digest, ReadOnlySpan<byte> rs64, ReadOnlySpan<byte> publicKey)
    {
        byte* key = stackalloc byte[LibSecp256k1.PublicKeySize];
        if (rs64.Length != 64 || !IsLowS(rs64[32..]) || !TryParse(publicKey, key)) return false;
        nint context = LibSecp256k1.Context;
        byte* signature = stackalloc byte[LibSecp256k1.SignatureSize];
        byte* message = stackalloc byte[Hash256.Size];
        digest.CopyTo(new Span<byte>(message, Hash256.Size));
        fixed (byte* compact = rs64)
        {
            return LibSecp256k1.SignatureParse(context, signature, compact) == 1
                && LibSecp256k1.Verify(context, signature, message, key) == 1;
        }
    }

    /// <summary>r ‖ s from the DER form that libp2p identities use. False when it is not strict DER or r or s is too large.</summary>
    public static bool TryParseDer(ReadOnlySpan<byte> der, Span<byte> rs64)
    {
        nint context = LibSecp256k1.Context;
        byte* signature = stackalloc byte[LibSecp256k1.SignatureSize];
        if (der.IsEmpty || rs64.Length != 64) return false;
        fixed (byte* bytes = der, compact = rs64)
        {
            return LibSecp256k1.SignatureParseDer(context, signature, bytes, (nuint)der.Length) == 1
                && LibSecp256k1.SignatureSerialize(context, compact, signature) == 1;
        }
    }

    /// <summary>The DER form of r ‖ s, at most 72 bytes.</summary>
    /// <exception cref="FormatException">r or s is not below the group's order.</exception>
    public static byte[] EncodeDer(ReadOnlySpan<byte> rs64)
    {
        nint context = LibSecp256k1.Context;
        byte* signature = stackalloc byte[LibSecp256k1.SignatureSize];
        byte* der = stackalloc byte[72];
        nuint length = 72;
        fixed (byte* compact = rs64)
        {
            bool encoded = rs64.Length == 64
                && LibSecp256k1.SignatureParse(context, signature, compact) == 1
                && LibSecp256k1.SignatureSerializeDer(context, der, &length, signature) == 1;
            if (!encoded) throw new FormatException("Not a signature: 64 bytes are needed, r and s below the order of secp256k1.");
        }

        return new ReadOnlySpan<byte>(der, (int)length).ToArray();
    }

    /// <summary>True when s, 32 bytes big-endian, is at most half the group's order (EIP-2).</summary>
    public static bool IsLowS(ReadOnlySpan<byte> s32) => UInt256.FromBigEndian(s32) <= HalfOrder;

    /// <summary>True when the bytes are a point of the curve, compressed or not.</summary>
    public static bool IsPublicKey(ReadOnlySpan<byte> publicKey)
    {
        byte* key = stackalloc byte[LibSecp256k1.PublicKeySize];
        return TryParse(publicKey, key);
    }

    /// <summary>The 33-byte form.</summary>
    /// <exception cref="FormatException">Not a public key.</exception>
    public static byte[] Compress(ReadOnlySpan<byte> publicKey) => Convert(publicKey, CompressedSize, LibSecp256k1.Compressed);

    /// <summary>The 65-byte form.</summary>
    /// <exception cref="FormatException">Not a public key.</exception>
    public static byte[] Decompress(ReadOnlySpan<byte> publicKey) => Convert(publicKey, UncompressedSize, LibSecp256k1.Uncompressed);

    /// <summary>The last 20 bytes of keccak(x ‖ y).</summary>
    /// <exception cref="FormatException">Not a public key.</exception>
    public static Address AddressOf(ReadOnlySpan<byte> publicKey)
    {
        byte* key = stackalloc byte[LibSecp256k1.PublicKeySize];
        if (!TryParse(publicKey, key)) throw NotAKey();
        Span<byte> point = stackalloc byte[UncompressedSize];
        Serialize(key, point, LibSecp256k1.Uncompressed);
        return AddressOfPoint(point);
    }

    internal static bool TryParse(ReadOnlySpan<byte> publicKey, byte* key)
    {
        // The library also reads the hybrid forms 0x06 and 0x07, which nobody here writes: one key, two encodings.
        bool isSec1 = publicKey.Length == CompressedSize || (publicKey.Length == UncompressedSize && publicKey[0] == 0x04);
        if (!isSec1) return false;
        fixed (byte* bytes = publicKey)
        {
            return LibSecp256k1.PublicKeyParse(LibSecp256k1.Context, key, bytes, (nuint)publicKey.Length) == 1;
        }
    }

    internal static void Serialize(byte* key, Span<byte> destination, uint form)
    {
        nuint length = (nuint)destination.Length;
        fixed (byte* bytes = destination)
        {
            Invariant.Assert(
                LibSecp256k1.PublicKeySerialize(LibSecp256k1.Context, bytes, &length, key, form) == 1,
                "A parsed public key serializes.");
        }
    }

    private static byte[] Convert(ReadOnlySpan<byte> publicKey, int size, uint form)
    {
        byte* key = stackalloc byte[LibSecp256k1.PublicKeySize];
        if (!TryParse(publicKey, key)) throw NotAKey();
        byte[] bytes = new byte[size];
        Serialize(key, bytes, form);
        return bytes;
    }

    private static Address AddressOfPoint(ReadOnlySpan<byte> point65)
    {
        Span<byte> hash = stackalloc byte[Hash256.Size];
        Keccak256.Hash(point65[1..], hash);
        return new Address(hash[12..]);
    }

    private static FormatException NotAKey() =>
        new("Not a secp256k1 public key: 33 bytes compressed or 65 bytes uncompressed, on the curve.");
}
