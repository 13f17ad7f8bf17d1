using DePinChain.Primitives;

namespace DePinChain.Modules.Subnets;

/// <summary>What must always hold of subnets.</summary>
internal static class SubnetsInvariants
{
    private const int WalkPage = 1_000;

    /// <summary>What the module holds, and for what.</summary>
    public static HoldingsReport HoldingsOf(SubnetRegistry registry, StakePools pools, Amount challenges)
    {
        HeldRecord held = pools.Held;
        Amount locks = Amount.Zero;
        Amount pending = Amount.Zero;
        foreach (ulong net in registry.Alive.Page(0, (int)SubnetsPolicy.SubnetsCap))
        {
            locks += registry.Get(net).Lock;
            pending += registry.PendingOf(net);
        }

        return new HoldingsReport(locks, pending, held.Staked, held.Unstaking, held.Deposits, challenges);
    }

    public static IEnumerable<string> Violations(SubnetRegistry registry, StakePools pools, Amount challenges, Amount balance)
    {
        HeldRecord held = pools.Held;
        HoldingsReport holdings = HoldingsOf(registry, pools, challenges);
        Amount owed = holdings.Locks + holdings.Pending + held.Staked + held.Unstaking + held.Deposits + challenges;
        Amount deposits = Amount.Zero;
        for (ulong net = 1; net <= registry.Last; net++)
        {
            // A dissolved subnet keeps places until they are cleared.
            bool isAlive = registry.TryGet(net, out SubnetRecord subnet);
            ulong places = isAlive ? subnet.Uids : registry.RemainsOf(net);
            if (isAlive != registry.Alive.Contains(net)) yield return $"subnets: {net} is not where it is listed";
            if (places > SubnetsPolicy.UidsMax) yield return $"subnets: {net} has {places} places";
            for (ulong uid = 0; uid < places; uid++)
            {
                Address hotkey = registry.Neuron(net, uid).Hotkey;
                if (!registry.TryFind(net, hotkey, out ulong found) || found != uid) yield return $"subnets: {hotkey} sits twice in {net}";
                if (registry.TryGetCommit(net, hotkey, out CommitRecord commit)) deposits += commit.Deposit;
            }
        }

        Amount staked = Amount.Zero;
        for (ulong start = 0; ; start += WalkPage)
        {
            IReadOnlyList<Address> page = pools.Page(start, WalkPage);
            foreach (Address hotkey in page)
            {
                HotkeyRecord record = pools.Get(hotkey);
                staked += record.Value;
                if (record.Shares == 0 && !record.Value.IsZero) yield return $"subnets: {hotkey} has stake without shares";
            }

            if (page.Count < WalkPage) break;
        }

        if (staked != held.Staked) yield return $"subnets: hotkeys hold {staked}, the total says {held.Staked}";
        if (deposits != held.Deposits) yield return $"subnets: commitments hold {deposits}, the total says {held.Deposits}";
        if (balance < owed) yield return $"subnets: {owed} is owed, {balance} is there";
    }
}
