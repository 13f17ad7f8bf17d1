using DePinChain.Modules.Sdk;
using DePinChain.Primitives;

namespace DePinChain.Modules.Compute;

/// <summary>Who closes what: each transition of orders, bids, leases and groups, with the money that follows it.</summary>
/// <remarks>Source: Akash x/market handler and hooks.</remarks>
internal sealed class MarketFlow(MarketParts parts, Logs logs, EscrowModule escrow, DevicesModule devices)
{
    /// <summary>Opens the next order of a group.</summary>
    public void OpenOrder(GroupRecord group, in DeploymentRecord deployment, ulong now, in MarketParameters rules)
    {
        group = group with { State = GroupState.Open, Orders = group.Orders + 1 };
        OrderId id = new(group.Owner, group.Dseq, group.Gseq, group.Orders);
        Hash256 order = ComputeMarketPolicy.OrderKey(id);
        OrderRecord record = new(id, OrderState.Open, deployment.Mode, now, now + deployment.BiddingBlocks, Hash256.Zero, IsSettled: false);
        parts.Orders.Save(order, record);
        parts.Orders.Count(group.Owner, opens: true);
        parts.Orders.Settlements.Add(ComputeMarketPolicy.SettlesAt(record, rules), order);
        parts.Deployments.SaveGroup(group);
        logs.Emit(new OrderOpened(
            order, group.Owner, group.Dseq, group.Gseq, group.Orders, deployment.Mode, record.ClosesAt, group.Ceiling));
    }

    /// <summary>Closes an order nobody won; its group waits for its tenant.</summary>
    public void GiveUp(Hash256 order, in OrderRecord record, uint reason, ulong now)
    {
        CloseOrder(order, record with { IsSettled = true }, reason, now);
        SetGroup(parts.Deployments.GetGroup(record.Id.Owner, record.Id.Dseq, record.Id.Gseq), GroupState.Paused);
        parts.Watchers.Tell(order, Hash256.Zero, reason, now);
    }

    /// <summary>Ends whatever a group has, an open order or a lease, for the tenant's or the money's sake.</summary>
    /// <param name="group">The group.</param>
    /// <param name="next">What it does from now on.</param>
    /// <param name="reason">Why.</param>
    /// <param name="now">This block.</param>
    public void StopGroup(in GroupRecord group, GroupState next, uint reason, ulong now)
    {
        Hash256 key = ComputeMarketPolicy.OrderKey(new OrderId(group.Owner, group.Dseq, group.Gseq, group.Orders));
        OrderRecord order = parts.Orders.Find(key);
        if (order.State == OrderState.Open)
        {
            CloseOrder(key, order, reason, now);
            parts.Watchers.Tell(key, Hash256.Zero, reason, now);
        }

        if (order.State == OrderState.Active)
        {
            LeaseState ended = reason == CloseReason.InsufficientFunds ? LeaseState.InsufficientFunds : LeaseState.Closed;
            EndLease(order.Winner, ended, reason, endedWell: true, compensation: UInt128.Zero, now);
        }

        SetGroup(group, next);
    }

    /// <summary>
    /// Ends a lease: pays it out, frees the capacity, takes from the provider's deposit what the tenant is owed, and gives the rest back.
    /// A lease that is over stays as it is: its first reason and height hold.
    /// </summary>
    public void EndLease(Hash256 lease, LeaseState ended, uint reason, bool endedWell, UInt128 compensation, ulong now)
    {
        LeaseRecord record = parts.Leases.Find(lease);
        if (!LeaseBook.IsLive(record)) return;
        OrderRecord order = parts.Orders.Find(record.Order);
        if (LeaseBook.IsPaid(record)) escrow.ClosePayment(lease, now);
        else escrow.TakePromiseBack(ComputeMarketPolicy.AccountKey(record.Owner, order.Id.Dseq), record.Price);
        devices.Release(lease);
        UInt128 taken = escrow.Forfeit(lease, record.Owner, compensation);
        UInt128 refunded = escrow.Unlock(lease);

        parts.Leases.Save(lease, record with { State = ended, Reason = reason, ClosedAt = now });
        parts.Leases.Of(record.Provider).Remove(lease);
        parts.Providers.CountLease(record.Provider, endedWell, now);
        parts.Orders.Save(record.Order, order with { State = OrderState.Closed });
        parts.Orders.SaveBid(lease, parts.Orders.FindBid(lease) with { State = BidState.Closed });
        logs.Emit(new BidClosed(lease, record.Order, record.Provider, BidState.Closed, refunded));
        logs.Emit(new LeaseClosed(lease, record.Owner, record.Provider, ended, reason, taken));
    }

    /// <summary>Ends a lease that its provider does not keep; the group waits for its tenant.</summary>
    public void BreakLease(Hash256 lease, uint reason, bool endedWell, UInt128 compensation, ulong now)
    {
        OrderId id = parts.Orders.Find(parts.Leases.Find(lease).Order).Id;
        EndLease(lease, LeaseState.Closed, reason, endedWell, compensation, now);
        SetGroup(parts.Deployments.GetGroup(id.Owner, id.Dseq, id.Gseq), GroupState.Paused);
    }

    /// <summary>Ends one bid and gives its deposit back.</summary>
    /// <param name="bid">Its number.</param>
    /// <param name="record">The bid.</param>
    /// <param name="ended">How it ended.</param>
    /// <param name="isHidden">True when it could have been revealed, or was withdrawn instead.</param>
    public void EndBid(Hash256 bid, in BidRecord record, BidState ended, bool isHidden)
    {
        // Hiding a sealed bid for nothing would let a bidder look at the others first and choose.
        if (isHidden && record.State == BidState.Committed)
        {
            UInt128 deposit = escrow.GetBond(bid).Amount;
            escrow.Forfeit(bid, WellKnownAddresses.Treasury, deposit / ComputeMarketPolicy.UnrevealedDivisor);
        }

        UInt128 refunded = escrow.Unlock(bid);
        parts.Orders.SaveBid(bid, record with { State = ended });
        parts.Orders.BidsOf(record.Order).Remove(bid);
        logs.Emit(new BidClosed(bid, record.Order, record.Provider, ended, refunded));
    }

    /// <summary>Gives some of a decided order's bids their deposits back; the rest follows in the next step.</summary>
    public void RefundBids(Hash256 order, ulong now)
    {
        OrderRecord decided = parts.Orders.Find(order);
        BidState ended = decided.Winner.IsZero ? BidState.Closed : BidState.Lost;
        Set<Hash256> bids = parts.Orders.BidsOf(order);
        foreach (Hash256 bid in bids.Page(0, ComputeMarketPolicy.BidsPerSettlement))
            EndBid(bid, parts.Orders.FindBid(bid), ended, decided.IsSettled);
        if (bids.Count > 0) parts.Orders.Refunds.Add(now, order);
    }

    public void SetGroup(in GroupRecord group, GroupState next)
    {
        parts.Deployments.SaveGroup(group with { State = next });
        if (next == GroupState.Closed) parts.Deployments.DropSpec(group);
        logs.Emit(new GroupChanged(group.Owner, group.Dseq, group.Gseq, next));
    }

    private void CloseOrder(Hash256 order, in OrderRecord record, uint reason, ulong now)
    {
        ulong bids = parts.Orders.BidsOf(order).Count;
        parts.Orders.Save(order, record with { State = OrderState.Closed });
        parts.Orders.Count(record.Id.Owner, opens: false);
        if (bids > 0) parts.Orders.Refunds.Add(now, order);
        logs.Emit(new OrderClosed(order, record.Id.Owner, reason, (uint)bids));
    }
}
