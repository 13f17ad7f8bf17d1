using DePinChain.Modules.Sdk;
using DePinChain.Primitives;

namespace DePinChain.Modules.Tests;

/// <summary>For modules that are made only to be asked: nothing verifies.</summary>
internal sealed class NoCryptography : ICryptography
{
    public Hash256 Keccak(ReadOnlySpan<byte> message) => Keccak256.Hash(message);

    public Hash256 Sha256(ReadOnlySpan<byte> message) => new(System.Security.Cryptography.SHA256.HashData(message));

    public bool TryRecover(in Hash256 digest, ReadOnlySpan<byte> signature, out Address signer)
    {
        signer = default;
        return false;
    }

    public bool Verify(in Hash256 digest, ReadOnlySpan<byte> signature, ReadOnlySpan<byte> publicKey) => false;

    public bool TryAddressOf(ReadOnlySpan<byte> publicKey, out Address account)
    {
        account = default;
        return false;
    }

    public bool TryVerifyVrf(ReadOnlySpan<byte> publicKey, ReadOnlySpan<byte> alpha, ReadOnlySpan<byte> proof, out Hash256 beta)
    {
        beta = default;
        return false;
    }

    public bool TryVerifyEvidence(ReadOnlySpan<byte> evidence, out Misbehaviour misbehaviour)
    {
        misbehaviour = default;
        return false;
    }
}
