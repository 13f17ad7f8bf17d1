using DePinChain.Primitives;

namespace DePinChain.State;

/// <summary>An account as Ethereum's trie holds it.</summary>
/// <param name="Nonce">Transactions sent; 1 for a module.</param>
/// <param name="Balance">Wei.</param>
/// <param name="StorageRoot">
/// Root of the account's storage trie. In a <see cref="StateOverlay"/> it is the parent's until the overlay is sealed.
/// </param>
/// <param name="CodeHash">keccak of the code, which lies among the blobs; <see cref="Keccak256.Empty"/> without code.</param>
public readonly record struct Account(ulong Nonce, UInt256 Balance, Hash256 StorageRoot, Hash256 CodeHash)
{
    /// <summary>An account nobody has used: no nonce, no balance, no storage, no code.</summary>
    public static Account Unused { get; } = new(0, UInt256.Zero, MerkleTrie.EmptyRoot, Keccak256.Empty);

    /// <summary>Whether the account is as good as absent (EIP-161) and holds no records either.</summary>
    public bool IsUnused => Nonce == 0 && Balance.IsZero && StorageRoot == MerkleTrie.EmptyRoot && CodeHash == Keccak256.Empty;

    /// <summary>Whether the account has code, as every module has.</summary>
    public bool HasCode => CodeHash != Keccak256.Empty;
}
