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

    /// <summary>Opens a container whose periods are given.</summary>
    /// <param name="provider">Whose.</param>
    /// <param name="period">Blocks of its periods.</param>
    /// <param name="offset">Period n ends at offset + n · period.</param>
    /// <returns>Its number.</returns>
    ulong OpenContainerAt(ulong provider, ulong period, ulong offset);

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

    /// <summary>True when a published deal of this provider asks for a sealed replica of this piece, and ends by a block.</summary>
    bool CanSeal(ulong deal, ulong provider, in PieceCid piece, ulong endMax);

    /// <summary>True while a published deal still takes its data.</summary>
    bool IsAwaited(ulong deal, ulong now);

    /// <summary>Puts a deal that is awaited into a sealed sector's container.</summary>
    void ActivateSealed(ulong deal, ulong container, ulong now);

    /// <summary>True when a deal is over, and its piece may go.</summary>
    bool HasEnded(ulong deal);

    /// <summary>Judges a period of a container, in ascending order.</summary>
    void ClosePeriod(ulong container, ulong period, bool proven);

    /// <summary>A container failed for good: its deals are slashed as each is settled.</summary>
    void SlashContainer(ulong container, ulong now);

    /// <summary>Blocks of a day: for fees that are burned, for rewards that vest, for pledges.</summary>
    ulong DayBlocks { get; }

    /// <summary>Providers there are; they are numbered from 1.</summary>
    ulong ProvidersCount { get; }

    /// <summary>Says how many bytes are under seal: what collateral is measured by.</summary>
    void ReportSealed(UInt128 bytes);

    /// <summary>Says that a part of somebody's income was burned as a fee today.</summary>
    void CreditBurned(Address account, Amount burned);

    /// <summary>Fees in DPN that were burned in a day.</summary>
    Amount BurnedOn(ulong day);

    /// <summary>Providers with active deals under proofs of possession.</summary>
    ulong HotProviders { get; }

    /// <summary>Draws one of them and one of its deals; false when the deal is over, which then is drawn no more.</summary>
    bool TryDrawHot(in UInt256 ofProvider, in UInt256 ofDeal, ulong now, out HotDeal deal);

    /// <summary>A deal whose piece can be fetched.</summary>
    HotDeal HotDealOf(ulong deal);

    /// <summary>Pays something out of the free escrow of a provider's owner; false when that is too little.</summary>
    bool TrySpend(ulong provider, Address to, Amount amount);

    /// <summary>Takes what was burned of somebody's income in a day; the next time there is nothing.</summary>
    Amount TakeBurned(ulong day, Address account);
}

/// <summary>A deal whose piece anybody may fetch.</summary>
/// <param name="Provider">Who keeps it.</param>
/// <param name="Owner">Whose provider that is.</param>
/// <param name="Deal">The deal.</param>
/// <param name="Piece">What is fetched.</param>
/// <param name="Endpoint">Where.</param>
public readonly record struct HotDeal(ulong Provider, Address Owner, ulong Deal, PieceCid Piece, string Endpoint);
