using System.Runtime.InteropServices;
using System.Text;
using DePinChain.Gpu.Devices;

namespace DePinChain.Gpu.OpenCL;

/// <summary>The C interface of the OpenCL loader (Khronos OpenCL 1.2, the part this project uses).</summary>
internal static unsafe partial class LibOpenCl
{
    internal const uint DeviceType = 0x1000;
    internal const uint DeviceMaxComputeUnits = 0x1002;
    internal const ulong DeviceTypeCpu = 2;
    internal const uint DeviceSingleConfig = 0x101B;
    internal const uint DeviceGlobalMemory = 0x101F;
    internal const uint DeviceAvailable = 0x1027;
    internal const uint DeviceName = 0x102B;
    internal const uint DriverVersion = 0x102D;
    internal const uint DeviceVersion = 0x102F;
    internal const uint BuildLog = 0x1183;
    internal const uint ProgramBinarySizes = 0x1165;
    internal const uint ProgramBinaries = 0x1166;
    internal const ulong DeviceTypeAll = 0xFFFFFFFF;
    internal const ulong ReadWrite = 1;

    // CL_FP_DENORM | CL_FP_ROUND_TO_NEAREST | CL_FP_FMA | CL_FP_CORRECTLY_ROUNDED_DIVIDE_SQRT
    internal const ulong ExactConfig = 0x01 | 0x04 | 0x20 | 0x80;

    private const string Library = NativeLibraries.OpenCl;

    internal static void Check(int code, string call, string device)
    {
        if (code == 0) return;
        GpuFault fault = code switch
        {
            -4 or -6 or -61 => GpuFault.OutOfMemory,
            -5 => GpuFault.Transient,
            -11 or -45 or -46 => GpuFault.Build,
            _ => GpuFault.DeviceLost,
        };
        throw new GpuException(fault, $"{call} answered {code} on {device}.");
    }

    internal static string DeviceText(nint device, uint what)
    {
        nuint size = 0;
        if (GetDeviceInfo(device, what, 0, null, &size) != 0 || size == 0 || size > 65_536) return "";
        byte[] bytes = new byte[size];
        fixed (byte* to = bytes)
        {
            if (GetDeviceInfo(device, what, size, to, null) != 0) return "";
        }

        return Encoding.UTF8.GetString(bytes).TrimEnd('\0').Trim();
    }

    internal static ulong DeviceNumber(nint device, uint what)
    {
        ulong value = 0;
        return GetDeviceInfo(device, what, sizeof(ulong), &value, null) == 0 ? value : 0;
    }

    [LibraryImport(Library, EntryPoint = "clGetPlatformIDs")]
    internal static partial int GetPlatforms(uint entries, nint* platforms, uint* count);

    [LibraryImport(Library, EntryPoint = "clGetDeviceIDs")]
    internal static partial int GetDevices(nint platform, ulong type, uint entries, nint* devices, uint* count);

    [LibraryImport(Library, EntryPoint = "clGetDeviceInfo")]
    internal static partial int GetDeviceInfo(nint device, uint what, nuint size, void* value, nuint* needed);

    [LibraryImport(Library, EntryPoint = "clCreateContext")]
    internal static partial nint CreateContext(nint* properties, uint count, nint* devices, nint notify, nint user, int* error);

    [LibraryImport(Library, EntryPoint = "clReleaseContext")]
    internal static partial int ReleaseContext(nint context);

    [LibraryImport(Library, EntryPoint = "clCreateCommandQueue")]
    internal static partial nint CreateQueue(nint context, nint device, ulong properties, int* error);

    [LibraryImport(Library, EntryPoint = "clReleaseCommandQueue")]
    internal static partial int ReleaseQueue(nint queue);

    [LibraryImport(Library, EntryPoint = "clCreateBuffer")]
    internal static partial nint CreateBuffer(nint context, ulong flags, nuint size, void* host, int* error);

    [LibraryImport(Library, EntryPoint = "clReleaseMemObject")]
    internal static partial int ReleaseBuffer(nint buffer);

    [LibraryImport(Library, EntryPoint = "clCreateProgramWithSource")]
    internal static partial nint CreateProgram(nint context, uint count, byte** texts, nuint* lengths, int* error);

    [LibraryImport(Library, EntryPoint = "clCreateProgramWithBinary")]
    internal static partial nint CreateProgramFromBinary(
        nint context, uint count, nint* devices, nuint* lengths, byte** binaries, int* status, int* error);

    [LibraryImport(Library, EntryPoint = "clBuildProgram", StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int BuildProgram(nint program, uint count, nint* devices, string options, nint notify, nint user);

    [LibraryImport(Library, EntryPoint = "clGetProgramBuildInfo")]
    internal static partial int GetBuildInfo(nint program, nint device, uint what, nuint size, void* value, nuint* needed);

    [LibraryImport(Library, EntryPoint = "clGetProgramInfo")]
    internal static partial int GetProgramInfo(nint program, uint what, nuint size, void* value, nuint* needed);

    [LibraryImport(Library, EntryPoint = "clReleaseProgram")]
    internal static partial int ReleaseProgram(nint program);

    [LibraryImport(Library, EntryPoint = "clCreateKernel", StringMarshalling = StringMarshalling.Utf8)]
    internal static partial nint CreateKernel(nint program, string name, int* error);

    [LibraryImport(Library, EntryPoint = "clReleaseKernel")]
    internal static partial int ReleaseKernel(nint kernel);

    [LibraryImport(Library, EntryPoint = "clSetKernelArg")]
    internal static partial int SetArgument(nint kernel, uint index, nuint size, void* value);

    [LibraryImport(Library, EntryPoint = "clEnqueueNDRangeKernel")]
    internal static partial int Enqueue(
        nint queue, nint kernel, uint dimensions, nuint* offset, nuint* global, nuint* local, uint waits, nint* waitFor, nint* done);

    [LibraryImport(Library, EntryPoint = "clEnqueueReadBuffer")]
    internal static partial int EnqueueRead(
        nint queue, nint buffer, uint blocking, nuint offset, nuint size, void* to, uint waits, nint* waitFor, nint* done);

    [LibraryImport(Library, EntryPoint = "clEnqueueWriteBuffer")]
    internal static partial int EnqueueWrite(
        nint queue, nint buffer, uint blocking, nuint offset, nuint size, void* from, uint waits, nint* waitFor, nint* done);

    [LibraryImport(Library, EntryPoint = "clEnqueueFillBuffer")]
    internal static partial int EnqueueFill(
        nint queue, nint buffer, void* pattern, nuint patternSize, nuint offset, nuint size, uint waits, nint* waitFor, nint* done);

    [LibraryImport(Library, EntryPoint = "clFlush")]
    internal static partial int Flush(nint queue);

    [LibraryImport(Library, EntryPoint = "clFinish")]
    internal static partial int Finish(nint queue);
}
