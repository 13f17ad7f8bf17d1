using DePinChain.Modules.Sdk;
using DePinChain.Primitives;

namespace DePinChain.Modules.Compute;

/// <summary>What runs where, by which block it must start, and by which its provider must give a sign of life.</summary>
[ModulePart]
internal sealed partial class LeaseBook(ModuleState state)
{
    [Slot(40)] private partial Map<Hash256, LeaseRecord> Records { get; }
    [Slot(41)] private partial SetMap<Address, Hash256> Live { get; }
    [Slot(42)] private partial Schedule<Hash256> Starting { get; }
    [Slot(43)] private partial Schedule<Hash256> Listening { get; }

    /// <summary>Leases by the block by which they must have started.</summary>
    public Schedule<Hash256> StartChecks => Starting;

    /// <summary>Leases by the block by which their provider must have been heard.</summary>
    public Schedule<Hash256> LifeChecks => Listening;

    public LeaseRecord Find(Hash256 lease) => Records.GetOr(lease, default);

    /// <summary>Leases of a provider that are not over.</summary>
    public Set<Hash256> Of(Address provider) => Live[provider];

    public void Save(Hash256 lease, in LeaseRecord record) => Records[lease] = record;

    public static bool IsLive(in LeaseRecord lease) => lease.State is LeaseState.Matched or LeaseState.Active or LeaseState.Reclaiming;

    public static bool IsPaid(in LeaseRecord lease) => lease.State is LeaseState.Active or LeaseState.Reclaiming;
}
