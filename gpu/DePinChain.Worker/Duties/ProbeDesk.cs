using System.Diagnostics;
using System.Globalization;
using System.Security.Cryptography;
using DePinChain.Client.Files;
using DePinChain.Client.Programs;
using DePinChain.Crypto;
using DePinChain.Primitives;
using DePinChain.Proofs.Retrieval;
using DePinChain.Worker.Following;
using DePinChain.Worker.Reports;

namespace DePinChain.Worker.Duties;

/// <summary>
/// Measures how a provider serves: fetches the chunks that fall to a member of a probe's committee, as a client that begins a lane would,
/// and checks each against the piece. Whoever does not answer is not waited for longer than the committee has time.
/// </summary>
internal sealed class ProbeDesk(AttestationChain chain, ProgramLog log, WorkerMetrics metrics) : IDisposable
{
    // Providers measured at a time: more would measure this machine's own line.
    private const int AtOnce = 4;

    private const int WholeBps = 10_000;

    private readonly Dictionary<(ulong Job, Address Verifier), Measuring> _measuring = [];
    private readonly SemaphoreSlim _running = new(AtOnce);
    private readonly Lock _gate = new();

    /// <summary>Measurings that wait or run.</summary>
    public int Waiting
    {
        get
        {
            lock (_gate) return _measuring.Values.Count(static one => !one.Work.IsCompleted);
        }
    }

    /// <summary>Whether a measuring has ended since somebody asked for it.</summary>
    public bool HasNews
    {
        get
        {
            lock (_gate) return _measuring.Values.Any(static one => one is { Work.IsCompleted: true, IsTaken: false });
        }
    }

    /// <summary>What a member found: right chunks in hundredths of a percent, and the median of their milliseconds.</summary>
    /// <param name="job">The probe's job.</param>
    /// <param name="verifier">The member.</param>
    /// <param name="isLate">True when it is said now or never: what has not come by now has not come.</param>
    /// <param name="stopping">Ends it.</param>
    /// <returns>Null while it is measured, or when nobody knows what to fetch.</returns>
    public ulong[]? Find(JobFacts job, Address verifier, bool isLate, CancellationToken stopping)
    {
        Measuring measuring;
        lock (_gate)
        {
            // A measuring that broke off because the node was silent begins anew.
            if (!_measuring.TryGetValue((job.Job, verifier), out measuring!) || measuring.Work.IsFaulted)
            {
                measuring = new Measuring();
                measuring.Work = Task.Run(() => MeasureAsync(measuring, job.Job, verifier, stopping), stopping);
                _measuring[(job.Job, verifier)] = measuring;
            }

            if (measuring.Work.IsCompleted) measuring.IsTaken = true;
        }

        return measuring.Work.IsCompletedSuccessfully || isLate ? measuring.Numbers() : null;
    }

    /// <summary>A job is over.</summary>
    public void Forget(ulong job)
    {
        lock (_gate)
        {
            foreach ((ulong Job, Address Verifier) key in _measuring.Keys.Where(key => key.Job == job).ToList())
            {
                _measuring[key].Ending.Cancel();
                _measuring.Remove(key);
            }
        }
    }

    public void Dispose()
    {
        lock (_gate)
        {
            foreach (Measuring one in _measuring.Values) one.Ending.Cancel();
            _measuring.Clear();
        }
    }

    private async Task MeasureAsync(Measuring measuring, ulong job, Address verifier, CancellationToken stopping)
    {
        if (await chain.FindProbeAsync(job, stopping) is not { } task) return;
        using CancellationTokenSource ending = CancellationTokenSource.CreateLinkedTokenSource(stopping, measuring.Ending.Token);
        measuring.Begin();
        try
        {
            await _running.WaitAsync(ending.Token);
            try
            {
                using ProviderLink link = new(task.Endpoint, TimeSpan.FromMilliseconds(task.SlowMs));
                ulong chunks = ChunkLayout.CountOf(task.Piece);
                for (uint number = 0; number < ProbeChallenge.Chunks; number++)
                {
                    ulong chunk = ProbeChallenge.ChunkOf(task.Seed, verifier, number, chunks);
                    await FetchAsync(measuring, link, task, chunk, ending.Token);
                }
            }
            finally
            {
                _running.Release();
            }
        }
        catch (FormatException)
        {
            log.Tell("a provider's endpoint is no address", ("job", job), ("provider", task.Provider));
        }
        catch (OperationCanceledException) when (ending.IsCancellationRequested)
        {
            return; // the job is over, or the worker ends
        }

        ulong[] found = measuring.Numbers()!; // it has begun
        log.Tell("measured", ("job", job), ("provider", task.Provider), ("served", found[0]), ("ms", found[1]));
        metrics.Count("probes");
    }

    // A voucher over nothing on a lane of its own: what every client of a paid provider sends first, so nobody is served better for being
    // a judge.
    private async Task FetchAsync(Measuring measuring, ProviderLink link, ProbeFacts task, ulong chunk, CancellationToken cancellation)
    {
        VoucherNote voucher = new(
            Channel: 0, (ulong)RandomNumberGenerator.GetInt32(int.MaxValue), Nonce: 0, 0.ToString(CultureInfo.InvariantCulture),
            Hex.Encode(new byte[Signature.Size]));
        long began = Stopwatch.GetTimestamp();
        try
        {
            await link.ChunkAsync(task.Piece, chunk, voucher, cancellation);
            TimeSpan took = Stopwatch.GetElapsedTime(began);
            if (took.TotalMilliseconds < task.SlowMs) measuring.Came((ulong)took.TotalMilliseconds);
        }
        catch (Exception bad) when (bad is ProviderUnreachableException or ProviderRefusedException or WrongChunkException)
        {
            log.Tell("a chunk did not come", ("provider", task.Provider), ("deal", task.Deal), ("chunk", chunk), ("why", bad.Message));
        }
    }

    // Chunks are asked for one after the other; those that have not come when somebody must say something count as not served.
    private sealed class Measuring
    {
        private readonly List<ulong> _came = [];
        private readonly Lock _gate = new();
        private bool _hasBegun;

        public Task Work { get; set; } = Task.CompletedTask;

        public bool IsTaken { get; set; }

        public CancellationTokenSource Ending { get; } = new();

        public void Begin()
        {
            lock (_gate) _hasBegun = true;
        }

        public void Came(ulong milliseconds)
        {
            lock (_gate) _came.Add(milliseconds);
        }

        public ulong[]? Numbers()
        {
            lock (_gate)
            {
                if (!_hasBegun) return null;
                ulong[] sorted = [.. _came.Order()];
                ulong median = sorted.Length == 0 ? 0 : sorted[(sorted.Length - 1) / 2];
                return [(ulong)(sorted.Length * WholeBps / ProbeChallenge.Chunks), median];
            }
        }
    }
}
