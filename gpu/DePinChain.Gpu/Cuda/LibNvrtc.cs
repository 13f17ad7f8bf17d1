using System.Runtime.InteropServices;
using System.Text;
using DePinChain.Gpu.Devices;

namespace DePinChain.Gpu.Cuda;

/// <summary>NVIDIA's run-time compiler: CUDA C++ text to machine code for one architecture. It needs no device.</summary>
internal static unsafe partial class LibNvrtc
{
    private const string Library = NativeLibraries.Nvrtc;
    private const int LogBytesMax = 1 << 20;

    internal static bool IsPresent => NativeLibraries.IsPresent(NativeLibraries.Nvrtc);

    /// <summary>The compiler's version, part of the cache's key.</summary>
    internal static string Version
    {
        get
        {
            int major = 0, minor = 0;
            return GetVersion(&major, &minor) == 0 ? $"nvrtc {major}.{minor}" : "nvrtc";
        }
    }

    /// <summary>Compiles a unit for an architecture.</summary>
    /// <param name="text">The unit.</param>
    /// <param name="name">Its name in messages.</param>
    /// <param name="architecture">Such as 90.</param>
    /// <exception cref="GpuException">It does not compile.</exception>
    internal static byte[] Compile(string text, string name, int architecture)
    {
        // No fusing and no flushing by the compiler: the bits must be those of every other backend.
        string[] options =
        [
            $"--gpu-architecture=sm_{architecture}", "--fmad=false", "--ftz=false", "--prec-div=true", "--prec-sqrt=true", "--std=c++17",
            "-DDPK_NVRTC",
        ];
        nint program = 0;
        byte[] source = Encoding.UTF8.GetBytes(text + "\0"), title = Encoding.UTF8.GetBytes(name + ".cu\0");
        fixed (byte* from = source, named = title)
        {
            int created = CreateProgram(&program, from, named, 0, null, null);
            if (created != 0) throw new GpuException(GpuFault.Build, $"nvrtcCreateProgram answered {created}.");
        }

        try
        {
            nint[] pointers = [.. options.Select(Marshal.StringToCoTaskMemUTF8)];
            int code;
            fixed (nint* list = pointers) code = CompileProgram(program, pointers.Length, (byte**)list);
            foreach (nint pointer in pointers) Marshal.FreeCoTaskMem(pointer);
            if (code != 0) throw new GpuException(GpuFault.Build,
                $"{name} does not compile for sm_{architecture} ({code}): {LogOf(program)}");
            nuint size = 0;
            if (GetCubinSize(program, &size) != 0 || size == 0) throw new GpuException(GpuFault.Build, $"{name}: NVRTC gave no code.");
            byte[] code2 = new byte[size];
            fixed (byte* to = code2) _ = GetCubin(program, to);
            return code2;
        }
        finally
        {
            _ = DestroyProgram(&program);
        }
    }

    private static string LogOf(nint program)
    {
        nuint size = 0;
        if (GetLogSize(program, &size) != 0 || size is 0 or > LogBytesMax) return "no log";
        byte[] log = new byte[size];
        fixed (byte* to = log) _ = GetLog(program, to);
        return Encoding.UTF8.GetString(log).TrimEnd('\0');
    }

    [LibraryImport(Library, EntryPoint = "nvrtcVersion")]
    private static partial int GetVersion(int* major, int* minor);

    [LibraryImport(Library, EntryPoint = "nvrtcCreateProgram")]
    private static partial int CreateProgram(nint* program, byte* source, byte* name, int headers, byte** texts, byte** names);

    [LibraryImport(Library, EntryPoint = "nvrtcCompileProgram")]
    private static partial int CompileProgram(nint program, int count, byte** options);

    [LibraryImport(Library, EntryPoint = "nvrtcGetProgramLogSize")]
    private static partial int GetLogSize(nint program, nuint* size);

    [LibraryImport(Library, EntryPoint = "nvrtcGetProgramLog")]
    private static partial int GetLog(nint program, byte* log);

    [LibraryImport(Library, EntryPoint = "nvrtcGetCUBINSize")]
    private static partial int GetCubinSize(nint program, nuint* size);

    [LibraryImport(Library, EntryPoint = "nvrtcGetCUBIN")]
    private static partial int GetCubin(nint program, byte* code);

    [LibraryImport(Library, EntryPoint = "nvrtcDestroyProgram")]
    private static partial int DestroyProgram(nint* program);
}
