using DePinChain.Modules.Sdk;
using DePinChain.Primitives;

namespace DePinChain.Modules.Compute;

/// <summary>Committees that were ordered for devices, and what they cost.</summary>
[ModulePart]
internal sealed partial class DeviceJobs(ModuleState state)
{
    [Slot(30)] private partial Item<JudgingRound> Round { get; }
    [Slot(31)] private partial Map<Hash256, DeviceJob> Open { get; }
    [Slot(32)] private partial Map<ulong, Amount> Spent { get; }
    [Slot(33)] private partial Item<Amount> LastBudget { get; }

    /// <summary>How far the devices of the running epoch's round are.</summary>
    public JudgingRound Current => Round.GetOr(default);

    public void Save(in JudgingRound round) => Round.Value = round;

    /// <summary>True when committees of an epoch may cost so much more: 2 % of the last settled epoch's budget.</summary>
    public bool MaySpend(ulong epoch, Amount fee) =>
        Spent[epoch] + fee <= LastBudget.Value.MulDiv(DevicesPolicy.CommitteesBps, EscrowPolicy.BpsScale, Rounding.Down);

    /// <summary>The committee that a device has last been given and that has not decided; all zeros for none.</summary>
    public DeviceJob OpenOf(Hash256 device) => Open.GetOr(device, default);

    /// <summary>Remembers a committee and what it cost.</summary>
    public void Add(Hash256 device, in DeviceJob job, Amount fee)
    {
        ulong epoch = job.Epoch;
        Open[device] = job;
        Spent[epoch] += fee;
    }

    /// <summary>The epoch that a job is about, once; false for one that a later job replaced.</summary>
    public bool TryTake(Hash256 device, ulong job, out ulong epoch)
    {
        DeviceJob open = Open.GetOr(device, default);
        epoch = open.Epoch;
        if (open.Job != job) return false;
        Open.Remove(device);
        return true;
    }

    /// <summary>Ends an epoch whose blocks mint a budget.</summary>
    /// <returns>What its committees cost.</returns>
    public Amount EndEpoch(ulong epoch, Amount budget)
    {
        Amount spent = Spent[epoch];
        if (!spent.IsZero) Spent.Remove(epoch);
        LastBudget.Value = budget;
        return spent;
    }
}

/// <summary>How far a round over all devices is.</summary>
/// <param name="Running">The epoch in which it runs; it is about the one before.</param>
/// <param name="Left">Devices, from the first on, whose turn is still to come.</param>
public readonly record struct JudgingRound(ulong Running, ulong Left);

/// <summary>A committee that measures a device.</summary>
/// <param name="Job">Its job at Attestations.</param>
/// <param name="Epoch">The epoch it is about.</param>
/// <param name="OrderedAt">The block in which it was ordered, whose randomness the challenge is drawn from.</param>
public readonly record struct DeviceJob(ulong Job, ulong Epoch, ulong OrderedAt);
