using DePinChain.Modules.Sdk;
using DePinChain.Primitives;
using DePinChain.Proofs.Pieces;

namespace DePinChain.Modules.Storage;

/// <content>What sealed sectors and the storage stream ask of the market.</content>
public sealed partial class StorageMarketModule : IServiceShares
{
    /// <inheritdoc/>
    ulong IStorageMarket.DayBlocks => _burned.DayBlocks;

    /// <inheritdoc/>
    ulong IStorageMarket.ProvidersCount => _providers.Count;

    /// <summary>Fees in DPN that were burned in a day.</summary>
    [Function]
    public Amount BurnedOn(ulong day) => _burned.On(day);

    /// <inheritdoc/>
    ulong IStorageMarket.OpenContainerAt(ulong provider, ulong period, ulong offset) => _time.Open(provider, period, _ => offset);

    /// <inheritdoc/>
    bool IStorageMarket.CanSeal(ulong deal, ulong provider, in PieceCid piece, ulong endMax) =>
        _deals.TryGet(deal, out DealRecord? record)
        && record!.State == DealState.Published
        && record.Class != DealClass.Possession
        && record.Provider == provider
        && Deals.PieceOf(record) == piece
        && record.End <= endMax;

    /// <inheritdoc/>
    bool IStorageMarket.IsAwaited(ulong deal, ulong now)
    {
        DealRecord record = _deals.Get(deal);
        return record.State == DealState.Published && _deals.ReplicaOf(deal) == 0 && now <= record.Start + Rules.Value.ActivationGrace;
    }

    /// <inheritdoc/>
    void IStorageMarket.ActivateSealed(ulong deal, ulong container, ulong now) =>
        _deals.Place(deal, container, isReplica: true, now);

    /// <summary>
    /// Where a deal's piece lies: the data set, and the container of its sealed sector; 0 for what it does not ask for or have.
    /// </summary>
    [Function]
    public (ulong DataSet, ulong Replica) ContainersOf(ulong id)
    {
        DealRecord record = _deals.Get(id);
        return record.Class == DealClass.Sealed ? (0, record.Container) : (record.Container, _deals.ReplicaOf(id));
    }

    /// <inheritdoc/>
    void IStorageMarket.ReportSealed(UInt128 bytes)
    {
        if (_deals.Network.Value != bytes) _deals.Network.Value = bytes;
    }

    /// <inheritdoc/>
    void IStorageMarket.CreditBurned(Address account, Amount burned) => _burned.Credit(account, burned, lossBps: 0);

    /// <inheritdoc/>
    ulong IStorageMarket.HotProviders => _hot.ProvidersCount;

    /// <inheritdoc/>
    bool IStorageMarket.TryDrawHot(in UInt256 ofProvider, in UInt256 ofDeal, ulong now, out HotDeal deal)
    {
        deal = default;
        if (_hot.ProvidersCount == 0) return false;
        ulong provider = _hot.ProviderAt((ulong)(ofProvider % _hot.ProvidersCount));
        Set<ulong> deals = _hot.Of(provider);
        ulong id = deals[(ulong)(ofDeal % deals.Count)];
        DealRecord record = _deals.Get(id);
        if (record.End < now || _time.Get(record.Container).SlashedAt != 0)
        {
            // Over, though nobody has settled it yet.
            _hot.Remove(provider, id);
            return false;
        }

        deal = HotDealOf(id);
        return true;
    }

    /// <inheritdoc/>
    public HotDeal HotDealOf(ulong deal)
    {
        DealRecord record = _deals.Get(deal);
        ProviderRecord provider = _providers.Get(record.Provider);
        return new HotDeal(record.Provider, provider.Owner, deal, Deals.PieceOf(record), provider.Endpoint);
    }

    /// <inheritdoc/>
    bool IStorageMarket.TrySpend(ulong provider, Address to, Amount amount)
    {
        Address owner = _providers.Get(provider).Owner;
        if (_escrow.Find(owner, EscrowLedger.Dpn).Free < amount.Wei) return false;
        _escrow.Spend(owner, to, amount);
        _logs.Emit(new EscrowSpent(owner, EscrowLedger.Dpn, amount.Wei, to));
        return true;
    }

    /// <inheritdoc/>
    void IServiceShares.SetLoss(ulong provider, ushort lossBps) => _hot.SetLoss(provider, lossBps);

    /// <inheritdoc/>
    Amount IStorageMarket.TakeBurned(ulong day, Address account) => _burned.Take(day, account);
}
