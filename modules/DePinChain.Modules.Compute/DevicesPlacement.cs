using DePinChain.Modules.Sdk;
using DePinChain.Primitives;
using static DePinChain.Modules.Sdk.Guard;

namespace DePinChain.Modules.Compute;

// Whole devices that somebody holds: a cluster takes a device with all its GPUs, and out of its host's capacity where it has one.
public sealed partial class DevicesModule
{
    [Slot(5)] private partial Map<Hash256, ulong> Holders { get; }
    [Slot(6)] private partial Map<Address, uint> HeldUnhosted { get; }

    /// <summary>The cluster that holds a device; 0 for none.</summary>
    [Function]
    public ulong HolderOf(Hash256 device) => Holders[device];

    /// <summary>A device, or null.</summary>
    public DeviceRecord? FindDevice(Hash256 device) => _registry.TryGet(device, out DeviceRecord? record) ? record : null;

    /// <summary>A device of the caller's; reverts otherwise.</summary>
    public DeviceRecord GetOwnDevice(Hash256 device, Address caller) => _registry.GetOwn(device, caller);

    /// <summary>A device's rank, in 10^-9.</summary>
    public static long RankOfDevice(DeviceRecord record) => RankOf(record);

    /// <summary>Blocks of an epoch of proofs.</summary>
    public ulong EpochBlocks => Rules.Value.EpochBlocks;

    /// <summary>
    /// True when a device may be sold: it has its least stake and, where proofs are asked for, was up so many epochs in a row up to the
    /// last one that can have been judged, with an uptime of 0.6.
    /// </summary>
    /// <param name="record">The device.</param>
    /// <param name="least">The least stake of its model and number of GPUs.</param>
    /// <param name="upEpochs">Epochs in a row; 0 asks for no proof.</param>
    /// <param name="running">The running epoch.</param>
    public static bool IsFit(DeviceRecord record, Amount least, uint upEpochs, ulong running)
    {
        if (record.Stake + record.CoStake < least) return false;
        bool isJudged = record.JudgedEpoch + 2 >= running;
        return upEpochs == 0 || (isJudged && record.Streak >= upEpochs && record.Uptime >= DeviceScores.UptimeMin);
    }

    /// <summary>True when nobody holds the device and its host, where it has one, has its GPUs free.</summary>
    public bool IsFree(Hash256 device, DeviceRecord record) =>
        Holders[device] == 0 && HasRoom(record, 1);

    /// <summary>True when an owner sells capacity beside his devices.</summary>
    public bool IsHost(Address owner) => HostList.Contains(owner);

    /// <summary>True when a device's owner is no host, or his host has room for so many devices like this.</summary>
    public bool HasRoom(DeviceRecord record, int devices)
    {
        if (!HostList.Contains(record.Owner)) return true;
        GpuDemand gpus = new([record.Model], GpuInterface.Any, record.VramMiB, record.Gpus, (ushort)devices);
        return ShortageOf(record.Owner, new Demand(0, 0, 0, [gpus])) == Shortage.None;
    }

    /// <summary>Gives a free device to a cluster.</summary>
    public void Hold(Hash256 device, DeviceRecord record, ulong cluster)
    {
        Invariant.Assert(cluster != 0 && Holders[device] == 0, "A device is held once.");
        Holders[device] = cluster;
        if (HostList.Contains(record.Owner)) Reserve(record.Owner, device, DemandOf(record));
        else HeldUnhosted[record.Owner] += 1;
    }

    /// <summary>Takes a device back from its cluster.</summary>
    public void LetGo(Hash256 device)
    {
        Holders.Remove(device);
        if (Reservations.Contains(device)) Release(device);
        else if (_registry.TryGet(device, out DeviceRecord? record)) HeldUnhosted[record!.Owner] -= 1;
    }

    /// <summary>Takes a part of an owner's stake of a device.</summary>
    /// <param name="device">The device.</param>
    /// <param name="bps">The part, in 1/10,000, rounded down.</param>
    /// <param name="to">Who gets it.</param>
    /// <returns>How much it was.</returns>
    public Amount TakeStake(Hash256 device, uint bps, Address to)
    {
        if (!_registry.TryGet(device, out DeviceRecord? record)) return Amount.Zero;
        Amount taken = record!.Stake.MulDiv(bps, EscrowPolicy.BpsScale, Rounding.Down);
        _registry.Save(device, record with { Stake = record.Stake - taken });
        _registry.LetGo(taken);
        _bank.Transfer(Address, to, taken, device);
        return taken;
    }

    private static Demand DemandOf(DeviceRecord record) =>
        new(0, 0, 0, [new GpuDemand([record.Model], GpuInterface.Any, record.VramMiB, record.Gpus, 1)]);

    // Capacity that is entered for the first time would be sold beside devices that are in use already.
    private void RequireUnheld(Address host) => Require(HostList.Contains(host) || HeldUnhosted[host] == 0, new DevicesInUse(host));
}
