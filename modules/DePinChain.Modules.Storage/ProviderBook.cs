using DePinChain.Modules.Sdk;
using DePinChain.Primitives;
using static DePinChain.Modules.Sdk.Guard;

namespace DePinChain.Modules.Storage;

/// <summary>Who stores data, and what each accepts without being asked.</summary>
[ModulePart]
internal sealed partial class ProviderBook(ModuleState state)
{
    [Slot(20)] private partial Sequence Ids { get; }
    [Slot(21)] private partial Map<ulong, ProviderRecord> Records { get; }
    [Slot(22)] private partial Map<ulong, Offer> Offers { get; }
    [Slot(23)] private partial Map<ulong, Address> PolicyNames { get; }

    public ulong Count => Ids.Last;

    public bool Exists(ulong provider) => Records.Contains(provider);

    public ProviderRecord Get(ulong provider)
    {
        Require(Records.TryGet(provider, out ProviderRecord? record), new UnknownProvider(provider));
        return record;
    }

    public ulong Add(ProviderRecord record)
    {
        ulong id = Ids.Next();
        Records[id] = record;
        return id;
    }

    public void Save(ulong provider, ProviderRecord record) => Records[provider] = record;

    public Offer OfferOf(ulong provider) => Offers.TryGet(provider, out Offer offer) ? offer : default;

    public void SetOffer(ulong provider, in Offer offer) => Offers[provider] = offer;

    /// <summary>The account whose policy a provider's clients must satisfy; zero for none.</summary>
    public Address PolicyOf(ulong provider) => PolicyNames.GetOr(provider, Address.Zero);

    public void SetPolicy(ulong provider, Address policyOf) => PolicyNames[provider] = policyOf;

    /// <summary>The provider, when the account is its owner.</summary>
    public ProviderRecord GetOwned(ulong provider, Address account)
    {
        ProviderRecord record = Get(provider);
        Require(record.Owner == account, new NotProviderOwner(provider, record.Owner));
        return record;
    }

    /// <summary>The provider, when the account may act for it.</summary>
    public ProviderRecord GetActing(ulong provider, Address account)
    {
        ProviderRecord record = Get(provider);
        Require(account == record.Owner || account == record.Operator, new NotProvider(provider, account));
        return record;
    }
}
