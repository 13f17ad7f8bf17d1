using System.Globalization;
using DePinChain.Primitives;

namespace DePinChain.Client.Containers;

/// <summary>What a manifest needs, as the market's requirement says it, and whether it is what was leased.</summary>
public static class LeaseDemand
{
    private static readonly string[] Classes = ["ephemeral", "hdd", "ssd", "nvme", "ram"];

    /// <summary>The chain's bit of a class of storage; 0 for none.</summary>
    public static byte ClassOf(string name) => (byte)(Array.IndexOf(Classes, name) is >= 0 and var index ? 1 << index : 0);

    /// <summary>A unit of the requirement: (cpuMilli, memMiB, volumes, gpus, gpuModels, minVramMiB, gpuInterface, ports, ips, count,
    /// maxPrice).</summary>
    /// <param name="service">What runs.</param>
    /// <param name="models">GPU models of which any will do.</param>
    /// <param name="vramMiB">Least memory of each GPU.</param>
    /// <param name="attached">0 any, 1 PCIe, 2 SXM.</param>
    /// <param name="maxPrice">Base units a block for one replica.</param>
    public static object?[] UnitOf(ServiceManifest service, IEnumerable<uint> models, uint vramMiB, byte attached, UInt128 maxPrice) =>
    [
        (UInt256)service.CpuMilli, (UInt256)service.MemMiB,
        service.Volumes.Select(static volume => (object?)new object?[]
        {
            (UInt256)volume.SizeMiB, (UInt256)ClassOf(volume.Class), volume.IsReadOnly,
        }).ToArray(),
        (UInt256)service.Gpus, models.Select(static model => (object?)(UInt256)model).ToArray(), (UInt256)vramMiB, (UInt256)attached,
        (UInt256)(ulong)service.Ports.Count, UInt256.Zero, (UInt256)service.Count, (UInt256)maxPrice,
    ];

    /// <summary>The first thing in which a manifest is not what was leased; null when it is.</summary>
    /// <param name="manifest">What came.</param>
    /// <param name="units">The units of the requirement on the chain.</param>
    /// <returns>Where, what was leased, and what was asked.</returns>
    public static (string Place, string Leased, string Asked)? Difference(LeaseManifest manifest, IReadOnlyList<AbiRecord> units)
    {
        if (manifest.Services.Count != units.Count) return ("services", Text((ulong)units.Count), Text((ulong)manifest.Services.Count));
        for (int index = 0; index < units.Count; index++)
        {
            ServiceManifest service = manifest.Services[index];
            AbiRecord unit = units[index];
            (string Name, ulong Leased, ulong Asked)[] figures =
            [
                ("cpu", unit.Count("cpuMilli"), service.CpuMilli), ("memory", unit.Count("memMiB"), service.MemMiB),
                ("gpu", unit.Count("gpus"), service.Gpus), ("expose", unit.Count("ports"), (ulong)service.Ports.Count),
                ("count", unit.Count("count"), service.Count),
                ("storage", (ulong)unit.List("volumes").Count, (ulong)service.Volumes.Count),
            ];
            foreach ((string name, ulong leased, ulong asked) in figures)
                if (leased != asked) return ($"services.{service.Name}.{name}", Text(leased), Text(asked));
            for (int v = 0; v < service.Volumes.Count; v++)
            {
                VolumeManifest volume = service.Volumes[v];
                object?[] leased = (object?[])unit.List("volumes")[v]!; // (sizeMiB, class, isReadOnly), as the ABI says
                string had = $"{leased[0]} MiB {leased[1]} {leased[2]}";
                string asked = $"{Text(volume.SizeMiB)} MiB {ClassOf(volume.Class)} {volume.IsReadOnly}";
                if (had != asked) return ($"services.{service.Name}.storage.{volume.Name}", had, asked);
            }
        }

        return null;
    }

    /// <summary>The units of a requirement.</summary>
    public static IReadOnlyList<AbiRecord> UnitsOf(AbiRecord spec) => spec.Records("units");

    private static string Text(ulong number) => number.ToString(CultureInfo.InvariantCulture);
}
