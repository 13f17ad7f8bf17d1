using DePinChain.Modules.Economy;
using DePinChain.Modules.Sdk;
using DePinChain.Primitives;
using static DePinChain.Modules.Sdk.Guard;

namespace DePinChain.Modules.Compute;

/// <summary>Devices with their stakes, offers of co-staking, and the weights of each epoch.</summary>
[ModulePart]
internal sealed partial class DeviceRegistry(ModuleState state)
{
    [Slot(10)] private partial Map<uint, ModelRecord> Models { get; }
    [Slot(11)] private partial Map<Hash256, DeviceRecord> Records { get; }
    [Slot(12)] private partial Set<Hash256> Listed { get; }
    [Slot(13)] private partial Map<(Hash256 Device, Address Owner), UnstakingList> Leaving { get; }
    [Slot(14)] private partial Sequence OfferIds { get; }
    [Slot(15)] private partial Map<ulong, CoStakeOffer> Offers { get; }
    [Slot(16)] private partial Map<Address, uint> TakenBy { get; }
    [Slot(17)] private partial Map<(Hash256 Device, ulong Epoch), EpochShare> Shares { get; }
    [Slot(18)] private partial Map<ulong, UInt128> WeightSums { get; }
    [Slot(19)] private partial Map<ulong, RewardEpoch> Epochs { get; }
    [Slot(20)] private partial Item<EmissionMonth> Month { get; }
    [Slot(21)] private partial Item<ulong> NextEpoch { get; }
    [Slot(22)] private partial Item<Amount> Held { get; }
    [Slot(23)] private partial Map<ulong, UInt128> TargetSums { get; }
    [Slot(24)] private partial Item<Amount> Vault { get; }

    /// <summary>All stake, that on its way back included.</summary>
    public Amount TotalHeld => Held.Value;

    public ulong Count => Listed.Count;

    public ulong LastOffer => OfferIds.Last;

    public ulong UnsettledEpoch => NextEpoch.Value;

    public IReadOnlyList<Hash256> Page(ulong start, int limit) => Listed.Page(start, limit);

    public void SetModel(uint model, in ModelRecord record) => Models[model] = record;

    public ModelRecord GetModel(uint model)
    {
        Require(Models.TryGet(model, out ModelRecord record), new UnknownModel(model));
        return record;
    }

    public bool TryGet(Hash256 device, out DeviceRecord? record) => Records.TryGet(device, out record);

    public DeviceRecord Get(Hash256 device)
    {
        Require(Records.TryGet(device, out DeviceRecord? record), new UnknownDevice(device));
        return record;
    }

    public DeviceRecord GetOwn(Hash256 device, Address caller)
    {
        DeviceRecord record = Get(device);
        Require(record.Owner == caller, new NotDeviceOwner(record.Owner, caller));
        return record;
    }

    public void Add(Hash256 device, DeviceRecord record)
    {
        Require(Listed.Add(device), new DeviceExists(device));
        Records[device] = record;
    }

    public void Save(Hash256 device, DeviceRecord record) => Records[device] = record;

    public void Remove(Hash256 device)
    {
        Listed.Remove(device);
        Records.Remove(device);
    }

    public void Hold(Amount amount) => Held.Value += amount;

    public void LetGo(Amount amount) => Held.Value -= amount;

    public Unstaking[] UnstakingsOf(Hash256 device, Address owner) =>
        Leaving.TryGet((device, owner), out UnstakingList? list) ? list.Entries : [];

    public void SaveUnstakings(Hash256 device, Address owner, Unstaking[] entries)
    {
        if (entries.Length == 0) Leaving.Remove((device, owner));
        else Leaving[(device, owner)] = new UnstakingList(entries);
    }

    public ulong AddOffer(in CoStakeOffer offer)
    {
        ulong id = OfferIds.Next();
        Offers[id] = offer;
        return id;
    }

    public CoStakeOffer FindOffer(ulong id) => Offers.GetOr(id, default);

    public void SaveOffer(ulong id, in CoStakeOffer offer) => Offers[id] = offer;

    public void RemoveOffer(ulong id) => Offers.Remove(id);

    public uint TakenOffersOf(Address coStaker) => TakenBy[coStaker];

    public void CountTaken(Address coStaker, bool takes) => TakenBy[coStaker] = takes ? TakenBy[coStaker] + 1 : TakenBy[coStaker] - 1;

    /// <summary>Budgets of epochs that needed less, in the demand-driven mode. Nothing of it is minted yet.</summary>
    public Amount Unneeded => Vault.Value;

    public void Weigh(Hash256 device, ulong epoch, in EpochShare share, ulong multiplierMilli, ushort gpus)
    {
        Shares[(device, epoch)] = share;
        WeightSums[epoch] += share.Weight;
        TargetSums[epoch] += (UInt128)multiplierMilli * gpus;
    }

    /// <summary>What a device has not been paid for an epoch.</summary>
    public EpochShare ShareOf(Hash256 device, ulong epoch) => Shares.GetOr((device, epoch), default);

    public void RemoveShare(Hash256 device, ulong epoch) => Shares.Remove((device, epoch));

    public RewardEpoch FindEpoch(ulong epoch) => Epochs.GetOr(epoch, default);

    public void StartEmission(in EmissionMonth month, ulong firstEpoch)
    {
        Month.Value = month;
        NextEpoch.Value = firstEpoch;
    }

    /// <summary>What the blocks of the next unsettled epoch mint together; moves the schedule on.</summary>
    public Amount BudgetOf(ulong epoch, in DeviceParameters rules)
    {
        (Amount budget, EmissionMonth month) = ComputeEmission.Over(
            Month.Value, epoch * rules.EpochBlocks, (epoch + 1) * rules.EpochBlocks, rules.MonthBlocks);
        Month.Value = month;
        return budget;
    }

    /// <summary>
    /// What an epoch pays of its budget and of what earlier ones did not need, when devices earn by target; the rest is kept.
    /// </summary>
    /// <param name="epoch">The epoch.</param>
    /// <param name="budget">Its budget.</param>
    /// <param name="target">10^-9 dollars for a GPU of multiplier 1.</param>
    /// <param name="price">10^-9 dollars for one DPN; 0 when nobody knows, and nothing is paid.</param>
    public Amount Release(ulong epoch, Amount budget, ulong target, ulong price)
    {
        UInt128 dollars = TargetSums[epoch] * target / 1_000;
        Amount need = price == 0 ? Amount.Zero : OraclePolicy.ToCoins(dollars, price, Rounding.Down);
        Amount all = Vault.Value + budget;
        Amount released = Amount.Min(need, all);
        Vault.Value = all - released;
        return released;
    }

    /// <summary>Fixes what an epoch pays. An epoch in which nobody earns mints nothing.</summary>
    public RewardEpoch Settle(ulong epoch, Amount budget)
    {
        TargetSums.Remove(epoch);
        NextEpoch.Value = epoch + 1;
        RewardEpoch settled = new(budget, WeightSums[epoch]);
        WeightSums.Remove(epoch);
        if (settled.Weight != UInt128.Zero) Epochs[epoch] = settled;
        return settled;
    }
}

/// <summary>Stakes of one owner on their way back from a device.</summary>
/// <param name="Entries">At most 16.</param>
public sealed record UnstakingList(Unstaking[] Entries);
