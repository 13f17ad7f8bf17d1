using DePinChain.Primitives;

namespace DePinChain.Modules.Sdk;

/// <summary>Priced cryptography for modules, supplied by the execution kernel. Malformed input is a false, never an exception.</summary>
public interface ICryptography
{
    /// <summary>keccak-256, priced as the EVM's.</summary>
    Hash256 Keccak(ReadOnlySpan<byte> message);

    /// <summary>SHA-256, priced as the EVM's precompile.</summary>
    Hash256 Sha256(ReadOnlySpan<byte> message);

    /// <summary>The account that made a secp256k1 signature. High-s signatures are refused.</summary>
    /// <param name="digest">What was signed.</param>
    /// <param name="signature">65 bytes r ‖ s ‖ v, v 0 or 1.</param>
    /// <param name="signer">The account.</param>
    bool TryRecover(in Hash256 digest, ReadOnlySpan<byte> signature, out Address signer);

    /// <summary>True when a secp256k1 signature was made by a public key. High-s signatures are refused.</summary>
    /// <param name="digest">What was signed.</param>
    /// <param name="signature">64 bytes r ‖ s.</param>
    /// <param name="publicKey">33 bytes compressed or 65 uncompressed.</param>
    bool Verify(in Hash256 digest, ReadOnlySpan<byte> signature, ReadOnlySpan<byte> publicKey);

    /// <summary>The account of a public key; false when the bytes are no point of the curve.</summary>
    /// <param name="publicKey">33 bytes compressed or 65 uncompressed.</param>
    /// <param name="account">Its address.</param>
    bool TryAddressOf(ReadOnlySpan<byte> publicKey, out Address account);

    /// <summary>Checks an ECVRF-SECP256K1-SHA256-TAI proof (RFC 9381 form).</summary>
    /// <param name="publicKey">33 bytes compressed.</param>
    /// <param name="alpha">The input.</param>
    /// <param name="proof">81 bytes.</param>
    /// <param name="beta">The unique output.</param>
    bool TryVerifyVrf(ReadOnlySpan<byte> publicKey, ReadOnlySpan<byte> alpha, ReadOnlySpan<byte> proof, out Hash256 beta);

    /// <summary>
    /// Checks two conflicting consensus messages of one signer on this chain: form and signatures. Whether they still count is Staking's
    /// to say.
    /// </summary>
    /// <param name="evidence">Evidence as a block carries it, RLP.</param>
    /// <param name="misbehaviour">What it proves.</param>
    bool TryVerifyEvidence(ReadOnlySpan<byte> evidence, out Misbehaviour misbehaviour);
}
