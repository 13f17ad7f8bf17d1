using System.Reflection;
using System.Runtime.InteropServices;

namespace DePinChain.Gpu.Devices;

/// <summary>
/// Finds the native libraries of devices by the names that distributions give them. None is needed: without them there is no device.
/// </summary>
internal static class NativeLibraries
{
    internal const string OpenCl = "libOpenCL";
    internal const string Cuda = "libcuda";
    internal const string Nvrtc = "libnvrtc";

    private static readonly Lock Gate = new();
    private static readonly Dictionary<string, nint> Handles = new(StringComparer.Ordinal);
    private static bool _installed;

    /// <summary>Whether a library is there; makes the imports of this assembly find it.</summary>
    internal static bool IsPresent(string library)
    {
        lock (Gate)
        {
            if (!_installed)
            {
                NativeLibrary.SetDllImportResolver(typeof(NativeLibraries).Assembly, Resolve);
                _installed = true;
            }

            return HandleOf(library) != 0;
        }
    }

    private static nint Resolve(string name, Assembly assembly, DllImportSearchPath? path)
    {
        lock (Gate) return HandleOf(name);
    }

    private static nint HandleOf(string library)
    {
        if (Handles.TryGetValue(library, out nint known)) return known;
        nint handle = 0;
        foreach (string name in NamesOf(library))
        {
            if (NativeLibrary.TryLoad(name, out handle)) break;
        }

        Handles[library] = handle;
        return handle;
    }

    // DEPIN_NVRTC names the compiler's library where it lies outside the loader's path, as in a Python package.
    private static string[] NamesOf(string library) => library switch
    {
        OpenCl => ["libOpenCL.so.1", "libOpenCL.so"],
        Cuda => ["libcuda.so.1", "/usr/local/nvidia/lib64/libcuda.so.1", "libcuda.so"],
        Nvrtc => Environment.GetEnvironmentVariable("DEPIN_NVRTC") is { Length: > 0 } path
            ? [path]
            : ["libnvrtc.so.13", "libnvrtc.so.12", "libnvrtc.so", "/usr/local/cuda/lib64/libnvrtc.so"],
        _ => [],
    };
}
