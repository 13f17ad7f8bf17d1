using DePinChain.Primitives;

namespace DePinChain.Modules.Storage;

/// <summary>A probe that a committee carries out.</summary>
/// <param name="Provider">Who is probed.</param>
/// <param name="Deal">The deal whose piece is fetched.</param>
/// <param name="Seed">Which chunks each member asks for follows from it.</param>
/// <param name="AnnouncedAt">The block in which it was drawn.</param>
public sealed record ProbeRecord(ulong Provider, ulong Deal, Hash256 Seed, ulong AnnouncedAt);

/// <summary>How a provider serves, as committees have found it.</summary>
/// <param name="LossBps">What it loses of its rewards, in hundredths of a percent; 0 before it was ever probed.</param>
/// <param name="ServedBps">Chunks that came and were right at the last probe: the median of the members.</param>
/// <param name="LatencyMs">How long a chunk took then: the median of the members' medians.</param>
/// <param name="ScoreBps">What that probe was worth.</param>
/// <param name="ProbedAt">Its block.</param>
/// <param name="Job">Its job; 0 when it could not be paid for.</param>
/// <param name="IsForgiven">True while it is planned that time takes a part of the loss away.</param>
public readonly record struct QualityRecord(
    ushort LossBps, ushort ServedBps, uint LatencyMs, ushort ScoreBps, ulong ProbedAt, ulong Job, bool IsForgiven);

/// <summary>What a member of a probe's committee has to know.</summary>
/// <param name="Probe">The probe.</param>
/// <param name="Endpoint">Where the provider is reached.</param>
/// <param name="PieceCid">What is fetched.</param>
/// <param name="SlowMs">A chunk that takes so long counts nothing.</param>
public sealed record ProbeTask(ProbeRecord Probe, [Sdk.Limit(256)] string Endpoint, byte[] PieceCid, uint SlowMs);

/// <summary>A provider's quality with everything it is computed from.</summary>
/// <param name="QualityBps">What it gets of its share of both streams: 10,000 − loss.</param>
/// <param name="Record">The last probe, and the loss.</param>
/// <param name="FastMs">A chunk within so many milliseconds counts in full.</param>
/// <param name="SlowMs">A chunk that takes so many counts nothing.</param>
/// <param name="Formula">How the loss follows from score and loss before.</param>
public sealed record QualityReport(ushort QualityBps, QualityRecord Record, uint FastMs, uint SlowMs, [Sdk.Limit(512)] string Formula);
