using System.Security.Cryptography;
using DePinChain.Crypto;
using DePinChain.Modules.Sdk;
using DePinChain.Primitives;

namespace DePinChain.Modules.Tests.Staking;

/// <summary>Real signatures, and evidence in a form of the tests' own: kind, signer, height in 29 bytes.</summary>
internal sealed class TestCryptography : ICryptography
{
    private const int EvidenceSize = 1 + Address.Size + sizeof(ulong);

    public Hash256 Keccak(ReadOnlySpan<byte> message) => Keccak256.Hash(message);

    public Hash256 Sha256(ReadOnlySpan<byte> message) => new(SHA256.HashData(message));

    public bool TryRecover(in Hash256 digest, ReadOnlySpan<byte> signature, out Address signer)
    {
        signer = Address.Zero;
        return signature.Length == Signature.Size && Secp256k1.TryRecover(digest, signature[..64], signature[64], out signer);
    }

    public bool Verify(in Hash256 digest, ReadOnlySpan<byte> signature, ReadOnlySpan<byte> publicKey) =>
        Secp256k1.Verify(digest, signature, publicKey);

    public bool TryAddressOf(ReadOnlySpan<byte> publicKey, out Address account)
    {
        bool isKey = Secp256k1.IsPublicKey(publicKey);
        account = isKey ? Secp256k1.AddressOf(publicKey) : Address.Zero;
        return isKey;
    }

    public bool TryVerifyVrf(ReadOnlySpan<byte> publicKey, ReadOnlySpan<byte> alpha, ReadOnlySpan<byte> proof, out Hash256 beta) =>
        Vrf.TryVerify(publicKey, alpha, proof, out beta);

    public bool TryVerifyEvidence(ReadOnlySpan<byte> evidence, out Misbehaviour misbehaviour)
    {
        bool isEvidence = evidence.Length == EvidenceSize;
        misbehaviour = isEvidence
            ? new Misbehaviour(
                (MisbehaviourKind)evidence[0],
                new Address(evidence.Slice(1, Address.Size)),
                (ulong)UInt256.FromBigEndian(evidence[(1 + Address.Size)..]))
            : default;
        return isEvidence;
    }

    /// <summary>What <see cref="TryVerifyEvidence"/> takes for proof.</summary>
    public static byte[] EvidenceOf(Misbehaviour misbehaviour)
    {
        byte[] height = new byte[UInt256.Size];
        ((UInt256)misbehaviour.Height).WriteBigEndian(height);
        return [(byte)misbehaviour.Kind, .. misbehaviour.Signer.ToArray(), .. height[^sizeof(ulong)..]];
    }
}
