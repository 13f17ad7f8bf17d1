using DePinChain.Primitives;

namespace DePinChain.Modules.Compute;

/// <summary>What must always hold of capacity.</summary>
internal static class DevicesInvariants
{
    /// <summary>What is sold is the sum of the reservations, and there is as much.</summary>
    public static IEnumerable<string> OfHost(Address host, HostRecord record, IReadOnlyList<ReservationRecord> held)
    {
        ulong cpu = 0;
        ulong memory = 0;
        ulong disk = 0;
        ulong[] gpus = new ulong[record.Gpus.Length];
        foreach (ReservationRecord reservation in held)
        {
            cpu += reservation.CpuMilli;
            memory += reservation.MemMiB;
            disk += reservation.DiskMiB;
            for (int i = 0; i < reservation.Gpus.Length; i++)
                if (reservation.Gpus[i] > 0) gpus[i] += reservation.Gpus[i];
        }

        if ((cpu, memory, disk, (uint)held.Count) != (record.CpuMilli, record.MemMiB, record.DiskMiB, record.Reservations))
            yield return $"devices: {host} sold something else than its reservations hold";
        for (int i = 0; i < gpus.Length; i++)
        {
            if (gpus[i] != record.Gpus[i]) yield return $"devices: {host} sold {record.Gpus[i]} GPUs of kind {i}, {gpus[i]} are held";
        }

        if (!DevicesPolicy.Covers(record.Total, record)) yield return $"devices: {host} sold more than it has";
    }

    /// <summary>Stakes of devices that stand are held, and what is held is there; a donation to the module is nobody's.</summary>
    public static IEnumerable<string> OfStakes(DeviceRegistry registry, Amount balance)
    {
        Amount staked = Amount.Zero;
        for (ulong start = 0; start < registry.Count; start += DevicesPolicy.PageMax)
        {
            foreach (Hash256 device in registry.Page(start, DevicesPolicy.PageMax))
            {
                DeviceRecord record = registry.Get(device);
                staked += record.Stake + record.CoStake;
                bool isTaken = record.Offer != 0 && registry.FindOffer(record.Offer).State == OfferState.Taken;
                if (isTaken == record.CoStake.IsZero) yield return $"devices: {device} has a co-stake without an offer, or the reverse";
            }
        }

        if (staked > registry.TotalHeld) yield return $"devices: {staked} is staked, {registry.TotalHeld} is held";
        if (registry.TotalHeld > balance) yield return $"devices: {registry.TotalHeld} is held, {balance} is there";
    }
}
