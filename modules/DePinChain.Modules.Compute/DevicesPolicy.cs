namespace DePinChain.Modules.Compute;

/// <summary>What fits a host. One ledger for leases, clusters and render work: nothing is sold twice.</summary>
public static class DevicesPolicy
{
    private const uint WorkSizeMin = 256, WorkSizeMax = 2_048, WorkRoundsMin = 16, WorkRoundsMax = 1 << 20, WorkRoundsWanted = 4_096;

    /// <summary>Kinds of GPU of one host.</summary>
    public const int PoolsMax = 16;

    /// <summary>GPUs of one device.</summary>
    public const ushort GpusMax = 64;

    /// <summary>Stakes of one owner on their way back from one device.</summary>
    public const int UnstakingsMax = 16;

    /// <summary>Offers of co-staking that one account may have taken: io.net allows two.</summary>
    public const uint TakenOffersMax = 2;

    /// <summary>Epochs that one call claims.</summary>
    public const int ClaimsMax = 64;

    /// <summary>Devices for which a committee is ordered at one block's start: 10,000 within an epoch of 300 blocks.</summary>
    public const int JobsPerBlockMax = 34;

    /// <summary>Part of an epoch's budget that committees may cost, in 1/10,000: 2 %.</summary>
    public const uint CommitteesBps = 200;

    /// <summary>What the beacon is asked for: the seed of a device's challenge.</summary>
    public const string ChallengeDomain = "compute/device";

    /// <summary>Entries of one page of a view.</summary>
    public const int PageMax = 100;

    /// <summary>The most a model can weigh, in thousandths.</summary>
    public const uint MultiplierMilliMax = 1_000_000;

    /// <summary>A host's capacity with nothing sold.</summary>
    public static HostRecord Unsold(Capacity total) => new(total, 0, 0, 0, new ushort[total.Gpus.Length], Reservations: 0);

    /// <summary>True when what is sold fits a new capacity, with every kind of GPU in use at its place.</summary>
    public static bool Covers(Capacity total, HostRecord sold)
    {
        if (sold.CpuMilli > total.CpuMilli || sold.MemMiB > total.MemMiB || sold.DiskMiB > total.DiskMiB) return false;
        for (int i = 0; i < sold.Gpus.Length; i++)
        {
            if (sold.Gpus[i] == 0) continue;
            if (i >= total.Gpus.Length || total.Gpus[i].Count < sold.Gpus[i]) return false;
            if ((total.Gpus[i] with { Count = 0 }) != (sold.Total.Gpus[i] with { Count = 0 })) return false;
        }

        return true;
    }

    /// <summary>
    /// What a host would have to give, or what it has too little of. Demands that fewer kinds of GPU can serve choose first, so that a
    /// demand for any GPU does not take the only one another needs.
    /// </summary>
    public static Shortage Fit(HostRecord host, Demand demand, out ushort[] gpus)
    {
        gpus = new ushort[host.Total.Gpus.Length];
        if (demand.CpuMilli > host.Total.CpuMilli - host.CpuMilli) return Shortage.Cpu;
        if (demand.MemMiB > host.Total.MemMiB - host.MemMiB) return Shortage.Memory;
        if (demand.DiskMiB > host.Total.DiskMiB - host.DiskMiB) return Shortage.Disk;

        List<GpuDemand> waiting = [.. demand.Gpus];
        while (waiting.Count > 0)
        {
            int next = MostConstrained(host.Total.Gpus, waiting, out int kinds);
            if (kinds == 0) return Shortage.GpuModel;
            if (!TryTake(host, waiting[next], gpus)) return Shortage.Gpus;
            waiting.RemoveAt(next);
        }

        return Shortage.None;
    }

    /// <summary>
    /// How much one member of a committee asks of a GPU: one to two seconds of what its model is said to do, so that five members together
    /// take it ten at most. Small models have small matrices; the largest is as large as its products are exact and its bytes can be shown.
    /// </summary>
    /// <param name="referenceGops">The model's throughput, in 10^9 operations a second.</param>
    /// <returns>Rows of the matrices, and rounds: a power of two from 16 to 2^20.</returns>
    public static (uint Size, uint Rounds) WorkOf(ulong referenceGops)
    {
        UInt128 work = (UInt128)referenceGops * 2_000_000_000;
        uint size = WorkSizeMin;
        while (size < WorkSizeMax && work / Operations(size) >= WorkRoundsWanted) size *= 2;
        uint rounds = WorkRoundsMin;
        while (rounds < WorkRoundsMax && Operations(size) * rounds * 2 <= work) rounds *= 2;
        return (size, rounds);
    }

    // 2 · n³.
    private static UInt128 Operations(uint size) => 2 * (UInt128)size * size * size;

    private static int MostConstrained(GpuPool[] pools, List<GpuDemand> waiting, out int kinds)
    {
        int best = 0;
        kinds = int.MaxValue;
        for (int i = 0; i < waiting.Count; i++)
        {
            int count = 0;
            foreach (GpuPool pool in pools) count += Matches(pool, waiting[i]) ? 1 : 0;
            if (count >= kinds) continue;
            best = i;
            kinds = count;
        }

        return best;
    }

    private static bool TryTake(HostRecord host, in GpuDemand demand, ushort[] gpus)
    {
        int replicas = demand.Replicas;
        for (int i = 0; i < gpus.Length && replicas > 0; i++)
        {
            GpuPool pool = host.Total.Gpus[i];
            if (!Matches(pool, demand)) continue;
            int free = pool.Count - host.Gpus[i] - gpus[i];
            int placed = Math.Min(replicas, free / demand.PerReplica);
            gpus[i] += (ushort)(placed * demand.PerReplica);
            replicas -= placed;
        }

        return replicas == 0;
    }

    private static bool Matches(in GpuPool pool, in GpuDemand demand)
    {
        if (demand.Interface != GpuInterface.Any && pool.Interface != demand.Interface) return false;
        if (pool.VramMiB < demand.MinVramMiB) return false;
        if (demand.Models.Length == 0) return true;
        foreach (uint model in demand.Models)
            if (pool.Model == model) return true;
        return false;
    }
}
