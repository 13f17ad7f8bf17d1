using System.Text;
using DePinChain.Gpu.Devices;
using DePinChain.Gpu.Kernels;

namespace DePinChain.Gpu.OpenCL;

/// <summary>A device behind the OpenCL loader.</summary>
public sealed unsafe class OpenClAccelerator : Accelerator
{
    // Never -cl-fast-relaxed-math, -cl-mad-enable or -cl-denorms-are-zero: the bits would change.
    private const string ExactOptions = "-cl-std=CL1.2 -cl-fp32-correctly-rounded-divide-sqrt";
    private const string PlainOptions = "-cl-std=CL1.2";

    private readonly nint _device;
    private readonly nint _context;
    private readonly KernelCache _cache;
    private readonly List<nint> _programs = [];
    private readonly Dictionary<string, nint> _kernels = new(StringComparer.Ordinal);
    private readonly HashSet<KernelSource> _loaded = [];

    private OpenClAccelerator(nint device, int index, long budgetBytes, KernelCache cache)
    {
        _device = device;
        _cache = cache;
        ulong config = LibOpenCl.DeviceNumber(device, LibOpenCl.DeviceSingleConfig);
        long memory = (long)Math.Min(LibOpenCl.DeviceNumber(device, LibOpenCl.DeviceGlobalMemory), long.MaxValue);
        Device = new DeviceDescription(
            $"opencl:{index}", BackendKind.OpenCl, LibOpenCl.DeviceText(device, LibOpenCl.DeviceName),
            $"{LibOpenCl.DeviceText(device, LibOpenCl.DeviceVersion)} / {LibOpenCl.DeviceText(device, LibOpenCl.DriverVersion)}",
            memory, (int)(uint)LibOpenCl.DeviceNumber(device, LibOpenCl.DeviceMaxComputeUnits),
            (LibOpenCl.DeviceNumber(device, LibOpenCl.DeviceType) & LibOpenCl.DeviceTypeCpu) != 0,
            (config & LibOpenCl.ExactConfig) == LibOpenCl.ExactConfig);
        BudgetBytes = Math.Min(budgetBytes, (long)(memory * 0.85));
        int error = 0;
        _context = LibOpenCl.CreateContext(null, 1, &device, 0, 0, &error);
        LibOpenCl.Check(error, "clCreateContext", Device.Name);
    }

    /// <inheritdoc/>
    public override DeviceDescription Device { get; }

    /// <inheritdoc/>
    public override long BudgetBytes { get; }

    internal nint Context => _context;

    internal nint DeviceHandle => _device;

    /// <summary>All devices that the loader shows; none without a loader.</summary>
    public static IReadOnlyList<Func<OpenClAccelerator>> Find(long budgetBytes, KernelCache cache)
    {
        List<Func<OpenClAccelerator>> found = [];
        if (!NativeLibraries.IsPresent(NativeLibraries.OpenCl)) return found;
        nint* platforms = stackalloc nint[16];
        nint* devices = stackalloc nint[64];
        uint platformCount = 0;
        if (LibOpenCl.GetPlatforms(16, platforms, &platformCount) != 0) return found;
        for (int platform = 0; platform < Math.Min(platformCount, 16); platform++)
        {
            uint count = 0;
            if (LibOpenCl.GetDevices(platforms[platform], LibOpenCl.DeviceTypeAll, 64, devices, &count) != 0) continue;
            for (int at = 0; at < Math.Min(count, 64); at++)
            {
                nint device = devices[at];
                int index = found.Count;
                if ((uint)LibOpenCl.DeviceNumber(device, LibOpenCl.DeviceAvailable) != 0)
                    found.Add(() => new OpenClAccelerator(device, index, budgetBytes, cache));
            }
        }

        return found;
    }

    /// <inheritdoc/>
    public override CommandStream CreateStream() => new OpenClStream(this);

    /// <inheritdoc/>
    public override void Load(KernelSource source)
    {
        if (!_loaded.Add(source)) return;
        string options = Device.Exact ? ExactOptions : PlainOptions;
        string key = KernelCache.KeyOf(source.Text, options, "opencl", Device.Name, Device.Driver);
        nint program = FromBinary(_cache.Find(key), options);
        if (program == 0)
        {
            program = FromText(source, options);
            Keep(program, key);
        }

        _programs.Add(program);
    }

    internal nint KernelOf(string name)
    {
        if (_kernels.TryGetValue(name, out nint kernel)) return kernel;
        int error = 0;
        foreach (nint program in _programs)
        {
            kernel = LibOpenCl.CreateKernel(program, name, &error);
            if (error == 0) return _kernels[name] = kernel;
        }

        throw new GpuException(GpuFault.Build, $"No loaded unit has a kernel {name} ({error}).");
    }

    /// <inheritdoc/>
    protected override nint AllocateCore(long bytes)
    {
        int error = 0;
        nint buffer = LibOpenCl.CreateBuffer(_context, LibOpenCl.ReadWrite, (nuint)bytes, null, &error);
        LibOpenCl.Check(error, "clCreateBuffer", Device.Name);
        return buffer;
    }

    /// <inheritdoc/>
    protected override void FreeCore(nint handle) => _ = LibOpenCl.ReleaseBuffer(handle);

    /// <inheritdoc/>
    protected override void Close()
    {
        foreach (nint kernel in _kernels.Values) _ = LibOpenCl.ReleaseKernel(kernel);
        foreach (nint program in _programs) _ = LibOpenCl.ReleaseProgram(program);
        _ = LibOpenCl.ReleaseContext(_context);
    }

    private nint FromText(KernelSource source, string options)
    {
        byte[] text = Encoding.UTF8.GetBytes(source.Text);
        int error = 0;
        nint program;
        fixed (byte* pointer = text)
        {
            byte* one = pointer;
            nuint length = (nuint)text.Length;
            program = LibOpenCl.CreateProgram(_context, 1, &one, &length, &error);
        }

        LibOpenCl.Check(error, "clCreateProgramWithSource", Device.Name);
        if (Build(program, options) is { } log)
        {
            _ = LibOpenCl.ReleaseProgram(program);
            throw new GpuException(GpuFault.Build, $"{source.Name} does not compile on {Device.Name}: {log}");
        }

        return program;
    }

    private nint FromBinary(byte[]? binary, string options)
    {
        if (binary is null) return 0;
        nint device = _device;
        nuint length = (nuint)binary.Length;
        int status = 0, error = 0;
        nint program;
        fixed (byte* pointer = binary)
        {
            byte* one = pointer;
            program = LibOpenCl.CreateProgramFromBinary(_context, 1, &device, &length, &one, &status, &error);
        }

        if (program == 0 || error != 0 || status != 0) return 0;
        if (Build(program, options) is null) return program;
        _ = LibOpenCl.ReleaseProgram(program);
        return 0;
    }

    private string? Build(nint program, string options)
    {
        nint device = _device;
        if (LibOpenCl.BuildProgram(program, 1, &device, options, 0, 0) == 0) return null;
        nuint size = 0;
        if (LibOpenCl.GetBuildInfo(program, device, LibOpenCl.BuildLog, 0, null, &size) != 0 || size > 1 << 20) return "no log";
        byte[] log = new byte[Math.Max((int)size, 1)];
        fixed (byte* to = log) _ = LibOpenCl.GetBuildInfo(program, device, LibOpenCl.BuildLog, size, to, null);
        return Encoding.UTF8.GetString(log).TrimEnd('\0');
    }

    private void Keep(nint program, string key)
    {
        nuint size = 0;
        if (LibOpenCl.GetProgramInfo(program, LibOpenCl.ProgramBinarySizes, (nuint)sizeof(nuint), &size, null) != 0) return;
        if (size == 0 || size > 128 << 20) return;
        byte[] binary = new byte[size];
        fixed (byte* to = binary)
        {
            byte* one = to;
            if (LibOpenCl.GetProgramInfo(program, LibOpenCl.ProgramBinaries, (nuint)sizeof(byte*), &one, null) != 0) return;
        }

        _cache.Keep(key, binary);
    }
}
