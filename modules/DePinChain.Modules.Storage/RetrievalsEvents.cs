using DePinChain.Modules.Attestations;
using DePinChain.Modules.Sdk;
using DePinChain.Primitives;

namespace DePinChain.Modules.Storage;

/// <summary>A provider was drawn: a committee will fetch chunks of a deal's piece and say how they came.</summary>
[Event(typeof(RetrievalsModule))]
public readonly partial record struct ProbeAnnounced([Indexed] ulong Job, [Indexed] ulong ProviderId, ulong Deal, Amount Fee);

/// <summary>A committee has measured how a provider serves: medians of its members, and what the provider loses from here on.</summary>
[Event(typeof(RetrievalsModule))]
public readonly partial record struct RetrievalMeasured(
    [Indexed] ulong ProviderId, [Indexed] ulong Job, ushort ServedBps, uint LatencyMs, ushort ScoreBps, ushort LossBps);

/// <summary>A provider's free escrow did not pay for its probe: it counts as not serving.</summary>
[Event(typeof(RetrievalsModule))]
public readonly partial record struct ProbeUnpaid([Indexed] ulong ProviderId, ulong Deal, Amount Fee, ushort LossBps);

/// <summary>A committee came to nothing; nothing changes.</summary>
[Event(typeof(RetrievalsModule))]
public readonly partial record struct ProbeDropped([Indexed] ulong ProviderId, [Indexed] ulong Job, JobDecision Decision);

/// <summary>Nobody probed a provider for two intervals: a quarter of what it loses is forgiven.</summary>
[Event(typeof(RetrievalsModule))]
public readonly partial record struct LossForgiven([Indexed] ulong ProviderId, ushort LossBps);

/// <summary>No probe that is under way has this job.</summary>
[Error(typeof(RetrievalsModule))]
public readonly partial record struct UnknownProbe(ulong Job);
