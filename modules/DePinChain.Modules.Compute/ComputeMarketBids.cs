using DePinChain.Modules.Sdk;
using DePinChain.Primitives;
using static DePinChain.Modules.Sdk.Guard;

namespace DePinChain.Modules.Compute;

// What providers do in auctions and with their leases.
public sealed partial class ComputeMarketModule
{
    /// <summary>Offers to serve an order.</summary>
    /// <param name="call">The provider; the value is the deposit when the deployment's prices are in DPN.</param>
    /// <param name="order">The order.</param>
    /// <param name="bseq">0 to 3: a provider has up to four bids for an order.</param>
    /// <param name="price">Base units a block for the whole group.</param>
    /// <param name="offer">Hash of what is offered.</param>
    /// <param name="reclaimBlocks">Notice promised before ending the lease, in blocks; 0 for none.</param>
    /// <param name="validUntil">Last block at which the bid may win.</param>
    /// <param name="deposit">300 blocks of the price, in DPN no less than half a coin; comes back unless a promise is broken.</param>
    /// <returns>The bid's number, which is that of its lease when it wins.</returns>
    [Function, Payable]
    public Hash256 CreateBid(
        Call call, OrderId order, byte bseq, UInt128 price, Hash256 offer, uint reclaimBlocks, ulong validUntil, UInt128 deposit)
    {
        MarketParameters rules = Rules.Value;
        Hash256 key = ComputeMarketPolicy.OrderKey(order);
        OrderRecord record = RequireBidding(call, key, bseq, out DeploymentRecord deployment);
        Require(record.Mode != AuctionMode.Sealed, new WrongMode(record.Mode));
        ulong settles = ComputeMarketPolicy.SettlesAt(record, rules);
        ulong last = record.Mode == AuctionMode.TenantChoice ? settles - 1 : record.ClosesAt - ComputeMarketPolicy.BidMarginBlocks;
        Require(call.Block.Number <= last, new BiddingClosed(last, call.Block.Number));
        ulong validity = record.Mode == AuctionMode.TenantChoice ? call.Block.Number : settles;
        Require(validUntil >= validity, new ValidityTooShort(validity, validUntil));
        RequirePrice(order, price);
        RequireNotice(reclaimBlocks, deployment, rules);
        RequireDeposit(call, deployment.Token, price, deposit, rules);
        MakeRoom(key, price, rules);

        Hash256 bid = Place(call, order, key, bseq, deployment.Token, deposit, new BidRecord(
            key, call.Sender, bseq, BidState.Open, price, Hash256.Zero, offer, reclaimBlocks, validUntil));
        _logs.Emit(new BidPlaced(bid, key, call.Sender, bseq, price, reclaimBlocks));
        return bid;
    }

    /// <summary>Offers to serve an order with sealed bids, without saying the price yet.</summary>
    /// <param name="call">The provider; the value is the deposit when the deployment's prices are in DPN.</param>
    /// <param name="order">The order.</param>
    /// <param name="bseq">0 to 3: a provider has up to four bids for an order.</param>
    /// <param name="commitment">keccak256(abi.encode(owner, dseq, gseq, oseq, bseq, price, offer, salt, provider)).</param>
    /// <param name="deposit">Enough for the price; a tenth is lost when the bid is not revealed.</param>
    /// <returns>The bid's number.</returns>
    [Function, Payable]
    public Hash256 CommitBid(Call call, OrderId order, byte bseq, Hash256 commitment, UInt128 deposit)
    {
        MarketParameters rules = Rules.Value;
        Hash256 key = ComputeMarketPolicy.OrderKey(order);
        OrderRecord record = RequireBidding(call, key, bseq, out DeploymentRecord deployment);
        Require(record.Mode == AuctionMode.Sealed, new WrongMode(record.Mode));
        Require(call.Block.Number < record.ClosesAt, new BiddingClosed(record.ClosesAt - 1, call.Block.Number));
        RequireDeposit(call, deployment.Token, UInt128.One, deposit, rules);
        Require(_parts.Orders.BidsOf(key).Count < rules.BidsMax, new OrderFull(rules.BidsMax, UInt128.Zero));
        Hash256 bid = Place(call, order, key, bseq, deployment.Token, deposit, new BidRecord(
            key, call.Sender, bseq, BidState.Committed, UInt128.Zero, commitment, Hash256.Zero, 0, ulong.MaxValue));
        _logs.Emit(new BidCommitted(bid, key, call.Sender, bseq));
        return bid;
    }

    /// <summary>Reveals a sealed bid.</summary>
    /// <param name="call">The provider.</param>
    /// <param name="order">The order.</param>
    /// <param name="bseq">The bid's number among the provider's.</param>
    /// <param name="price">Base units a block for the whole group.</param>
    /// <param name="offer">Hash of what is offered.</param>
    /// <param name="salt">What hid the price.</param>
    /// <param name="reclaimBlocks">Notice promised before ending the lease, in blocks; 0 for none.</param>
    [Function]
    public void RevealBid(Call call, OrderId order, byte bseq, UInt128 price, Hash256 offer, Hash256 salt, uint reclaimBlocks)
    {
        MarketParameters rules = Rules.Value;
        Hash256 bid = ComputeMarketPolicy.BidKey(order, call.Sender, bseq);
        BidRecord record = _parts.Orders.FindBid(bid);
        Require(record.State == BidState.Committed, new BidNotOpen(bid, record.State));
        OrderRecord book = _parts.Orders.GetOpen(record.Order);
        ulong last = book.ClosesAt + rules.RevealBlocks - 1;
        Require(
            call.Block.Number >= book.ClosesAt && call.Block.Number <= last,
            new NotRevealing(book.ClosesAt, last, call.Block.Number));
        Hash256 revealed = ComputeMarketPolicy.Commitment(order, bseq, price, offer, salt, call.Sender);
        Require(revealed == record.Commitment, new CommitmentMismatch(record.Commitment, revealed));
        RequirePrice(order, price);
        DeploymentRecord deployment = _parts.Deployments.Find(order.Owner, order.Dseq);
        RequireNotice(reclaimBlocks, deployment, rules);
        UInt128 needed = ComputeMarketPolicy.BidDeposit(deployment.Token, price, rules);
        UInt128 deposit = _escrow.GetBond(bid).Amount;
        Require(deposit >= needed, new DepositTooLow(needed, deposit));
        _parts.Orders.SaveBid(bid, record with { State = BidState.Open, Price = price, Offer = offer, ReclaimBlocks = reclaimBlocks });
        _logs.Emit(new BidPlaced(bid, record.Order, call.Sender, bseq, price, reclaimBlocks));
    }

    /// <summary>
    /// Takes a bid back, or ends the lease it became. A lease with promised notice ends only after it; one without costs the shortest
    /// notice out of the deposit, unless it was given. Withdrawing a hidden bid costs a tenth of its deposit.
    /// </summary>
    /// <param name="call">The provider.</param>
    /// <param name="bid">The bid or lease.</param>
    /// <param name="reason">10000 unstable, 10001 going out of service, 10002 none, 10003 no manifest came.</param>
    [Function]
    public void CloseBid(Call call, Hash256 bid, uint reason)
    {
        Require(CloseReason.IsProviders(reason), new InvalidReason(reason));
        BidRecord record = _parts.Orders.FindBid(bid);
        Require(record.State is BidState.Committed or BidState.Open or BidState.Active, new BidNotOpen(bid, record.State));
        Require(record.Provider == call.Sender, new NotProvider(record.Provider, call.Sender));
        if (record.State != BidState.Active)
        {
            _parts.Flow.EndBid(bid, record, BidState.Closed, isHidden: true);
            return;
        }

        ulong now = call.Block.Number;
        UInt128 owed = OwedForLeaving(bid, reason, now);
        _parts.Flow.BreakLease(bid, reason, endedWell: owed == UInt128.Zero, owed, now);
    }

    /// <summary>Says that a lease runs: the manifest came and the containers are healthy. It is paid from this block on.</summary>
    /// <param name="call">The provider.</param>
    /// <param name="lease">The lease.</param>
    [Function]
    public void AcknowledgeLease(Call call, Hash256 lease)
    {
        LeaseRecord record = RequireProvider(call, lease);
        Require(record.State == LeaseState.Matched, new WrongLeaseState(lease, record.State));
        ulong now = call.Block.Number;
        OrderId id = _parts.Orders.Find(record.Order).Id;
        Hash256 account = ComputeMarketPolicy.AccountKey(id.Owner, id.Dseq);
        _escrow.OpenPayment(account, lease, record.Provider, record.Price, now);
        _escrow.TakePromiseBack(account, record.Price);
        _parts.Leases.Save(lease, record with { State = LeaseState.Active, StartedAt = now, HeardAt = now });
        _parts.Leases.LifeChecks.Add(now + Rules.Value.HeartbeatBlocks, lease);
        _logs.Emit(new LeaseStarted(lease, record.Owner, record.Provider, record.Price));
    }

    /// <summary>A sign of life for leases. Without one for the allowed time a lease ends at the provider's cost.</summary>
    /// <param name="call">The provider.</param>
    /// <param name="leases">At most 64 of its running leases.</param>
    [Function]
    public void Heartbeat(Call call, [Limit(ComputeMarketPolicy.HeartbeatLeasesMax)] Hash256[] leases)
    {
        foreach (Hash256 lease in leases)
        {
            LeaseRecord record = RequireProvider(call, lease);
            Require(LeaseBook.IsPaid(record), new WrongLeaseState(lease, record.State));
            _parts.Leases.Save(lease, record with { HeardAt = call.Block.Number });
        }
    }

    /// <summary>Gives notice: the provider may end the lease once the promised blocks, or the shortest notice, have passed.</summary>
    /// <param name="call">The provider.</param>
    /// <param name="lease">The lease.</param>
    /// <param name="reason">10000 unstable, 10001 going out of service, 10002 none.</param>
    [Function]
    public void StartReclaim(Call call, Hash256 lease, uint reason)
    {
        Require(CloseReason.IsProviders(reason) && reason != CloseReason.NoManifest, new InvalidReason(reason));
        LeaseRecord record = RequireProvider(call, lease);
        Require(record.State == LeaseState.Active, new WrongLeaseState(lease, record.State));
        uint notice = record.ReclaimBlocks == 0 ? Rules.Value.ReclaimBlocksMin : record.ReclaimBlocks;
        ulong deadline = call.Block.Number + notice;
        _parts.Leases.Save(lease, record with { State = LeaseState.Reclaiming, Reason = reason, ReclaimDeadline = deadline });
        _logs.Emit(new LeaseReclaiming(lease, record.Owner, record.Provider, reason, deadline));
    }

    private UInt128 OwedForLeaving(Hash256 bid, uint reason, ulong now)
    {
        MarketParameters rules = Rules.Value;
        LeaseRecord lease = _parts.Leases.Find(bid);
        if (lease.State == LeaseState.Matched)
        {
            ulong until = lease.CreatedAt + rules.ManifestBlocks;
            Require(reason != CloseReason.NoManifest || now >= until, new ManifestNotDue(until, now));
            return reason == CloseReason.NoManifest ? UInt128.Zero : lease.Price * ComputeMarketPolicy.NoticeLeft(lease, now, rules);
        }

        Require(reason != CloseReason.NoManifest, new InvalidReason(reason));
        ulong left = ComputeMarketPolicy.NoticeLeft(lease, now, rules);
        Require(lease.ReclaimBlocks == 0 || left == 0, new ReclaimNotElapsed(lease.ReclaimDeadline, now));
        return lease.Price * left;
    }

    private OrderRecord RequireBidding(Call call, Hash256 key, byte bseq, out DeploymentRecord deployment)
    {
        OrderRecord record = _parts.Orders.GetOpen(key);
        deployment = _parts.Deployments.Find(record.Id.Owner, record.Id.Dseq);
        Require(bseq < ComputeMarketPolicy.BidsPerProviderMax, new InvalidBidNumber(bseq));
        Require(record.Id.Owner != call.Sender, new OwnOrder(call.Sender));
        GroupSpec spec = _parts.Deployments.SpecOf(record.Id.Owner, record.Id.Dseq, record.Id.Gseq);
        ScreenRule failed = _parts.Screening.FirstFailed(
            call.Sender, record.Id.Owner, spec, SpecPolicy.DemandOf(spec), call.Block);
        Require(failed == ScreenRule.None, new NotEligible(call.Sender, failed));
        return record;
    }

    private void RequirePrice(in OrderId order, UInt128 price)
    {
        UInt128 ceiling = _parts.Deployments.GetGroup(order.Owner, order.Dseq, order.Gseq).Ceiling;
        Require(price != UInt128.Zero && price <= ceiling, new InvalidPrice(price, ceiling));
    }

    private static void RequireNotice(uint blocks, in DeploymentRecord deployment, in MarketParameters rules)
    {
        uint least = deployment.ReclaimMin > 0 ? deployment.ReclaimMin : rules.ReclaimBlocksMin;
        bool isFree = blocks == 0 && deployment.ReclaimMin == 0;
        Require(
            isFree || (blocks >= least && blocks <= rules.ReclaimBlocksMax),
            new InvalidReclaimBlocks(blocks, least, rules.ReclaimBlocksMax));
    }

    private void RequireDeposit(Call call, uint token, UInt128 price, UInt128 deposit, in MarketParameters rules)
    {
        UInt128 needed = ComputeMarketPolicy.BidDeposit(token, price, rules);
        Require(deposit >= needed, new DepositTooLow(needed, deposit));
        RequireValue(call, token, deposit, Amount.Zero);
    }

    // Dear bids cannot keep cheap ones out by filling an order.
    private void MakeRoom(Hash256 order, UInt128 price, in MarketParameters rules)
    {
        Set<Hash256> bids = _parts.Orders.BidsOf(order);
        if (bids.Count < rules.BidsMax) return;
        Hash256 dearest = Hash256.Zero;
        BidRecord worst = default;
        foreach (Hash256 bid in bids.Page(0, (int)ComputeMarketPolicy.BidsCeiling))
        {
            BidRecord record = _parts.Orders.FindBid(bid);
            if (record.Price < worst.Price) continue;
            worst = record;
            dearest = bid;
        }

        Require(price < worst.Price, new OrderFull(rules.BidsMax, worst.Price));
        _parts.Flow.EndBid(dearest, worst, BidState.Lost, isHidden: false);
    }

    private Hash256 Place(Call call, in OrderId order, Hash256 key, byte bseq, uint token, UInt128 deposit, in BidRecord record)
    {
        Hash256 bid = ComputeMarketPolicy.BidKey(order, call.Sender, bseq);
        Require(_parts.Orders.FindBid(bid).State == BidState.Unknown, new BidExists(bid));
        _escrow.Lock(bid, call.Sender, token, deposit, SourceOf(token, call.Sender));
        _parts.Orders.SaveBid(bid, record);
        _parts.Orders.BidsOf(key).Add(bid);
        return bid;
    }

    private LeaseRecord RequireProvider(Call call, Hash256 lease)
    {
        LeaseRecord record = _parts.Leases.Find(lease);
        Require(record.State != LeaseState.Unknown, new WrongLeaseState(lease, LeaseState.Unknown));
        Require(record.Provider == call.Sender, new NotProvider(record.Provider, call.Sender));
        return record;
    }
}
