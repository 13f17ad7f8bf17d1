using DePinChain.Modules.Attestations;
using DePinChain.Primitives;

namespace DePinChain.Modules.Storage;

/// <summary>The numbers and formulas of probes of retrieval.</summary>
public static class RetrievalsPolicy
{
    /// <summary>All, in hundredths of a percent.</summary>
    public const ushort Whole = 10_000;

    /// <summary>A probe moves the loss by one part of so many towards what it found.</summary>
    public const int Weight = 4;

    /// <summary>Members of a committee: the median of 16 answers counts.</summary>
    public const ushort CommitteeMax = 16;

    /// <summary>Probes drawn at one block's start.</summary>
    public const uint ProbesPerBlockMax = 8;

    /// <summary>Losses that time lowers at one block's start.</summary>
    public const int ForgivenPerBlockMax = 32;

    /// <summary>Intervals without a probe after which a part of the loss is forgiven.</summary>
    public const ulong ForgivingIntervals = 2;

    /// <summary>While a probe would cost more, none is drawn: a high base fee must not empty escrows.</summary>
    public static readonly Amount FeeMax = new(50_000_000_000_000_000);

    /// <summary>What the beacon is asked for: how many are probed in a block.</summary>
    public const string CountDomain = "storage/probes";

    /// <summary>What the beacon is asked for: who is probed.</summary>
    public const string ProviderDomain = "storage/probe-provider";

    /// <summary>What the beacon is asked for: by which deal.</summary>
    public const string DealDomain = "storage/probe-deal";

    /// <summary>What the beacon is asked for: which chunks are fetched.</summary>
    public const string ChunkDomain = "storage/probe-chunks";

    /// <summary>In words, for whoever asks the view.</summary>
    public const string Formula =
        "score = served * speed / 10000; speed = 10000 up to fastMs, 0 from slowMs on, between 10000 * (slowMs - latency) / (slowMs - " +
        "fastMs), rounded down; loss += (10000 - score - loss) / 4, rounded away from zero; quality = 10000 - loss; share = earned * " +
        "quality / 10000, rounded down, and the rest burns";

    /// <summary>A committee of 16 of whom two thirds must have measured; two numbers each, of which the medians count.</summary>
    public static JobTerms Terms { get; } = new(
        JobKind.Retrieval, VerifierRole.Storage, DecisionRule.Quorum, CommitteeMax, QuorumNumerator: 2, QuorumDenominator: 3, Numbers: 2,
        IsExact: false, NeedsCertificate: false, AuditLanes: 0, AttestationsPolicy.GasPerVerdict, KindFee: Amount.Zero);

    /// <summary>How many providers are probed in a block, so that each has its turn once an interval on average.</summary>
    /// <param name="providers">Providers with hot deals.</param>
    /// <param name="interval">Blocks of an interval.</param>
    /// <param name="beacon">A random number: decides about the part that is no whole probe.</param>
    public static uint ProbesOf(ulong providers, uint interval, UInt256 beacon)
    {
        ulong whole = providers / interval;
        ulong more = beacon % interval < providers % interval ? 1UL : 0;
        return (uint)Math.Min(ProbesPerBlockMax, whole + more);
    }

    /// <summary>What a probe is worth, 0 to 10,000: what came of what was asked for, times how fast. Rounded down.</summary>
    /// <param name="servedBps">Right chunks, in hundredths of a percent.</param>
    /// <param name="latencyMs">How long one took.</param>
    /// <param name="fastMs">Up to here it counts in full.</param>
    /// <param name="slowMs">From here on it counts nothing.</param>
    public static ushort ScoreOf(ushort servedBps, uint latencyMs, uint fastMs, uint slowMs)
    {
        ulong speed = latencyMs <= fastMs ? Whole : latencyMs >= slowMs ? 0UL : (ulong)Whole * (slowMs - latencyMs) / (slowMs - fastMs);
        return (ushort)(servedBps * speed / Whole);
    }

    /// <summary>A quarter of the way from the loss before to the loss that a score stands for, rounded towards the latter.</summary>
    public static ushort LossAfter(ushort lossBps, ushort scoreBps)
    {
        int target = Whole - scoreBps;
        int way = target - lossBps;
        int step = (Math.Abs(way) + Weight - 1) / Weight;
        return (ushort)(way < 0 ? lossBps - step : lossBps + step);
    }

    /// <summary>What a provider gets of what it earned, rounded down.</summary>
    public static Amount KeptOf(Amount earned, ushort lossBps) =>
        lossBps == 0 ? earned : earned.MulDiv((ulong)(Whole - lossBps), Whole, Rounding.Down);
}
