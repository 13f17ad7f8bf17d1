using System.Security.Cryptography;
using DePinChain.Blocks;
using DePinChain.Crypto;
using DePinChain.Modules.Sdk;
using DePinChain.Primitives;

namespace DePinChain.Execution;

/// <summary>What modules may compute with keys and hashes, charged before it is done.</summary>
internal sealed class PricedCryptography(ulong chainId, Meter meter) : ICryptography
{
    /// <inheritdoc/>
    public Hash256 Keccak(ReadOnlySpan<byte> message)
    {
        meter.Charge(GasSchedule.Hash(GasSchedule.Keccak, GasSchedule.KeccakWord, message.Length));
        return Keccak256.Hash(message);
    }

    /// <inheritdoc/>
    public Hash256 Sha256(ReadOnlySpan<byte> message)
    {
        meter.Charge(GasSchedule.Hash(GasSchedule.Sha256, GasSchedule.Sha256Word, message.Length));
        return new Hash256(SHA256.HashData(message));
    }

    /// <inheritdoc/>
    public bool TryRecover(in Hash256 digest, ReadOnlySpan<byte> signature, out Address signer)
    {
        meter.Charge(GasSchedule.Recover);
        signer = default;
        if (signature.Length != Signature.Size) return false;

        // Wallets end typed-data signatures with 27 or 28 (EIP-712's examples), libraries with 0 or 1.
        int recovery = signature[64] >= 27 ? signature[64] - 27 : signature[64];
        return Secp256k1.TryRecover(digest, signature[..64], recovery, out signer);
    }

    /// <inheritdoc/>
    public bool Verify(in Hash256 digest, ReadOnlySpan<byte> signature, ReadOnlySpan<byte> publicKey)
    {
        meter.Charge(GasSchedule.Recover);
        return Secp256k1.Verify(digest, signature, publicKey);
    }

    /// <inheritdoc/>
    public bool TryAddressOf(ReadOnlySpan<byte> publicKey, out Address account)
    {
        meter.Charge(GasSchedule.DecompressKey);
        bool isKey = Secp256k1.IsPublicKey(publicKey);
        account = isKey ? Secp256k1.AddressOf(publicKey) : default;
        return isKey;
    }

    /// <inheritdoc/>
    public bool TryVerifyVrf(ReadOnlySpan<byte> publicKey, ReadOnlySpan<byte> alpha, ReadOnlySpan<byte> proof, out Hash256 beta)
    {
        meter.Charge(GasSchedule.VerifyVrf + GasSchedule.Hash(GasSchedule.Sha256, GasSchedule.Sha256Word, alpha.Length));
        return Vrf.TryVerify(publicKey, alpha, proof, out beta);
    }

    /// <inheritdoc/>
    public bool TryVerifyEvidence(ReadOnlySpan<byte> evidence, out Misbehaviour misbehaviour)
    {
        meter.Charge(2 * GasSchedule.Recover);
        misbehaviour = default;
        return Evidence.TryDecode(evidence, out Evidence? pair, out _) && EvidenceRules.TryJudge(chainId, pair, out misbehaviour, out _);
    }
}
