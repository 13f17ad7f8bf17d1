using System.Text;
using DePinChain.Modules.Sdk;
using DePinChain.Primitives;
using static DePinChain.Modules.Sdk.Guard;

namespace DePinChain.Modules.Compute;

// Who offers compute, what they say of themselves and what auditors say of them.
public sealed partial class ComputeMarketModule
{
    /// <summary>Makes the caller a provider.</summary>
    /// <param name="call">The provider; the value is its stake.</param>
    /// <param name="uri">Where its agent answers, 1 to 128 bytes.</param>
    /// <param name="description">Hash of what it says of itself.</param>
    /// <param name="region">Its country: ISO 3166 numeric.</param>
    /// <param name="continent">Its continent, from 1000 on.</param>
    /// <param name="classes">Classes of storage it offers.</param>
    /// <param name="attributes">What it says of itself, unsigned.</param>
    /// <param name="capacity">What it can sell.</param>
    [Function, Payable]
    public void RegisterProvider(
        Call call,
        [Limit(ComputeMarketPolicy.UriBytesMax)] string uri,
        Hash256 description,
        ushort region,
        ushort continent,
        StorageClasses classes,
        [Limit(MarketLimits.AttributesMax)] AttributePair[] attributes,
        Capacity capacity)
    {
        MarketParameters rules = Rules.Value;
        RequireUri(uri);
        Require(call.Value >= rules.ProviderStakeMin, new StakeTooLow(rules.ProviderStakeMin, call.Value));
        _parts.Providers.Add(call.Sender, new ProviderRecord(
            uri, description, region, continent, classes, attributes, call.Value, ProviderState.Active, Until: 0, Leases: 0, JobsOk: 0,
            JobsAll: 0, HalvedAt: call.Block.Number));
        _devices.SetCapacity(call.Sender, capacity);
        _logs.Emit(new ProviderChanged(call.Sender, uri, description, call.Value));
        _logs.Emit(new ProviderStateChanged(call.Sender, ProviderState.Active, 0));
    }

    /// <summary>Changes what the caller says of itself and can sell; value that comes along adds to its stake.</summary>
    /// <param name="call">The provider.</param>
    /// <param name="uri">Where its agent answers, 1 to 128 bytes.</param>
    /// <param name="description">Hash of what it says of itself.</param>
    /// <param name="region">Its country: ISO 3166 numeric.</param>
    /// <param name="continent">Its continent, from 1000 on.</param>
    /// <param name="classes">Classes of storage it offers.</param>
    /// <param name="attributes">What it says of itself, unsigned.</param>
    /// <param name="capacity">What it can sell; no less than is sold.</param>
    [Function, Payable]
    public void UpdateProvider(
        Call call,
        [Limit(ComputeMarketPolicy.UriBytesMax)] string uri,
        Hash256 description,
        ushort region,
        ushort continent,
        StorageClasses classes,
        [Limit(MarketLimits.AttributesMax)] AttributePair[] attributes,
        Capacity capacity)
    {
        ProviderRecord record = _parts.Providers.Get(call.Sender);
        Require(record.State != ProviderState.Exiting, new WrongProviderState(call.Sender, record.State));
        RequireUri(uri);
        record = record with
        {
            Uri = uri,
            Description = description,
            Region = region,
            Continent = continent,
            Classes = classes,
            Attributes = attributes,
            Stake = record.Stake + call.Value,
        };
        _parts.Providers.Save(call.Sender, record);
        _parts.Providers.AddStake(call.Value);
        _devices.SetCapacity(call.Sender, capacity);
        _logs.Emit(new ProviderChanged(call.Sender, uri, description, record.Stake));
    }

    /// <summary>Stops bidding, or begins again; what runs goes on.</summary>
    /// <param name="call">The provider.</param>
    /// <param name="isDraining">True to stop.</param>
    [Function]
    public void DrainProvider(Call call, bool isDraining)
    {
        ProviderRecord record = _parts.Providers.Get(call.Sender);
        ProviderState from = isDraining ? ProviderState.Active : ProviderState.Draining;
        Require(record.State == from, new WrongProviderState(call.Sender, record.State));
        SetState(call.Sender, record, isDraining ? ProviderState.Draining : ProviderState.Active, until: 0);
    }

    /// <summary>Lets a provider that vanished bid again once its time is over.</summary>
    /// <param name="call">The provider.</param>
    [Function]
    public void UnjailProvider(Call call)
    {
        ProviderRecord record = _parts.Providers.Get(call.Sender);
        Require(record.State == ProviderState.Jailed, new WrongProviderState(call.Sender, record.State));
        Require(call.Block.Number >= record.Until, new ProviderJailed(record.Until, call.Block.Number));
        SetState(call.Sender, record, ProviderState.Active, until: 0);
    }

    /// <summary>Leaves the market. The stake is paid back after the unbonding time.</summary>
    /// <param name="call">The provider, without leases.</param>
    [Function]
    public void ExitProvider(Call call)
    {
        ProviderRecord record = _parts.Providers.Get(call.Sender);
        Require(record.State is ProviderState.Active or ProviderState.Draining, new WrongProviderState(call.Sender, record.State));
        Require(record.Leases == 0, new ProviderHasLeases(call.Sender, record.Leases));
        ulong until = call.Block.Number + Rules.Value.ProviderUnbondingBlocks;
        _parts.Providers.Departures.Add(until, call.Sender);
        SetState(call.Sender, record, ProviderState.Exiting, until);
    }

    /// <summary>Gives the caller's word, as an auditor, that a provider has these attributes.</summary>
    /// <param name="call">The auditor.</param>
    /// <param name="provider">The provider.</param>
    /// <param name="attributes">At most 16.</param>
    /// <param name="expiresAt">Block from which the word is no longer given.</param>
    [Function]
    public void SignAttributes(
        Call call, Address provider, [Limit(MarketLimits.AttributesMax)] AttributePair[] attributes, ulong expiresAt)
    {
        _parts.Providers.Get(provider);
        Require(expiresAt > call.Block.Number, new ExpiryPast(expiresAt, call.Block.Number));
        foreach (AttributePair attribute in attributes) _parts.Providers.Sign(provider, call.Sender, attribute, expiresAt);
        _logs.Emit(new AttributesSigned(call.Sender, provider, attributes, expiresAt));
    }

    /// <summary>Takes the caller's word, as an auditor, back.</summary>
    /// <param name="call">The auditor.</param>
    /// <param name="provider">The provider.</param>
    /// <param name="keys">Keys of the attributes, at most 16.</param>
    [Function]
    public void RevokeAttributes(Call call, Address provider, [Limit(MarketLimits.AttributesMax)] Hash256[] keys)
    {
        foreach (Hash256 key in keys) _parts.Providers.Revoke(provider, call.Sender, key);
        _logs.Emit(new AttributesRevoked(call.Sender, provider, keys));
    }

    /// <summary>Publishes a key with which the caller speaks TLS to tenants or providers.</summary>
    /// <param name="call">Tenant or provider.</param>
    /// <param name="spki">SHA-256 of the certificate's SubjectPublicKeyInfo.</param>
    /// <param name="notBefore">Seconds since 1970.</param>
    /// <param name="notAfter">Seconds since 1970.</param>
    [Function]
    public void PublishCert(Call call, Hash256 spki, ulong notBefore, ulong notAfter)
    {
        Require(notBefore < notAfter, new InvalidValidity(notBefore, notAfter));
        Require(notAfter > call.Block.Timestamp, new ExpiryPast(notAfter, call.Block.Timestamp));
        Require(!_parts.Providers.TryGetCertificate(call.Sender, spki, out _), new CertificateExists(spki));
        _parts.Providers.SaveCertificate(call.Sender, spki, new CertificateRecord(notBefore, notAfter, IsRevoked: false));
        _logs.Emit(new CertificatePublished(call.Sender, spki, notBefore, notAfter));
    }

    /// <summary>Revokes a key; it is never valid again.</summary>
    /// <param name="call">Tenant or provider.</param>
    /// <param name="spki">SHA-256 of the certificate's SubjectPublicKeyInfo.</param>
    [Function]
    public void RevokeCert(Call call, Hash256 spki)
    {
        bool isValid = _parts.Providers.TryGetCertificate(call.Sender, spki, out CertificateRecord record) && !record.IsRevoked;
        Require(isValid, new UnknownCertificate(spki));
        _parts.Providers.SaveCertificate(call.Sender, spki, record with { IsRevoked = true });
        _logs.Emit(new CertificateRevoked(call.Sender, spki));
    }

    private static void RequireUri(string uri)
    {
        int bytes = Encoding.UTF8.GetByteCount(uri);
        Require(bytes is > 0 and <= ComputeMarketPolicy.UriBytesMax, new InvalidUri((uint)bytes));
    }

    private void SetState(Address provider, ProviderRecord record, ProviderState next, ulong until)
    {
        _parts.Providers.Save(provider, record with { State = next, Until = until });
        _logs.Emit(new ProviderStateChanged(provider, next, until));
    }

    private void Jail(Address provider, ulong until) => SetState(provider, _parts.Providers.Get(provider), ProviderState.Jailed, until);

    private void PayDeparture(Address provider)
    {
        ProviderRecord record = _parts.Providers.Get(provider);
        _parts.Providers.Remove(provider, record);
        _bank.Transfer(Address, provider, record.Stake);
        _logs.Emit(new ProviderLeft(provider, record.Stake));
    }
}
