using DePinChain.Modules.Sdk;
using DePinChain.Primitives;
using static DePinChain.Modules.Sdk.Guard;

namespace DePinChain.Modules.Render;

/// <summary>Who renders, who of them is idle in each tier, and how crowded tiers are.</summary>
[ModulePart]
internal sealed partial class NodeBook(ModuleState state)
{
    [Slot(10)] private partial Map<Address, NodeRecord> Records { get; }
    [Slot(11)] private partial Set<Address> Listed { get; }
    [Slot(12)] private partial SetMap<byte, Address> IdleIn { get; }
    [Slot(13)] private partial Map<byte, TierLoad> Loads { get; }

    public Set<Address> All => Listed;

    public NodeRecord? Find(Address node) => Records.TryGet(node, out NodeRecord? record) ? record : null;

    public NodeRecord Get(Address node)
    {
        Require(Records.TryGet(node, out NodeRecord? record), new UnknownNode(node));
        return record;
    }

    public TierLoad LoadOf(byte tier) => Loads.GetOr(tier, default);

    public void AddQueued(byte tier, ulong obhMilli) =>
        Loads[tier] = LoadOf(tier) with { QueuedObhMilli = LoadOf(tier).QueuedObhMilli + obhMilli };

    public void TakeQueued(byte tier, ulong obhMilli) =>
        Loads[tier] = LoadOf(tier) with { QueuedObhMilli = LoadOf(tier).QueuedObhMilli - obhMilli };

    public IReadOnlyList<Address> IdleOf(byte tier) => IdleIn[tier].Page(0, RenderPolicy.NodesMax);

    /// <summary>Replaces a node's record, and with it its places among the idle and its part of the load.</summary>
    public void Save(Address node, NodeRecord? before, NodeRecord? after, Amount bondMin)
    {
        for (byte tier = 1; tier <= RenderPolicy.TierMax; tier++)
        {
            uint online = Offered(before, tier, bondMin), onlineAfter = Offered(after, tier, bondMin);
            uint busy = before is { IsBusy: true } ? online : 0, busyAfter = after is { IsBusy: true } ? onlineAfter : 0;
            if (online != onlineAfter || busy != busyAfter)
            {
                TierLoad load = LoadOf(tier);
                Loads[tier] = load with { OnlineOb = load.OnlineOb - online + onlineAfter, BusyOb = load.BusyOb - busy + busyAfter };
            }

            bool wasIdle = online > 0 && busy == 0, isIdle = onlineAfter > 0 && busyAfter == 0;
            if (wasIdle && !isIdle) IdleIn[tier].Remove(node);
            else if (!wasIdle && isIdle) IdleIn[tier].Add(node);
        }

        if (after is null)
        {
            Records.Remove(node);
            Listed.Remove(node);
            return;
        }

        Records[node] = after;
        Listed.Add(node);
    }

    // Whoever lost a part of the bond has no place until it is whole again.
    private static uint Offered(NodeRecord? node, byte tier, Amount bondMin) =>
        node is not null && node.Bond >= bondMin && (node.Tiers & (1 << (tier - 1))) != 0 ? node.ObScore : 0;
}
