using DePinChain.Modules.Sdk;
using DePinChain.Primitives;

namespace DePinChain.Modules.Storage;

/// <summary>Windows whose proof lies with a committee, until its word can no longer be overturned.</summary>
[ModulePart]
internal sealed partial class WindowClaims(ModuleState state)
{
    [Slot(60)] private partial Map<ulong, WindowClaim> Claims { get; }
    [Slot(61)] private partial Map<(ulong Provider, uint Partition), WindowJobs> Open { get; }
    [Slot(62)] private partial Map<ulong, Amount> Stakes { get; }

    /// <summary>What false proofs that can still be shown would cost a provider.</summary>
    public Amount StakeOf(ulong provider) => Stakes[provider];

    /// <summary>Jobs about a partition that are not over.</summary>
    public ulong[] JobsOf(ulong provider, uint partition) =>
        Open.TryGet((provider, partition), out WindowJobs? open) ? open.Jobs : [];

    public bool TryGet(ulong job, out WindowClaim? claim) => Claims.TryGet(job, out claim);

    public void Add(ulong job, WindowClaim claim)
    {
        Claims[job] = claim;
        Open[(claim.Provider, claim.Partition)] = new WindowJobs([.. JobsOf(claim.Provider, claim.Partition), job]);
        Stakes[claim.Provider] += claim.Stake;
    }

    public void Remove(ulong job, WindowClaim claim)
    {
        Claims.Remove(job);
        ulong[] left = [.. JobsOf(claim.Provider, claim.Partition).Where(one => one != job)];
        if (left.Length == 0) Open.Remove((claim.Provider, claim.Partition));
        else Open[(claim.Provider, claim.Partition)] = new WindowJobs(left);
        Stakes[claim.Provider] -= claim.Stake;
    }

    /// <summary>The first job that is not over and speaks for a place; in one period when that is given. 0 for none.</summary>
    public ulong FindJob(ulong provider, uint partition, byte place, ulong? period = null)
    {
        UInt256 bit = SectorMask.Of(place);
        foreach (ulong job in JobsOf(provider, partition))
        {
            WindowClaim claim = Claims[job];
            if ((claim.Sectors & bit) != UInt256.Zero && (period is null || claim.Period == period)) return job;
        }

        return 0;
    }
}
