using DePinChain.Client.Programs;
using DePinChain.Client;
using DePinChain.Primitives;
using DePinChain.Worker.Following;
using DePinChain.Worker.Reports;

namespace DePinChain.Worker.Duties;

/// <summary>Accepted jobs: shows the work of audited seats, and proves a fraud that a committee accepted.</summary>
internal sealed class WatchDuty(
    AttestationChain chain, IReadOnlyList<Keyholder> keys, VerdictDuty verdicts, bool watches, ProgramLog log, WorkerMetrics metrics)
{
    /// <summary>Does what an accepted job asks of this worker.</summary>
    /// <returns>True when nothing is left until something happens.</returns>
    public async Task<bool> RunAsync(JobWork work, JobFacts job, ulong head, CancellationToken cancellation)
    {
        if (!VerdictDuty.CanJudge(job)) return true;
        bool isAudited = await HasAuditAsync(work, head, cancellation);
        if (!isAudited && (!watches || work.IsWatched)) return true;
        verdicts.Begin(work, job, cancellation);
        if (work.Judging is not { IsCompletedSuccessfully: true } done) return false;
        Judgement judgement = await done;
        if (judgement.Word == VerdictWord.Unavailable)
        {
            // The custodians have signed for it: it comes back, or they are asked on the chain by whoever cares.
            work.Judging = null;
            return head + 1 >= job.Until;
        }

        if (isAudited) await ShowAsync(work, judgement, head, cancellation);
        if (watches && !work.IsWatched) work.IsWatched = await DisproveAsync(work, judgement, head, cancellation);
        return !isAudited && work.IsWatched;
    }

    private async Task<bool> HasAuditAsync(JobWork work, ulong head, CancellationToken cancellation)
    {
        foreach ((_, _, AbiRecord audit) in await AuditsAsync(work, cancellation))
            if (audit.Count("until") > head + 1) return true;
        return false;
    }

    private async Task<IReadOnlyList<(Keyholder Key, ushort Seat, AbiRecord Audit)>> AuditsAsync(
        JobWork work, CancellationToken cancellation)
    {
        List<(Keyholder Key, ushort Seat, AbiRecord Audit)> audits = [];
        foreach (SeatFacts seat in await chain.SeatsAsync(work.Job, cancellation))
        {
            if (seat.Phase != SeatPhase.Revealed || seat.Verdict != VerdictWord.Valid) continue;
            if (keys.FirstOrDefault(one => one.Verifier == seat.Verifier) is not { } key) continue;
            AbiRecord audit = await chain.Committees.RecordAsync(
                "getAudit", cancellation, (UInt256)work.Job, (UInt256)(ulong)seat.Seat);
            if (audit.List("lanes").Count > 0) audits.Add((key, seat.Seat, audit));
        }

        return audits;
    }

    private async Task ShowAsync(JobWork work, Judgement judgement, ulong head, CancellationToken cancellation)
    {
        foreach ((Keyholder key, ushort seat, AbiRecord audit) in await AuditsAsync(work, cancellation))
        {
            foreach (object? asked in audit.List("lanes"))
            {
                uint lane = (uint)(ulong)(UInt256)asked!; // an array of numbers
                string act = Act.Lane(work.Job, seat, lane);
                if (key.Outbox.IsTaken(act)) continue;
                (Hash256[] path, uint[] chunks) = judgement.LaneOf(key.Verifier, lane);
                object?[] nodes = [.. path.Select(static node => (object?)node.ToArray())];
                try
                {
                    await key.Outbox.SendAsync(
                        chain.Committees.Plan(
                            "openLane", Amount.Zero, (UInt256)work.Job, (UInt256)(ulong)seat, (UInt256)lane, nodes,
                            judgement.Opened(chunks)),
                        [act], null, head, cancellation);
                    log.Tell("audit answered", ("job", work.Job), ("seat", seat), ("lane", lane));
                    metrics.Count("audits");
                }
                catch (NodeRefusedException refused)
                {
                    log.Warn("an audit's answer was refused", ("job", work.Job), ("seat", seat), ("why", chain.Words(refused)));
                }
            }
        }
    }

    // Only once a committee has accepted: before, nobody is wrong yet, and who abstains or votes against it decides as much.
    private async Task<bool> DisproveAsync(JobWork work, Judgement judgement, ulong head, CancellationToken cancellation)
    {
        if (judgement.FindFraud() is not ({ } claim, { } chunks)) return true;
        string act = Act.Fraud(work.Job);
        if (keys.Any(key => key.Outbox.IsTaken(act))) return false;
        Amount bond = await chain.Committees.AmountAsync("disputeBond", cancellation);
        foreach (Keyholder key in keys)
        {
            try
            {
                // The base fee of the block that holds it may be higher; what is too much comes back.
                await key.Outbox.SendAsync(
                    chain.Committees.Plan(
                        "disproveRecord", bond * 2, (UInt256)work.Job, (UInt256)claim, judgement.Opened(chunks)),
                    [act], null, head, cancellation);
                log.Warn("a committee accepted a false proof; it is disputed", ("job", work.Job), ("claim", claim), ("by", key.Worker));
                metrics.Count("frauds");
                return false;
            }
            catch (NodeRefusedException refused)
            {
                log.Warn("a dispute was refused", ("job", work.Job), ("by", key.Worker), ("why", chain.Words(refused)));
            }
        }

        return false;
    }
}
