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
}
