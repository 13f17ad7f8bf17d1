using DePinChain.Primitives;

namespace DePinChain.State;

/// <summary>
/// The accounts, records and blobs as they are at one moment. Returned arrays belong to the state and must not be changed.
/// </summary>
public interface IStateReader
{
    /// <summary>The account, or null when nobody has used the address.</summary>
    Account? FindAccount(Address address);

    /// <summary>
    /// The record of <paramref name="account"/> at <paramref name="location"/>, or null. The location follows the Solidity mapping rule;
    /// the trie's path is its keccak.
    /// </summary>
    byte[]? FindRecord(Address account, in Hash256 location);

    /// <summary>The body whose keccak is <paramref name="bodyHash"/>, or null. Code is found the same way.</summary>
    byte[]? FindBlob(in Hash256 bodyHash);
}
