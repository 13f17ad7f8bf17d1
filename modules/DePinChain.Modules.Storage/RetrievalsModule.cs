using System.Buffers.Binary;
using DePinChain.Modules.Attestations;
using DePinChain.Modules.Sdk;
using DePinChain.Primitives;
using static DePinChain.Modules.Sdk.Guard;

namespace DePinChain.Modules.Storage;

/// <summary>
/// Probes of retrieval: at blocks that nobody can foresee a committee fetches chunks of a deal's piece from its provider. Who does not
/// serve, or slowly, gets less of the storage stream and of the demand stream.
/// </summary>
[Module("retrievals", "0x0000000000000000000000000000000000001104")]
public sealed partial class RetrievalsModule(
    ModuleState state, Logs logs, IBank bank, IStorageMarket market, IAttestations attestations, IReadOnlyList<IServiceShares> shares)
    : IModule, IJobKind, IBeginBlock, IInvariants, IGenesis<RetrievalsGenesis>
{
    // Walking all providers is for networks that a test or a localnet has.
    private const ulong WalkMax = 64;

    [Slot(0)] private partial Map<ulong, ProbeRecord> Probes { get; }
    [Slot(1)] private partial Map<ulong, QualityRecord> Qualities { get; }
    [Slot(2)] private partial Map<ulong, ulong> UnderWay { get; }
    [Slot(3)] private partial Schedule<ulong> Forgiving { get; }
    [Slot(100)] private partial Parameters<RetrievalsParameters> Rules { get; }

    /// <inheritdoc/>
    JobTerms IJobKind.Terms => RetrievalsPolicy.Terms;

    /// <summary>What a provider gets of its shares, with the inputs and the formula.</summary>
    [Function]
    public QualityReport QualityOf(ulong providerId)
    {
        QualityRecord record = Qualities.GetOr(providerId, default);
        RetrievalsParameters rules = Rules.Value;
        return new QualityReport(
            (ushort)(RetrievalsPolicy.Whole - record.LossBps), record, rules.FastMs, rules.SlowMs, RetrievalsPolicy.Formula);
    }

    /// <summary>What the committee of a job has to fetch; reverts when the job is no probe that is under way.</summary>
    [Function]
    public ProbeTask GetProbe(ulong job)
    {
        Require(Probes.TryGet(job, out ProbeRecord? probe), new UnknownProbe(job));
        HotDeal deal = market.HotDealOf(probe.Deal);
        return new ProbeTask(probe, deal.Endpoint, deal.Piece.Encode(), Rules.Value.SlowMs);
    }

    /// <summary>The job that probes a provider now; 0 for none.</summary>
    [Function]
    public ulong ProbeUnderWay(ulong providerId) => UnderWay[providerId];

    /// <summary>Draws who is probed, and lets time take a part of old losses away.</summary>
    public void BeginBlock(BlockContext block)
    {
        RetrievalsParameters rules = Rules.Value;
        new StepRunner(state, logs).ForEachDue(
            Forgiving, block.Number, RetrievalsPolicy.ForgivenPerBlockMax, provider => Forgive(provider, block.Number, rules));
        ulong providers = market.HotProviders;
        if (providers == 0 || block.Number < 2 || !attestations.HasVerifiers(JobKind.Retrieval)) return;
        Amount fee = attestations.FeeOf(JobKind.Retrieval, block.BaseFee);
        if (fee > RetrievalsPolicy.FeeMax) return;
        UInt256 beacon = Drawn(block, RetrievalsPolicy.CountDomain, 0).ToUInt256();
        uint probes = RetrievalsPolicy.ProbesOf(providers, rules.IntervalBlocks, beacon);
        for (uint number = 0; number < probes; number++)
        {
            UInt256 ofProvider = Drawn(block, RetrievalsPolicy.ProviderDomain, number).ToUInt256();
            UInt256 ofDeal = Drawn(block, RetrievalsPolicy.DealDomain, number).ToUInt256();
            if (market.TryDrawHot(ofProvider, ofDeal, block.Number, out HotDeal deal)) Probe(block, deal, fee, rules);
        }
    }

    /// <inheritdoc/>
    void IJobKind.Decided(JobOutcome outcome, BlockContext block)
    {
        if (!Probes.TryGet(outcome.Job, out ProbeRecord? probe)) return;
        Probes.Remove(outcome.Job);
        UnderWay.Remove(probe.Provider);
        if (outcome.Decision != JobDecision.Decided || outcome.Verdict != Verdict.Valid)
        {
            logs.Emit(new ProbeDropped(probe.Provider, outcome.Job, outcome.Decision));
            return;
        }

        RetrievalsParameters rules = Rules.Value;
        ushort served = (ushort)Math.Min(outcome.Numbers[0], RetrievalsPolicy.Whole);
        uint latency = (uint)Math.Min(outcome.Numbers[1], uint.MaxValue);
        ushort score = RetrievalsPolicy.ScoreOf(served, latency, rules.FastMs, rules.SlowMs);
        QualityRecord record = Judged(
            probe.Provider, new QualityRecord(0, served, latency, score, block.Number, outcome.Job, false), rules);
        logs.Emit(new RetrievalMeasured(probe.Provider, outcome.Job, served, latency, score, record.LossBps));
    }

    /// <inheritdoc/>
    public void Initialize(RetrievalsGenesis section, GenesisContext context) => Rules.Value = section.ToParameters();

    /// <inheritdoc/>
    public IEnumerable<string> Violations()
    {
        Amount held = bank.BalanceOf(Address);
        for (ulong provider = 1; provider <= Math.Min(market.ProvidersCount, WalkMax); provider++)
        {
            ushort loss = Qualities.GetOr(provider, default).LossBps;
            foreach (string broken in RetrievalsInvariants.Of(held, provider, loss)) yield return broken;
        }
    }

    // One probe at a time. A provider that cannot pay for it is judged as if it had not served: else nobody would keep the fee ready.
    private void Probe(BlockContext block, in HotDeal deal, Amount fee, in RetrievalsParameters rules)
    {
        if (UnderWay[deal.Provider] != 0) return;
        if (!market.TrySpend(deal.Provider, Address, fee))
        {
            QualityRecord record = Judged(deal.Provider, new QualityRecord(0, 0, 0, 0, block.Number, 0, false), rules);
            logs.Emit(new ProbeUnpaid(deal.Provider, deal.Deal, fee, record.LossBps));
            return;
        }

        ulong job = attestations.Announce(
            JobOrder.OfSubject(JobKind.Retrieval, SubjectOf(deal), deal.Owner, Address, deal.Owner), block);
        Probes[job] = new ProbeRecord(deal.Provider, deal.Deal, Drawn(block, RetrievalsPolicy.ChunkDomain, job), block.Number);
        UnderWay[deal.Provider] = job;
        logs.Emit(new ProbeAnnounced(job, deal.Provider, deal.Deal, fee));
    }

    private QualityRecord Judged(ulong provider, in QualityRecord found, in RetrievalsParameters rules)
    {
        QualityRecord before = Qualities.GetOr(provider, default);
        QualityRecord record = found with
        {
            LossBps = RetrievalsPolicy.LossAfter(before.LossBps, found.ScoreBps),
            IsForgiven = before.IsForgiven,
        };
        if (record is { LossBps: > 0, IsForgiven: false })
        {
            record = record with { IsForgiven = true };
            Forgiving.Add(found.ProbedAt + PauseOf(rules), provider);
        }

        Save(provider, before, record);
        return record;
    }

    // A provider without hot deals is not probed any more and could never make its loss good; nor can one whose judges are away.
    private void Forgive(ulong provider, ulong now, in RetrievalsParameters rules)
    {
        QualityRecord before = Qualities.GetOr(provider, default);
        ulong due = before.ProbedAt + PauseOf(rules);
        bool isDue = before.LossBps > 0 && due <= now;
        QualityRecord record = isDue
            ? before with { LossBps = RetrievalsPolicy.LossAfter(before.LossBps, RetrievalsPolicy.Whole) }
            : before;
        if (record.LossBps > 0) Forgiving.Add(isDue ? now + PauseOf(rules) : due, provider);
        Save(provider, before, record with { IsForgiven = record.LossBps > 0 });
        if (isDue) logs.Emit(new LossForgiven(provider, record.LossBps));
    }

    private void Save(ulong provider, in QualityRecord before, in QualityRecord record)
    {
        Qualities[provider] = record;
        if (record.LossBps == before.LossBps) return;
        foreach (IServiceShares share in shares) share.SetLoss(provider, record.LossBps);
    }

    private static ulong PauseOf(in RetrievalsParameters rules) => RetrievalsPolicy.ForgivingIntervals * rules.IntervalBlocks;

    private static Hash256 Drawn(BlockContext block, string domain, ulong key) => block.Randomness.At(block.Number - 1, domain, key);

    private static Hash256 SubjectOf(in HotDeal deal)
    {
        Span<byte> subject = stackalloc byte[Hash256.Size];
        subject.Clear();
        BinaryPrimitives.WriteUInt64BigEndian(subject[(2 * sizeof(ulong))..], deal.Provider);
        BinaryPrimitives.WriteUInt64BigEndian(subject[(3 * sizeof(ulong))..], deal.Deal);
        return new Hash256(subject);
    }
}
