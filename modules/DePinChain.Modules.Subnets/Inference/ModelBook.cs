using DePinChain.Modules.Sdk;
using DePinChain.Primitives;
using static DePinChain.Modules.Sdk.Guard;

namespace DePinChain.Modules.Subnets.Inference;

/// <summary>Models by number, and which subnet has which.</summary>
[ModulePart]
internal sealed partial class ModelBook(ModuleState state)
{
    [Slot(0)] private partial Sequence Ids { get; }
    [Slot(1)] private partial Map<ulong, ModelRecord> Records { get; }
    [Slot(2)] private partial Map<Hash256, ulong> Fingerprints { get; }
    [Slot(3)] private partial Map<uint, ulong> Choices { get; }
    [Slot(4)] private partial Item<Amount> DepositsHeld { get; }

    /// <summary>Models there are, numbered from 1.</summary>
    public ulong Count => Ids.Last;

    /// <summary>Deposits of all.</summary>
    public Amount Deposits => DepositsHeld.Value;

    public ModelRecord Get(ulong model)
    {
        Require(Records.TryGet(model, out ModelRecord? record), new UnknownModel(model));
        return record;
    }

    public ulong Add(Address owner, ModelSpec spec, Amount deposit, ulong now)
    {
        Hash256 fingerprint = InferencePolicy.FingerprintOf(spec);
        Require(Fingerprints[fingerprint] == 0, new ModelExists(Fingerprints[fingerprint]));
        ulong model = Ids.Next();
        Fingerprints[fingerprint] = model;
        Records[model] = new ModelRecord(owner, ModelStatus.Active, now, deposit, Subnets: 0, spec);
        DepositsHeld.Value += deposit;
        return model;
    }

    public void Save(ulong model, ModelRecord record) => Records[model] = record;

    /// <summary>Takes a model's deposit out.</summary>
    public Amount Release(ulong model)
    {
        ModelRecord record = Get(model);
        Records[model] = record with { Deposit = Amount.Zero };
        DepositsHeld.Value -= record.Deposit;
        return record.Deposit;
    }

    /// <summary>The model of a subnet; 0 for none.</summary>
    public ulong OfSubnet(uint netuid) => Choices[netuid];

    /// <summary>Takes its model from a subnet.</summary>
    public void Drop(uint netuid)
    {
        ulong model = Choices[netuid];
        Records[model] = Get(model) with { Subnets = Get(model).Subnets - 1 };
        Choices.Remove(netuid);
    }

    /// <summary>Gives a subnet another model.</summary>
    public void Choose(uint netuid, ulong model)
    {
        ulong before = Choices[netuid];
        if (before != 0) Records[before] = Get(before) with { Subnets = Get(before).Subnets - 1 };
        Records[model] = Get(model) with { Subnets = Get(model).Subnets + 1 };
        Choices[netuid] = model;
    }
}
