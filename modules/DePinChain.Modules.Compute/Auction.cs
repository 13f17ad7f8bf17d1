using DePinChain.Modules.Sdk;
using DePinChain.Primitives;
using static DePinChain.Modules.Sdk.Guard;

namespace DePinChain.Modules.Compute;

/// <summary>Who wins an order: the lowest price, then the better history, then a draw that no bidder can steer.</summary>
internal sealed class Auction(MarketParts parts, Logs logs, EscrowModule escrow, DevicesModule devices)
{
    /// <summary>Settles an order whose time has come: matches it, or closes it and says why.</summary>
    public void Settle(Hash256 order, BlockContext block, in MarketParameters rules)
    {
        OrderRecord record = parts.Orders.Find(order);
        if (record.State != OrderState.Open) return;

        ulong due = ComputeMarketPolicy.SettlesAt(record, rules);
        if (record.Mode == AuctionMode.TenantChoice)
        {
            parts.Flow.GiveUp(order, record, CloseReason.NoBids, block.Number);
            return;
        }

        // The seed is of the block before the settlement was due, however late it runs: all bids stood by then.
        Hash256 seed = block.Randomness.At(due - 1, "compute/auction", order);
        List<Candidate> ranking = Rank(order, seed, due, block.Number);
        GroupSpec spec = parts.Deployments.SpecOf(record.Id.Owner, record.Id.Dseq, record.Id.Gseq);
        Demand demand = SpecPolicy.DemandOf(spec);
        foreach (Candidate candidate in ranking)
        {
            if (parts.Screening.FirstFailed(candidate.Provider, record.Id.Owner, spec, demand, block) != ScreenRule.None) continue;
            Hash256 account = ComputeMarketPolicy.AccountKey(record.Id.Owner, record.Id.Dseq);

            // Who cannot pay the lowest price cannot pay any.
            if (!escrow.CanPromise(account, candidate.Price, block.Number)) break;
            Match(order, record, candidate.Bid, demand, block.Number, rules);
            return;
        }

        uint reason = ranking.Count == 0 ? CloseReason.NoBids : CloseReason.NoEligibleBid;
        parts.Flow.GiveUp(order, record, reason, block.Number);
    }

    /// <summary>Makes a bid the order's lease: sells the capacity, counts on the money. Paying begins when the provider starts.</summary>
    public void Match(Hash256 order, in OrderRecord record, Hash256 bid, Demand demand, ulong now, in MarketParameters rules)
    {
        BidRecord winner = parts.Orders.FindBid(bid);
        Address owner = record.Id.Owner;
        devices.Reserve(winner.Provider, bid, demand);
        escrow.Promise(ComputeMarketPolicy.AccountKey(owner, record.Id.Dseq), winner.Price);
        parts.Orders.Save(order, record with { State = OrderState.Active, Winner = bid, IsSettled = true });
        parts.Orders.Count(owner, opens: false);
        parts.Orders.SaveBid(bid, winner with { State = BidState.Active });
        parts.Orders.BidsOf(order).Remove(bid);
        parts.Leases.Save(bid, new LeaseRecord(
            order, owner, winner.Provider, LeaseState.Matched, winner.Price, now, StartedAt: 0, ClosedAt: 0, Reason: 0,
            winner.ReclaimBlocks, ReclaimDeadline: 0, HeardAt: now));
        parts.Leases.Of(winner.Provider).Add(bid);
        parts.Providers.CountLease(winner.Provider, endedWell: null, now);
        ulong startBy = now + rules.ManifestBlocks + rules.StartBlocks;
        parts.Leases.StartChecks.Add(startBy, bid);
        if (parts.Orders.BidsOf(order).Count > 0) parts.Orders.Refunds.Add(now, order);
        logs.Emit(new LeaseCreated(bid, owner, winner.Provider, order, winner.Price, startBy));
        parts.Watchers.Tell(order, bid, reason: 0, now);
    }

    /// <summary>The tenant's own choice of a bid.</summary>
    public void Choose(Hash256 bid, Address tenant, BlockContext block, in MarketParameters rules)
    {
        ulong now = block.Number;
        BidRecord chosen = parts.Orders.FindBid(bid);
        Require(chosen.State == BidState.Open && now <= chosen.ValidUntil, new BidNotOpen(bid, chosen.State));
        OrderRecord order = parts.Orders.GetOpen(chosen.Order);
        Require(order.Id.Owner == tenant, new NotTenant(order.Id.Owner, tenant));
        Require(order.Mode == AuctionMode.TenantChoice, new WrongMode(order.Mode));
        GroupSpec spec = parts.Deployments.SpecOf(order.Id.Owner, order.Id.Dseq, order.Id.Gseq);
        Demand demand = SpecPolicy.DemandOf(spec);
        ScreenRule failed = parts.Screening.FirstFailed(chosen.Provider, tenant, spec, demand, block);
        Require(failed == ScreenRule.None, new NotEligible(chosen.Provider, failed));
        Hash256 account = ComputeMarketPolicy.AccountKey(order.Id.Owner, order.Id.Dseq);
        Require(escrow.CanPromise(account, chosen.Price, now), new NotSolvent(account, chosen.Price));
        Match(chosen.Order, order, bid, demand, now, rules);
    }

    private List<Candidate> Rank(Hash256 order, in Hash256 seed, ulong due, ulong now)
    {
        List<Candidate> ranking = [];
        Set<Hash256> bids = parts.Orders.BidsOf(order);
        foreach (Hash256 bid in bids.Page(0, (int)ComputeMarketPolicy.BidsCeiling))
        {
            BidRecord record = parts.Orders.FindBid(bid);
            if (record.State != BidState.Open || record.ValidUntil < due) continue;
            ulong score = parts.Providers.ScoreOf(record.Provider, now);
            ranking.Add(new Candidate(bid, record.Provider, record.Price, score, ComputeMarketPolicy.TieBreak(seed, bid)));
        }

        ranking.Sort();
        return ranking;
    }

    private readonly record struct Candidate(Hash256 Bid, Address Provider, UInt128 Price, ulong Score, Hash256 Draw)
        : IComparable<Candidate>
    {
        public int CompareTo(Candidate other)
        {
            int byPrice = Price.CompareTo(other.Price);
            if (byPrice != 0) return byPrice;
            int byScore = other.Score.CompareTo(Score);
            return byScore != 0 ? byScore : Draw.CompareTo(other.Draw);
        }
    }
}
