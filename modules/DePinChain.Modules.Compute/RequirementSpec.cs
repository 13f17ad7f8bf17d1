using DePinChain.Modules.Sdk;
using DePinChain.Primitives;

namespace DePinChain.Modules.Compute;

/// <summary>Classes of storage. A provider offers some of them; a volume needs one.</summary>
[Flags]
public enum StorageClasses : byte
{
    /// <summary>None.</summary>
    None = 0,

    /// <summary>Gone with the container.</summary>
    Ephemeral = 1,

    /// <summary>Persistent, on spinning disks.</summary>
    Hdd = 2,

    /// <summary>Persistent, on flash.</summary>
    Ssd = 4,

    /// <summary>Persistent, on NVMe flash.</summary>
    Nvme = 8,

    /// <summary>In memory; counts as memory, not as disk.</summary>
    Ram = 16,
}

/// <summary>A fact about a provider: a key and its value, each 32 bytes, such as left-aligned text or a hash.</summary>
public readonly record struct AttributePair(Hash256 Key, Hash256 Value);

/// <summary>A volume of a unit.</summary>
/// <param name="SizeMiB">5 MiB to 32 TiB.</param>
/// <param name="Class">Exactly one class.</param>
/// <param name="IsReadOnly">Mounted read-only.</param>
public readonly record struct VolumeSpec(ulong SizeMiB, StorageClasses Class, bool IsReadOnly);

/// <summary>One kind of container, so many times.</summary>
/// <param name="CpuMilli">Thousandths of a core of each replica, 10 to 384,000.</param>
/// <param name="MemMiB">Memory of each replica, 1 MiB to 2 TiB.</param>
/// <param name="Volumes">Volumes of each replica, at most 8.</param>
/// <param name="Gpus">GPUs of each replica, at most 24.</param>
/// <param name="GpuModels">Any of these models; none means any.</param>
/// <param name="MinVramMiB">Least memory of each GPU.</param>
/// <param name="GpuInterface">How the GPUs must be attached.</param>
/// <param name="Ports">Published ports of each replica.</param>
/// <param name="Ips">Leased addresses of each replica.</param>
/// <param name="Count">Replicas, 1 to 50.</param>
/// <param name="MaxPrice">Highest price of one replica, in base units a block.</param>
public readonly record struct UnitSpec(
    uint CpuMilli,
    ulong MemMiB,
    [Limit(MarketLimits.VolumesMax)] VolumeSpec[] Volumes,
    ushort Gpus,
    [Limit(MarketLimits.ModelsMax)] uint[] GpuModels,
    uint MinVramMiB,
    GpuInterface GpuInterface,
    ushort Ports,
    ushort Ips,
    ushort Count,
    UInt128 MaxPrice);

/// <summary>What a tenant needs of one provider.</summary>
/// <param name="Name">A name for the tenant's own use.</param>
/// <param name="Regions">Any of these countries (ISO 3166 numeric) or continents (from 1000 on); none means anywhere.</param>
/// <param name="Attributes">What a provider must say of itself; signed when auditors are named.</param>
/// <param name="AllOf">Auditors who must all have signed every attribute.</param>
/// <param name="AnyOf">Auditors of whom one must have signed every attribute.</param>
/// <param name="Units">1 to 20 kinds of containers.</param>
public sealed record GroupSpec(
    Hash256 Name,
    [Limit(MarketLimits.RegionsMax)] ushort[] Regions,
    [Limit(MarketLimits.AttributesMax)] AttributePair[] Attributes,
    [Limit(MarketLimits.AuditorsMax)] Address[] AllOf,
    [Limit(MarketLimits.AuditorsMax)] Address[] AnyOf,
    [Limit(MarketLimits.UnitsMax)] UnitSpec[] Units);

/// <summary>What is wrong with a requirement.</summary>
public enum SpecFault : byte
{
    /// <summary>Nothing.</summary>
    None = 0,

    /// <summary>No unit is asked for.</summary>
    NoUnits = 1,

    /// <summary>Processor time is out of range.</summary>
    Cpu = 2,

    /// <summary>Memory is out of range.</summary>
    Memory = 3,

    /// <summary>A volume is out of range, or not of exactly one class.</summary>
    Volume = 4,

    /// <summary>More GPUs than a replica may have.</summary>
    Gpus = 5,

    /// <summary>Replicas are out of range.</summary>
    Replicas = 6,

    /// <summary>The highest price is zero or above the limit.</summary>
    Price = 7,

    /// <summary>Auditors without an attribute that they should have signed.</summary>
    Auditors = 8,
}

/// <summary>Bounds of requirements.</summary>
/// <remarks>Source: Akash chain-sdk deployment/v1beta4/validation_config.go.</remarks>
public static class MarketLimits
{
    /// <summary>Groups of a deployment.</summary>
    public const int GroupsMax = 20;

    /// <summary>Units of a group.</summary>
    public const int UnitsMax = 20;

    /// <summary>Volumes of a unit.</summary>
    public const int VolumesMax = 8;

    /// <summary>GPU models of a unit.</summary>
    public const int ModelsMax = 16;

    /// <summary>Regions of a group.</summary>
    public const int RegionsMax = 16;

    /// <summary>Attributes of a group or a provider.</summary>
    public const int AttributesMax = 16;

    /// <summary>Auditors of a group, of each kind.</summary>
    public const int AuditorsMax = 8;

    /// <summary>Thousandths of a core: least and most of a replica.</summary>
    public const uint CpuMilliMin = 10;

    /// <inheritdoc cref="CpuMilliMin"/>
    public const uint CpuMilliMax = 384_000;

    /// <summary>2 TiB.</summary>
    public const ulong MemMiBMax = 2_097_152;

    /// <summary>Least size of a volume in MiB.</summary>
    public const ulong VolumeMiBMin = 5;

    /// <summary>32 TiB.</summary>
    public const ulong VolumeMiBMax = 33_554_432;

    /// <summary>GPUs of a replica.</summary>
    public const ushort GpusMax = 24;

    /// <summary>Replicas of a unit.</summary>
    public const ushort ReplicasMax = 50;

    /// <summary>Ten tokens of 18 decimals a block: the highest price of a replica.</summary>
    public static readonly UInt128 PriceMax = Amount.FromDpn(10).Wei;
}
