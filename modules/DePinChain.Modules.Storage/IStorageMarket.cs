using DePinChain.Primitives;
using DePinChain.Proofs.Pieces;

namespace DePinChain.Modules.Storage;

/// <summary>What the keepers of containers ask of the market.</summary>
public interface IStorageMarket
{
    /// <summary>Reverts unless the account is the provider's owner or operator.</summary>
    /// <returns>The owner.</returns>
    Address RequireActing(ulong provider, Address account);

    /// <summary>Opens a container; its challenges fall where the hash of its number says.</summary>
    /// <param name="provider">Whose.</param>
    /// <param name="period">Blocks of its periods.</param>
    /// <returns>Its number.</returns>
    ulong OpenContainer(ulong provider, ulong period);

    /// <summary>A container.</summary>
    ContainerRecord ContainerOf(ulong container);

    /// <summary>Puts a published deal into a container; from here it earns for proven time.</summary>
    /// <param name="deal">The deal.</param>
    /// <param name="provider">Who holds the container: must be the deal's.</param>
    /// <param name="container">The container.</param>
    /// <param name="piece">What lies in it: must be the deal's piece.</param>
    /// <param name="now">This block.</param>
    /// <returns>Challenges the deal asks for.</returns>
    ushort Activate(ulong deal, ulong provider, ulong container, in PieceCid piece, ulong now);

    /// <summary>True when a deal is over, and its piece may go.</summary>
    bool HasEnded(ulong deal);

    /// <summary>Judges a period of a container, in ascending order.</summary>
    void ClosePeriod(ulong container, ulong period, bool proven);

    /// <summary>A container failed for good: its deals are slashed as each is settled.</summary>
    void SlashContainer(ulong container, ulong now);
}
