using DePinChain.Primitives;

namespace DePinChain.Modules.Economy;

/// <summary>What other modules ask of the community pool.</summary>
public interface ITreasury
{
    /// <summary>Moves DPN of an account into the pool.</summary>
    void Deposit(Address from, Amount amount);

    /// <summary>Moves a token of an account into the pool.</summary>
    void DepositToken(uint token, Address from, UInt128 amount);

    /// <summary>Pays DPN out of the pool. Governance alone calls it.</summary>
    void Spend(Address to, Amount amount, ulong height);

    /// <summary>Pays a token out of the pool. Governance alone calls it.</summary>
    void SpendToken(uint token, Address to, UInt128 amount, ulong height);

    /// <summary>Destroys DPN of an account: fees that are bought back or burned.</summary>
    void Burn(Address from, Amount amount);
}
