using DePinChain.Modules.Sdk;
using DePinChain.Primitives;

namespace DePinChain.Modules.Compute;

/// <summary>The rules a provider must meet, in the order in which they are asked.</summary>
public enum ScreenRule : byte
{
    /// <summary>It meets all.</summary>
    None = 0,

    /// <summary>It takes part.</summary>
    Active = 1,

    /// <summary>It is in one of the regions.</summary>
    Region = 2,

    /// <summary>It has every attribute.</summary>
    Attributes = 3,

    /// <summary>Every named auditor signed every attribute.</summary>
    AllOf = 4,

    /// <summary>One of the named auditors signed every attribute.</summary>
    AnyOf = 5,

    /// <summary>It offers every class of storage.</summary>
    Storage = 6,

    /// <summary>It has GPUs of a wanted model, interface and memory.</summary>
    GpuModel = 7,

    /// <summary>Enough processor time is free.</summary>
    Cpu = 8,

    /// <summary>Enough memory is free.</summary>
    Memory = 9,

    /// <summary>Enough disk is free.</summary>
    Disk = 10,

    /// <summary>Enough GPUs of a wanted kind are free.</summary>
    Gpus = 11,

    /// <summary>The tenant has what the provider asks of its tenants.</summary>
    Credentials = 12,
}

/// <summary>Says whether a provider meets a requirement, and if not, why.</summary>
/// <remarks>Source of the order and of the meaning of auditors: Akash, MatchRequirements and MatchResourcesRequirements.</remarks>
internal sealed class Screening(ProviderRegistry providers, DevicesModule devices)
{
    /// <summary>The first rule that a provider fails.</summary>
    /// <param name="provider">The provider.</param>
    /// <param name="tenant">Whose requirement it is; zero leaves out what the provider asks of tenants.</param>
    /// <param name="spec">The requirement.</param>
    /// <param name="demand">Its capacity.</param>
    /// <param name="block">This block.</param>
    public ScreenRule FirstFailed(Address provider, Address tenant, GroupSpec spec, Demand demand, BlockContext block)
    {
        if (!providers.TryGet(provider, out ProviderRecord? record) || record!.State != ProviderState.Active) return ScreenRule.Active;
        if (!IsInRegion(record, spec.Regions)) return ScreenRule.Region;
        ScreenRule audit = FirstFailedAudit(provider, record, spec, block.Number);
        if (audit != ScreenRule.None) return audit;
        StorageClasses needed = SpecPolicy.ClassesOf(spec);
        if ((record.Classes & needed) != needed) return ScreenRule.Storage;
        return devices.ShortageOf(provider, demand) switch
        {
            Shortage.Cpu => ScreenRule.Cpu,
            Shortage.Memory => ScreenRule.Memory,
            Shortage.Disk => ScreenRule.Disk,
            Shortage.GpuModel => ScreenRule.GpuModel,
            Shortage.Gpus => ScreenRule.Gpus,
            _ => tenant.IsZero || devices.Admits(block, provider, tenant) ? ScreenRule.None : ScreenRule.Credentials,
        };
    }

    private static bool IsInRegion(ProviderRecord record, ushort[] regions)
    {
        if (regions.Length == 0) return true;
        foreach (ushort region in regions)
            if (region == record.Region || region == record.Continent) return true;
        return false;
    }

    // Where auditors are named, what a provider says of itself does not count.
    private ScreenRule FirstFailedAudit(Address provider, ProviderRecord record, GroupSpec spec, ulong now)
    {
        if (spec.AllOf.Length + spec.AnyOf.Length == 0) return HasAll(record, spec) ? ScreenRule.None : ScreenRule.Attributes;
        foreach (Address auditor in spec.AllOf)
            if (!HasSignedAll(provider, auditor, spec, now)) return ScreenRule.AllOf;
        foreach (Address auditor in spec.AnyOf)
            if (HasSignedAll(provider, auditor, spec, now)) return ScreenRule.None;
        return spec.AnyOf.Length == 0 ? ScreenRule.None : ScreenRule.AnyOf;
    }

    private static bool HasAll(ProviderRecord record, GroupSpec spec)
    {
        foreach (AttributePair needed in spec.Attributes)
            if (Array.IndexOf(record.Attributes, needed) < 0) return false;
        return true;
    }

    private bool HasSignedAll(Address provider, Address auditor, GroupSpec spec, ulong now)
    {
        foreach (AttributePair needed in spec.Attributes)
        {
            SignedAttribute word = providers.WordOf(provider, auditor, needed.Key);
            if (word.Value != needed.Value || now >= word.ExpiresAt) return false;
        }

        return true;
    }
}
