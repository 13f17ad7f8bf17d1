using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using DePinChain.Primitives;

namespace DePinChain.Crypto;

/// <summary>ECVRF-SECP256K1-SHA256-TAI: the construction of RFC 9381 over secp256k1, suite byte 0xFE, cofactor 1.</summary>
/// <remarks>
/// A proof has 81 bytes: Gamma (33) ‖ c (16) ‖ s (32). One input has one output beta but many valid proofs, so only beta may feed
/// anything random. Secrets are multiplied by libsecp256k1's constant-time ECDH; the variable-time multiplication serves verification
/// alone.
/// </remarks>
public static unsafe class Vrf
{
    public const int ProofSize = 81;

    private const byte Suite = 0xFE;
    private const int PointSize = Secp256k1.CompressedSize;
    private const int ChallengeSize = 16;
    private const int ScalarSize = 32;

    /// <summary>The proof of <paramref name="alpha"/> under the key, 81 bytes. The same input always gives the same proof.</summary>
    public static byte[] Prove(PrivateKey key, ReadOnlySpan<byte> alpha)
    {
        Span<byte> publicKey = key.PublicKeyCompressed;
        Span<byte> h = stackalloc byte[PointSize];
        Invariant.Assert(TryEncodeToCurve(publicKey, alpha, h), "Of 256 hashes one is a point's x coordinate.");

        byte[] proof = new byte[ProofSize];
        Span<byte> gamma = proof.AsSpan(0, PointSize);
        Span<byte> challenge = proof.AsSpan(PointSize, ChallengeSize);
        Span<byte> response = proof.AsSpan(PointSize + ChallengeSize);
        Span<byte> nonce = stackalloc byte[ScalarSize];
        Span<byte> nonceB = stackalloc byte[PointSize];
        Span<byte> nonceH = stackalloc byte[PointSize];
        Nonce(key.Secret, h, nonce);
        MultiplySecret(h, key.Secret, gamma);
        MultiplyGeneratorSecret(nonce, nonceB);
        MultiplySecret(h, nonce, nonceH);
        Challenge(publicKey, h, gamma, nonceB, nonceH, challenge);

        // s = k + c·x mod n.
        Span<byte> scalar = stackalloc byte[ScalarSize];
        Widen(challenge, scalar);
        key.Secret.CopyTo(response);
        fixed (byte* s = response, c = scalar, k = nonce)
        {
            bool summed = LibSecp256k1.SecretKeyMultiply(LibSecp256k1.Context, s, c) == 1
                && LibSecp256k1.SecretKeyAdd(LibSecp256k1.Context, s, k) == 1;
            Invariant.Assert(summed, "A VRF response is zero with probability 2^-128.");
        }

        CryptographicOperations.ZeroMemory(nonce);
        return proof;
    }

    /// <summary><see cref="Prove"/>, and this process finds the proof right from now on: whoever made it need not verify it.</summary>
    public static byte[] ProveOwn(PrivateKey key, ReadOnlySpan<byte> alpha)
    {
        byte[] proof = Prove(key, alpha);
        VerifiedProofs.Add(VerifiedProofs.NameOf(key.PublicKeyCompressed, alpha, proof), ProofToHash(proof));
        return proof;
    }

    /// <summary>True, with the output, when the proof is valid for the key and input; false for anything else.</summary>
    public static bool TryVerify(ReadOnlySpan<byte> publicKey33, ReadOnlySpan<byte> alpha, ReadOnlySpan<byte> proof81, out Hash256 beta)
    {
        beta = Hash256.Zero;
        if (publicKey33.Length != PointSize || proof81.Length != ProofSize) return false;
        Hash256 name = VerifiedProofs.NameOf(publicKey33, alpha, proof81);
        if (VerifiedProofs.TryFind(name, out beta)) return true;
        ReadOnlySpan<byte> gamma = proof81[..PointSize];
        ReadOnlySpan<byte> challenge = proof81.Slice(PointSize, ChallengeSize);
        ReadOnlySpan<byte> response = proof81[(PointSize + ChallengeSize)..];
        Span<byte> h = stackalloc byte[PointSize];
        Span<byte> u = stackalloc byte[PointSize];
        Span<byte> v = stackalloc byte[PointSize];
        Span<byte> expected = stackalloc byte[ChallengeSize];
        // s must be canonical (RFC 9381, 5.4.4), or one proof would have two encodings; c or s of zero no honest prover can meet.
        if (!PrivateKey.IsSecret(response) || !Secp256k1.IsPublicKey(publicKey33) || !TryEncodeToCurve(publicKey33, alpha, h)) return false;
        if (!TryCombineGenerator(response, challenge, publicKey33, u) || !TryCombine(response, h, challenge, gamma, v)) return false;
        Challenge(publicKey33, h, gamma, u, v, expected);
        if (!expected.SequenceEqual(challenge)) return false;
        beta = ProofToHash(proof81);
        VerifiedProofs.Add(name, beta);
        return true;
    }

    /// <summary>The output beta of a proof that was verified or made here; it does not verify.</summary>
    /// <exception cref="ArgumentException">Not exactly 81 bytes.</exception>
    public static Hash256 ProofToHash(ReadOnlySpan<byte> proof81)
    {
        if (proof81.Length != ProofSize)
            throw new ArgumentException($"A VRF proof has {ProofSize} bytes, not {proof81.Length}.", nameof(proof81));
        Span<byte> input = stackalloc byte[2 + PointSize + 1];
        input[0] = Suite;
        input[1] = 0x03;
        proof81[..PointSize].CopyTo(input[2..]);
        input[^1] = 0x00;
        Span<byte> digest = stackalloc byte[Hash256.Size];
        SHA256.HashData(input, digest);
        return new Hash256(digest);
    }

    // RFC 9381, 5.4.1.1: try and increment; each attempt succeeds with probability 1/2.
    private static bool TryEncodeToCurve(ReadOnlySpan<byte> salt, ReadOnlySpan<byte> alpha, Span<byte> point)
    {
        using IncrementalHash hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        point[0] = 0x02;
        for (int attempt = 0; attempt <= byte.MaxValue; attempt++)
        {
            hash.AppendData([Suite, 0x01]);
            hash.AppendData(salt);
            hash.AppendData(alpha);
            hash.AppendData([(byte)attempt, 0x00]);
            hash.GetHashAndReset(point[1..]);
            if (Secp256k1.IsPublicKey(point)) return true;
        }

        return false;
    }

    // RFC 9381, 5.4.3.
    private static void Challenge(
        ReadOnlySpan<byte> publicKey,
        ReadOnlySpan<byte> h,
        ReadOnlySpan<byte> gamma,
        ReadOnlySpan<byte> u,
        ReadOnlySpan<byte> v,
        Span<byte> challenge)
    {
        Span<byte> input = stackalloc byte[2 + (5 * PointSize) + 1];
        input[0] = Suite;
        input[1] = 0x02;
        publicKey.CopyTo(input[2..]);
        h.CopyTo(input[(2 + PointSize)..]);
        gamma.CopyTo(input[(2 + (2 * PointSize))..]);
        u.CopyTo(input[(2 + (3 * PointSize))..]);
        v.CopyTo(input[(2 + (4 * PointSize))..]);
        input[^1] = 0x00;
        Span<byte> digest = stackalloc byte[Hash256.Size];
        SHA256.HashData(input, digest);
        digest[..ChallengeSize].CopyTo(challenge);
    }

    // RFC 9381, 5.4.2.1: the nonce of RFC 6979 for the message h.
    private static void Nonce(ReadOnlySpan<byte> secret, ReadOnlySpan<byte> h, Span<byte> nonce)
    {
        Span<byte> digest = stackalloc byte[Hash256.Size];
        SHA256.HashData(h, digest);
        fixed (byte* k = nonce, m = digest, x = secret)
        {
            uint attempt = 0;
            do
            {
                Invariant.Assert(LibSecp256k1.NonceRfc6979(k, m, x, null, null, attempt++) == 1, "RFC 6979 gives a nonce.");
            }
            while (!PrivateKey.IsSecret(nonce));
        }
    }

    private static void MultiplyGeneratorSecret(ReadOnlySpan<byte> secret, Span<byte> product)
    {
        byte* key = stackalloc byte[LibSecp256k1.PublicKeySize];
        fixed (byte* k = secret)
        {
            Invariant.Assert(LibSecp256k1.PublicKeyCreate(LibSecp256k1.Context, key, k) == 1, "A nonce has a point.");
        }

        Secp256k1.Serialize(key, product, LibSecp256k1.Compressed);
    }

    private static void MultiplySecret(ReadOnlySpan<byte> point, ReadOnlySpan<byte> secret, Span<byte> product)
    {
        byte* key = stackalloc byte[LibSecp256k1.PublicKeySize];
        Invariant.Assert(Secp256k1.TryParse(point, key), "The encoded input is a point.");
        fixed (byte* k = secret, output = product)
        {
            Invariant.Assert(
                LibSecp256k1.Ecdh(LibSecp256k1.Context, output, key, k, &CopyPoint, null) == 1,
                "A secret times a point is a point.");
        }
    }

    // The "hash" that ECDH applies to the product: its compressed form, without a branch on the secret.
    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static int CopyPoint(byte* output, byte* x32, byte* y32, void* data)
    {
        output[0] = (byte)(0x02 | (y32[31] & 1));
        new ReadOnlySpan<byte>(x32, ScalarSize).CopyTo(new Span<byte>(output + 1, ScalarSize));
        return 1;
    }

    // s·B − c·Y.
    private static bool TryCombineGenerator(ReadOnlySpan<byte> s, ReadOnlySpan<byte> c, ReadOnlySpan<byte> y, Span<byte> sum)
    {
        byte* left = stackalloc byte[LibSecp256k1.PublicKeySize];
        fixed (byte* scalar = s)
        {
            if (LibSecp256k1.PublicKeyCreate(LibSecp256k1.Context, left, scalar) != 1) return false;
        }

        return TrySubtractMultiple(left, c, y, sum);
    }

    // s·H − c·Gamma.
    private static bool TryCombine(
        ReadOnlySpan<byte> s,
        ReadOnlySpan<byte> h,
        ReadOnlySpan<byte> c,
        ReadOnlySpan<byte> gamma,
        Span<byte> sum)
    {
        byte* left = stackalloc byte[LibSecp256k1.PublicKeySize];
        if (!Secp256k1.TryParse(h, left)) return false;
        fixed (byte* scalar = s)
        {
            if (LibSecp256k1.PublicKeyMultiply(LibSecp256k1.Context, left, scalar) != 1) return false;
        }

        return TrySubtractMultiple(left, c, gamma, sum);
    }

    private static bool TrySubtractMultiple(byte* left, ReadOnlySpan<byte> c, ReadOnlySpan<byte> point, Span<byte> difference)
    {
        nint context = LibSecp256k1.Context;
        byte* right = stackalloc byte[LibSecp256k1.PublicKeySize];
        byte* result = stackalloc byte[LibSecp256k1.PublicKeySize];
        if (!Secp256k1.TryParse(point, right)) return false;
        Span<byte> wide = stackalloc byte[ScalarSize];
        Widen(c, wide);
        fixed (byte* scalar = wide)
        {
            if (LibSecp256k1.PublicKeyMultiply(context, right, scalar) != 1) return false;
        }

        Invariant.Assert(LibSecp256k1.PublicKeyNegate(context, right) == 1, "A point has a negative.");
        byte** terms = stackalloc byte*[] { left, right };
        if (LibSecp256k1.PublicKeyCombine(context, result, terms, 2) != 1) return false;
        Secp256k1.Serialize(result, difference, LibSecp256k1.Compressed);
        return true;
    }

    private static void Widen(ReadOnlySpan<byte> challenge, Span<byte> scalar)
    {
        scalar.Clear();
        challenge.CopyTo(scalar[(ScalarSize - ChallengeSize)..]);
    }
}
