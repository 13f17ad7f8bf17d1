using DePinChain.Client.Containers;
using DePinChain.Client.Files;
using DePinChain.Client.Programs;
using DePinChain.Primitives;
using DePinChain.Worker.Following;
using DePinChain.Worker.Reports;

namespace DePinChain.Worker.Duties;

/// <summary>
/// Measures devices for their committees: asks for each one's time until it is given, and times what it does. What has not been measured
/// when the time runs out is unavailable.
/// </summary>
internal sealed class DeviceDesk(AttestationChain chain, ProgramLog log, WorkerMetrics metrics) : IDisposable
{
    // Devices measured at a time: more would measure this machine.
    private const int AtOnce = 1;
    private const int FailuresMax = 3;
    private static readonly Finding Silent = new(VerdictWord.Unavailable, Hash256.Zero, DeviceMeter.NoNumbers);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(500), AnswerLimit = TimeSpan.FromSeconds(30);

    // One measuring at most: whoever answers a byte at a time would have all others wait until they count as silent.
    private static readonly TimeSpan MeasuringLimit = TimeSpan.FromMinutes(2);

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

    /// <summary>What a member found.</summary>
    /// <param name="job">The device's job.</param>
    /// <param name="key">The member's.</param>
    /// <param name="isLate">True when it is said now or never.</param>
    /// <param name="stopping">Ends it.</param>
    /// <returns>Null while it is measured, or when nobody knows what to ask.</returns>
    public Finding? Find(JobFacts job, Keyholder key, bool isLate, CancellationToken stopping)
    {
        Measuring measuring;
        lock (_gate)
        {
            // A measuring that broke off because the node was silent begins anew.
            if (!_measuring.TryGetValue((job.Job, key.Verifier), out measuring!) || measuring.Work.IsFaulted)
            {
                measuring = new Measuring();
                Measuring begun = measuring;
                measuring.Work = Task.Run(async () => begun.Found = await MeasureAsync(job, key, begun.Ending.Token, stopping), stopping);
                _measuring[(job.Job, key.Verifier)] = measuring;
            }

            if (measuring.Work.IsCompleted) measuring.IsTaken = true;
        }

        if (measuring.Work.IsCompletedSuccessfully) return measuring.Found;
        return isLate && !measuring.Work.IsFaulted ? Silent : null;
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

    private async Task<Finding?> MeasureAsync(JobFacts job, Keyholder key, CancellationToken ending, CancellationToken stopping)
    {
        if (await chain.FindDeviceAsync(job, stopping) is not { } device) return null;
        using CancellationTokenSource stop = CancellationTokenSource.CreateLinkedTokenSource(stopping, ending);
        Finding found = Silent;
        string why = "its owner is no provider";
        for (int failures = 0; device.Endpoint is not null && failures < FailuresMax;)
        {
            await _running.WaitAsync(stop.Token);
            using CancellationTokenSource limit = CancellationTokenSource.CreateLinkedTokenSource(stop.Token);
            limit.CancelAfter(MeasuringLimit);
            try
            {
                using var link = new DeviceLink(device.Endpoint, chain.ChainId, device.Owner, AnswerLimit);
                await link.PingAsync(limit.Token);
                if (!await chain.IsPublishedAsync(device.Owner, link.ShownKey, limit.Token))
                {
                    why = "its TLS key is none that the provider's account published on the chain";
                    break;
                }

                await link.OpenAsync(device.Device, device.Job, digest => key.Sign(digest), limit.Token);
                (found, why) = await new DeviceMeter(link, device, key.Verifier).MeasureAsync(limit.Token);
                break;
            }
            catch (OperationCanceledException) when (!stop.IsCancellationRequested)
            {
                why = $"it was not done within {MeasuringLimit.TotalSeconds:0} s";
                break;
            }
            catch (ProviderRefusedException busy) when (busy.Refusal.Error == "DeviceBusy")
            {
                why = busy.Message;
            }
            catch (Exception bad) when (bad is ProviderUnreachableException or ProviderRefusedException or FormatException)
            {
                why = bad.Message;
                failures++;
            }
            finally
            {
                _running.Release();
            }

            await Task.Delay(Pause, stop.Token);
        }

        log.Tell("device measured", ("job", job.Job), ("device", device.Device), ("verdict", found.Word), ("gops", found.Numbers[0]),
            ("down", found.Numbers[1]), ("up", found.Numbers[2]), ("why", why));
        metrics.Count("devices");
        return found;
    }

    private sealed class Measuring
    {
        public Task Work { get; set; } = Task.CompletedTask;

        /// <summary>Set before the work is over.</summary>
        public Finding? Found { get; set; }

        public bool IsTaken { get; set; }

        public CancellationTokenSource Ending { get; } = new();
    }
}
