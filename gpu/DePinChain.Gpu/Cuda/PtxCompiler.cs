using System.ComponentModel;
using System.Diagnostics;
using DePinChain.Gpu.Kernels;

namespace DePinChain.Gpu.Cuda;

/// <summary>PTX by clang's NVPTX target from the same text, for machines with a driver and without NVRTC. The driver finishes it.</summary>
internal static class PtxCompiler
{
    // Oldest architecture that clang 14 and the driver's compiler both handle well; newer devices run it too.
    internal const string Architecture = "sm_80";

    private static readonly string[] Names = ["clang", "clang-19", "clang-18", "clang-17", "clang-16", "clang-15", "clang-14"];
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    /// <summary>Compiles a unit; null when there is no clang.</summary>
    /// <exception cref="GpuException">There is one and it refuses.</exception>
    internal static byte[]? Compile(KernelSource source)
    {
        string folder = Directory.CreateTempSubdirectory("dpk").FullName;
        try
        {
            string input = Path.Combine(folder, source.Name + ".cl"), output = Path.Combine(folder, source.Name + ".ptx");
            File.WriteAllText(input, source.Text);
            foreach (string name in Names)
            {
                ProcessStartInfo start = new(name)
                {
                    RedirectStandardError = true,
                    ArgumentList =
                    {
                        "-target", "nvptx64-nvidia-cuda", "-x", "cl", "-cl-std=CL1.2", "-DDPK_PTX", "-Xclang", "-finclude-default-header",
                        "-O3", "-ffp-contract=off", "-Xclang", "-target-cpu", "-Xclang", Architecture, "-Xclang", "-target-feature",
                            "-Xclang",
                        "+ptx70", "-S", "-o", output, input,
                    },
                };
                if (Start(start) is not { } process) continue;
                using (process)
                {
                    string log = process.StandardError.ReadToEnd();
                    if (!process.WaitForExit(Patience) || process.ExitCode != 0)
                        throw new GpuException(GpuFault.Build, $"{name} does not compile {source.Name}: {log}");
                }

                return File.ReadAllBytes(output);
            }

            return null;
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static Process? Start(ProcessStartInfo start)
    {
        try
        {
            return Process.Start(start);
        }
        catch (Win32Exception)
        {
            return null;
        }
    }
}
