using DePinChain.Client.Programs;
using DePinChain.Client;
using DePinChain.Primitives;
using DePinChain.Proofs.Verdicts;
using DePinChain.Worker.Following;
using DePinChain.Worker.Reports;

namespace DePinChain.Worker.Duties;

/// <summary>
/// Seats: a verdict is judged, written down, committed and revealed, each exactly once. What a seat still has to do the chain says; what it
/// has said already the journal does.
/// </summary>
internal sealed class VerdictDuty(
    AttestationChain chain, IReadOnlyList<Keyholder> keys, Journal journal, Judge judge, ProbeDesk probes, DeviceDesk devices, Drill drill,
    ProgramLog log, WorkerMetrics metrics)
{
    // A transaction that is sent now is in the next block at the earliest; one more for a block that is full.
    private const ulong LateBlocks = 3;

    // Seats in one transaction.
    private const int BatchMax = 64;

    private readonly List<(Keyholder Key, string Act, object?[] Value)> _commits = [];
    private readonly List<(Keyholder Key, string Act, object?[] Value)> _reveals = [];

    /// <summary>Whether a job is of a kind that is judged here.</summary>
    public static bool CanJudge(JobFacts job) => job.IsProof || job.IsInference;

    /// <summary>Begins to judge, unless it runs or is done.</summary>
    public void Begin(JobWork work, JobFacts job, CancellationToken cancellation)
    {
        if (work.Judging is { IsFaulted: true } or { IsCanceled: true }) work.Judging = null;
        if (work.Judging is null && CanJudge(job)) work.Judging = judge.RunAsync(job, cancellation);
    }

    /// <summary>Plans the commits of a job's seats that are ours; abstains where there is no time left.</summary>
    public async Task CommitAsync(JobWork work, JobFacts job, ulong head, CancellationToken cancellation)
    {
        IReadOnlyList<SeatFacts> seats = await chain.SeatsAsync(work.Job, cancellation);
        foreach (SeatFacts seat in seats.Where(seat => seat.Seat >= job.FirstSeat && seat.Phase == SeatPhase.Drawn))
        {
            if (keys.FirstOrDefault(one => one.Verifier == seat.Verifier) is not { } key) continue;
            await drill.ReachAsync("drawn");
            if (key.Outbox.IsTaken(Act.Commit(work.Job, seat.Seat)) || key.Outbox.IsTaken(Act.Abstain(work.Job, seat.Seat))) continue;
            if (head + 1 >= job.Until) continue;
            if (job.Kind is (byte)CommitteeKind.Retrieval or (byte)CommitteeKind.Device)
            {
                await MeasureAsync(job, key, seat, head, cancellation);
                continue;
            }

            if (!CanJudge(job))
            {
                await AbstainAsync(key, work.Job, seat.Seat, head, "a kind that is not judged here", cancellation);
                continue;
            }

            Begin(work, job, cancellation);
            bool isLate = head + LateBlocks >= job.Until;
            if (journal.FindVerdict(work.Job, seat.Seat, key.Verifier) is { } known) Plan(key, known);
            else if (work.Judging is { IsCompletedSuccessfully: true } none && (await none).Word == VerdictWord.None)
                await AbstainAsync(key, work.Job, seat.Seat, head, "its model is not here", cancellation);
            else if (work.Judging is { IsCompletedSuccessfully: true } done) await DecideAsync(work, key, seat, await done, isLate);
            else if (isLate) await AbstainAsync(key, work.Job, seat.Seat, head, "no time left", cancellation);
        }
    }

    /// <summary>Plans the reveals of a job's seats that are ours.</summary>
    public async Task RevealAsync(JobWork work, JobFacts job, ulong head, CancellationToken cancellation)
    {
        if (head + 1 >= job.Until) return;
        IReadOnlyList<SeatFacts> seats = await chain.SeatsAsync(work.Job, cancellation);
        foreach (SeatFacts seat in seats.Where(seat => seat.Seat >= job.FirstSeat && seat.Phase == SeatPhase.Committed))
        {
            if (keys.FirstOrDefault(one => one.Verifier == seat.Verifier) is not { } key) continue;
            string act = Act.Reveal(work.Job, seat.Seat);
            if (key.Outbox.IsTaken(act)) continue;
            await drill.ReachAsync("commit-landed");
            JournalEntry? verdict = journal.FindVerdict(work.Job, seat.Seat, key.Verifier);
            if (verdict is null)
            {
                // The journal was lost: what is found again, with the salt that follows from the key, must be what was committed to.
                // What was measured then cannot be measured again.
                if (!CanJudge(job)) continue;
                Begin(work, job, cancellation);
                if (work.Judging is not { IsCompletedSuccessfully: true } done) continue;
                verdict = EntryOf(key, seat, await done);
                if (DigestOf(verdict, key) != seat.Word)
                {
                    log.Warn("a seat committed to something else; it cannot be revealed", ("job", work.Job), ("seat", seat.Seat));
                    continue;
                }
            }

            _reveals.Add((key, act, [
                (UInt256)work.Job, (UInt256)(ulong)seat.Seat, (UInt256)(ulong)verdict.Verdict, Hash256.Parse(verdict.Answer!).ToArray(),
                NumbersOf(verdict).Select(static number => (object?)(UInt256)number).ToArray(), Hash256.Parse(verdict.Salt!).ToArray(),
            ]));
        }
    }

    /// <summary>Sends what was planned: one transaction of each sort for each key.</summary>
    public async Task SendAsync(ulong head, CancellationToken cancellation)
    {
        List<(Keyholder Key, string Act, object?[] Value)> commits = [.. _commits], reveals = [.. _reveals];
        _commits.Clear();
        _reveals.Clear();
        foreach (Keyholder key in keys)
        {
            await SendAsync("commitBatch", "commit", key, [.. ItemsOf(commits, key)], head, cancellation);
            await SendAsync("revealBatch", "reveal", key, [.. ItemsOf(reveals, key)], head, cancellation);
        }
    }

    private static IEnumerable<(string Act, object?[] Value)> ItemsOf(
        IEnumerable<(Keyholder Key, string Act, object?[] Value)> all, Keyholder key) =>
        all.Where(one => one.Key == key).Select(static one => (one.Act, one.Value));

    // What is measured each member measures for itself, and says as it is: the chain makes a median of it.
    private async Task MeasureAsync(JobFacts job, Keyholder key, SeatFacts seat, ulong head, CancellationToken cancellation)
    {
        bool isLate = head + LateBlocks >= job.Until;
        if (journal.FindVerdict(job.Job, seat.Seat, key.Verifier) is { } known)
        {
            Plan(key, known);
        }
        else if (FindMeasured(job, key, isLate, cancellation) is { } measured)
        {
            JournalEntry found = journal.Fix(
                job.Job, seat.Seat, key.Verifier, (byte)measured.Word, measured.Answer, key.SaltOf(chain.ChainId, job.Job, seat.Seat),
                measured.Numbers);
            await drill.ReachAsync("verdict-written");
            Plan(key, found);
        }
        else if (isLate)
        {
            await AbstainAsync(key, job.Job, seat.Seat, head, "what to measure is not known", cancellation);
        }
    }

    private Finding? FindMeasured(JobFacts job, Keyholder key, bool isLate, CancellationToken cancellation)
    {
        if (job.Kind == (byte)CommitteeKind.Device) return devices.Find(job, key, isLate, cancellation);
        return probes.Find(job, key.Verifier, isLate, cancellation) is { } numbers
            ? new Finding(VerdictWord.Valid, Hash256.Zero, numbers) : null;
    }

    private static ulong[] NumbersOf(JournalEntry verdict) => verdict.Numbers ?? [];

    private async Task DecideAsync(JobWork work, Keyholder key, SeatFacts seat, Judgement judgement, bool isLate)
    {
        // A blob that is not to be had may come yet; only when time runs out is that the verdict.
        if (judgement.Word == VerdictWord.Unavailable && !isLate)
        {
            work.Judging = null;
            return;
        }

        JournalEntry found = EntryOf(key, seat, judgement);
        JournalEntry fixedNow = journal.Fix(
            work.Job, seat.Seat, key.Verifier, found.Verdict, Hash256.Parse(found.Answer!), Hash256.Parse(found.Salt!));
        log.Tell("judged", ("job", work.Job), ("seat", seat.Seat), ("verdict", (VerdictWord)fixedNow.Verdict));
        await drill.ReachAsync("verdict-written");
        Plan(key, fixedNow);
    }

    private JournalEntry EntryOf(Keyholder key, SeatFacts seat, Judgement judgement) => new()
    {
        Kind = JournalKind.Verdict,
        Job = judgement.Job.Job,
        Seat = seat.Seat,
        Verifier = key.Verifier.ToString(),
        Verdict = (byte)judgement.Word,
        Answer = judgement.AnswerOf(key.Verifier).ToString(),
        Salt = key.SaltOf(chain.ChainId, judgement.Job.Job, seat.Seat).ToString(),
    };

    private Hash256 DigestOf(JournalEntry verdict, Keyholder key) => VerdictDigest.Of(
        chain.ChainId, verdict.Job, verdict.Seat, key.Verifier, verdict.Verdict, Hash256.Parse(verdict.Answer!), NumbersOf(verdict),
        Hash256.Parse(verdict.Salt!));

    private void Plan(Keyholder key, JournalEntry verdict) => _commits.Add((
        key, Act.Commit(verdict.Job, verdict.Seat),
        [(UInt256)verdict.Job, (UInt256)(ulong)verdict.Seat, DigestOf(verdict, key).ToArray()]));

    private async Task AbstainAsync(
        Keyholder key, ulong job, ushort seat, ulong head, string why, CancellationToken cancellation)
    {
        try
        {
            await key.Outbox.SendAsync(
                chain.Committees.Plan("abstain", Amount.Zero, (UInt256)job, (UInt256)(ulong)seat), [Act.Abstain(job, seat)], null, head,
                cancellation);
            log.Tell("abstained", ("job", job), ("seat", seat), ("why", why));
            metrics.Count("abstentions");
        }
        catch (NodeRefusedException refused)
        {
            log.Warn("could not abstain", ("job", job), ("seat", seat), ("why", chain.Words(refused)));
        }
    }

    private async Task SendAsync(
        string method, string phase, Keyholder key, IReadOnlyList<(string Act, object?[] Value)> items, ulong head,
        CancellationToken cancellation)
    {
        // A round that broke off may have planned the same; an act is sent once.
        IEnumerable<(string Act, object?[] Value)> left = items.DistinctBy(static one => one.Act)
            .Where(one => !key.Outbox.IsTaken(one.Act));
        foreach ((string Act, object?[] Value)[] batch in left.Chunk(BatchMax).ToList())
        {
            try
            {
                object?[] values = [.. batch.Select(static one => (object?)one.Value)];
                await key.Outbox.SendAsync(
                    chain.Committees.Plan(method, Amount.Zero, [values]), [.. batch.Select(static one => one.Act)], phase, head,
                    cancellation);
                metrics.Count(phase + "s", batch.Length);
            }
            catch (NodeRefusedException) when (batch.Length > 1)
            {
                // One of them is in the way of the others: one by one.
                foreach ((string Act, object?[] Value) one in batch) await SendAsync(method, phase, key, [one], head, cancellation);
            }
            catch (NodeRefusedException refused)
            {
                log.Warn("refused", ("act", batch[0].Act), ("why", chain.Words(refused)));
            }
        }
    }
}
