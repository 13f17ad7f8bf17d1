using DePinChain.Modules.Economy;
using DePinChain.Modules.Sdk;
using DePinChain.Primitives;
using DePinChain.Proofs.Pieces;
using static DePinChain.Modules.Sdk.Guard;

namespace DePinChain.Modules.Storage;

/// <summary>Deals from their terms to their end: what may be agreed, what is locked for it, and what each ending does with it.</summary>
[ModulePart]
internal sealed partial class Deals(
    ModuleState state, Logs logs, EscrowLedger escrow, ProviderBook providers, ProvenTime time, ITokens tokens, IEmission emission,
    BurnedFees burned, HotDeals hot)
{
    [Slot(40)] private partial Sequence Ids { get; }
    [Slot(41)] private partial Map<ulong, DealRecord> Records { get; }
    [Slot(42)] private partial Map<(Address Client, ulong Word), UInt256> Nonces { get; }
    [Slot(43)] private partial Schedule<ulong> Expirations { get; }
    [Slot(44)] private partial Item<UInt128> NetworkBytes { get; }
    [Slot(45)] private partial Item<Amount> FeesBurnedSlot { get; }
    [Slot(46)] private partial Map<ulong, RenewalRecord> Renewals { get; }
    [Slot(47)] private partial Map<ulong, ulong> Replicas { get; }

    public Schedule<ulong> Expiring => Expirations;

    public ulong Last => Ids.Last;

    /// <summary>Raw bytes under seal on the whole network.</summary>
    public Item<UInt128> Network => NetworkBytes;

    /// <summary>Everything the market's take has burned.</summary>
    public Amount FeesBurned => FeesBurnedSlot.Value;

    public DealRecord Get(ulong id)
    {
        Require(Records.TryGet(id, out DealRecord? deal), new UnknownDeal(id));
        return deal;
    }

    public bool TryGet(ulong id, out DealRecord? deal) => Records.TryGet(id, out deal);

    public void Save(ulong id, DealRecord deal) => Records[id] = deal;

    /// <summary>The number of a token's account; DPN is zero.</summary>
    public bool TryToken(Address payToken, out uint token) => PayTokens.TryNumber(payToken, tokens, out token);

    /// <summary>What is wrong with terms, apart from consent and funds.</summary>
    public DealFault FaultOf(DealProposal terms, ulong now, in StorageMarketParameters rules)
    {
        if (!PieceCid.TryDecode(terms.PieceCid, out PieceCid piece, out _) || piece.LeafCount == 0
            || piece.Height > StorageMarketPolicy.PieceHeightMax) return DealFault.Piece;
        if (!providers.Exists(terms.ProviderId)) return DealFault.Provider;
        if (terms.StartBlock <= now || terms.StartBlock - now > rules.StartAheadMax) return DealFault.Start;
        if (terms.EndBlock <= terms.StartBlock) return DealFault.Term;
        ulong term = terms.EndBlock - terms.StartBlock;
        if (term < rules.DealBlocksMin || term > rules.DealBlocksMax) return DealFault.Term;
        if (terms.PdpChallenges is < StorageMarketPolicy.ChallengesMin or > StorageMarketPolicy.ChallengesMax) return DealFault.Challenges;
        if (terms.PricePerBlock > StorageMarketPolicy.PriceMax) return DealFault.Price;
        if (!TryToken(terms.PayToken, out uint token)) return DealFault.Token;
        Amount least = CollateralMin(piece.PaddedSize, token == EscrowLedger.Dpn ? terms.PricePerBlock : UInt128.Zero, term, rules);
        return terms.ProviderCollateral < least ? DealFault.Collateral : DealFault.None;
    }

    public Amount CollateralMin(ulong paddedSize, UInt128 dpnPrice, ulong term, in StorageMarketParameters rules) =>
        StorageMarketPolicy.CollateralMin(paddedSize, dpnPrice, term, emission.Circulating, NetworkBytes.Value, rules);

    /// <summary>True when the client's free escrow covers what the deal locks of it.</summary>
    public bool ClientCan(DealProposal terms, in StorageMarketParameters rules)
    {
        TryToken(terms.PayToken, out uint token);
        UInt128 price = StorageMarketPolicy.LockOf(terms.PricePerBlock, terms.EndBlock - terms.StartBlock, rules.LockBlocks);
        UInt128 dpn = escrow.Find(terms.Client, EscrowLedger.Dpn).Free;
        if (dpn < terms.ClientCollateral.Wei) return false;
        return token == EscrowLedger.Dpn
            ? dpn - terms.ClientCollateral.Wei >= price
            : escrow.Find(terms.Client, token).Free >= price;
    }

    /// <summary>Locks what a proposal takes of its client and keeps it.</summary>
    public ulong Propose(DealProposal terms, DealState as_, Address collateralist, in StorageMarketParameters rules)
    {
        TryToken(terms.PayToken, out uint token);
        PieceCid.TryDecode(terms.PieceCid, out PieceCid piece, out _);
        UInt128 locked = StorageMarketPolicy.LockOf(terms.PricePerBlock, terms.EndBlock - terms.StartBlock, rules.LockBlocks);
        escrow.Lock(terms.Client, token, locked);
        escrow.Lock(terms.Client, EscrowLedger.Dpn, terms.ClientCollateral.Wei);
        ulong id = Ids.Next();
        Records[id] = new DealRecord(
            terms.Client, terms.ProviderId, terms.Class, as_, token, terms.PricePerBlock, locked, Arrears: UInt128.Zero,
            terms.ProviderCollateral, terms.ClientCollateral, collateralist, terms.StartBlock, terms.EndBlock, SettledUpTo: 0,
            Container: 0, terms.PdpChallenges, terms.RetrievalSla, piece.Root, piece.Height, piece.Padding, terms.LabelHash);
        return id;
    }

    /// <summary>Both have agreed and the provider's collateral is locked: waits for the data until start and grace.</summary>
    public void Publish(ulong id, in StorageMarketParameters rules)
    {
        DealRecord deal = Get(id) with { State = DealState.Published };
        Records[id] = deal;
        Expirations.Add(deal.Start + rules.ActivationGrace + 1, id);
        logs.Emit(new DealPublished(
            id, deal.Client, deal.Provider, PieceOf(deal).Encode(), deal.Start, deal.End, deal.Price));
    }

    /// <summary>How a deal renews itself.</summary>
    public RenewalRecord RenewalOf(ulong id) => Renewals.GetOr(id, default);

    public void SetRenewal(ulong id, in RenewalRecord renewal)
    {
        if (renewal.Blocks == 0) Renewals.Remove(id);
        else Renewals[id] = renewal;
    }

    /// <summary>The account that names a token; zero for DPN.</summary>
    public static Address PayTokenOf(uint token) => token == EscrowLedger.Dpn ? Address.Zero : WellKnownAddresses.TokenFacade(token);

    public static PieceCid PieceOf(DealRecord deal) => new(deal.Root, deal.Height, deal.Padding);

    /// <summary>Uses up a client's nonce; false when it was used.</summary>
    public bool UseNonce(Address client, ulong nonce)
    {
        (Address, ulong) word = (client, nonce >> 8);
        UInt256 bit = UInt256.One << (int)(nonce & 255);
        UInt256 used = Nonces[word];
        if ((used & bit) != UInt256.Zero) return false;
        Nonces[word] = used | bit;
        return true;
    }

    public bool IsUsed(Address client, ulong nonce) =>
        ((Nonces[(client, nonce >> 8)] >> (int)(nonce & 255)) & UInt256.One) == UInt256.One;

    /// <summary>Pays for what was proven since the last settlement, and ends the deal when it has come to its end.</summary>
    public UInt128 Settle(ulong id, ulong now, in StorageMarketParameters rules)
    {
        DealRecord deal = Get(id);
        Require(deal.State == DealState.Active, new WrongDealState(id, deal.State));
        ulong judged = JudgedUpTo(id, deal);
        deal = Pay(id, deal, judged, rules, out UInt128 paid);

        // A deal of both classes is settled in steps: it ends with the last.
        bool isWhole = deal.SettledUpTo == judged;
        if (isWhole && IsSlashed(id, deal)) End(id, deal, DealState.Slashed, rules.CompensationBps);
        else if (isWhole && judged >= deal.End) End(id, deal, DealState.Completed, clientBps: 0);
        else Records[id] = Relocked(deal, rules);
        return paid;
    }

    /// <summary>The sealed sector's container of a deal that asks for both kinds of proof; 0 while there is none.</summary>
    public ulong ReplicaOf(ulong id) => Replicas[id];

    /// <summary>
    /// Puts a deal into a container. It earns from here; one that asks for both kinds of proof does once it lies in both containers.
    /// </summary>
    public void Place(ulong id, ulong container, bool isReplica, ulong now)
    {
        DealRecord deal = Get(id);
        bool isSecond = deal.Class == DealClass.Both && isReplica;
        if (isSecond) Replicas[id] = container;
        else deal = deal with { Container = container };
        if (deal.Class == DealClass.Both && (deal.Container == 0 || ReplicaOf(id) == 0))
        {
            Records[id] = deal;
            logs.Emit(new DealPlaced(id, container, isReplica));
            return;
        }

        Records[id] = deal with { State = DealState.Active, SettledUpTo = Math.Max(now, deal.Start) };
        if (deal.Class != DealClass.Sealed) hot.Add(deal.Provider, id);
        logs.Emit(new DealActivated(id, container));
    }

    /// <summary>The client leaves: the provider gets the notice, everybody gets the collateral back.</summary>
    public void TerminateByClient(ulong id, in StorageMarketParameters rules)
    {
        DealRecord deal = SettledNow(id, rules);
        UInt128 notice = deal.Price * Math.Min(deal.End - deal.SettledUpTo, rules.NoticeBlocks);
        deal = Transfer(deal, notice, rules, out UInt128 paid);
        End(id, deal with { Arrears = deal.Arrears + notice - paid }, DealState.Terminated, clientBps: 0);
    }

    /// <summary>The provider leaves: its collateral goes to the client, but for the part that is burned.</summary>
    public void TerminateByProvider(ulong id, in StorageMarketParameters rules) =>
        End(id, SettledNow(id, rules), DealState.Terminated, rules.CompensationBps);

    /// <summary>Settles what is judged, so that a new price counts from there, and locks for the new terms.</summary>
    public void Extend(ulong id, ulong end, UInt128 price, in StorageMarketParameters rules)
    {
        DealRecord deal = SettledNow(id, rules);
        Records[id] = Relocked(deal with { End = end, Price = price }, rules);
        if (deal.Class != DealClass.Sealed) hot.Add(deal.Provider, id);
        logs.Emit(new DealExtended(id, end, price));
    }

    /// <summary>The time to accept, or to bring the data, is over.</summary>
    public void Expire(ulong id)
    {
        if (!TryGet(id, out DealRecord? deal)) return;
        if (deal!.State == DealState.Proposed) End(id, deal with { ProviderCollateral = Amount.Zero }, DealState.Cancelled, clientBps: 0);
        else if (deal.State == DealState.Published) End(id, deal, DealState.Expired, StorageMarketPolicy.BpsWhole / 2);
    }

    /// <summary>Ends a deal: unlocks the client's funds and splits the provider's collateral.</summary>
    /// <param name="id">Its number.</param>
    /// <param name="deal">The deal as it stands.</param>
    /// <param name="how">What becomes of it.</param>
    /// <param name="clientBps">The client's part of the provider's collateral, the rest of which burns; 0 gives it back.</param>
    public void End(ulong id, DealRecord deal, DealState how, ushort clientBps)
    {
        // What the client still owes comes out of its collateral, as far as both are DPN.
        if (deal.Arrears > UInt128.Zero && deal.Token == EscrowLedger.Dpn)
        {
            UInt128 covered = UInt128.Min(deal.Arrears, deal.ClientCollateral.Wei);
            escrow.PayLocked(deal.Client, deal.Collateralist, EscrowLedger.Dpn, covered);
            deal = deal with { ClientCollateral = deal.ClientCollateral - new Amount(covered) };
        }

        if (deal is { State: DealState.Active, Class: not DealClass.Sealed }) hot.Remove(deal.Provider, id);
        escrow.Unlock(deal.Client, deal.Token, deal.Locked);
        escrow.Unlock(deal.Client, EscrowLedger.Dpn, deal.ClientCollateral.Wei);
        Amount compensation = Amount.Zero;
        Amount burned = Amount.Zero;
        if (clientBps == 0) escrow.Unlock(deal.Collateralist, EscrowLedger.Dpn, deal.ProviderCollateral.Wei);
        else
        {
            compensation = new Amount(StorageMarketPolicy.ShareOf(deal.ProviderCollateral.Wei, clientBps));
            burned = deal.ProviderCollateral - compensation;
            escrow.PayLocked(deal.Collateralist, deal.Client, EscrowLedger.Dpn, compensation.Wei);
            escrow.BurnLocked(deal.Collateralist, burned);
        }

        Records[id] = deal with
        {
            State = how,
            Locked = UInt128.Zero,
            Arrears = UInt128.Zero,
            ProviderCollateral = Amount.Zero,
            ClientCollateral = Amount.Zero,
        };
        logs.Emit(new DealEnded(id, how, compensation, burned));
    }

    private DealRecord SettledNow(ulong id, in StorageMarketParameters rules)
    {
        DealRecord deal = Get(id);
        ulong judged = JudgedUpTo(id, deal);
        deal = Pay(id, deal, judged, rules, out _);
        Require(deal.SettledUpTo == judged, new SettleFirst(id, deal.SettledUpTo, judged));
        return deal;
    }

    // The block up to which everything that pays a deal was judged.
    private ulong JudgedUpTo(ulong id, DealRecord deal)
    {
        ulong closed = ProvenTime.ClosedUpTo(time.Get(deal.Container));
        if (deal.Class == DealClass.Both) closed = Math.Min(closed, ProvenTime.ClosedUpTo(time.Get(ReplicaOf(id))));
        return Math.Max(Math.Min(closed, deal.End), deal.SettledUpTo);
    }

    private bool IsSlashed(ulong id, DealRecord deal) => time.Get(deal.Container).SlashedAt != 0
        || (deal.Class == DealClass.Both && time.Get(ReplicaOf(id)).SlashedAt != 0);

    // Blocks that count: proven ones; with two containers those that both count, as far as one call walks.
    private ulong ProvenBetween(ulong id, DealRecord deal, ref ulong upTo) => deal.Class == DealClass.Both
        ? time.BetweenBoth(deal.Container, ReplicaOf(id), deal.SettledUpTo, ref upTo)
        : time.Between(deal.Container, time.Get(deal.Container), deal.SettledUpTo, upTo);

    private DealRecord Pay(ulong id, DealRecord deal, ulong upTo, in StorageMarketParameters rules, out UInt128 paid)
    {
        UInt128 owed = deal.Arrears + (deal.Price * ProvenBetween(id, deal, ref upTo));
        deal = Transfer(deal with { SettledUpTo = upTo }, owed, rules, out paid);
        deal = deal with { Arrears = owed - paid };
        if (paid > UInt128.Zero || deal.Arrears > UInt128.Zero)
            logs.Emit(new DealSettled(id, paid, StorageMarketPolicy.TakeOf(paid, rules.TakeBps), deal.Arrears, upTo));
        return deal;
    }

    // Pays from what the deal has locked, then from what the client has free, as far as both go.
    private DealRecord Transfer(DealRecord deal, UInt128 owed, in StorageMarketParameters rules, out UInt128 paid)
    {
        if (owed > deal.Locked)
        {
            UInt128 more = UInt128.Min(owed - deal.Locked, escrow.Find(deal.Client, deal.Token).Free);
            escrow.Lock(deal.Client, deal.Token, more);
            deal = deal with { Locked = deal.Locked + more };
        }

        paid = UInt128.Min(owed, deal.Locked);
        UInt128 take = StorageMarketPolicy.TakeOf(paid, rules.TakeBps);
        Amount burning = escrow.Take(deal.Client, deal.Token, take);
        FeesBurnedSlot.Value += burning;
        burned.Credit(deal.Collateralist, burning, hot.LossOf(deal.Provider));
        escrow.PayLocked(deal.Client, deal.Collateralist, deal.Token, paid - take);
        return deal with { Locked = deal.Locked - paid };
    }

    // Keeps the price of the blocks ahead locked, as far as the client's free escrow goes; near the end it needs less.
    private DealRecord Relocked(DealRecord deal, in StorageMarketParameters rules)
    {
        UInt128 wanted = StorageMarketPolicy.LockOf(deal.Price, deal.End - deal.SettledUpTo, rules.LockBlocks);
        if (deal.Locked > wanted)
        {
            escrow.Unlock(deal.Client, deal.Token, deal.Locked - wanted);
            return deal with { Locked = wanted };
        }

        UInt128 more = UInt128.Min(wanted - deal.Locked, escrow.Find(deal.Client, deal.Token).Free);
        escrow.Lock(deal.Client, deal.Token, more);
        return deal with { Locked = deal.Locked + more };
    }
}
