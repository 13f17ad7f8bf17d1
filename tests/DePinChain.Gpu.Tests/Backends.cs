using DePinChain.Gpu.Cpu;
using DePinChain.Gpu.Devices;
using DePinChain.Gpu.Kernels;
using DePinChain.Gpu.OpenCL;

namespace DePinChain.Gpu.Tests;

/// <summary>
/// The backends that tests run on: the CPU in every width this machine has, and the first OpenCL device, which PoCL is on a machine
/// without a GPU. Devices are opened once: each open compiles kernels.
/// </summary>
internal static class Backends
{
    private static readonly Lazy<DeviceBackend?> Device = new(OpenDevice);
    private static readonly Dictionary<CpuWidth, CpuBackend> Processors = [];

    /// <summary>Names for parameterised tests: a name is cheap, a backend is not.</summary>
    public static IEnumerable<string> Names => [.. Enum.GetNames<CpuWidth>(), "OpenCl"];

    public static KernelCache Cache { get; } =
        new(Path.Combine(Path.GetTempPath(), $"depin-kernels-{Environment.UserName}"));

    /// <summary>A backend by name; the test is skipped where the machine has none, unless it was said that it must.</summary>
    public static IBackend Get(string name)
    {
        if (name == "OpenCl") return OpenCl;
        CpuWidth width = Enum.Parse<CpuWidth>(name);
        if (!CpuWidths.IsSupported(width)) Assert.Ignore($"This processor has no vectors of {(int)width} bits.");
        if (!Processors.TryGetValue(width, out CpuBackend? backend)) Processors[width] = backend = new CpuBackend(width, workers: 2);
        return backend;
    }

    /// <summary>The reference.</summary>
    public static IBackend Scalar => Get(nameof(CpuWidth.Scalar));

    /// <summary>The OpenCL device.</summary>
    public static DeviceBackend OpenCl
    {
        get
        {
            if (Device.Value is { } backend) return backend;
            const string Missing = "There is no OpenCL device here; bash chain/install.sh tests installs PoCL.";
            if (Environment.GetEnvironmentVariable("DEPIN_REQUIRE_OPENCL") == "1") Assert.Fail(Missing);
            Assert.Ignore(Missing);
            throw new InvalidOperationException(Missing);
        }
    }

    /// <summary>Another context on the same device, for tests that change something.</summary>
    public static OpenClAccelerator OpenAnother(long budgetBytes = long.MaxValue, KernelCache? cache = null)
    {
        _ = OpenCl;
        return OpenClAccelerator.Find(budgetBytes, cache ?? Cache)[0]();
    }

    private static DeviceBackend? OpenDevice() =>
        OpenClAccelerator.Find(long.MaxValue, Cache) is [var open, ..] ? new DeviceBackend(open()) : null;
}
