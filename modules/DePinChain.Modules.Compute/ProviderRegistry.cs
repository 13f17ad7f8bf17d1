using DePinChain.Modules.Sdk;
using DePinChain.Primitives;
using static DePinChain.Modules.Sdk.Guard;

namespace DePinChain.Modules.Compute;

/// <summary>Who offers compute, and what auditors say of them.</summary>
[ModulePart]
internal sealed partial class ProviderRegistry(ModuleState state)
{
    [Slot(10)] private partial Map<Address, ProviderRecord> Records { get; }
    [Slot(11)] private partial Set<Address> Listed { get; }
    [Slot(12)] private partial Map<(Address Provider, Address Auditor, Hash256 Key), SignedAttribute> Signed { get; }
    [Slot(13)] private partial Map<(Address Owner, Hash256 Spki), CertificateRecord> Certificates { get; }
    [Slot(14)] private partial Schedule<Address> Leaving { get; }
    [Slot(15)] private partial Item<Amount> Staked { get; }

    public ulong Count => Listed.Count;

    /// <summary>What all providers staked.</summary>
    public Amount TotalStake => Staked.Value;

    /// <summary>Providers by the block at which their stake is paid back.</summary>
    public Schedule<Address> Departures => Leaving;

    public bool TryGet(Address provider, out ProviderRecord? record) => Records.TryGet(provider, out record);

    public ProviderRecord Get(Address provider)
    {
        Require(Records.TryGet(provider, out ProviderRecord? record), new UnknownProvider(provider));
        return record;
    }

    public IReadOnlyList<Address> Page(ulong start, int limit) => Listed.Page(start, limit);

    public void Add(Address provider, ProviderRecord record)
    {
        Require(Listed.Add(provider), new ProviderExists(provider));
        Records[provider] = record;
        Staked.Value += record.Stake;
    }

    public void Save(Address provider, ProviderRecord record) => Records[provider] = record;

    public void AddStake(Amount stake) => Staked.Value += stake;

    public void Remove(Address provider, ProviderRecord record)
    {
        Listed.Remove(provider);
        Records.Remove(provider);
        Staked.Value -= record.Stake;
    }

    public void Sign(Address provider, Address auditor, in AttributePair attribute, ulong expiresAt) =>
        Signed[(provider, auditor, attribute.Key)] = new SignedAttribute(attribute.Value, expiresAt);

    public void Revoke(Address provider, Address auditor, Hash256 key) => Signed.Remove((provider, auditor, key));

    public SignedAttribute WordOf(Address provider, Address auditor, Hash256 key) => Signed.GetOr((provider, auditor, key), default);

    public bool TryGetCertificate(Address owner, Hash256 spki, out CertificateRecord record) =>
        Certificates.TryGet((owner, spki), out record);

    public void SaveCertificate(Address owner, Hash256 spki, in CertificateRecord record) => Certificates[(owner, spki)] = record;

    /// <summary>Counts a lease that begins or ends.</summary>
    /// <param name="provider">Whose.</param>
    /// <param name="endedWell">Null when it begins.</param>
    /// <param name="now">This block.</param>
    public void CountLease(Address provider, bool? endedWell, ulong now)
    {
        ProviderRecord record = Aged(Get(provider), now);
        Records[provider] = endedWell switch
        {
            null => record with { Leases = record.Leases + 1 },
            true => record with { Leases = record.Leases - 1, JobsOk = record.JobsOk + 1, JobsAll = record.JobsAll + 1 },
            false => record with { Leases = record.Leases - 1, JobsAll = record.JobsAll + 1 },
        };
    }

    /// <summary>How well a provider's leases ended, in 10^-9.</summary>
    public ulong ScoreOf(Address provider, ulong now)
    {
        if (!Records.TryGet(provider, out ProviderRecord? record)) return 0;
        record = Aged(record, now);
        return ComputeMarketPolicy.JobsScore(record.JobsOk, record.JobsAll);
    }

    // Old leases count half after 30 days, a quarter after 60.
    private static ProviderRecord Aged(ProviderRecord record, ulong now)
    {
        int halvings = (int)Math.Min((now - record.HalvedAt) / ComputeMarketPolicy.JobsHalvingBlocks, 31);
        return halvings == 0 ? record : record with
        {
            JobsOk = record.JobsOk >> halvings,
            JobsAll = record.JobsAll >> halvings,
            HalvedAt = record.HalvedAt + ((ulong)halvings * ComputeMarketPolicy.JobsHalvingBlocks),
        };
    }
}
