using DePinChain.Modules.Sdk;
using DePinChain.Primitives;
using static DePinChain.Modules.Sdk.Guard;

namespace DePinChain.Modules.Storage;

/// <summary>Requests for bids, and the bids. Paid in DPN.</summary>
[ModulePart]
internal sealed partial class Requests(ModuleState state, EscrowLedger escrow)
{
    [Slot(60)] private partial Sequence Ids { get; }
    [Slot(61)] private partial Map<ulong, RequestRecord> Records { get; }
    [Slot(62)] private partial Map<(ulong Request, ulong Provider), BidRecord> Bids { get; }
    [Slot(63)] private partial SetMap<ulong, ulong> Bidders { get; }

    private const ulong WalkMax = 256;

    public RequestRecord GetOpen(ulong id)
    {
        Require(Records.TryGet(id, out RequestRecord? request) && request.Open, new UnknownRequest(id));
        return request;
    }

    public RequestRecord Get(ulong id)
    {
        Require(Records.TryGet(id, out RequestRecord? request), new UnknownRequest(id));
        return request;
    }

    public ulong Open(RequestRecord request)
    {
        escrow.Lock(request.Client, EscrowLedger.Dpn, request.Locked);
        ulong id = Ids.Next();
        Records[id] = request;
        return id;
    }

    public bool TryGetBid(ulong id, ulong provider, out BidRecord bid) => Bids.TryGet((id, provider), out bid);

    public void AddBid(ulong id, ulong provider, in BidRecord bid)
    {
        Require(!Bids.Contains((id, provider)), new AlreadyBid(id, provider));
        Require(Bidders[id].Count < StorageMarketPolicy.BidsMax, new TooMany(StorageMarketPolicy.BidsMax));
        escrow.Lock(bid.Owner, EscrowLedger.Dpn, bid.Collateral.Wei);
        Bids[(id, provider)] = bid;
        Bidders[id].Add(provider);
    }

    /// <summary>Takes a bid out, and frees its collateral.</summary>
    public BidRecord RemoveBid(ulong id, ulong provider)
    {
        Require(Bids.TryGet((id, provider), out BidRecord bid), new NoBid(id, provider));
        escrow.Unlock(bid.Owner, EscrowLedger.Dpn, bid.Collateral.Wei);
        Bids.Remove((id, provider));
        Bidders[id].Remove(provider);
        return bid;
    }

    public IReadOnlyList<ulong> BiddersOf(ulong id) => Bidders[id].Page(0, StorageMarketPolicy.BidsMax);

    /// <summary>Closes a request: its funds and all bids still in it are free again.</summary>
    public void Close(ulong id, RequestRecord request)
    {
        escrow.Unlock(request.Client, EscrowLedger.Dpn, request.Locked);
        foreach (ulong provider in BiddersOf(id)) RemoveBid(id, provider);
        Records[id] = request with { Locked = UInt128.Zero, Open = false };
    }

    /// <summary>The cheapest bids of different owners; of equal ones the lower provider number.</summary>
    /// <param name="id">The request.</param>
    /// <param name="count">How many at most.</param>
    /// <param name="serves">Whether a provider's policy lets it serve the client now.</param>
    public IReadOnlyList<ulong> Cheapest(ulong id, int count, Func<ulong, bool> serves)
    {
        List<(UInt128 Price, ulong Provider, Address Owner)> bids = [];
        foreach (ulong provider in BiddersOf(id))
            if (TryGetBid(id, provider, out BidRecord bid)) bids.Add((bid.Price, provider, bid.Owner));
        bids.Sort(static (a, b) => a.Price != b.Price ? a.Price.CompareTo(b.Price) : a.Provider.CompareTo(b.Provider));
        List<ulong> winners = [];
        SortedSet<Address> owners = [];
        foreach ((_, ulong provider, Address owner) in bids)
            if (winners.Count < count && !owners.Contains(owner) && serves(provider) && owners.Add(owner)) winners.Add(provider);
        return winners;
    }

    /// <summary>Everything that open requests and bids lock, for the invariants of small networks.</summary>
    public void EachLock(Action<Address, UInt128> visit)
    {
        for (ulong id = 1; id <= Math.Min(Ids.Last, WalkMax); id++)
        {
            visit(Get(id).Client, Get(id).Locked);
            foreach (ulong provider in BiddersOf(id))
                if (TryGetBid(id, provider, out BidRecord bid)) visit(bid.Owner, bid.Collateral.Wei);
        }
    }
}
