using DePinChain.Client;
using DePinChain.Primitives;

namespace DePinChain.Miners.Links;

/// <summary>A subnet as it stands after a block.</summary>
internal sealed record SubnetView(
    ulong Head, string Name, Hash256 TaskManifest, Address OwnerHotkey, ulong VersionKey, ulong EpochIndex, ulong LastEpochAt,
    ulong NextEpochAt, uint Tempo, uint RevealPeriod, bool CommitReveal, IReadOnlyList<NeuronView> Neurons)
{
    public NeuronView? Find(Address hotkey) => Neurons.FirstOrDefault(neuron => neuron.Hotkey == hotkey);

    /// <summary>Whether somebody may weigh others, and so may ask miners.</summary>
    public bool HasPermit(Address hotkey) => Find(hotkey) is { } neuron && (neuron.Permit || hotkey == OwnerHotkey);

    public static SubnetView From(ulong head, AbiRecord subnet, AbiRecord rules, IEnumerable<AbiRecord> neurons) => new(
        head, subnet.Text("name"), subnet.Hash("taskManifest"), subnet.Address("ownerHotkey"), subnet.Count("versionKey"),
        subnet.Count("epochIndex"), subnet.Count("lastEpochAt"), subnet.Count("nextEpochAt"), (uint)rules.Count("tempo"),
        (uint)rules.Count("revealPeriod"), rules.Flag("commitReveal"), [.. neurons.Select(NeuronView.From)]);
}

/// <summary>A neuron of a subnet.</summary>
internal sealed record NeuronView(ushort Uid, Address Hotkey, Amount Stake, ulong RegisteredAt, bool Permit, ulong Incentive)
{
    public static NeuronView From(AbiRecord neuron) => new(
        (ushort)neuron.Count("uid"), neuron.Address("hotkey"), neuron.Amount("stake"), neuron.Count("registeredAt"),
        neuron.Flag("permit"), neuron.Count("incentive"));
}

/// <summary>Where a miner serves.</summary>
internal sealed record AxonView(Address Hotkey, Uri Endpoint);
