using DePinChain.Modules.Sdk;
using DePinChain.Primitives;

namespace DePinChain.Modules.Compute;

/// <summary>What must always hold of the market.</summary>
internal static class ComputeMarketInvariants
{
    private const int WalkPage = 100;

    public static IEnumerable<string> Of(MarketParts parts, EscrowModule escrow, DevicesModule devices, Amount balance)
    {
        // Deposits lie in escrow; here lie stakes, and what somebody gave away.
        if (balance < parts.Providers.TotalStake) yield return $"market: {parts.Providers.TotalStake} is staked, {balance} is there";
        Amount staked = Amount.Zero;
        for (ulong start = 0; start < parts.Providers.Count; start += WalkPage)
        {
            foreach (Address provider in parts.Providers.Page(start, WalkPage))
            {
                staked += parts.Providers.Get(provider).Stake;
                foreach (string violation in OfProvider(provider, parts, escrow, devices)) yield return violation;
            }
        }

        if (staked != parts.Providers.TotalStake) yield return $"market: stakes are {staked}, the total says {parts.Providers.TotalStake}";
    }

    private static IEnumerable<string> OfProvider(Address provider, MarketParts parts, EscrowModule escrow, DevicesModule devices)
    {
        Set<Hash256> leases = parts.Leases.Of(provider);
        if (leases.Count != parts.Providers.Get(provider).Leases) yield return $"market: {provider} counts other leases than it has";
        for (ulong i = 0; i < leases.Count; i++)
        {
            Hash256 id = leases[i];
            LeaseRecord lease = parts.Leases.Find(id);
            OrderRecord order = parts.Orders.Find(lease.Order);
            GroupRecord group = parts.Deployments.GetGroup(order.Id.Owner, order.Id.Dseq, order.Id.Gseq);
            if (!LeaseBook.IsLive(lease)) yield return $"market: lease {id} is over and still listed";
            if (order.State != OrderState.Active || order.Winner != id) yield return $"market: the order of lease {id} is not its";
            if (group.State != GroupState.Open || group.Orders != order.Id.Oseq) yield return $"market: the group of lease {id} is not its";
            if (parts.Orders.FindBid(id).State != BidState.Active) yield return $"market: the bid of lease {id} is not active";
            if (devices.ReservationOf(id).Host != provider) yield return $"market: nothing is reserved for lease {id}";
            if (escrow.HasOpenPayment(id) != LeaseBook.IsPaid(lease)) yield return $"market: lease {id} runs unpaid, or is paid idle";
            if (escrow.GetBond(id).Owner != provider) yield return $"market: no deposit answers for lease {id}";
            Hash256 account = ComputeMarketPolicy.AccountKey(order.Id.Owner, order.Id.Dseq);
            foreach (string violation in escrow.ViolationsOf(account)) yield return violation;
        }
    }
}
