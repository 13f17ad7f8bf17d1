using DePinChain.Modules.Economy;
using DePinChain.Modules.Sdk;
using DePinChain.Primitives;
using static DePinChain.Modules.Sdk.Guard;

namespace DePinChain.Modules.Compute;

/// <summary>
/// The market of containers: tenants say what they need, providers bid, the lowest bid wins by itself, by the tenant's choice or sealed,
/// and what runs is paid by the block from the moment it runs.
/// </summary>
[Module("computeMarket", "0x0000000000000000000000000000000000001201", Parts =
[
    typeof(ProviderRegistry), typeof(DeploymentBook), typeof(OrderBook), typeof(LeaseBook),
])]
public sealed partial class ComputeMarketModule : IModule, IBeginBlock, IInvariants, IGenesis<ComputeMarketGenesis>
{
    private readonly ModuleState _state;
    private readonly Logs _logs;
    private readonly IBank _bank;
    private readonly ITreasury _treasury;
    private readonly EscrowModule _escrow;
    private readonly DevicesModule _devices;
    private readonly MarketParts _parts;

    /// <param name="state">The module's records.</param>
    /// <param name="logs">The module's events.</param>
    /// <param name="bank">Holds providers' stakes.</param>
    /// <param name="treasury">Gets the fees of matches.</param>
    /// <param name="escrow">Holds and pays tenants' money.</param>
    /// <param name="devices">Keeps what is sold.</param>
    /// <param name="watchers">Are told what becomes of orders.</param>
    public ComputeMarketModule(
        ModuleState state, Logs logs, IBank bank, ITreasury treasury, EscrowModule escrow, DevicesModule devices, OrderWatchers watchers)
    {
        _state = state;
        _logs = logs;
        _bank = bank;
        _treasury = treasury;
        _escrow = escrow;
        _devices = devices;
        _parts = new MarketParts(state, logs, escrow, devices, watchers);
    }

    [Slot(0)] private partial Parameters<MarketParameters> Rules { get; }

    /// <summary>Asks for containers. Each group becomes an order that providers bid for.</summary>
    /// <param name="call">The tenant; the value is the deposit when it is in DPN, plus a fee for each group.</param>
    /// <param name="dseq">A number of the tenant's choice, never used before.</param>
    /// <param name="manifest">Hash of the manifest, which goes to the provider directly.</param>
    /// <param name="groups">1 to 20 groups; each runs at one provider.</param>
    /// <param name="mode">0 lowest bid, 1 the tenant's choice, 2 sealed bids.</param>
    /// <param name="biddingBlocks">Blocks that each order takes bids; 0 for the usual.</param>
    /// <param name="reclaimMin">Least notice that bids must promise, in blocks; 0 for none.</param>
    /// <param name="token">What prices are in: 0 for DPN, else the number of a token.</param>
    /// <param name="deposit">First deposit, in base units.</param>
    [Function, Payable]
    public void CreateDeployment(
        Call call,
        ulong dseq,
        Hash256 manifest,
        [Limit(MarketLimits.GroupsMax)] GroupSpec[] groups,
        AuctionMode mode,
        uint biddingBlocks,
        uint reclaimMin,
        uint token,
        UInt128 deposit)
    {
        MarketParameters rules = Rules.Value;
        Address owner = call.Sender;
        ulong now = call.Block.Number;
        Require(_parts.Deployments.Find(owner, dseq).State == DeploymentState.Unknown, new DeploymentExists(owner, dseq));
        Require(groups.Length > 0, new InvalidGroupCount(0, MarketLimits.GroupsMax));
        uint bidding = biddingBlocks == 0 ? rules.BiddingBlocks : biddingBlocks;
        Require(
            bidding is >= (uint)ComputeMarketPolicy.BidMarginBlocks and <= ComputeMarketPolicy.BiddingBlocksMax,
            new InvalidBiddingBlocks(bidding, (uint)ComputeMarketPolicy.BidMarginBlocks, ComputeMarketPolicy.BiddingBlocksMax));
        Require(
            reclaimMin == 0 || (reclaimMin >= rules.ReclaimBlocksMin && reclaimMin <= rules.ReclaimBlocksMax),
            new InvalidReclaimBlocks(reclaimMin, rules.ReclaimBlocksMin, rules.ReclaimBlocksMax));
        UInt128 least = token == AssetVault.Native ? rules.DeploymentDepositMin.Wei : UInt128.One;
        Require(deposit >= least, new DepositTooLow(least, deposit));
        Require(_parts.Orders.OpenOrdersOf(owner) + (uint)groups.Length <= rules.OpenOrdersMax, new TooManyOpenOrders(rules.OpenOrdersMax));
        Amount fee = rules.MatchFee * (ulong)groups.Length;
        RequireValue(call, token, deposit, fee);

        DeploymentRecord record = new(
            DeploymentState.Active, mode, bidding, reclaimMin, token, manifest, (uint)groups.Length, now);
        Hash256 account = ComputeMarketPolicy.AccountKey(owner, dseq);
        _treasury.Deposit(Address, fee);
        _escrow.Open(account, owner, token, deposit, SourceOf(token, owner), now);
        _parts.Deployments.Save(owner, dseq, record);
        _parts.Deployments.Name(account, new DeploymentName(owner, dseq));
        _logs.Emit(new DeploymentCreated(owner, dseq, manifest, mode, token, record.Groups));
        for (uint i = 0; i < groups.Length; i++)
        {
            SpecFault fault = SpecPolicy.FaultOf(groups[i], out uint unit);
            Require(fault == SpecFault.None, new InvalidSpec(i + 1, unit, fault));
            GroupRecord group = new(owner, dseq, i + 1, GroupState.Open, Orders: 0, SpecPolicy.Ceiling(groups[i]));
            _parts.Deployments.SaveSpec(group, groups[i]);
            _parts.Flow.OpenOrder(group, record, now, rules);
        }
    }

    /// <summary>Names another manifest, which the tenant sends to its providers.</summary>
    /// <param name="call">The tenant.</param>
    /// <param name="dseq">The deployment.</param>
    /// <param name="manifest">Hash of the manifest.</param>
    [Function]
    public void UpdateDeployment(Call call, ulong dseq, Hash256 manifest)
    {
        DeploymentRecord record = _parts.Deployments.GetActive(call.Sender, dseq);
        _parts.Deployments.Save(call.Sender, dseq, record with { Manifest = manifest });
        _logs.Emit(new DeploymentUpdated(call.Sender, dseq, manifest));
    }

    /// <summary>Ends everything a deployment runs; what is left of its money goes back to who paid it in.</summary>
    /// <param name="call">The tenant.</param>
    /// <param name="dseq">The deployment.</param>
    [Function]
    public void CloseDeployment(Call call, ulong dseq) => EndDeployment(call.Sender, dseq, call.Block.Number);

    /// <summary>The fee for the match of a group.</summary>
    public Amount MatchFee => Rules.Value.MatchFee;

    /// <summary>Ends everything a deployment runs, and pays back what is left of its money, as its tenant's call does.</summary>
    public void EndDeployment(Address owner, ulong dseq, ulong now)
    {
        DeploymentRecord record = _parts.Deployments.GetActive(owner, dseq);
        for (uint gseq = 1; gseq <= record.Groups; gseq++)
        {
            GroupRecord group = _parts.Deployments.GetGroup(owner, dseq, gseq);
            if (group.State != GroupState.Closed) _parts.Flow.StopGroup(group, GroupState.Closed, CloseReason.Tenant, now);
        }

        _escrow.Close(ComputeMarketPolicy.AccountKey(owner, dseq), now);
        _parts.Deployments.Save(owner, dseq, record with { State = DeploymentState.Closed });
        _logs.Emit(new DeploymentClosed(owner, dseq));
    }

    /// <summary>Ends a group for good.</summary>
    /// <param name="call">The tenant.</param>
    /// <param name="dseq">The deployment.</param>
    /// <param name="gseq">The group.</param>
    [Function]
    public void CloseGroup(Call call, ulong dseq, uint gseq)
    {
        _parts.Deployments.GetActive(call.Sender, dseq);
        GroupRecord group = _parts.Deployments.GetGroup(call.Sender, dseq, gseq);
        Require(group.State != GroupState.Closed, new WrongGroupState(gseq, group.State));
        _parts.Flow.StopGroup(group, GroupState.Closed, CloseReason.Tenant, call.Block.Number);
    }

    /// <summary>Ends what a group runs or looks for, until its tenant starts it again.</summary>
    /// <param name="call">The tenant.</param>
    /// <param name="dseq">The deployment.</param>
    /// <param name="gseq">The group.</param>
    [Function]
    public void PauseGroup(Call call, ulong dseq, uint gseq)
    {
        _parts.Deployments.GetActive(call.Sender, dseq);
        GroupRecord group = _parts.Deployments.GetGroup(call.Sender, dseq, gseq);
        Require(group.State == GroupState.Open, new WrongGroupState(gseq, group.State));
        _parts.Flow.StopGroup(group, GroupState.Paused, CloseReason.Tenant, call.Block.Number);
    }

    /// <summary>Looks for a provider again.</summary>
    /// <param name="call">The tenant; the value is the fee for the match.</param>
    /// <param name="dseq">The deployment.</param>
    /// <param name="gseq">The group.</param>
    [Function, Payable]
    public void StartGroup(Call call, ulong dseq, uint gseq)
    {
        MarketParameters rules = Rules.Value;
        DeploymentRecord deployment = _parts.Deployments.GetActive(call.Sender, dseq);
        GroupRecord group = _parts.Deployments.GetGroup(call.Sender, dseq, gseq);
        Require(group.State == GroupState.Paused, new WrongGroupState(gseq, group.State));
        Require(_parts.Orders.OpenOrdersOf(call.Sender) < rules.OpenOrdersMax, new TooManyOpenOrders(rules.OpenOrdersMax));
        Require(call.Value == rules.MatchFee, new WrongCallValue(rules.MatchFee.Wei, call.Value.Wei));
        _treasury.Deposit(Address, rules.MatchFee);
        _parts.Flow.OpenOrder(group, deployment, call.Block.Number, rules);
        _logs.Emit(new GroupChanged(group.Owner, group.Dseq, group.Gseq, GroupState.Open));
    }

    /// <summary>Makes a bid the lease of an order that leaves the choice to its tenant.</summary>
    /// <param name="call">The tenant.</param>
    /// <param name="bid">The bid.</param>
    [Function]
    public void CreateLease(Call call, Hash256 bid) => _parts.Auction.Choose(bid, call.Sender, call.Block, Rules.Value);

    /// <summary>Ends a lease at once; the group looks for another provider by itself.</summary>
    /// <param name="call">The tenant.</param>
    /// <param name="lease">The lease.</param>
    [Function]
    public void CloseLease(Call call, Hash256 lease)
    {
        LeaseRecord record = _parts.Leases.Find(lease);
        Require(LeaseBook.IsLive(record), new WrongLeaseState(lease, record.State));
        Require(record.Owner == call.Sender, new NotTenant(record.Owner, call.Sender));
        OrderId id = _parts.Orders.Find(record.Order).Id;
        ulong now = call.Block.Number;
        _parts.Flow.EndLease(lease, LeaseState.Closed, CloseReason.Tenant, endedWell: true, compensation: UInt128.Zero, now);
        DeploymentRecord deployment = _parts.Deployments.Find(id.Owner, id.Dseq);
        _parts.Flow.OpenOrder(_parts.Deployments.GetGroup(id.Owner, id.Dseq, id.Gseq), deployment, now, Rules.Value);
    }

    /// <summary>Does what is due at this block: ended money, silent and late providers, auctions, deposits of bids, stakes.</summary>
    public void BeginBlock(BlockContext block)
    {
        MarketParameters rules = Rules.Value;
        StepRunner runner = new(_state, _logs);
        ulong now = block.Number;
        runner.ForEachDue(_escrow.Ended, now, EscrowPolicy.DryPerBlockMax, account => StopUnpaid(account, now));
        runner.ForEachDue(_parts.Leases.LifeChecks, now, ComputeMarketPolicy.ChecksPerBlockMax, lease => CheckLife(lease, now, rules));
        runner.ForEachDue(_parts.Leases.StartChecks, now, ComputeMarketPolicy.ChecksPerBlockMax, lease => CheckStart(lease, now));
        runner.ForEachDue(
            _parts.Orders.Settlements, now, ComputeMarketPolicy.MatchesPerBlockMax, order => _parts.Auction.Settle(order, block, rules));
        runner.ForEachDue(
            _parts.Orders.Refunds, now, ComputeMarketPolicy.SettlementsPerBlockMax, order => _parts.Flow.RefundBids(order, now));
        runner.ForEachDue(_parts.Providers.Departures, now, ComputeMarketPolicy.ChecksPerBlockMax, PayDeparture);
    }

    /// <inheritdoc/>
    public void Initialize(ComputeMarketGenesis section, GenesisContext context) => Rules.Value = section.ToParameters();

    // The account never opens again, so that no group of it can go on.
    private void StopUnpaid(Hash256 account, ulong now)
    {
        if (!_parts.Deployments.TryGetName(account, out DeploymentName name)) return;
        DeploymentRecord record = _parts.Deployments.Find(name.Owner, name.Dseq);
        for (uint gseq = 1; gseq <= record.Groups; gseq++)
        {
            GroupRecord group = _parts.Deployments.GetGroup(name.Owner, name.Dseq, gseq);
            if (group.State is GroupState.Closed) continue;
            _parts.Flow.StopGroup(group, GroupState.InsufficientFunds, CloseReason.InsufficientFunds, now);
        }
    }

    // A provider that vanished is not paid for the silence, and owes the notice it never gave, as far as its deposit goes.
    private void CheckLife(Hash256 lease, ulong now, in MarketParameters rules)
    {
        LeaseRecord record = _parts.Leases.Find(lease);
        if (!LeaseBook.IsPaid(record)) return;
        ulong due = record.HeardAt + rules.HeartbeatBlocks;
        if (now < due)
        {
            _parts.Leases.LifeChecks.Add(due, lease);
            return;
        }

        UInt128 owed = record.Price * (now - record.HeardAt + ComputeMarketPolicy.NoticeLeft(record, now, rules));
        _parts.Flow.BreakLease(lease, CloseReason.ProviderLost, endedWell: false, owed, now);
        Jail(record.Provider, now + rules.JailBlocks);
    }

    // A bid that wins and does nothing costs its whole deposit.
    private void CheckStart(Hash256 lease, ulong now)
    {
        LeaseRecord record = _parts.Leases.Find(lease);
        if (record.State != LeaseState.Matched) return;
        _parts.Flow.BreakLease(lease, CloseReason.NotStarted, endedWell: false, UInt128.MaxValue, now);
    }

    private void RequireValue(Call call, uint token, UInt128 deposit, Amount fee)
    {
        UInt128 expected = fee.Wei + (token == AssetVault.Native ? deposit : UInt128.Zero);
        Require(call.Value.Wei == expected, new WrongCallValue(expected, call.Value.Wei));
    }

    // DPN came with the call and lies on this module's account; tokens are taken from the caller's.
    private Address SourceOf(uint token, Address caller) => token == AssetVault.Native ? Address : caller;
}
