using DePinChain.Modules.Sdk;
using DePinChain.Primitives;
using static DePinChain.Modules.Sdk.Guard;

namespace DePinChain.Modules.Compute;

/// <summary>Orders, the bids for them, and when they are settled.</summary>
[ModulePart]
internal sealed partial class OrderBook(ModuleState state)
{
    [Slot(30)] private partial Map<Hash256, OrderRecord> Orders { get; }
    [Slot(31)] private partial Map<Hash256, BidRecord> Bids { get; }
    [Slot(32)] private partial SetMap<Hash256, Hash256> Standing { get; }
    [Slot(33)] private partial Map<Address, uint> OpenOf { get; }
    [Slot(34)] private partial Schedule<Hash256> Closing { get; }
    [Slot(35)] private partial Schedule<Hash256> Leftover { get; }

    /// <summary>Orders by the block at which they are settled.</summary>
    public Schedule<Hash256> Settlements => Closing;

    /// <summary>Orders that are decided, whose other bids wait for their deposits.</summary>
    public Schedule<Hash256> Refunds => Leftover;

    public OrderRecord Find(Hash256 order) => Orders.GetOr(order, default);

    public OrderRecord GetOpen(Hash256 order)
    {
        OrderRecord record = Find(order);
        Require(record.State == OrderState.Open, new OrderNotOpen(order, record.State));
        return record;
    }

    public BidRecord FindBid(Hash256 bid) => Bids.GetOr(bid, default);

    /// <summary>Bids of an order whose deposits are not given back yet.</summary>
    public Set<Hash256> BidsOf(Hash256 order) => Standing[order];

    public uint OpenOrdersOf(Address owner) => OpenOf[owner];

    public void Save(Hash256 order, in OrderRecord record) => Orders[order] = record;

    public void SaveBid(Hash256 bid, in BidRecord record) => Bids[bid] = record;

    /// <summary>Counts an order that opens or no longer is.</summary>
    public void Count(Address owner, bool opens) => OpenOf[owner] = opens ? OpenOf[owner] + 1 : OpenOf[owner] - 1;
}
