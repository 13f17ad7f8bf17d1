using System.Globalization;
using DePinChain.Gpu;
using DePinChain.Gpu.Cpu;

CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;
if (args is ["kats"])
{
    using CpuBackend scalar = new(CpuWidth.Scalar);
    Console.Write(KnownAnswers.Write(scalar));
    return 0;
}

if (args is ["model", var folder])
{
    DePinChain.Inference.Models.GeneratedModel.Write(folder, DePinChain.Inference.Models.GeneratedModel.Localnet);
    return 0;
}

using BackendPool pool = BackendPool
    .Open(new BackendOptions { AllowProcessors = true, CacheFolder = Environment.GetEnvironmentVariable("DEPIN_KERNELS") });
foreach (IBackend backend in pool.Usable)
{
    Console.WriteLine(backend.Device);
    foreach (KernelAnswer answer in KnownAnswers.RunAll(backend)) Console
        .WriteLine($"{answer.IsRight} {answer.Kernel} {answer.Size} {answer.Digest}");
}

foreach (Quarantine quarantine in pool.Quarantined) Console.WriteLine(quarantine);
return 0;
