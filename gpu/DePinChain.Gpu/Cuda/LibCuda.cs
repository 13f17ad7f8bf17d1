using System.Runtime.InteropServices;
using DePinChain.Gpu.Devices;

namespace DePinChain.Gpu.Cuda;

/// <summary>
/// The C interface of the NVIDIA driver, the part this project uses; names with _v2 are the 64-bit forms that drivers export.
/// </summary>
internal static unsafe partial class LibCuda
{
    internal const int MultiprocessorCount = 16;
    internal const int CapabilityMajor = 75;
    internal const int CapabilityMinor = 76;

    private const string Library = NativeLibraries.Cuda;

    internal static void Check(int code, string call, string device)
    {
        if (code == 0) return;
        GpuFault fault = code switch
        {
            2 => GpuFault.OutOfMemory,
            200 or 209 or 218 or 222 or 500 => GpuFault.Build,
            701 or 702 => GpuFault.Transient,
            _ => GpuFault.DeviceLost,
        };
        byte* name = null;
        string text = GetErrorName(code, &name) == 0 && name is not null ? Marshal.PtrToStringUTF8((nint)name) ?? "" : "";
        throw new GpuException(fault, $"{call} answered {code} {text} on {device}.");
    }

    [LibraryImport(Library, EntryPoint = "cuInit")]
    internal static partial int Init(uint flags);

    [LibraryImport(Library, EntryPoint = "cuDriverGetVersion")]
    internal static partial int GetDriverVersion(int* version);

    [LibraryImport(Library, EntryPoint = "cuDeviceGetCount")]
    internal static partial int GetDeviceCount(int* count);

    [LibraryImport(Library, EntryPoint = "cuDeviceGet")]
    internal static partial int GetDevice(int* device, int ordinal);

    [LibraryImport(Library, EntryPoint = "cuDeviceGetName")]
    internal static partial int GetDeviceName(byte* name, int length, int device);

    [LibraryImport(Library, EntryPoint = "cuDeviceTotalMem_v2")]
    internal static partial int GetTotalMemory(nuint* bytes, int device);

    [LibraryImport(Library, EntryPoint = "cuDeviceGetAttribute")]
    internal static partial int GetAttribute(int* value, int attribute, int device);

    [LibraryImport(Library, EntryPoint = "cuDevicePrimaryCtxRetain")]
    internal static partial int RetainContext(nint* context, int device);

    [LibraryImport(Library, EntryPoint = "cuDevicePrimaryCtxRelease_v2")]
    internal static partial int ReleaseContext(int device);

    [LibraryImport(Library, EntryPoint = "cuCtxSetCurrent")]
    internal static partial int SetContext(nint context);

    [LibraryImport(Library, EntryPoint = "cuMemGetInfo_v2")]
    internal static partial int GetMemory(nuint* free, nuint* total);

    [LibraryImport(Library, EntryPoint = "cuMemAlloc_v2")]
    internal static partial int Allocate(nint* pointer, nuint bytes);

    [LibraryImport(Library, EntryPoint = "cuMemFree_v2")]
    internal static partial int Free(nint pointer);

    [LibraryImport(Library, EntryPoint = "cuMemcpyHtoDAsync_v2")]
    internal static partial int CopyToDevice(nint to, void* from, nuint bytes, nint stream);

    [LibraryImport(Library, EntryPoint = "cuMemcpyDtoHAsync_v2")]
    internal static partial int CopyToHost(void* to, nint from, nuint bytes, nint stream);

    [LibraryImport(Library, EntryPoint = "cuMemsetD8Async")]
    internal static partial int Fill(nint to, byte value, nuint count, nint stream);

    [LibraryImport(Library, EntryPoint = "cuStreamCreate")]
    internal static partial int CreateStream(nint* stream, uint flags);

    [LibraryImport(Library, EntryPoint = "cuStreamDestroy_v2")]
    internal static partial int DestroyStream(nint stream);

    [LibraryImport(Library, EntryPoint = "cuStreamSynchronize")]
    internal static partial int Synchronize(nint stream);

    [LibraryImport(Library, EntryPoint = "cuModuleLoadData")]
    internal static partial int LoadModule(nint* module, byte* image);

    [LibraryImport(Library, EntryPoint = "cuModuleUnload")]
    internal static partial int UnloadModule(nint module);

    [LibraryImport(Library, EntryPoint = "cuModuleGetFunction", StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int GetFunction(nint* function, nint module, string name);

    [LibraryImport(Library, EntryPoint = "cuLaunchKernel")]
    internal static partial int Launch(
        nint function, uint gridX, uint gridY, uint gridZ, uint blockX, uint blockY, uint blockZ, uint shared, nint stream,
            void** arguments,
        void** extra);

    [LibraryImport(Library, EntryPoint = "cuGetErrorName")]
    internal static partial int GetErrorName(int code, byte** name);
}
