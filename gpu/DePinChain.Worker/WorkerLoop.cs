using System.Text.Json.Nodes;
using DePinChain.Client;
using DePinChain.Client.Committees;
using DePinChain.Client.Programs;
using DePinChain.Gpu;
using DePinChain.Worker.Answers;
using DePinChain.Worker.Disputes;
using DePinChain.Worker.Duties;
using DePinChain.Worker.Following;
using DePinChain.Worker.Reports;

namespace DePinChain.Worker;

/// <summary>The running worker: looks at every finalized block once, asks the chain how its jobs stand, and does what is next.</summary>
/// <remarks>A block is final when it is decided, so what is seen is never taken back; what was missed is asked for by number.</remarks>
internal sealed class WorkerLoop(
    AttestationChain chain, IReadOnlyList<Keyholder> keys, Journal journal, BackendPool pool, AnswerDesk answers,
    DisputeDuty disputes, bool watches, int jobsAtOnce, Drill drill, ProgramLog log, WorkerMetrics metrics) : IDisposable
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan LongPause = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan SelfTestEvery = TimeSpan.FromMinutes(10);
    private static readonly TimeSpan StaleAfter = TimeSpan.FromMinutes(1);

    private readonly SortedDictionary<ulong, JobWork> _jobs = [];
    private readonly Judge _judge = new(
        chain, new BlobDesk(chain.Node), new ProofBatches(pool), answers, drill, metrics, Math.Max(1, jobsAtOnce));
    private readonly ProbeDesk _probes = new(chain, log, metrics);
    private readonly DeviceDesk _devices = new(chain, log, metrics);
    private readonly HeadBell _bell = new(chain.Node.Endpoint);
    private DateTime _seenAt = DateTime.UtcNow;
    private DateTime _testedAt = DateTime.UtcNow;
    private ulong _seen;

    /// <summary>Why the worker is not healthy, or null.</summary>
    public string? Trouble => DateTime.UtcNow - _seenAt > StaleAfter
        ? FormattableString.Invariant($"no new block since {_seen}, {StaleAfter.TotalSeconds} s ago")
        : null;

    private bool HasNews => _probes.HasNews || _devices.HasNews || disputes.HasNews
        || _jobs.Values.Any(static work => work.Judging is { IsCompleted: true } && !work.IsQuiet);

    private int Judging => _judge.Waiting + _probes.Waiting + _devices.Waiting + disputes.Busy;

    /// <summary>What the worker says of itself.</summary>
    public JsonObject Status => new()
    {
        ["chainId"] = chain.ChainId,
        ["head"] = _seen,
        ["node"] = chain.Node.Endpoint.ToString(),
        ["live"] = _bell.IsConnected,
        ["keys"] = new JsonArray([.. keys.Select(static key => (JsonNode)new JsonObject
        {
            ["worker"] = key.Worker.ToString(),
            ["verifier"] = key.Verifier.ToString(),
            ["custody"] = key.CustodyNode.Endpoint.ToString(),
        })]),
        ["jobs"] = _jobs.Count,
        ["judging"] = Judging,
        ["receipts"] = metrics.ValueOf("receipts"),
        ["commits"] = metrics.ValueOf("commits"),
        ["reveals"] = metrics.ValueOf("reveals"),
        ["abstentions"] = metrics.ValueOf("abstentions"),
        ["audits"] = metrics.ValueOf("audits"),
        ["frauds"] = metrics.ValueOf("frauds"),
        ["disputes"] = metrics.ValueOf("disputes"),
        ["backends"] = new JsonArray([.. pool.Usable.Select(static backend => (JsonNode)backend.Device.Name)]),
        ["quarantined"] = new JsonArray([.. pool.Quarantined.Select(static one => (JsonNode)$"{one.Device.Name}: {one.Reason}")]),
        ["trouble"] = Trouble,
    };

    /// <summary>Runs until it is told to stop.</summary>
    public async Task RunAsync(CancellationToken stopping)
    {
        Task listening = _bell.ListenAsync(stopping);
        CustodyDuty custody = new(chain, keys, journal, drill, log, metrics);
        VerdictDuty verdicts = new(chain, keys, journal, _judge, _probes, _devices, drill, log, metrics);
        WatchDuty watch = new(chain, keys, verdicts, watches, log, metrics);
        bool isFirst = true;
        while (!stopping.IsCancellationRequested)
        {
            try
            {
                ulong head = await chain.HeadAsync(stopping);
                if (head > _seen || isFirst)
                {
                    await LearnAsync(head, isFirst, stopping);
                    foreach (Keyholder key in keys) await FollowAsync(key, head, stopping);
                    foreach (JobWork work in _jobs.Values.ToList()) await StepAsync(work, head, custody, verdicts, watch, stopping);
                    await verdicts.SendAsync(head, stopping);
                    await disputes.RunAsync(head, stopping);
                    (_seen, _seenAt, isFirst) = (head, DateTime.UtcNow, false);
                    Show(head);
                }
                else if (HasNews)
                {
                    // A judging that ended between two blocks need not wait for the next one.
                    foreach (JobWork work in _jobs.Values.ToList()) await StepAsync(work, head, custody, verdicts, watch, stopping);
                    await verdicts.SendAsync(head, stopping);
                    await disputes.RunAsync(head, stopping);
                }

                TestNowAndThen();
                await _bell.WaitAsync(Pause, stopping);
            }
            catch (OperationCanceledException) when (stopping.IsCancellationRequested)
            {
                break;
            }
            catch (Exception trouble) when (trouble is NodeUnreachableException or NodeRefusedException or IOException)
            {
                // The next round asks the chain how everything stands and goes on from there.
                log.Warn(trouble is NodeRefusedException refused ? chain.Words(refused) : trouble.Message);
                metrics.Count("troubles");
                await Task.Delay(LongPause, stopping).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }

        await listening;
    }

    public void Dispose()
    {
        _judge.Dispose();
        _probes.Dispose();
        _devices.Dispose();
        _bell.Dispose();
    }

    // At the start every live job is looked at; then those that something happened to.
    private async Task LearnAsync(ulong head, bool isFirst, CancellationToken cancellation)
    {
        if (isFirst)
        {
            IReadOnlyList<ulong> live = await chain.LiveJobsAsync(cancellation);
            foreach (ulong job in live) _jobs[job] = new JobWork(job);
            journal.Compact(new HashSet<ulong>(live));
            return;
        }

        foreach (ulong job in await chain.TouchedAsync(_seen + 1, head, cancellation))
        {
            if (!_jobs.TryGetValue(job, out JobWork? work)) _jobs[job] = work = new JobWork(job);
            work.IsTouched = true;
            work.IsQuiet = false;
        }
    }

    private async Task FollowAsync(Keyholder key, ulong head, CancellationToken cancellation)
    {
        foreach (string act in await key.Outbox.FollowAsync(head, cancellation))
        {
            log.Tell("landed", ("act", act));
            if (act.StartsWith("reveal", StringComparison.Ordinal)) await drill.ReachAsync("reveal-landed");
        }
    }

    private async Task StepAsync(
        JobWork work, ulong head, CustodyDuty custody, VerdictDuty verdicts, WatchDuty watch, CancellationToken cancellation)
    {
        if (work.IsQuiet && !work.IsTouched) return;
        if (await chain.FindJobAsync(work.Job, cancellation) is not { } job)
        {
            _jobs.Remove(work.Job);
            foreach (Keyholder key in keys) key.Outbox.Forget(work.Job);
            _probes.Forget(work.Job);
            _devices.Forget(work.Job);
            return;
        }

        (work.Facts, work.IsTouched) = (job, false);
        switch (job.Phase)
        {
            case JobPhase.Announced:
                await custody.KeepAsync(work, job, head, cancellation);
                break;
            case JobPhase.Drawing:
                verdicts.Begin(work, job, cancellation);
                break;
            case JobPhase.Committing:
                await verdicts.CommitAsync(work, job, head, cancellation);
                break;
            case JobPhase.Revealing:
                await verdicts.RevealAsync(work, job, head, cancellation);
                break;
            default:
                work.IsQuiet = await watch.RunAsync(work, job, head, cancellation);
                if (work.IsQuiet) work.Judging = null;
                break;
        }

        bool hasShards = VerdictDuty.CanJudge(job) && !job.IsInference;
        if (job.Phase > JobPhase.Announced && hasShards) await custody.ServeAsync(work, job, head, cancellation);
    }

    private void TestNowAndThen()
    {
        if (DateTime.UtcNow - _testedAt < SelfTestEvery) return;
        _testedAt = DateTime.UtcNow;
        if (!pool.SelfTest()) log.Warn("a device gave a wrong answer and is put aside");
    }

    private void Show(ulong head)
    {
        metrics.Show("head", head);
        metrics.Show("jobs", _jobs.Count);
        metrics.Show("judging", Judging);
        metrics.Show("backends", pool.Usable.Count);
        metrics.Show("quarantined", pool.Quarantined.Count);
    }
}
