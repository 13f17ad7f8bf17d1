using DePinChain.Primitives;

namespace DePinChain.Modules.Sdk;

/// <summary>Native DPN of every account in one execution scope.</summary>
public interface IBank
{
    /// <summary>What all accounts own together: genesis plus minted less burned, base fees included.</summary>
    Amount TotalSupply { get; }

    /// <summary>What an account owns.</summary>
    Amount BalanceOf(Address account);

    /// <summary>Moves DPN and reports it as System's <see cref="NativeTransfer"/>, since it shows in no transaction.</summary>
    /// <param name="from">The payer.</param>
    /// <param name="to">The payee.</param>
    /// <param name="amount">How much; nothing happens for zero.</param>
    /// <param name="reference">What it is for (a deal, a lease, a name), so that a payment can be booked.</param>
    /// <exception cref="Revert"><see cref="InsufficientBalance"/>.</exception>
    void Transfer(Address from, Address to, Amount amount, Hash256 reference = default);
}
