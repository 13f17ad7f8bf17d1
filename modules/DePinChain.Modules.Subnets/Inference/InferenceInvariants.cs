using DePinChain.Primitives;

namespace DePinChain.Modules.Subnets.Inference;

/// <summary>What must always hold of inference.</summary>
internal static class InferenceInvariants
{
    public static IEnumerable<string> Of(ModelBook models, ReceiptBook receipts, DisputeBook disputes, Amount balance)
    {
        Amount deposits = Amount.Zero;
        for (ulong model = 1; model <= models.Count; model++) deposits += models.Get(model).Deposit;
        if (deposits != models.Deposits) yield return $"inference: models hold {deposits}, the total says {models.Deposits}";
        Amount staked = Amount.Zero;
        for (ulong miner = 1; miner <= receipts.MinerCount; miner++)
        {
            if (receipts.Find(miner) is not { } record) continue;
            staked += record.Deposit;
            if (receipts.NumberOf(record.Netuid, record.Hotkey) != miner)
                yield return $"inference: {record.Hotkey} of subnet {record.Netuid} is not miner {miner}";
        }

        if (staked != receipts.Deposits) yield return $"inference: miners hold {staked}, the total says {receipts.Deposits}";
        Amount bonds = Amount.Zero;
        for (ulong dispute = 1; dispute <= disputes.Count; dispute++) bonds += disputes.Find(dispute)?.Bond ?? Amount.Zero;
        if (bonds != disputes.Bonds) yield return $"inference: challengers hold {bonds}, the total says {disputes.Bonds}";
        Amount owed = deposits + staked + bonds;
        if (balance < owed) yield return $"inference: {owed} is owed, {balance} is there";
    }
}
