namespace DePinChain.Gpu;

/// <summary>Which seam a device is reached by.</summary>
public enum BackendKind
{
    /// <summary>Vector instructions of this machine's processor.</summary>
    Cpu,

    /// <summary>A device behind the OpenCL loader.</summary>
    OpenCl,

    /// <summary>An NVIDIA device behind its driver.</summary>
    Cuda,
}

/// <summary>What a device says of itself. None of it is trusted by anybody else than its owner.</summary>
/// <param name="Id">backend:index, stable while the process runs.</param>
/// <param name="Kind">How it is reached.</param>
/// <param name="Name">Its name.</param>
/// <param name="Driver">Its driver's version; part of the kernel cache's key.</param>
/// <param name="MemoryBytes">Its memory.</param>
/// <param name="Units">Compute units or cores.</param>
/// <param name="IsProcessor">True when it is this machine's processor, under whatever name.</param>
/// <param name="Exact">
/// True when single precision has denormals, round to nearest, FMA and correctly rounded division and square root: only then are the
/// tensor kernels the same bits as the reference.
/// </param>
public sealed record DeviceDescription(
    string Id, BackendKind Kind, string Name, string Driver, long MemoryBytes, int Units, bool IsProcessor, bool Exact);
