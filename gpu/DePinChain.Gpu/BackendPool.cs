using DePinChain.Gpu.Cpu;
using DePinChain.Gpu.Cuda;
using DePinChain.Gpu.Devices;
using DePinChain.Gpu.Kernels;
using DePinChain.Gpu.OpenCL;

namespace DePinChain.Gpu;

/// <summary>What a process may use.</summary>
public sealed record BackendOptions
{
    /// <summary>The kinds in the order of preference; the CPU is always there.</summary>
    public IReadOnlyList<BackendKind> Kinds { get; init; } = [BackendKind.Cuda, BackendKind.OpenCl];

    /// <summary>Only devices whose id or name contains this; empty means all.</summary>
    public string DeviceFilter { get; init; } = "";

    /// <summary>
    /// Whether OpenCL devices that are this machine's processor count: they check kernels and are never faster than the CPU backend.
    /// </summary>
    public bool AllowProcessors { get; init; }

    /// <summary>Bytes of a device's memory that may be taken.</summary>
    public long BudgetBytes { get; init; } = long.MaxValue;

    /// <summary>Where compiled kernels are kept; null keeps none.</summary>
    public string? CacheFolder { get; init; }

    /// <summary>Width of the CPU backend.</summary>
    public CpuWidth? Width { get; init; }

    /// <summary>Threads of the CPU backend.</summary>
    public int? Workers { get; init; }
}

/// <summary>A backend that must not be used any more, and why.</summary>
/// <param name="Device">Its device.</param>
/// <param name="Reason">What it did.</param>
public sealed record Quarantine(DeviceDescription Device, string Reason);

/// <summary>
/// The backends of a process: each proves its known answers before it is used and again when asked; one that gives a wrong digest or
/// whose context dies is put aside, and its work goes to the next. The CPU is the last and always there.
/// </summary>
public sealed class BackendPool : IDisposable
{
    private readonly List<IBackend> _usable = [];
    private readonly List<Quarantine> _quarantined = [];
    private readonly Lock _gate = new();
    private readonly IBackend _cpu;

    /// <summary>Takes backends as they are; the last one is the fall-back.</summary>
    /// <param name="backends">In order of preference, the CPU last; the pool owns them.</param>
    public BackendPool(IEnumerable<IBackend> backends)
    {
        _usable.AddRange(backends);
        if (_usable.Count == 0) throw new ArgumentException("A pool has at least the CPU.");
        _cpu = _usable[^1];
    }

    /// <summary>Those that may be used, best first.</summary>
    public IReadOnlyList<IBackend> Usable
    {
        get
        {
            lock (_gate) return [.. _usable];
        }
    }

    /// <summary>Those that were put aside.</summary>
    public IReadOnlyList<Quarantine> Quarantined
    {
        get
        {
            lock (_gate) return [.. _quarantined];
        }
    }

    /// <summary>The reference that judges before a verdict against anybody is signed.</summary>
    public IBackend Reference => _cpu;

    /// <summary>Finds the devices of this machine and lets each prove itself.</summary>
    public static BackendPool Open(BackendOptions options)
    {
        KernelCache cache = new(options.CacheFolder);
        List<IBackend> backends = [];
        List<Quarantine> unusable = [];
        foreach (BackendKind kind in options.Kinds)
        {
            IReadOnlyList<Func<Accelerator>> found = kind switch
            {
                BackendKind.Cuda => CudaAccelerator.Find(options.BudgetBytes, cache),
                BackendKind.OpenCl => OpenClAccelerator.Find(options.BudgetBytes, cache),
                _ => [],
            };
            foreach (Func<Accelerator> open in found) AddDevice(open, options, backends, unusable);
        }

        backends.Add(new CpuBackend(options.Width, options.Workers));
        BackendPool pool = new(backends);
        pool._quarantined.AddRange(unusable);
        pool.SelfTest();
        return pool;
    }

    /// <summary>Every backend runs the smallest size of its known answers; the wrong ones are put aside.</summary>
    /// <returns>True when all were right.</returns>
    public bool SelfTest()
    {
        bool right = true;
        foreach (IBackend backend in Usable)
        {
            try
            {
                KernelAnswer? wrong = KnownAnswers.RunAll(backend, sizes: 2).FirstOrDefault(static answer => !answer.IsRight);
                if (wrong is null) continue;
                right = false;
                PutAside(backend, $"{wrong.Kernel} gave {wrong.Digest}, must give {wrong.Expected}");
            }
            catch (GpuException error)
            {
                right = false;
                PutAside(backend, error.Message);
            }
        }

        return right;
    }

    /// <summary>Runs work on the best backend; a device that fails is put aside, or skipped this once, and the next takes over.</summary>
    /// <param name="work">What to do; it may be done again on another backend, so it must only write to its own result.</param>
    /// <param name="exact">Whether the work needs the tensor kernels' exact arithmetic.</param>
    public T Run<T>(Func<IBackend, T> work, bool exact = false)
    {
        foreach (IBackend backend in Usable)
        {
            if (exact && !backend.Device.Exact) continue;
            if (ReferenceEquals(backend, _cpu)) break;
            try
            {
                return work(backend);
            }
            catch (GpuException error)
            {
                // A lost device stays lost in this process; everything else may work the next time.
                if (error.Fault is GpuFault.DeviceLost or GpuFault.Build) PutAside(backend, error.Message);
            }
        }

        return work(_cpu);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (IBackend backend in Usable) backend.Dispose();
        lock (_gate) _usable.Clear();
    }

    private static void AddDevice(Func<Accelerator> open, BackendOptions options, List<IBackend> backends, List<Quarantine> unusable)
    {
        Accelerator? accelerator = null;
        try
        {
            accelerator = open();
            DeviceDescription device = accelerator.Device;
            bool wanted = device.Id.Contains(options.DeviceFilter, StringComparison.OrdinalIgnoreCase)
                || device.Name.Contains(options.DeviceFilter, StringComparison.OrdinalIgnoreCase);
            if (!wanted || (device.IsProcessor && !options.AllowProcessors)) accelerator.Dispose();
            else backends.Add(new DeviceBackend(accelerator));
        }
        catch (GpuException error)
        {
            if (accelerator is null) return;
            unusable.Add(new Quarantine(accelerator.Device, error.Message));
            accelerator.Dispose();
        }
    }

    private void PutAside(IBackend backend, string reason)
    {
        lock (_gate)
        {
            if (ReferenceEquals(backend, _cpu))
                throw new GpuException(GpuFault.DeviceLost,
                    $"The processor itself gives wrong answers; nothing can be judged here: {reason}");
            if (_usable.Remove(backend)) _quarantined.Add(new Quarantine(backend.Device, reason));
        }

        // A dead context may not be closable either; that changes nothing.
        try
        {
            backend.Dispose();
        }
        catch (GpuException)
        {
        }
    }
}
