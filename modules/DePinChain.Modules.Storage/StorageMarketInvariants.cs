using DePinChain.Primitives;

namespace DePinChain.Modules.Storage;

/// <summary>What always holds of the market.</summary>
internal static class StorageMarketInvariants
{
    /// <summary>The module holds of each token exactly what the escrow owes.</summary>
    public static IEnumerable<string> Of(EscrowLedger escrow)
    {
        ulong count = escrow.Tokens.Count;
        for (ulong index = 0; index < count; index++)
        {
            uint token = escrow.Tokens[index];
            UInt128 owed = escrow.TotalOf(token);
            UInt128 held = escrow.HeldOf(token);
            if (owed != held) yield return $"storage market: {owed} base units of token {token} in escrow, but {held} held";
        }
    }

    /// <summary>What deals hold is what is locked, over all deals of a small network; tests ask.</summary>
    public static IEnumerable<string> OfDeals(EscrowLedger escrow, Deals deals, Requests requests, ReplicaSets replicas)
    {
        SortedDictionary<(Address Account, uint Token), UInt128> held = [];
        void Hold(Address account, uint token, UInt128 amount)
        {
            if (amount == UInt128.Zero) return;
            held[(account, token)] = (held.TryGetValue((account, token), out UInt128 before) ? before : UInt128.Zero) + amount;
        }

        for (ulong id = 1; id <= Math.Min(deals.Last, DealsMax); id++)
        {
            DealRecord deal = deals.Get(id);
            Hold(deal.Client, deal.Token, deal.Locked);
            Hold(deal.Client, EscrowLedger.Dpn, deal.ClientCollateral.Wei);
            if (deal.State is DealState.Published or DealState.Active)
                Hold(deal.Collateralist, EscrowLedger.Dpn, deal.ProviderCollateral.Wei);
        }

        for (ulong id = 1; id <= Math.Min(replicas.Last, DealsMax); id++)
            if (replicas.TryGet(id, out ReplicaSetRecord? set)) Hold(set!.Client, EscrowLedger.Dpn, set.Pot.Wei);
        requests.EachLock((account, amount) => Hold(account, EscrowLedger.Dpn, amount));
        if (deals.Last > DealsMax) yield break;
        foreach (((Address account, uint token), UInt128 amount) in held)
        {
            UInt128 locked = escrow.Find(account, token).Locked;
            if (locked != amount) yield return $"storage market: deals and bids hold {amount} of {account}, but {locked} are locked";
        }
    }

    // A walk over all deals is for networks that a test or a localnet has.
    private const ulong DealsMax = 256;
}
