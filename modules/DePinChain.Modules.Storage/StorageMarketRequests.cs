using DePinChain.Modules.Sdk;
using DePinChain.Primitives;
using DePinChain.Proofs.Pieces;
using static DePinChain.Modules.Sdk.Guard;

namespace DePinChain.Modules.Storage;

/// <content>Requests for bids, and what other modules ask.</content>
public sealed partial class StorageMarketModule
{
    /// <summary>Asks providers to bid for a piece; the highest price for all replicas is locked. Paid in DPN.</summary>
    /// <param name="call">The client; value that comes along goes into its escrow first.</param>
    /// <param name="pieceCid">The piece.</param>
    /// <param name="duration">Blocks of the deals.</param>
    /// <param name="priceMax">The most a provider may ask for a block.</param>
    /// <param name="replicas">How many providers, 1 to 16.</param>
    /// <param name="bidDeadline">The last block that takes bids.</param>
    /// <param name="challenges">Leaves each proof shows, 5 to 64.</param>
    /// <param name="attributes">keccak of further wishes.</param>
    /// <returns>The request's number.</returns>
    [Function, Payable]
    public ulong OpenRequest(
        Call call, [Limit(47)] byte[] pieceCid, ulong duration, UInt128 priceMax, ushort replicas, ulong bidDeadline, ushort challenges,
        Hash256 attributes)
    {
        StorageMarketParameters rules = Rules.Value;
        Require(PieceCid.TryDecode(pieceCid, out PieceCid piece, out _) && piece.LeafCount > 0, new InvalidRequest("piece"));
        Require(duration >= rules.DealBlocksMin && duration <= rules.DealBlocksMax, new InvalidRequest("duration"));
        Require(priceMax <= StorageMarketPolicy.PriceMax, new InvalidRequest("price"));
        Require(replicas is > 0 and <= StorageMarketPolicy.ReplicasMax, new InvalidRequest("replicas"));
        Require(
            bidDeadline >= call.Block.Number && bidDeadline - call.Block.Number <= rules.StartAheadMax, new InvalidRequest("deadline"));
        Require(
            challenges is >= StorageMarketPolicy.ChallengesMin and <= StorageMarketPolicy.ChallengesMax,
            new InvalidRequest("challenges"));
        TakeAlong(call);
        UInt128 locked = StorageMarketPolicy.LockOf(priceMax, duration, rules.LockBlocks) * replicas;
        ulong id = _requests.Open(new RequestRecord(
            call.Sender, pieceCid, duration, priceMax, replicas, bidDeadline, challenges, locked, attributes, Open: true));
        _logs.Emit(new RequestOpened(id, call.Sender, pieceCid, duration, priceMax, replicas, bidDeadline));
        return id;
    }

    /// <summary>Bids for a request; the collateral is locked until it is awarded, closed or taken back.</summary>
    [Function]
    public void Bid(Call call, ulong requestId, ulong providerId, UInt128 pricePerBlock, Amount collateral)
    {
        ProviderRecord provider = _providers.GetActing(providerId, call.Sender);
        RequestRecord request = _requests.GetOpen(requestId);
        Require(call.Block.Number <= request.BidDeadline, new BiddingOver(requestId, request.BidDeadline));
        Require(pricePerBlock <= request.PriceMax, new BidTooHigh(pricePerBlock, request.PriceMax));
        RequireAdmitted(call.Block, providerId, request.Client);
        PieceCid.TryDecode(request.PieceCid, out PieceCid piece, out _);
        Amount least = _deals.CollateralMin(piece.PaddedSize, pricePerBlock, request.Duration, Rules.Value);
        Require(collateral >= least, new BidCollateralTooLow(collateral, least));
        _requests.AddBid(requestId, providerId, new BidRecord(provider.Owner, pricePerBlock, collateral));
        _logs.Emit(new BidPlaced(requestId, providerId, pricePerBlock, collateral));
    }

    /// <summary>Takes a bid back.</summary>
    [Function]
    public void WithdrawBid(Call call, ulong requestId, ulong providerId)
    {
        _providers.GetActing(providerId, call.Sender);
        _requests.GetOpen(requestId);
        _requests.RemoveBid(requestId, providerId);
        _logs.Emit(new BidWithdrawn(requestId, providerId));
    }

    /// <summary>
    /// Awards a request. The client may name the winners; with none named, and by anybody once the bid deadline has passed, the cheapest
    /// bids of different owners win. Winners have deals from here, for which the data must come in the time to accept.
    /// </summary>
    /// <returns>The deals' numbers.</returns>
    [Function]
    public ulong[] Award(Call call, ulong requestId, [Limit(StorageMarketPolicy.ReplicasMax)] ulong[] providerIds)
    {
        RequestRecord request = _requests.GetOpen(requestId);
        bool isClient = call.Sender == request.Client;
        Require(
            isClient || (call.Block.Number > request.BidDeadline && providerIds.Length == 0),
            new AwardIsTheClients(requestId, request.BidDeadline));
        IReadOnlyList<ulong> winners = providerIds.Length == 0
            ? _requests.Cheapest(requestId, request.Replicas, provider => Admits(call.Block, provider, request.Client))
            : providerIds;
        Require(winners.Count > 0 && winners.Count <= request.Replicas, new InvalidAward(requestId));
        StorageMarketParameters rules = Rules.Value;
        SortedSet<Address> owners = [];
        ulong[] deals = new ulong[winners.Count];
        BidRecord[] bids = new BidRecord[winners.Count];
        for (int index = 0; index < bids.Length; index++)
        {
            RequireAdmitted(call.Block, winners[index], request.Client);
            bids[index] = _requests.RemoveBid(requestId, winners[index]);
            Require(owners.Add(bids[index].Owner), new InvalidAward(requestId));
        }

        // The request lets go of everything it holds; the deals lock again what they need, which is never more.
        _requests.Close(requestId, request);
        for (int index = 0; index < bids.Length; index++)
        {
            ulong start = call.Block.Number + rules.AcceptBlocks;
            DealProposal terms = new(
                request.PieceCid, request.Client, winners[index], DealClass.Possession, start, start + request.Duration,
                bids[index].Price, bids[index].Collateral, Amount.Zero, request.Challenges, 0, Address.Zero, request.Attributes, 0);
            deals[index] = _deals.Propose(terms, DealState.Proposed, bids[index].Owner, rules);
            _escrow.Lock(bids[index].Owner, EscrowLedger.Dpn, bids[index].Collateral.Wei);
            _deals.Publish(deals[index], rules);
        }

        _logs.Emit(new RequestAwarded(requestId, [.. winners], deals));
        return deals;
    }

    /// <summary>Withdraws a request that was not awarded; all bids are free again.</summary>
    [Function]
    public void CancelRequest(Call call, ulong requestId)
    {
        RequestRecord request = _requests.GetOpen(requestId);
        Require(call.Sender == request.Client, new NotClient(request.Client, call.Sender));
        _requests.Close(requestId, request);
        _logs.Emit(new RequestCancelled(requestId));
    }

    /// <summary>A provider.</summary>
    [Function]
    public ProviderRecord GetProvider(ulong providerId) => _providers.Get(providerId);

    /// <summary>Providers there are; they are numbered from 1.</summary>
    [Function]
    public ulong ProviderCount() => _providers.Count;

    /// <summary>What a provider accepts without being asked.</summary>
    [Function]
    public Offer GetOffer(ulong providerId)
    {
        _providers.Get(providerId);
        return _providers.OfferOf(providerId);
    }

    /// <summary>A deal.</summary>
    [Function]
    public DealRecord GetDeal(ulong id) => _deals.Get(id);

    /// <summary>Deals there are; they are numbered from 1.</summary>
    [Function]
    public ulong DealCount() => _deals.Last;

    /// <summary>What an account keeps in the escrow, and how much of it is locked.</summary>
    [Function]
    public EscrowRecord GetEscrow(Address account, Address token) => _escrow.Find(account, NumberOf(token));

    /// <summary>A request for bids.</summary>
    [Function]
    public RequestRecord GetRequest(ulong id) => _requests.Get(id);

    /// <summary>The providers that bid for a request, and their bids.</summary>
    [Function]
    public (ulong[] ProviderIds, BidRecord[] Bids) GetBids(ulong id)
    {
        IReadOnlyList<ulong> bidders = _requests.BiddersOf(id);
        return ([.. bidders], [.. bidders.Select(provider => _requests.TryGetBid(id, provider, out BidRecord bid) ? bid : default)]);
    }

    /// <summary>A container and how it was proven.</summary>
    [Function]
    public ContainerRecord GetContainer(ulong containerId) => _time.Get(containerId);

    /// <summary>Least collateral of a provider for a piece, a price in DPN and a term.</summary>
    [Function]
    public Amount QuoteCollateral(ulong paddedSize, UInt128 pricePerBlock, ulong blocks)
    {
        RequireTerms(pricePerBlock > StorageMarketPolicy.PriceMax ? DealFault.Price : DealFault.None);
        return _deals.CollateralMin(paddedSize, pricePerBlock, blocks, Rules.Value);
    }

    /// <summary>What a client signs for a proposal.</summary>
    [Function]
    public Hash256 ProposalDigest(BlockContext block, DealProposal proposal) => DealSigning.DigestOf(block.ChainId, proposal);

    /// <summary>Everything the network's part of payments has burned: what bounds the demand stream.</summary>
    [Function]
    public Amount FeesBurned() => _deals.FeesBurned;

    /// <inheritdoc/>
    Address IStorageMarket.RequireActing(ulong provider, Address account) => _providers.GetActing(provider, account).Owner;

    /// <inheritdoc/>
    ulong IStorageMarket.OpenContainer(ulong provider, ulong period) => _time.Open(provider, period, id =>
    {
        byte[] number = new byte[Hash256.Size];
        System.Buffers.Binary.BinaryPrimitives.WriteUInt64BigEndian(number.AsSpan(Hash256.Size - sizeof(ulong)), id);
        return (ulong)(_cryptography.Keccak(number).ToUInt256() & ulong.MaxValue) % period;
    });

    /// <inheritdoc/>
    ContainerRecord IStorageMarket.ContainerOf(ulong container) => _time.Get(container);

    /// <inheritdoc/>
    ushort IStorageMarket.Activate(ulong deal, ulong provider, ulong container, in PieceCid piece, ulong now)
    {
        DealRecord record = _deals.Get(deal);
        Require(record.State == DealState.Published, new WrongDealState(deal, record.State));
        Require(record.Provider == provider, new DealOfOther(deal, record.Provider));
        Require(record.Class != DealClass.Sealed, new WrongDealClass(deal, record.Class));
        Require(record.Container == 0, new DealPlacedAlready(deal, record.Container));
        Require(Deals.PieceOf(record) == piece, new DealForOtherPiece(deal));
        ulong deadline = record.Start + Rules.Value.ActivationGrace;
        Require(now <= deadline, new ActivationTooLate(deal, deadline));
        _deals.Place(deal, container, isReplica: false, now);
        return record.Challenges;
    }

    /// <inheritdoc/>
    bool IStorageMarket.HasEnded(ulong deal) => _deals.Get(deal).State >= DealState.Completed;

    /// <inheritdoc/>
    void IStorageMarket.ClosePeriod(ulong container, ulong period, bool proven) => _time.Close(container, period, proven);

    /// <inheritdoc/>
    void IStorageMarket.SlashContainer(ulong container, ulong now) => _time.Slash(container, now);
}
