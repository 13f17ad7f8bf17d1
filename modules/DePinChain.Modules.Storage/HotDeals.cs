using DePinChain.Modules.Sdk;

namespace DePinChain.Modules.Storage;

/// <summary>
/// Active deals under proofs of possession, by provider: what clients may fetch at any time, and what is probed. And how much of its
/// rewards each provider loses because it serves badly.
/// </summary>
[ModulePart]
internal sealed partial class HotDeals(ModuleState state)
{
    [Slot(90)] private partial Set<ulong> Holders { get; }
    [Slot(91)] private partial SetMap<ulong, ulong> ByProvider { get; }
    [Slot(92)] private partial Map<ulong, ushort> Losses { get; }

    /// <summary>Providers with such deals.</summary>
    public ulong ProvidersCount => Holders.Count;

    public ulong ProviderAt(ulong index) => Holders[index];

    public Set<ulong> Of(ulong provider) => ByProvider[provider];

    public void Add(ulong provider, ulong deal)
    {
        Set<ulong> deals = ByProvider[provider];
        if (deals.Count == 0) Holders.Add(provider);
        deals.Add(deal);
    }

    public void Remove(ulong provider, ulong deal)
    {
        Set<ulong> deals = ByProvider[provider];
        if (deals.Remove(deal) && deals.Count == 0) Holders.Remove(provider);
    }

    /// <summary>What a provider loses of what its deals' fees would earn it, in hundredths of a percent.</summary>
    public ushort LossOf(ulong provider) => Losses.GetOr(provider, 0);

    public void SetLoss(ulong provider, ushort lossBps)
    {
        if (lossBps == 0) Losses.Remove(provider);
        else Losses[provider] = lossBps;
    }
}
