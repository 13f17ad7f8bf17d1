using DePinChain.Modules.Sdk;
using DePinChain.Primitives;

namespace DePinChain.Modules.Compute;

/// <summary>How a GPU is attached.</summary>
public enum GpuInterface : byte
{
    /// <summary>In a requirement: either.</summary>
    Any = 0,

    /// <summary>PCI Express.</summary>
    Pcie = 1,

    /// <summary>SXM.</summary>
    Sxm = 2,
}

/// <summary>GPUs of one kind that a host has.</summary>
/// <param name="Model">The registered number of the model.</param>
/// <param name="Interface">How they are attached.</param>
/// <param name="VramMiB">Memory of each.</param>
/// <param name="Count">How many.</param>
public readonly record struct GpuPool(uint Model, GpuInterface Interface, uint VramMiB, ushort Count);

/// <summary>What a host can sell.</summary>
/// <param name="CpuMilli">Thousandths of a processor core.</param>
/// <param name="MemMiB">Memory in MiB.</param>
/// <param name="DiskMiB">Disk in MiB.</param>
/// <param name="Gpus">Its GPUs, kind by kind. A kind in use keeps its place.</param>
public sealed record Capacity(ulong CpuMilli, ulong MemMiB, ulong DiskMiB, [Limit(DevicesPolicy.PoolsMax)] GpuPool[] Gpus);

/// <summary>A host's capacity and how much of it is sold.</summary>
/// <param name="Total">What it can sell.</param>
/// <param name="CpuMilli">Sold processor time.</param>
/// <param name="MemMiB">Sold memory.</param>
/// <param name="DiskMiB">Sold disk.</param>
/// <param name="Gpus">Sold GPUs of each kind, in the order of the kinds.</param>
/// <param name="Reservations">How many reservations these are.</param>
public sealed record HostRecord(
    Capacity Total, ulong CpuMilli, ulong MemMiB, ulong DiskMiB, ushort[] Gpus, uint Reservations);

/// <summary>A part of a host that is sold.</summary>
/// <param name="Host">Which host.</param>
/// <param name="CpuMilli">Processor time.</param>
/// <param name="MemMiB">Memory.</param>
/// <param name="DiskMiB">Disk.</param>
/// <param name="Gpus">GPUs of each kind, in the order of the host's kinds.</param>
public sealed record ReservationRecord(Address Host, ulong CpuMilli, ulong MemMiB, ulong DiskMiB, ushort[] Gpus);

/// <summary>GPUs that somebody needs.</summary>
/// <param name="Models">Any of these models; none means any.</param>
/// <param name="Interface">How they must be attached.</param>
/// <param name="MinVramMiB">Least memory of each.</param>
/// <param name="PerReplica">GPUs of one replica, all of one kind.</param>
/// <param name="Replicas">How many replicas.</param>
public readonly record struct GpuDemand(uint[] Models, GpuInterface Interface, uint MinVramMiB, ushort PerReplica, ushort Replicas);

/// <summary>What somebody needs of one host.</summary>
/// <param name="CpuMilli">Thousandths of a processor core.</param>
/// <param name="MemMiB">Memory in MiB.</param>
/// <param name="DiskMiB">Disk in MiB.</param>
/// <param name="Gpus">GPUs.</param>
public sealed record Demand(ulong CpuMilli, ulong MemMiB, ulong DiskMiB, IReadOnlyList<GpuDemand> Gpus);

/// <summary>What a host has too little of.</summary>
public enum Shortage : byte
{
    /// <summary>Nothing: it fits.</summary>
    None = 0,

    /// <summary>Processor time.</summary>
    Cpu = 1,

    /// <summary>Memory.</summary>
    Memory = 2,

    /// <summary>Disk.</summary>
    Disk = 3,

    /// <summary>GPUs of a wanted model, interface and memory, whether free or not.</summary>
    GpuModel = 4,

    /// <summary>Free GPUs of a wanted kind.</summary>
    Gpus = 5,
}
