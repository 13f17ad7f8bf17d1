using DePinChain.Modules.Sdk;
using DePinChain.Primitives;
using static DePinChain.Modules.Sdk.Guard;

namespace DePinChain.Modules.Compute;

// Devices and the stake that answers for them.
public sealed partial class DevicesModule
{
    /// <summary>Enters a device under a number of its own. A model is a claim: rewards follow what is measured.</summary>
    /// <param name="call">Its owner.</param>
    /// <param name="device">keccak256 of the sorted GPU identifiers and the machine's key.</param>
    /// <param name="model">The registered number of the GPUs' model.</param>
    /// <param name="gpus">How many, 1 to 64.</param>
    /// <param name="vramMiB">Memory of each.</param>
    /// <param name="region">Its country: ISO 3166 numeric.</param>
    /// <param name="attestation">Hash of the vendor's attestation; zero for none.</param>
    [Function]
    public void RegisterDevice(Call call, Hash256 device, uint model, ushort gpus, uint vramMiB, ushort region, Hash256 attestation)
    {
        _registry.GetModel(model);
        Require(gpus is > 0 and <= DevicesPolicy.GpusMax, new InvalidGpuCount(gpus, DevicesPolicy.GpusMax));
        ulong epoch = call.Block.Number / Rules.Value.EpochBlocks;
        _registry.Add(device, new DeviceRecord(
            call.Sender, model, gpus, vramMiB, region, attestation, Amount.Zero, Amount.Zero, Offer: 0, DeviceScores.UptimeAtStart,
            Bandwidth: 0, Bench: 0, JobsOk: 0, JobsAll: 0, Streak: 0, JudgedEpoch: epoch));
        _logs.Emit(new DeviceRegistered(device, call.Sender, model, gpus));
    }

    /// <summary>Takes a device away. It earns nothing more; all stake is on its way back.</summary>
    /// <param name="call">Its owner.</param>
    /// <param name="device">The device.</param>
    [Function]
    public void RemoveDevice(Call call, Hash256 device)
    {
        DeviceRecord record = _registry.GetOwn(device, call.Sender);
        Require(Holders[device] == 0, new DeviceHeld(device, Holders[device]));
        ulong releasedAt = call.Block.Number + Rules.Value.CooldownBlocks;
        if (!record.Stake.IsZero) StartUnstaking(device, record.Owner, record.Stake, releasedAt);
        if (record.Offer != 0) EndOffer(record.Offer, _registry.FindOffer(record.Offer), releasedAt);
        _registry.Remove(device);
        _logs.Emit(new DeviceRemoved(device, call.Sender));
    }

    /// <summary>Adds the value that comes along to the owner's stake of a device.</summary>
    /// <param name="call">Its owner.</param>
    /// <param name="device">The device.</param>
    [Function, Payable]
    public void StakeDevice(Call call, Hash256 device)
    {
        DeviceRecord record = _registry.GetOwn(device, call.Sender);
        Require(!call.Value.IsZero, new NothingStaked());
        _registry.Save(device, record with { Stake = record.Stake + call.Value });
        _registry.Hold(call.Value);
        _logs.Emit(new DeviceStaked(device, call.Sender, call.Value));
    }

    /// <summary>Takes stake of the owner's out. It no longer counts, and can be withdrawn after the cooldown.</summary>
    /// <param name="call">Its owner.</param>
    /// <param name="device">The device.</param>
    /// <param name="amount">How much.</param>
    [Function]
    public void UnstakeDevice(Call call, Hash256 device, Amount amount)
    {
        DeviceRecord record = _registry.GetOwn(device, call.Sender);
        Require(!amount.IsZero && amount <= record.Stake, new InsufficientStake(amount, record.Stake));
        StartUnstaking(device, call.Sender, amount, call.Block.Number + Rules.Value.CooldownBlocks);
        _registry.Save(device, record with { Stake = record.Stake - amount });
    }

    /// <summary>Pays the caller the stake of a device whose cooldown is over.</summary>
    /// <param name="call">Who staked it.</param>
    /// <param name="device">The device; it may be gone.</param>
    [Function]
    public void WithdrawUnstaked(Call call, Hash256 device)
    {
        Amount due = Amount.Zero;
        List<Unstaking> waiting = [];
        foreach (Unstaking entry in _registry.UnstakingsOf(device, call.Sender))
        {
            if (entry.ReleasedAt <= call.Block.Number) due += entry.Amount;
            else waiting.Add(entry);
        }

        Require(!due.IsZero, new NothingReleased(waiting.Count == 0 ? 0 : waiting[0].ReleasedAt));
        _registry.SaveUnstakings(device, call.Sender, [.. waiting]);
        PayBack(device, call.Sender, due);
    }

    /// <summary>Offers a part of a device's rewards for somebody else's stake; a device has one such offer at a time.</summary>
    /// <param name="call">Its owner, who has staked himself.</param>
    /// <param name="device">The device.</param>
    /// <param name="amount">The stake asked for.</param>
    /// <param name="rewardBps">Part of the rewards, in 1/10,000.</param>
    /// <returns>The offer's number.</returns>
    [Function]
    public ulong OfferCoStake(Call call, Hash256 device, Amount amount, ushort rewardBps)
    {
        DeviceRecord record = _registry.GetOwn(device, call.Sender);
        Require(!record.Stake.IsZero, new SelfStakeFirst(device));
        Require(record.Offer == 0, new OfferStands(record.Offer));
        Require(!amount.IsZero, new NothingStaked());
        Require(rewardBps <= EscrowPolicy.BpsScale, new InvalidShare(rewardBps));
        ulong offer = _registry.AddOffer(new CoStakeOffer(device, Address.Zero, amount, rewardBps, OfferState.Open, ReleasedAt: 0));
        _registry.Save(device, record with { Offer = offer });
        _logs.Emit(new CoStakeOffered(offer, device, amount, rewardBps));
        return offer;
    }

    /// <summary>Takes an offer: the value that comes along is the stake.</summary>
    /// <param name="call">The co-staker, with at most two offers taken.</param>
    /// <param name="offer">The offer.</param>
    [Function, Payable]
    public void TakeCoStake(Call call, ulong offer)
    {
        CoStakeOffer standing = _registry.FindOffer(offer);
        Require(standing.State == OfferState.Open, new WrongOfferState(offer, standing.State));
        DeviceRecord record = _registry.Get(standing.Device);
        Require(record.Owner != call.Sender, new OwnOffer(call.Sender));
        Require(call.Value == standing.Amount, new WrongStake(standing.Amount, call.Value));
        Require(_registry.TakenOffersOf(call.Sender) < DevicesPolicy.TakenOffersMax, new TooManyOffers(DevicesPolicy.TakenOffersMax));
        _registry.SaveOffer(offer, standing with { CoStaker = call.Sender, State = OfferState.Taken });
        _registry.CountTaken(call.Sender, takes: true);
        _registry.Save(standing.Device, record with { CoStake = call.Value });
        _registry.Hold(call.Value);
        _logs.Emit(new CoStakeTaken(offer, standing.Device, call.Sender));
    }

    /// <summary>Ends an offer: its owner takes back one that nobody took; a co-staker's stake is on its way back.</summary>
    /// <param name="call">The device's owner, or the co-staker.</param>
    /// <param name="offer">The offer.</param>
    [Function]
    public void CancelCoStake(Call call, ulong offer)
    {
        CoStakeOffer standing = _registry.FindOffer(offer);
        Require(standing.State is OfferState.Open or OfferState.Taken, new WrongOfferState(offer, standing.State));
        DeviceRecord record = _registry.Get(standing.Device);
        Address allowed = standing.State == OfferState.Open ? record.Owner : standing.CoStaker;
        Require(call.Sender == allowed, new NotOfferParty(allowed, call.Sender));
        EndOffer(offer, standing, call.Block.Number + Rules.Value.CooldownBlocks);
        _registry.Save(standing.Device, record with { CoStake = Amount.Zero, Offer = 0 });
    }

    /// <summary>Pays the caller a co-stake whose cooldown is over.</summary>
    /// <param name="call">The co-staker.</param>
    /// <param name="offer">The offer.</param>
    [Function]
    public void WithdrawCoStake(Call call, ulong offer)
    {
        CoStakeOffer standing = _registry.FindOffer(offer);
        Require(standing.State == OfferState.Leaving, new WrongOfferState(offer, standing.State));
        Require(standing.CoStaker == call.Sender, new NotOfferParty(standing.CoStaker, call.Sender));
        Require(standing.ReleasedAt <= call.Block.Number, new NothingReleased(standing.ReleasedAt));
        _registry.RemoveOffer(offer);
        _registry.CountTaken(call.Sender, takes: false);
        PayBack(standing.Device, call.Sender, standing.Amount);
    }

    private void StartUnstaking(Hash256 device, Address owner, Amount amount, ulong releasedAt)
    {
        Unstaking[] entries = _registry.UnstakingsOf(device, owner);
        Require(entries.Length < DevicesPolicy.UnstakingsMax, new TooManyUnstakings(DevicesPolicy.UnstakingsMax));
        _registry.SaveUnstakings(device, owner, [.. entries, new Unstaking(amount, releasedAt)]);
        _logs.Emit(new DeviceUnstaking(device, owner, amount, releasedAt));
    }

    private void EndOffer(ulong offer, in CoStakeOffer standing, ulong releasedAt)
    {
        bool isTaken = standing.State == OfferState.Taken;
        if (isTaken) _registry.SaveOffer(offer, standing with { State = OfferState.Leaving, ReleasedAt = releasedAt });
        else _registry.RemoveOffer(offer);
        _logs.Emit(new CoStakeEnded(offer, standing.Device, isTaken ? releasedAt : 0));
    }

    private void PayBack(Hash256 device, Address to, Amount amount)
    {
        _registry.LetGo(amount);
        _bank.Transfer(Address, to, amount, device);
        _logs.Emit(new StakeReturned(device, to, amount));
    }
}
