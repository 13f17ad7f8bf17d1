using System.Globalization;
using System.Text;
using DePinChain.Gpu.Devices;
using DePinChain.Gpu.Kernels;

namespace DePinChain.Gpu.Cuda;

/// <summary>
/// An NVIDIA device behind its driver, in the primary context. Kernels come from the cache, NVRTC, the PTX the build embedded, or clang,
/// whichever is first there.
/// </summary>
public sealed unsafe class CudaAccelerator : Accelerator
{
    private readonly int _device;
    private readonly nint _context;
    private readonly int _architecture;
    private readonly KernelCache _cache;
    private readonly List<nint> _modules = [];
    private readonly Dictionary<string, nint> _functions = new(StringComparer.Ordinal);
    private readonly HashSet<KernelSource> _loaded = [];

    private CudaAccelerator(int ordinal, long budgetBytes, KernelCache cache)
    {
        _cache = cache;
        string id = $"cuda:{ordinal}";
        int device = 0, version = 0, units = 0, major = 0, minor = 0;
        LibCuda.Check(LibCuda.GetDevice(&device, ordinal), "cuDeviceGet", id);
        _device = device;
        byte* name = stackalloc byte[256];
        LibCuda.Check(LibCuda.GetDeviceName(name, 256, device), "cuDeviceGetName", id);
        _ = LibCuda.GetDriverVersion(&version);
        _ = LibCuda.GetAttribute(&units, LibCuda.MultiprocessorCount, device);
        _ = LibCuda.GetAttribute(&major, LibCuda.CapabilityMajor, device);
        _ = LibCuda.GetAttribute(&minor, LibCuda.CapabilityMinor, device);
        _architecture = (10 * major) + minor;
        nuint memory = 0;
        _ = LibCuda.GetTotalMemory(&memory, device);
        nint context = 0;
        LibCuda.Check(LibCuda.RetainContext(&context, device), "cuDevicePrimaryCtxRetain", id);
        _context = context;
        Enter();
        nuint free = 0, total = 0;
        LibCuda.Check(LibCuda.GetMemory(&free, &total), "cuMemGetInfo", id);
        BudgetBytes = Math.Min(budgetBytes, (long)(free * 0.85));
        string text = Encoding.UTF8.GetString(new ReadOnlySpan<byte>(name, 256)).Split('\0')[0];
        string driver = string.Create(CultureInfo.InvariantCulture, $"{version / 1000}.{version % 1000 / 10} sm_{_architecture}");

        // Every NVIDIA device since compute capability 2.0 has IEEE single precision with denormals.
        Device = new DeviceDescription(id, BackendKind.Cuda, text, driver, (long)memory, units, IsProcessor: false, Exact: major >= 3);
    }

    /// <inheritdoc/>
    public override DeviceDescription Device { get; }

    /// <inheritdoc/>
    public override long BudgetBytes { get; }

    /// <summary>Whether a driver with a device is there.</summary>
    public static bool IsPresent => DeviceCount() > 0;

    /// <summary>All devices that the driver shows; none without a driver.</summary>
    public static IReadOnlyList<Func<CudaAccelerator>> Find(long budgetBytes, KernelCache cache) =>
        [.. Enumerable.Range(0, DeviceCount()).Select(ordinal =>
            (Func<CudaAccelerator>)(() => new CudaAccelerator(ordinal, budgetBytes, cache)))];

    /// <inheritdoc/>
    public override CommandStream CreateStream() => new CudaStream(this);

    /// <inheritdoc/>
    public override void Load(KernelSource source)
    {
        if (!_loaded.Add(source)) return;
        byte[] image = CodeOf(source);
        nint module = 0;
        fixed (byte* from = image) Check(LibCuda.LoadModule(&module, from), $"cuModuleLoadData {source.Name}");
        _modules.Add(module);
    }

    internal override void Enter() => LibCuda.Check(LibCuda.SetContext(_context), "cuCtxSetCurrent", $"cuda:{_device}");

    internal nint FunctionOf(string name)
    {
        if (_functions.TryGetValue(name, out nint function)) return function;
        foreach (nint module in _modules)
        {
            if (LibCuda.GetFunction(&function, module, name) == 0) return _functions[name] = function;
        }

        throw new GpuException(GpuFault.Build, $"No loaded unit has a kernel {name}.");
    }

    internal void Check(int code, string call) => LibCuda.Check(code, call, Device.Name);

    /// <inheritdoc/>
    protected override nint AllocateCore(long bytes)
    {
        nint pointer = 0;
        Check(LibCuda.Allocate(&pointer, (nuint)bytes), "cuMemAlloc");
        return pointer;
    }

    /// <inheritdoc/>
    protected override void FreeCore(nint handle) => _ = LibCuda.Free(handle);

    /// <inheritdoc/>
    protected override void Close()
    {
        foreach (nint module in _modules) _ = LibCuda.UnloadModule(module);
        _ = LibCuda.ReleaseContext(_device);
    }

    private static int DeviceCount()
    {
        if (!NativeLibraries.IsPresent(NativeLibraries.Cuda) || LibCuda.Init(0) != 0) return 0;
        int count = 0;
        return LibCuda.GetDeviceCount(&count) == 0 ? count : 0;
    }

    private byte[] CodeOf(KernelSource source)
    {
        string compiler = LibNvrtc.IsPresent ? LibNvrtc.Version : "ptx";
        string key = KernelCache.KeyOf(source.Text, "cuda", Device.Name, Device.Driver, compiler);
        if (_cache.Find(key) is { } known) return known;
        byte[] code = LibNvrtc.IsPresent
            ? LibNvrtc.Compile(source.Text, source.Name, _architecture)
            : Terminated(source.FindEmbeddedPtx() ?? PtxCompiler.Compile(source) ?? throw new GpuException(
                GpuFault.Build, "There is no way to compile kernels: install NVRTC or clang, or build with -p:GpuPtx=true."));
        _cache.Keep(key, code);
        return code;
    }

    // The driver reads PTX as a C string.
    private static byte[] Terminated(byte[] text) => [.. text, 0];
}
