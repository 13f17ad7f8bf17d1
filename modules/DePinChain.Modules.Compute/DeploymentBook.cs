using DePinChain.Modules.Sdk;
using DePinChain.Primitives;
using static DePinChain.Modules.Sdk.Guard;

namespace DePinChain.Modules.Compute;

/// <summary>What tenants want to run: deployments and their groups with their requirements.</summary>
[ModulePart]
internal sealed partial class DeploymentBook(ModuleState state)
{
    [Slot(20)] private partial Map<(Address Owner, ulong Dseq), DeploymentRecord> Records { get; }
    [Slot(21)] private partial Map<Hash256, GroupRecord> Groups { get; }
    [Slot(22)] private partial BlobMap<Hash256, GroupSpec> Specs { get; }
    [Slot(23)] private partial Map<Hash256, DeploymentName> Names { get; }

    public DeploymentRecord Find(Address owner, ulong dseq) => Records.GetOr((owner, dseq), default);

    public DeploymentRecord GetActive(Address owner, ulong dseq)
    {
        DeploymentRecord record = Find(owner, dseq);
        Require(record.State == DeploymentState.Active, new DeploymentNotActive(owner, dseq));
        return record;
    }

    public void Save(Address owner, ulong dseq, in DeploymentRecord record) => Records[(owner, dseq)] = record;

    /// <summary>Whose deployment an escrow account pays for.</summary>
    public bool TryGetName(Hash256 account, out DeploymentName name) => Names.TryGet(account, out name);

    public void Name(Hash256 account, in DeploymentName name) => Names[account] = name;

    public GroupRecord GetGroup(Address owner, ulong dseq, uint gseq)
    {
        Require(
            Groups.TryGet(ComputeMarketPolicy.GroupKey(owner, dseq, gseq), out GroupRecord group), new UnknownGroup(owner, dseq, gseq));
        return group;
    }

    public void SaveGroup(in GroupRecord group) => Groups[ComputeMarketPolicy.GroupKey(group.Owner, group.Dseq, group.Gseq)] = group;

    /// <summary>The hash of a group's requirement, whose body lies beside the state.</summary>
    public Hash256? FindSpecHash(in OrderId id) => Specs.FindHash(ComputeMarketPolicy.GroupKey(id.Owner, id.Dseq, id.Gseq));

    public GroupSpec SpecOf(Address owner, ulong dseq, uint gseq) => Specs[ComputeMarketPolicy.GroupKey(owner, dseq, gseq)];

    public void SaveSpec(in GroupRecord group, GroupSpec spec) =>
        Specs.Put(ComputeMarketPolicy.GroupKey(group.Owner, group.Dseq, group.Gseq), spec);

    /// <summary>Forgets the requirement of a group that is over.</summary>
    public void DropSpec(in GroupRecord group) => Specs.Remove(ComputeMarketPolicy.GroupKey(group.Owner, group.Dseq, group.Gseq));
}

/// <summary>Which deployment something belongs to.</summary>
/// <param name="Owner">The tenant.</param>
/// <param name="Dseq">Its number.</param>
public readonly record struct DeploymentName(Address Owner, ulong Dseq);
