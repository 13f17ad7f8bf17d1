using DePinChain.LightClient;

namespace DePinChain.Modules.Interop;

/// <summary>The numbers of light clients.</summary>
public static class LightClientsPolicy
{
    /// <summary>Gas of checking one seal: recovering its signer, and finding that in the set.</summary>
    public const ulong GasPerSeal = 3_500;

    /// <summary>Gas of a byte of a header or a proof: decoding and hashing.</summary>
    public const ulong GasPerByte = 8;

    /// <summary>Bytes of a light block: 150 seats with 93 each, a header, a preimage.</summary>
    public const int LightBlockBytesMax = 32_768;

    /// <summary>Nodes of a proof: a trie of 32-byte keys is at most 64 deep.</summary>
    public const int ProofNodesMax = 65;

    /// <summary>Bytes of a node: a branch of sixteen hashes is 532.</summary>
    public const int ProofNodeBytesMax = 4_608;

    /// <summary>The shortest trusting period: a minute, for networks on one machine.</summary>
    public const ulong TrustingSecondsMin = 60;

    /// <summary>The longest: two thirds of an unbonding of 14 days, so that who lies can still be slashed.</summary>
    public const ulong TrustingSecondsMax = TrustRules.DefaultTrustingSeconds;
}
