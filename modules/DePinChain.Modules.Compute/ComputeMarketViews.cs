using DePinChain.Modules.Sdk;
using DePinChain.Primitives;
using static DePinChain.Modules.Sdk.Guard;

namespace DePinChain.Modules.Compute;

// What the market answers without changing anything.
public sealed partial class ComputeMarketModule
{
    /// <summary>Says for a page of providers whether each meets a requirement now, or the first rule it fails: why nobody bids.</summary>
    /// <param name="block">This block.</param>
    /// <param name="tenant">Who would order; zero leaves out what providers ask of tenants.</param>
    /// <param name="group">The requirement.</param>
    /// <param name="start">How many providers to pass over.</param>
    /// <param name="limit">How many to look at, at most 100.</param>
    [Function]
    public ScreenResult[] ScreenOrder(BlockContext block, Address tenant, GroupSpec group, ulong start, uint limit)
    {
        Require(limit <= ComputeMarketPolicy.PageMax, new PageTooLarge(ComputeMarketPolicy.PageMax));
        SpecFault fault = SpecPolicy.FaultOf(group, out uint unit);
        Require(fault == SpecFault.None, new InvalidSpec(1, unit, fault));
        Demand demand = SpecPolicy.DemandOf(group);
        List<ScreenResult> page = [];
        foreach (Address provider in _parts.Providers.Page(start, (int)limit))
            page.Add(new ScreenResult(provider, _parts.Screening.FirstFailed(provider, tenant, group, demand, block)));
        return [.. page];
    }

    /// <summary>A provider; reverts for an account that is none.</summary>
    [Function]
    public ProviderRecord GetProvider(Address provider) => _parts.Providers.Get(provider);

    /// <summary>How well a provider's leases ended, in 10^-9: (ok + 8) / (all + 10).</summary>
    [Function]
    public ulong GetScore(BlockContext block, Address provider) => _parts.Providers.ScoreOf(provider, block.Number);

    /// <summary>How many providers there are.</summary>
    [Function]
    public ulong ProviderCount() => _parts.Providers.Count;

    /// <summary>At most 100 providers.</summary>
    /// <param name="start">How many to pass over.</param>
    /// <param name="limit">How many at most.</param>
    [Function]
    public Address[] GetProviders(ulong start, uint limit)
    {
        Require(limit <= ComputeMarketPolicy.PageMax, new PageTooLarge(ComputeMarketPolicy.PageMax));
        return [.. _parts.Providers.Page(start, (int)limit)];
    }

    /// <summary>An auditor's word for one attribute of a provider; all zeros when it gave none.</summary>
    [Function]
    public SignedAttribute GetAttribute(Address provider, Address auditor, Hash256 key) => _parts.Providers.WordOf(provider, auditor, key);

    /// <summary>A key with which an account speaks TLS; all zeros when it published none.</summary>
    [Function]
    public CertificateRecord GetCert(Address owner, Hash256 spki)
    {
        _parts.Providers.TryGetCertificate(owner, spki, out CertificateRecord record);
        return record;
    }

    /// <summary>A deployment; all zeros when there is none.</summary>
    [Function]
    public DeploymentRecord GetDeployment(Address owner, ulong dseq) => _parts.Deployments.Find(owner, dseq);

    /// <summary>The number of a deployment's escrow account.</summary>
    [Function]
    public Hash256 AccountOf(Address owner, ulong dseq) => ComputeMarketPolicy.AccountKey(owner, dseq);

    /// <summary>A group of a deployment.</summary>
    [Function]
    public GroupRecord GetGroup(Address owner, ulong dseq, uint gseq) => _parts.Deployments.GetGroup(owner, dseq, gseq);

    /// <summary>What a group needs; reverts once it is over.</summary>
    [Function]
    public GroupSpec GetSpec(Address owner, ulong dseq, uint gseq)
    {
        GroupRecord group = _parts.Deployments.GetGroup(owner, dseq, gseq);
        Require(group.State != GroupState.Closed, new WrongGroupState(gseq, group.State));
        return _parts.Deployments.SpecOf(owner, dseq, gseq);
    }

    /// <summary>The number of an order.</summary>
    [Function]
    public Hash256 OrderKey(OrderId order) => ComputeMarketPolicy.OrderKey(order);

    /// <summary>An order; all zeros when there is none.</summary>
    [Function]
    public OrderRecord GetOrder(Hash256 order) => _parts.Orders.Find(order);

    /// <summary>At most 100 bids of an order whose deposits are still held.</summary>
    /// <param name="order">The order.</param>
    /// <param name="start">How many to pass over.</param>
    /// <param name="limit">How many at most.</param>
    [Function]
    public Hash256[] GetBids(Hash256 order, ulong start, uint limit)
    {
        Require(limit <= ComputeMarketPolicy.PageMax, new PageTooLarge(ComputeMarketPolicy.PageMax));
        return [.. _parts.Orders.BidsOf(order).Page(start, (int)limit)];
    }

    /// <summary>A bid; all zeros when there is none.</summary>
    [Function]
    public BidRecord GetBid(Hash256 bid) => _parts.Orders.FindBid(bid);

    /// <summary>A lease; all zeros when there is none.</summary>
    [Function]
    public LeaseRecord GetLease(Hash256 lease) => _parts.Leases.Find(lease);

    /// <summary>At most 100 of a provider's leases that are not over.</summary>
    /// <param name="provider">The provider.</param>
    /// <param name="start">How many to pass over.</param>
    /// <param name="limit">How many at most.</param>
    [Function]
    public Hash256[] GetLeases(Address provider, ulong start, uint limit)
    {
        Require(limit <= ComputeMarketPolicy.PageMax, new PageTooLarge(ComputeMarketPolicy.PageMax));
        return [.. _parts.Leases.Of(provider).Page(start, (int)limit)];
    }

    /// <inheritdoc/>
    public IEnumerable<string> Violations() =>
        ComputeMarketInvariants.Of(_parts, _escrow, _devices, _bank.BalanceOf(Address));
}

/// <summary>Whether a provider meets a requirement.</summary>
/// <param name="Provider">The provider.</param>
/// <param name="FirstFailed">The first rule it fails; 0 when it meets all.</param>
public readonly record struct ScreenResult(Address Provider, ScreenRule FirstFailed);
