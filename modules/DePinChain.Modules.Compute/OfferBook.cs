using DePinChain.Modules.Sdk;
using DePinChain.Primitives;
using static DePinChain.Modules.Sdk.Guard;

namespace DePinChain.Modules.Compute;

/// <summary>Standing offers of devices, in one list by price for each model, region and token.</summary>
/// <remarks>
/// A list linked both ways: entering an offer costs as many reads as places it is away from the one its owner names, however long the list;
/// a booking walks from the cheapest, or from where the renter says.
/// </remarks>
[ModulePart]
internal sealed partial class OfferBook(ModuleState state)
{
    [Slot(10)] private partial Map<Hash256, OfferRecord> Offers { get; }
    [Slot(11)] private partial Map<Hash256, Hash256> Heads { get; }

    public OfferRecord? Find(Hash256 device) => Offers.TryGet(device, out OfferRecord? offer) ? offer : null;

    public Hash256 HeadOf(Hash256 list) => Heads[list];

    /// <summary>Enters an offer after all that are as cheap.</summary>
    /// <param name="device">Its device.</param>
    /// <param name="offer">What is offered, in which list.</param>
    /// <param name="after">An offer of the list that is no dearer, from which to look; any other is passed over for the cheapest.</param>
    public void Add(Hash256 device, OfferRecord offer, Hash256 after)
    {
        OfferRecord? hint = Find(after);
        Hash256 previous = hint is not null && hint.List == offer.List && hint.Price <= offer.Price ? after : Hash256.Zero;
        Hash256 next = previous == Hash256.Zero ? Heads[offer.List] : hint!.Next;
        for (int steps = 0; next != Hash256.Zero && Offers[next] is var at && at.Price <= offer.Price; steps++)
        {
            Require(steps < ClustersPolicy.WalkMax, new PlaceTooFar(previous));
            previous = next;
            next = at.Next;
        }

        Offers[device] = offer with { Previous = previous, Next = next };
        Link(offer.List, previous, device, next);
    }

    public void Remove(Hash256 device)
    {
        if (Find(device) is not { } offer) return;
        Offers.Remove(device);
        if (offer.Previous != Hash256.Zero) Offers[offer.Previous] = Offers[offer.Previous] with { Next = offer.Next };
        else if (offer.Next != Hash256.Zero) Heads[offer.List] = offer.Next;
        else Heads.Remove(offer.List);
        if (offer.Next != Hash256.Zero) Offers[offer.Next] = Offers[offer.Next] with { Previous = offer.Previous };
    }

    /// <summary>Offers of several lists by price, each with the place of its list among them.</summary>
    public IEnumerable<(Hash256 Device, OfferRecord Offer)> Walk(Hash256[] starts)
    {
        OfferRecord?[] next = new OfferRecord?[starts.Length];
        Hash256[] at = [.. starts];
        for (int i = 0; i < at.Length; i++) next[i] = Find(at[i]);
        while (true)
        {
            int cheapest = -1;
            for (int i = 0; i < at.Length; i++)
                if (next[i] is { } offer && (cheapest < 0 || offer.Price < next[cheapest]!.Price)) cheapest = i;
            if (cheapest < 0) yield break;
            OfferRecord found = next[cheapest]!;
            yield return (at[cheapest], found);
            at[cheapest] = found.Next;
            next[cheapest] = Find(found.Next);
        }
    }

    private void Link(Hash256 list, Hash256 previous, Hash256 device, Hash256 next)
    {
        if (previous == Hash256.Zero) Heads[list] = device;
        else Offers[previous] = Offers[previous] with { Next = device };
        if (next != Hash256.Zero) Offers[next] = Offers[next] with { Previous = device };
    }
}
