using System.Diagnostics.CodeAnalysis;
using DePinChain.Primitives;

namespace DePinChain.LightClient;

/// <summary>An account as a state root proves it, in Ethereum's four fields.</summary>
/// <param name="Exists">False when the proof shows that the address is unused; the fields are then those of an unused account.</param>
/// <param name="Nonce">Transactions sent; 1 for a module.</param>
/// <param name="Balance">Wei.</param>
/// <param name="StorageRoot">Root of the account's records.</param>
/// <param name="CodeHash">keccak of its code.</param>
public sealed record ProvenAccount(bool Exists, ulong Nonce, UInt256 Balance, Hash256 StorageRoot, Hash256 CodeHash)
{
    /// <summary>Reads an account out of a Merkle proof; false when the nodes prove nothing about the address.</summary>
    /// <param name="stateRoot">Of a header that is believed.</param>
    /// <param name="address">Whose account.</param>
    /// <param name="nodes">As <c>eth_getProof</c> gives them: RLP, root first.</param>
    /// <param name="account">What is proven.</param>
    public static bool TryProve(
        in Hash256 stateRoot, Address address, IReadOnlyList<byte[]> nodes, [NotNullWhen(true)] out ProvenAccount? account)
    {
        account = null;
        if (!ProofVerifier.TryVerify(stateRoot, Keccak256.Hash(address.ToArray()), nodes, out byte[]? leaf)) return false;
        if (leaf is null)
        {
            account = new ProvenAccount(false, 0, UInt256.Zero, MerkleTrie.EmptyRoot, Keccak256.Empty);
            return true;
        }

        try
        {
            RlpReader reader = new(leaf);
            RlpReader fields = reader.ReadList();
            reader.ExpectEnd();
            account = new ProvenAccount(true, fields.ReadUInt64(), fields.ReadUInt256(), fields.ReadHash256(), fields.ReadHash256());
            fields.ExpectEnd();
            return true;
        }
        catch (RlpException)
        {
            account = null;
            return false;
        }
    }

    /// <summary>Reads one of the account's records out of a Merkle proof; false when the nodes prove nothing about the location.</summary>
    /// <param name="location">The storage key, before hashing.</param>
    /// <param name="nodes">RLP, root first; none for an account without records.</param>
    /// <param name="record">The bytes that lie there; null when it is proven that there are none.</param>
    public bool TryProveRecord(in Hash256 location, IReadOnlyList<byte[]> nodes, out byte[]? record)
    {
        record = null;
        if (!ProofVerifier.TryVerify(StorageRoot, Keccak256.Hash(location.ToArray()), nodes, out byte[]? leaf)) return false;
        if (leaf is null) return true;
        try
        {
            RlpReader reader = new(leaf);
            record = reader.ReadBytes().ToArray();
            reader.ExpectEnd();
            return true;
        }
        catch (RlpException)
        {
            record = null;
            return false;
        }
    }
}
