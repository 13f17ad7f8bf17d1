using DePinChain.Modules.Economy;
using DePinChain.Modules.Sdk;
using DePinChain.Primitives;
using DePinChain.Proofs.Pieces;
using static DePinChain.Modules.Sdk.Guard;

namespace DePinChain.Modules.Storage;

/// <summary>
/// Where clients and providers of storage meet: providers and their offers, an escrow, deals from a signed proposal, an offer or a request
/// for bids, and payment for proven time only.
/// </summary>
[Module("storageMarket", "0x0000000000000000000000000000000000001100", Parts =
    [typeof(EscrowLedger), typeof(ProviderBook), typeof(ProvenTime), typeof(Deals), typeof(Requests), typeof(BurnedFees),
    typeof(ReplicaSets), typeof(HotDeals)])]
public sealed partial class StorageMarketModule
    : IModule, IStorageMarket, IBeginBlock, IInvariants, IGenesis<StorageMarketGenesis>
{
    private readonly ModuleState _state;
    private readonly Logs _logs;
    private readonly ITokens _tokens;
    private readonly ICryptography _cryptography;
    private readonly IClientPolicies _policies;
    private readonly EscrowLedger _escrow;
    private readonly ProviderBook _providers;
    private readonly ProvenTime _time;
    private readonly Deals _deals;
    private readonly Requests _requests;
    private readonly BurnedFees _burned;
    private readonly ReplicaSets _replicas;
    private readonly HotDeals _hot;

    /// <param name="state">The module's records.</param>
    /// <param name="logs">The module's events.</param>
    /// <param name="bank">Moves DPN.</param>
    /// <param name="cryptography">Recovers who signed a proposal.</param>
    /// <param name="tokens">Moves other tokens.</param>
    /// <param name="treasury">Takes the network's part of payments.</param>
    /// <param name="emission">Knows the circulating supply.</param>
    /// <param name="policies">Know what providers ask of their clients.</param>
    public StorageMarketModule(
        ModuleState state, Logs logs, IBank bank, ICryptography cryptography, ITokens tokens, ITreasury treasury, IEmission emission,
        IClientPolicies policies)
    {
        _state = state;
        _logs = logs;
        _tokens = tokens;
        _cryptography = cryptography;
        _policies = policies;
        _escrow = new EscrowLedger(state, bank, tokens, treasury);
        _providers = new ProviderBook(state);
        _time = new ProvenTime(state, logs);
        _burned = new BurnedFees(state);
        _hot = new HotDeals(state);
        _deals = new Deals(state, logs, _escrow, _providers, _time, tokens, emission, _burned, _hot);
        _requests = new Requests(state, _escrow);
        _replicas = new ReplicaSets(state);
    }

    [Slot(100)] private partial Parameters<StorageMarketParameters> Rules { get; }

    /// <summary>Registers the caller as a provider of storage.</summary>
    /// <param name="call">The owner.</param>
    /// <param name="agent">A hot key for the daily work; zero for none.</param>
    /// <param name="endpoint">Where clients reach it.</param>
    /// <param name="peerId">Its libp2p identity.</param>
    /// <returns>The provider's number.</returns>
    [Function]
    public ulong RegisterProvider(Call call, Address agent, [Limit(256)] string endpoint, [Limit(64)] byte[] peerId)
    {
        Require(endpoint.Length > 0, new InvalidEndpoint(endpoint));
        ulong id = _providers.Add(new ProviderRecord(call.Sender, agent, Address.Zero, endpoint, peerId));
        _logs.Emit(new ProviderRegistered(id, call.Sender, endpoint));
        return id;
    }

    /// <summary>Changes a provider's operator and how it is reached.</summary>
    [Function]
    public void SetProvider(Call call, ulong providerId, Address agent, [Limit(256)] string endpoint, [Limit(64)] byte[] peerId)
    {
        ProviderRecord record = _providers.GetOwned(providerId, call.Sender);
        Require(endpoint.Length > 0, new InvalidEndpoint(endpoint));
        _providers.Save(providerId, record with { Operator = agent, Endpoint = endpoint, PeerId = peerId });
        _logs.Emit(new ProviderChanged(providerId, record.Owner, agent, endpoint));
    }

    /// <summary>Proposes another owner, who must accept. Deals that were agreed keep their collateral and pay where it came from.</summary>
    [Function]
    public void ProposeOwner(Call call, ulong providerId, Address successor)
    {
        ProviderRecord record = _providers.GetOwned(providerId, call.Sender);
        _providers.Save(providerId, record with { Successor = successor });
    }

    /// <summary>Makes the caller the provider's owner, as its owner proposed.</summary>
    [Function]
    public void AcceptOwner(Call call, ulong providerId)
    {
        ProviderRecord record = _providers.Get(providerId);
        Require(!record.Successor.IsZero && record.Successor == call.Sender, new NotSuccessor(providerId, record.Successor));
        _providers.Save(providerId, record with { Owner = call.Sender, Operator = Address.Zero, Successor = Address.Zero });
        _logs.Emit(new ProviderChanged(providerId, call.Sender, Address.Zero, record.Endpoint));
    }

    /// <summary>Says which proposals the provider accepts without being asked; a largest size of zero closes the offer.</summary>
    [Function]
    public void SetOffer(Call call, ulong providerId, Offer offer)
    {
        _providers.GetActing(providerId, call.Sender);
        _providers.SetOffer(providerId, offer);
        _logs.Emit(new OfferChanged(providerId, offer));
    }

    /// <summary>Puts funds of the caller into an account's escrow. DPN comes along as the call's value.</summary>
    /// <param name="call">Who pays.</param>
    /// <param name="account">Whose escrow.</param>
    /// <param name="token">The token's account, or zero for DPN.</param>
    /// <param name="amount">Base units.</param>
    [Function, Payable]
    public void Deposit(Call call, Address account, Address token, UInt128 amount)
    {
        uint number = NumberOf(token);
        Require(!account.IsZero && amount > UInt128.Zero, new NothingToDeposit());
        Amount expected = number == EscrowLedger.Dpn ? new Amount(amount) : Amount.Zero;
        Require(call.Value == expected, new WrongValue(expected, call.Value));
        if (number != EscrowLedger.Dpn) _tokens.Move(number, call.Sender, Address, amount);
        _escrow.Credit(account, number, amount);
        _logs.Emit(new EscrowDeposited(account, number, amount));
    }

    /// <summary>Pays out of the caller's escrow what nothing has locked, at most the amount.</summary>
    /// <returns>What was paid.</returns>
    [Function]
    public UInt128 Withdraw(Call call, Address token, UInt128 amount)
    {
        uint number = NumberOf(token);
        UInt128 paid = UInt128.Min(amount, _escrow.Find(call.Sender, number).Free);
        if (paid == UInt128.Zero) return paid;
        _escrow.Withdraw(call.Sender, number, paid);
        _logs.Emit(new EscrowWithdrawn(call.Sender, number, paid));
        return paid;
    }

    /// <summary>
    /// Publishes proposals that clients signed (EIP-712). A proposal that is refused is passed over and reported; the others stand.
    /// </summary>
    /// <param name="call">The provider.</param>
    /// <param name="providerId">Its number; proposals for another are refused.</param>
    /// <param name="proposals">At most 32.</param>
    /// <param name="signatures">65 bytes each, by the clients.</param>
    /// <returns>The deals' numbers, and a bit for each proposal that stands.</returns>
    [Function]
    public (ulong[] Ids, UInt256 Accepted) PublishDeals(
        Call call,
        ulong providerId,
        [Limit(StorageMarketPolicy.ProposalsPerCallMax)] DealProposal[] proposals,
        [Limit(StorageMarketPolicy.ProposalsPerCallMax)] byte[][] signatures)
    {
        ProviderRecord provider = _providers.GetActing(providerId, call.Sender);
        Require(proposals.Length == signatures.Length, new SignatureCount((uint)proposals.Length, (uint)signatures.Length));
        StorageMarketParameters rules = Rules.Value;
        List<ulong> ids = [];
        UInt256 accepted = UInt256.Zero;
        for (int index = 0; index < proposals.Length; index++)
        {
            DealFault fault = SignedFault(call, providerId, provider.Owner, proposals[index], signatures[index], rules);
            if (fault != DealFault.None)
            {
                _logs.Emit(new ProposalSkipped(providerId, (uint)index, fault));
                continue;
            }

            _deals.UseNonce(proposals[index].Client, proposals[index].Nonce);
            ids.Add(Agree(proposals[index], provider.Owner, provider.Owner, rules));
            accepted |= UInt256.One << index;
        }

        return ([.. ids], accepted);
    }

    /// <summary>
    /// Proposes a deal on the chain; the client's funds are locked. It is published at once when it meets the provider's offer, and waits
    /// for acceptance otherwise. Value that comes along goes into the client's escrow first.
    /// </summary>
    /// <param name="call">The client.</param>
    /// <param name="proposal">The terms; the nonce does not matter here.</param>
    /// <returns>The deal's number.</returns>
    [Function, Payable]
    public ulong ProposeDeal(Call call, DealProposal proposal)
    {
        StorageMarketParameters rules = Rules.Value;
        Require(proposal.Client == call.Sender, new NotClient(proposal.Client, call.Sender));
        TakeAlong(call);
        RequireTerms(_deals.FaultOf(proposal, call.Block.Number, rules));
        RequireTerms(_deals.ClientCan(proposal, rules) ? DealFault.None : DealFault.ClientFunds);
        RequireAdmitted(call.Block, proposal.ProviderId, proposal.Client);
        ProviderRecord provider = _providers.Get(proposal.ProviderId);
        if (IsOffered(proposal) && _escrow.Find(provider.Owner, EscrowLedger.Dpn).Free >= proposal.ProviderCollateral.Wei)
            return Agree(proposal, provider.Owner, call.Sender, rules);

        ulong id = _deals.Propose(proposal, DealState.Proposed, provider.Owner, rules);
        ulong deadline = call.Block.Number + rules.AcceptBlocks;
        _deals.Expiring.Add(deadline + 1, id);
        _logs.Emit(new DealProposed(id, call.Sender, proposal.ProviderId, deadline));
        return id;
    }

    /// <summary>Accepts a proposal made on the chain; the provider's collateral is locked.</summary>
    [Function]
    public void AcceptDeal(Call call, ulong id)
    {
        DealRecord deal = _deals.Get(id);
        ProviderRecord provider = _providers.GetActing(deal.Provider, call.Sender);
        Require(deal.State == DealState.Proposed, new WrongDealState(id, deal.State));
        Require(deal.Start > call.Block.Number, new DealRefused(DealFault.Start));
        RequireAdmitted(call.Block, deal.Provider, deal.Client);
        _escrow.Lock(provider.Owner, EscrowLedger.Dpn, deal.ProviderCollateral.Wei);
        _deals.Save(id, deal with { Collateralist = provider.Owner });
        _deals.Publish(id, Rules.Value);
    }

    /// <summary>Takes a proposal back that was not accepted, or declines it.</summary>
    [Function]
    public void CancelProposal(Call call, ulong id)
    {
        DealRecord deal = _deals.Get(id);
        Require(deal.State == DealState.Proposed, new WrongDealState(id, deal.State));
        Require(call.Sender == deal.Client || IsActing(deal.Provider, call.Sender), new NotParty(id, call.Sender));
        _deals.Expire(id);
    }

    /// <summary>
    /// Pays for what was proven since the last settlement. Anybody may ask; deals that have come to their end are closed.
    /// </summary>
    /// <param name="call">Anybody.</param>
    /// <param name="ids">At most 64 active deals.</param>
    /// <returns>What each was paid, the network's part included.</returns>
    [Function]
    public UInt128[] SettleDeals(Call call, [Limit(StorageMarketPolicy.SettlementsPerCallMax)] ulong[] ids)
    {
        StorageMarketParameters rules = Rules.Value;
        UInt128[] paid = new UInt128[ids.Length];
        for (int index = 0; index < ids.Length; index++) paid[index] = _deals.Settle(ids[index], call.Block.Number, rules);
        return paid;
    }

    /// <summary>
    /// Ends a deal early. The client pays a notice; the provider loses its collateral, most of it to the client.
    /// </summary>
    [Function]
    public void TerminateDeal(Call call, ulong id)
    {
        DealRecord deal = _deals.Get(id);
        Require(deal.State == DealState.Active, new WrongDealState(id, deal.State));
        bool isProvider = IsActing(deal.Provider, call.Sender);
        Require(isProvider || call.Sender == deal.Client, new NotParty(id, call.Sender));
        if (isProvider) _deals.TerminateByProvider(id, Rules.Value);
        else _deals.TerminateByClient(id, Rules.Value);
    }

    /// <summary>Moves a deal's end away, and its price, with the other party's signature (EIP-712 DealExtension).</summary>
    /// <param name="call">One party.</param>
    /// <param name="id">The deal.</param>
    /// <param name="endBlock">The last block that is billed.</param>
    /// <param name="pricePerBlock">The price from the last judged period on.</param>
    /// <param name="signature">65 bytes by the other party: the client, or the provider's owner.</param>
    [Function]
    public void ExtendDeal(Call call, ulong id, ulong endBlock, UInt128 pricePerBlock, [Limit(65)] byte[] signature)
    {
        StorageMarketParameters rules = Rules.Value;
        DealRecord deal = _deals.Get(id);
        Require(deal.State == DealState.Active, new WrongDealState(id, deal.State));
        bool isProvider = IsActing(deal.Provider, call.Sender);
        Require(isProvider || call.Sender == deal.Client, new NotParty(id, call.Sender));
        Require(endBlock > deal.End, new NotAnExtension(id, deal.End));
        RequireTerms(endBlock - deal.Start > rules.DealBlocksMax ? DealFault.Term : DealFault.None);
        RequireTerms(pricePerBlock > StorageMarketPolicy.PriceMax ? DealFault.Price : DealFault.None);
        Address other = isProvider ? deal.Client : _providers.Get(deal.Provider).Owner;
        Hash256 digest = DealSigning.ExtensionDigestOf(call.Block.ChainId, id, endBlock, pricePerBlock);
        Require(_cryptography.TryRecover(digest, signature, out Address signer) && signer == other, new NotSignedByCounterparty(other));
        _deals.Extend(id, endBlock, pricePerBlock, rules);
    }

    /// <inheritdoc/>
    public void BeginBlock(BlockContext block)
    {
        _burned.Turn(block.Number);
        new StepRunner(_state, _logs).ForEachDue(
            _deals.Expiring, block.Number, StorageMarketPolicy.ExpirationsPerBlockMax, _deals.Expire);
    }

    /// <inheritdoc/>
    public void Initialize(StorageMarketGenesis section, GenesisContext context)
    {
        Rules.Value = section.ToParameters();
        _burned.Begin(section.DayBlocks);
    }

    /// <inheritdoc/>
    public IEnumerable<string> Violations() =>
        [.. StorageMarketInvariants.Of(_escrow), .. StorageMarketInvariants.OfDeals(_escrow, _deals, _requests, _replicas)];

    // Value that comes along with a proposal or a request is a deposit of its sender.
    private void TakeAlong(Call call)
    {
        if (call.Value.IsZero) return;
        _escrow.Credit(call.Sender, EscrowLedger.Dpn, call.Value.Wei);
        _logs.Emit(new EscrowDeposited(call.Sender, EscrowLedger.Dpn, call.Value.Wei));
    }

    private static void RequireTerms(DealFault fault) => Require(fault == DealFault.None, new DealRefused(fault));

    private uint NumberOf(Address token)
    {
        Require(_deals.TryToken(token, out uint number), new UnknownPayToken(token));
        return number;
    }

    private bool IsActing(ulong provider, Address account)
    {
        ProviderRecord record = _providers.Get(provider);
        return account == record.Owner || account == record.Operator;
    }

    private bool IsOffered(DealProposal proposal)
    {
        Offer offer = _providers.OfferOf(proposal.ProviderId);
        PieceCid.TryDecode(proposal.PieceCid, out PieceCid piece, out _);
        ulong term = proposal.EndBlock - proposal.StartBlock;
        return proposal.Class == DealClass.Possession && proposal.PayToken.IsZero &&
            piece.PaddedSize >= offer.SizeMin && piece.PaddedSize <= offer.SizeMax &&
            term >= offer.BlocksMin && term <= offer.BlocksMax && proposal.ProviderCollateral <= offer.CollateralMax &&
            proposal.PricePerBlock >= StorageMarketPolicy.AskOf(offer.PricePerGiBBlock, piece.PaddedSize);
    }

    private DealFault SignedFault(
        Call call, ulong providerId, Address owner, DealProposal proposal, byte[] signature, in StorageMarketParameters rules)
    {
        if (proposal.ProviderId != providerId) return DealFault.Provider;
        DealFault fault = _deals.FaultOf(proposal, call.Block.Number, rules);
        if (fault != DealFault.None) return fault;
        if (_deals.IsUsed(proposal.Client, proposal.Nonce)) return DealFault.Nonce;
        Hash256 digest = DealSigning.DigestOf(call.Block.ChainId, proposal);
        if (!_cryptography.TryRecover(digest, signature, out Address signer) || signer != proposal.Client) return DealFault.Signature;
        if (!Admits(call.Block, providerId, proposal.Client)) return DealFault.Credentials;
        if (!_deals.ClientCan(proposal, rules)) return DealFault.ClientFunds;
        UInt128 dust = proposal.PricePerBlock == UInt128.Zero ? rules.DustBurn.Wei : UInt128.Zero;
        UInt128 needed = proposal.ProviderCollateral.Wei + dust;
        return _escrow.Find(owner, EscrowLedger.Dpn).Free < needed ? DealFault.ProviderFunds : DealFault.None;
    }

    // Both agree: locks both sides and publishes. A deal without a price costs its publisher something, so that nobody fills the state.
    private ulong Agree(DealProposal proposal, Address owner, Address publisher, in StorageMarketParameters rules)
    {
        ulong id = _deals.Propose(proposal, DealState.Proposed, owner, rules);
        _escrow.Lock(owner, EscrowLedger.Dpn, proposal.ProviderCollateral.Wei);
        if (proposal.PricePerBlock == UInt128.Zero) _escrow.BurnFree(publisher, rules.DustBurn);
        _deals.Publish(id, rules);
        return id;
    }
}
