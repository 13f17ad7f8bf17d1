using DePinChain.Primitives;

namespace DePinChain.Modules.Compute;

/// <summary>What must always hold of escrowed money.</summary>
internal static class EscrowInvariants
{
    /// <summary>What the ledger says of a token is what the module owns; a donation to the module is nobody's.</summary>
    public static IEnumerable<string> OfAsset(uint token, UInt128 held, UInt128 balance)
    {
        if (held > balance) yield return $"escrow: {held} of token {token} is held for others, {balance} is there";
    }

    /// <summary>An account is the sum of its deposits, and owes what its payments have earned.</summary>
    public static IEnumerable<string> OfAccount(Hash256 id, AccountRecord account, IReadOnlyList<PaymentRecord> open)
    {
        UInt128 deposits = UInt128.Zero;
        foreach (DepositEntry deposit in account.Deposits) deposits += deposit.Left;
        if (deposits != account.Balance) yield return $"escrow: {id} has deposits of {deposits} and a balance of {account.Balance}";

        UInt128 rates = UInt128.Zero;
        UInt128 owed = UInt128.Zero;
        foreach (PaymentRecord payment in open)
        {
            rates += payment.Rate;
            owed += payment.Rate * (account.SettledAt - payment.PaidTo);
        }

        if (rates != account.RateSum) yield return $"escrow: {id} pays {rates} a block, its record says {account.RateSum}";
        if (owed != account.Owed) yield return $"escrow: {id} owes {owed}, its record says {account.Owed}";
        ulong dry = EscrowPolicy.DryHeight(account.SettledAt, account.Balance, account.RateSum);
        if (dry != account.DryHeight) yield return $"escrow: {id} runs dry at {dry}, its record says {account.DryHeight}";
        if (account.State != AccountState.Open && (account.Balance != UInt128.Zero || account.Owed != UInt128.Zero))
            yield return $"escrow: {id} has ended and still holds money";
    }
}
