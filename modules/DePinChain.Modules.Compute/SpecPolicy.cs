
namespace DePinChain.Modules.Compute;

/// <summary>What a requirement adds up to, and what makes one invalid.</summary>
public static class SpecPolicy
{
    /// <summary>The first thing wrong with a requirement, and in which unit.</summary>
    public static SpecFault FaultOf(GroupSpec spec, out uint unit)
    {
        unit = 0;
        if (spec.Units.Length == 0) return SpecFault.NoUnits;
        if (spec.AllOf.Length + spec.AnyOf.Length > 0 && spec.Attributes.Length == 0) return SpecFault.Auditors;
        for (; unit < spec.Units.Length; unit++)
        {
            SpecFault fault = FaultOf(spec.Units[unit]);
            if (fault != SpecFault.None) return fault;
        }

        return SpecFault.None;
    }

    /// <summary>The highest price of the whole group: the sum over replicas.</summary>
    public static UInt128 Ceiling(GroupSpec spec)
    {
        UInt128 sum = UInt128.Zero;
        foreach (UnitSpec unit in spec.Units) sum += unit.MaxPrice * unit.Count;
        return sum;
    }

    /// <summary>Every class of storage that is asked for.</summary>
    public static StorageClasses ClassesOf(GroupSpec spec)
    {
        StorageClasses classes = StorageClasses.None;
        foreach (UnitSpec unit in spec.Units)
            foreach (VolumeSpec volume in unit.Volumes) classes |= volume.Class;
        return classes;
    }

    /// <summary>What a provider must have free for the whole group.</summary>
    public static Demand DemandOf(GroupSpec spec)
    {
        ulong cpu = 0;
        ulong memory = 0;
        ulong disk = 0;
        List<GpuDemand> gpus = [];
        foreach (UnitSpec unit in spec.Units)
        {
            cpu += (ulong)unit.CpuMilli * unit.Count;
            memory += unit.MemMiB * unit.Count;
            foreach (VolumeSpec volume in unit.Volumes)
            {
                if (volume.Class == StorageClasses.Ram) memory += volume.SizeMiB * unit.Count;
                else disk += volume.SizeMiB * unit.Count;
            }

            if (unit.Gpus > 0) gpus.Add(new GpuDemand(unit.GpuModels, unit.GpuInterface, unit.MinVramMiB, unit.Gpus, unit.Count));
        }

        return new Demand(cpu, memory, disk, gpus);
    }

    private static SpecFault FaultOf(in UnitSpec unit)
    {
        if (unit.CpuMilli is < MarketLimits.CpuMilliMin or > MarketLimits.CpuMilliMax) return SpecFault.Cpu;
        if (unit.MemMiB is 0 or > MarketLimits.MemMiBMax) return SpecFault.Memory;
        foreach (VolumeSpec volume in unit.Volumes)
        {
            if (volume.SizeMiB is < MarketLimits.VolumeMiBMin or > MarketLimits.VolumeMiBMax) return SpecFault.Volume;
            if (!byte.IsPow2((byte)volume.Class)) return SpecFault.Volume;
        }

        if (unit.Gpus > MarketLimits.GpusMax) return SpecFault.Gpus;
        if (unit.Count is 0 or > MarketLimits.ReplicasMax) return SpecFault.Replicas;
        if (unit.MaxPrice == UInt128.Zero || unit.MaxPrice > MarketLimits.PriceMax) return SpecFault.Price;
        return SpecFault.None;
    }
}
