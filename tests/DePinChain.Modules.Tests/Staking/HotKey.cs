using System.Text;
using DePinChain.Blocks;
using DePinChain.Crypto;
using DePinChain.Primitives;

namespace DePinChain.Modules.Tests.Staking;

/// <summary>A validator's hot key with the proof that its operator holds it.</summary>
/// <param name="PublicKey">33 bytes compressed.</param>
/// <param name="Possession">65-byte signature over the digest of Blocks' <see cref="ProofOfPossession"/>.</param>
/// <param name="Signer">Its address.</param>
internal sealed record HotKey(byte[] PublicKey, byte[] Possession, Address Signer)
{
    public const ulong ChainId = 1_337_000;

    /// <summary>The key that a label always yields.</summary>
    public static HotKey Of(string label, Address validator, ulong chainId = ChainId)
    {
        using PrivateKey key = PrivateKey.FromBytes(Keccak256.Hash(Encoding.UTF8.GetBytes(label)).ToArray());
        return new HotKey(key.PublicKeyCompressed, key.Sign(ProofOfPossession.Digest(chainId, validator)).ToArray(), key.Address);
    }
}
