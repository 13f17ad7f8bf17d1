using DePinChain.Primitives;

namespace DePinChain.Modules.Sdk;

/// <summary>The bank with the right to change the supply: handed to Emission, Treasury and Staking only.</summary>
public interface ICoinIssuer : IBank
{
    /// <summary>Creates DPN.</summary>
    void Mint(Address to, Amount amount);

    /// <summary>Destroys DPN.</summary>
    /// <exception cref="Revert"><see cref="InsufficientBalance"/>.</exception>
    void Burn(Address from, Amount amount);
}
