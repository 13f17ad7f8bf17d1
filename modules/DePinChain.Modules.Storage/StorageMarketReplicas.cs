using DePinChain.Modules.Sdk;
using DePinChain.Primitives;
using DePinChain.Proofs.Pieces;
using static DePinChain.Modules.Sdk.Guard;

namespace DePinChain.Modules.Storage;

/// <content>Deals that renew themselves, and sets of shards that anybody repairs for a bounty.</content>
public sealed partial class StorageMarketModule
{
    /// <summary>Lets a deal be renewed, as often as it nears its end, while the provider's standing offer is cheap enough.</summary>
    /// <param name="call">The client.</param>
    /// <param name="id">An active deal for proofs of possession in DPN.</param>
    /// <param name="stepBlocks">By so many blocks each time; 0 takes it back.</param>
    /// <param name="maxPricePerBlock">At most for so much.</param>
    [Function]
    public void SetAutoRenew(Call call, ulong id, ulong stepBlocks, UInt128 maxPricePerBlock)
    {
        StorageMarketParameters rules = Rules.Value;
        DealRecord deal = _deals.Get(id);
        Require(deal.Client == call.Sender, new NotClient(deal.Client, call.Sender));
        Require(deal.State == DealState.Active, new WrongDealState(id, deal.State));
        RequireTerms(deal.Class == DealClass.Possession ? DealFault.None : DealFault.Class);
        RequireTerms(deal.Token == EscrowLedger.Dpn ? DealFault.None : DealFault.Token);
        RequireTerms(stepBlocks != 0 && (stepBlocks < rules.DealBlocksMin || stepBlocks > rules.DealBlocksMax)
            ? DealFault.Term
            : DealFault.None);
        RequireTerms(maxPricePerBlock > StorageMarketPolicy.PriceMax ? DealFault.Price : DealFault.None);
        _deals.SetRenewal(id, new RenewalRecord(stepBlocks, maxPricePerBlock));
        _logs.Emit(new RenewalSet(id, stepBlocks, maxPricePerBlock));
    }

    /// <summary>
    /// Renews deals that allow it, at the price of the provider's standing offer, in the last two periods before their end. Anybody may
    /// ask.
    /// </summary>
    [Function]
    public void RenewDeals(Call call, [Limit(StorageMarketPolicy.SettlementsPerCallMax)] ulong[] ids)
    {
        StorageMarketParameters rules = Rules.Value;
        foreach (ulong id in ids)
        {
            DealRecord deal = _deals.Get(id);
            Require(deal.State == DealState.Active, new WrongDealState(id, deal.State));
            RenewalRecord renewal = _deals.RenewalOf(id);
            ulong notice = 2 * _time.Get(deal.Container).Period;
            ulong from = deal.End > notice ? deal.End - notice : 0;
            Require(
                renewal.Blocks != 0 && call.Block.Number >= from && call.Block.Number < deal.End, new NotTimeToRenew(id, from, deal.End));
            Offer offer = _providers.OfferOf(deal.Provider);
            ulong size = Deals.PieceOf(deal).PaddedSize;
            UInt128 price = StorageMarketPolicy.AskOf(offer.PricePerGiBBlock, size);
            bool meets = size >= offer.SizeMin && size <= offer.SizeMax && renewal.Blocks >= offer.BlocksMin
                && renewal.Blocks <= offer.BlocksMax && price <= renewal.PriceMax;
            Require(meets, new OfferNotMet(id, price, renewal.PriceMax));
            RequireAdmitted(call.Block, deal.Provider, deal.Client);
            ulong end = deal.End + renewal.Blocks;
            RequireTerms(end - deal.Start > rules.DealBlocksMax ? DealFault.Term : DealFault.None);
            UInt128 needed = StorageMarketPolicy.LockOf(price, end - call.Block.Number, rules.LockBlocks);
            UInt128 had = deal.Locked + _escrow.Find(deal.Client, EscrowLedger.Dpn).Free;
            Require(had >= needed, new EscrowTooSmall(deal.Client, needed, had));
            _deals.Extend(id, end, price, rules);
        }
    }

    /// <summary>Joins deals of different providers and pieces to a set, and locks what repairs of it will pay.</summary>
    /// <param name="call">The client of all; its value goes into its escrow first.</param>
    /// <param name="dealIds">The deal of each shard, published or active.</param>
    /// <param name="needed">So many shards restore the whole.</param>
    /// <param name="coding">keccak of how shards are made.</param>
    /// <param name="repairBounty">DPN for each repair.</param>
    /// <param name="repairs">How many repairs are paid for.</param>
    /// <returns>The set's number.</returns>
    [Function, Payable]
    public ulong CreateReplicaSet(
        Call call, [Limit(StorageMarketPolicy.ShardsMax)] ulong[] dealIds, byte needed, Hash256 coding, Amount repairBounty, uint repairs)
    {
        Require(needed > 0 && needed <= dealIds.Length, new ShardCount(needed, (uint)dealIds.Length));
        SortedSet<ulong> providers = [];
        SortedSet<Hash256> roots = [];
        foreach (ulong id in dealIds)
        {
            DealRecord deal = _deals.Get(id);
            Require(deal.Client == call.Sender, new NotClient(deal.Client, call.Sender));
            Require(deal.State is DealState.Published or DealState.Active, new WrongDealState(id, deal.State));
            Require(providers.Add(deal.Provider) && roots.Add(deal.Root), new ShardsNotDistinct(id));
        }

        TakeAlong(call);
        Amount pot = repairBounty * repairs;
        _escrow.Lock(call.Sender, EscrowLedger.Dpn, pot.Wei);
        ulong set = _replicas.Add(new ReplicaSetRecord(call.Sender, needed, coding, repairBounty, pot, 0, dealIds));
        _logs.Emit(new ReplicaSetCreated(set, call.Sender, dealIds, needed, repairBounty, repairs));
        return set;
    }

    /// <summary>
    /// Takes over a shard whose deal failed: a new deal for the same piece, to the same end, at the same price, with the least collateral.
    /// The client agreed to it with the set. Its bounty is due once the piece is proven.
    /// </summary>
    /// <param name="call">A provider that holds no other shard of the set.</param>
    /// <param name="setId">The set.</param>
    /// <param name="shard">Which shard.</param>
    /// <param name="providerId">The provider.</param>
    /// <returns>The new deal.</returns>
    [Function]
    public ulong RepairShard(Call call, ulong setId, byte shard, ulong providerId)
    {
        StorageMarketParameters rules = Rules.Value;
        ProviderRecord provider = _providers.GetActing(providerId, call.Sender);
        ReplicaSetRecord set = _replicas.Get(setId);
        Require(shard < set.Deals.Length, new ShardCount(shard, (uint)set.Deals.Length));
        DealRecord failed = _deals.Get(set.Deals[shard]);
        Require(
            failed.State is DealState.Slashed or DealState.Terminated or DealState.Expired,
            new WrongDealState(set.Deals[shard], failed.State));
        Require(set.Pot >= set.Bounty, new PotEmpty(setId, set.Bounty, set.Pot));
        for (int other = 0; other < set.Deals.Length; other++)
            Require(other == shard || _deals.Get(set.Deals[other]).Provider != providerId, new ShardsNotDistinct(set.Deals[other]));
        ulong start = call.Block.Number + rules.AcceptBlocks;
        PieceCid piece = Deals.PieceOf(failed);
        DealProposal terms = new(
            piece.Encode(), set.Client, providerId, failed.Class, start, Math.Max(failed.End, start), failed.Price, Amount.Zero,
            Amount.Zero, failed.Challenges, failed.RetrievalSla, Deals.PayTokenOf(failed.Token), failed.LabelHash, Nonce: 0);
        terms = terms with
        {
            ProviderCollateral = _deals.CollateralMin(
                piece.PaddedSize, failed.Token == EscrowLedger.Dpn ? failed.Price : UInt128.Zero, terms.EndBlock - start, rules),
        };
        RequireTerms(_deals.FaultOf(terms, call.Block.Number, rules));
        RequireTerms(_deals.ClientCan(terms, rules) ? DealFault.None : DealFault.ClientFunds);
        RequireAdmitted(call.Block, providerId, set.Client);
        ulong id = Agree(terms, provider.Owner, provider.Owner, rules);
        ulong[] deals = (ulong[])set.Deals.Clone();
        deals[shard] = id;
        _replicas.Save(setId, set with { Deals = deals, Repairing = set.Repairing | (1U << shard) });
        _logs.Emit(new ShardTaken(setId, shard, id, providerId));
        return id;
    }

    /// <summary>Pays the bounty for a shard that was taken over: when settling its deal pays for proven time. Anybody may ask.</summary>
    [Function]
    public void ClaimRepair(Call call, ulong setId, byte shard)
    {
        ReplicaSetRecord set = _replicas.Get(setId);
        Require(shard < set.Deals.Length && ((set.Repairing >> shard) & 1) == 1, new ShardNotRepaired(setId, shard));
        ulong id = set.Deals[shard];
        Address owner = _deals.Get(id).Collateralist;
        UInt128 paid = _deals.Settle(id, call.Block.Number, Rules.Value);
        Require(paid > UInt128.Zero || IsProvenFree(id), new ShardNotRepaired(setId, shard));
        _escrow.PayLocked(set.Client, owner, EscrowLedger.Dpn, set.Bounty.Wei);
        _replicas.Save(setId, set with { Pot = set.Pot - set.Bounty, Repairing = set.Repairing & ~(1U << shard) });
        _logs.Emit(new ShardRepaired(setId, shard, id, owner, set.Bounty));
    }

    /// <summary>Dissolves a set of the caller; what is locked for repairs is free. No repair may be under way.</summary>
    [Function]
    public void CloseReplicaSet(Call call, ulong setId)
    {
        ReplicaSetRecord set = _replicas.Get(setId);
        Require(set.Client == call.Sender, new NotClient(set.Client, call.Sender));
        Require(set.Repairing == 0, new RepairUnderWay(setId, set.Repairing));
        _escrow.Unlock(set.Client, EscrowLedger.Dpn, set.Pot.Wei);
        _replicas.Remove(setId);
        _logs.Emit(new ReplicaSetClosed(setId));
    }

    /// <summary>A set, and how many of its shards are served now.</summary>
    [Function]
    public (ReplicaSetRecord Set, uint Served) GetReplicaSet(ulong setId)
    {
        ReplicaSetRecord set = _replicas.Get(setId);
        return (set, (uint)set.Deals.Count(id => _deals.Get(id).State == DealState.Active));
    }

    /// <summary>How a deal renews itself; zeros when it does not.</summary>
    [Function]
    public RenewalRecord GetRenewal(ulong id) => _deals.RenewalOf(id);

    // A deal without a price is settled for nothing: what counts is that a period of its time was proven.
    private bool IsProvenFree(ulong id)
    {
        DealRecord deal = _deals.Get(id);
        return deal.Price == UInt128.Zero && deal.Container != 0 && _time.Get(deal.Container).Proven > 0 && deal.SettledUpTo > deal.Start;
    }
}
