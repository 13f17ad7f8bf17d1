using System.Numerics;
using DePinChain.Gpu.Kernels;

namespace DePinChain.Gpu.Devices;

/// <summary>
/// A device that runs kernels: memory under a budget, in-order streams, kernels by name. OpenCL and CUDA are its two kinds. Not safe for
/// several threads at once; <see cref="DeviceBackend"/> takes care of that.
/// </summary>
public abstract class Accelerator : IDisposable
{
    // Allocations above this are rounded up to it, below to a power of two, and kept for the next call of that size.
    private const long ClassBytesMax = 256L << 20;
    private const long ClassBytesMin = 256;

    private readonly Dictionary<long, Stack<nint>> _free = [];
    private long _used;
    private long _kept;

    /// <summary>What the device says of itself.</summary>
    public abstract DeviceDescription Device { get; }

    /// <summary>Bytes that may be taken: the smaller of what was asked for and 0.85 of what was free at the start.</summary>
    public abstract long BudgetBytes { get; }

    /// <summary>Bytes that buffers in use take.</summary>
    public long UsedBytes => _used;

    /// <summary>Takes memory; its content is unknown.</summary>
    /// <exception cref="GpuException">The budget or the device has none left.</exception>
    public DeviceBuffer Allocate(long bytes)
    {
        long size = ClassOf(Math.Max(bytes, 1));
        if (_free.TryGetValue(size, out Stack<nint>? kept) && kept.TryPop(out nint old))
        {
            _kept -= size;
            _used += size;
            return new DeviceBuffer(this, old, bytes, size);
        }

        if (_used + _kept + size > BudgetBytes) DropKept();
        if (_used + size > BudgetBytes)
        {
            throw new GpuException(
                GpuFault.OutOfMemory, $"{Device.Name}: {bytes} bytes do not fit the budget of {BudgetBytes}, of which {_used} are in use.");
        }

        nint handle;
        try
        {
            handle = AllocateCore(size);
        }
        catch (GpuException error) when (error.Fault == GpuFault.OutOfMemory && _kept > 0)
        {
            DropKept();
            handle = AllocateCore(size);
        }

        _used += size;
        return new DeviceBuffer(this, handle, bytes, size);
    }

    /// <summary>Makes a stream; what is put into it runs in order.</summary>
    public abstract CommandStream CreateStream();

    /// <summary>Compiles a unit, or takes it from the cache.</summary>
    public abstract void Load(KernelSource source);

    /// <summary>Makes the device's context current on this thread.</summary>
    internal virtual void Enter()
    {
    }

    internal void Release(nint handle, long size)
    {
        _used -= size;
        if (size > ClassBytesMax)
        {
            FreeCore(handle);
            return;
        }

        if (!_free.TryGetValue(size, out Stack<nint>? kept)) _free[size] = kept = new Stack<nint>();
        kept.Push(handle);
        _kept += size;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        DropKept();
        Close();
        GC.SuppressFinalize(this);
    }

    /// <summary>Takes memory from the driver.</summary>
    protected abstract nint AllocateCore(long bytes);

    /// <summary>Gives memory back to the driver.</summary>
    protected abstract void FreeCore(nint handle);

    /// <summary>Gives everything else back.</summary>
    protected abstract void Close();

    private static long ClassOf(long bytes) => bytes > ClassBytesMax
        ? bytes
        : (long)BitOperations.RoundUpToPowerOf2((ulong)Math.Max(bytes, ClassBytesMin));

    private void DropKept()
    {
        foreach (Stack<nint> kept in _free.Values)
        {
            while (kept.TryPop(out nint handle)) FreeCore(handle);
        }

        _kept = 0;
    }
}
