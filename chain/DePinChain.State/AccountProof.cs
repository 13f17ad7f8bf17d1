using DePinChain.Primitives;

namespace DePinChain.State;

/// <summary>What eth_getProof answers: an account and some of its records, with the trie nodes from the root down to each.</summary>
/// <param name="Address">Whose proof.</param>
/// <param name="Account">Null when the nodes prove that the address is unused.</param>
/// <param name="Nodes">RLP of the account trie's nodes, root first.</param>
/// <param name="Records">One for each location asked for, in that order.</param>
public sealed record AccountProof(Address Address, Account? Account, IReadOnlyList<byte[]> Nodes, IReadOnlyList<RecordProof> Records)
{
    /// <summary>Whether all of it holds under a state root.</summary>
    public bool Verify(in Hash256 stateRoot)
    {
        if (!ProofVerifier.TryVerify(stateRoot, Keccak256.Hash(Address.ToArray()), Nodes, out byte[]? leaf)
            || !leaf.AsSpan().SequenceEqual(Account is { } account ? FlatCodec.AccountLeaf(account) : []))
        {
            return false;
        }

        Hash256 storageRoot = Account?.StorageRoot ?? MerkleTrie.EmptyRoot;
        return Records.All(record => record.Verify(storageRoot));
    }
}

/// <summary>A record with the nodes of its account's storage trie that prove it.</summary>
/// <param name="Location">As asked for, before hashing.</param>
/// <param name="Record">Null when the nodes prove that there is none.</param>
/// <param name="Nodes">RLP of the storage trie's nodes, root first; none when the account has no storage.</param>
public sealed record RecordProof(Hash256 Location, byte[]? Record, IReadOnlyList<byte[]> Nodes)
{
    /// <summary>Whether it holds under a storage root.</summary>
    public bool Verify(in Hash256 storageRoot) =>
        ProofVerifier.TryVerify(storageRoot, Keccak256.Hash(Location.ToArray()), Nodes, out byte[]? leaf)
        && leaf.AsSpan().SequenceEqual(Record is null ? [] : FlatCodec.RecordLeaf(Record));
}
