using System.Globalization;
using DePinChain.Gpu;
using DePinChain.Gpu.Bench;
using DePinChain.Gpu.Cpu;
using DePinChain.Inference.Models;

// Usage: DePinChain.Gpu.Bench              known answers and rates of every backend of this machine
//        DePinChain.Gpu.Bench kats         the manifest gpu/kats.json, written by the scalar reference
//        DePinChain.Gpu.Bench model FOLDER the localnet's generated model
// For a machine without .NET: dotnet publish -c Release -r linux-x64 --self-contained -p:PublishSingleFile=true; with an NVIDIA driver
// and without NVRTC and clang there, add -p:GpuPtx=true. DEPIN_KERNELS names a folder for compiled kernels.
CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;
switch (args)
{
    case ["kats"]:
        using (CpuBackend scalar = new(CpuWidth.Scalar)) Console.Write(KnownAnswers.Write(scalar));
        return 0;
    case ["model", var folder]:
        GeneratedModel.Write(folder, GeneratedModel.Localnet);
        return 0;
    case []:
        break;
    default:
        Console.Error.WriteLine("use: DePinChain.Gpu.Bench [kats | model FOLDER]");
        return 2;
}

using BackendPool pool = BackendPool.Open(new BackendOptions
{
    AllowProcessors = true,
    CacheFolder = Environment.GetEnvironmentVariable("DEPIN_KERNELS"),
});
bool right = true;
foreach (IBackend backend in pool.Usable)
{
    Console.WriteLine(backend.Device);
    foreach (KernelAnswer answer in KnownAnswers.RunAll(backend))
    {
        right &= answer.IsRight;
        Console.WriteLine($"{(answer.IsRight ? "ok   " : "WRONG")} {answer.Kernel,-20} {answer.Size} {answer.Digest}");
    }

    BackendRates.Print(backend);
}

foreach (Quarantine quarantine in pool.Quarantined) Console.WriteLine($"put aside: {quarantine.Device.Name}: {quarantine.Reason}");
Console.WriteLine(right && pool.Quarantined.Count == 0 ? "every known answer is right" : "a known answer is WRONG");
return right && pool.Quarantined.Count == 0 ? 0 : 1;
