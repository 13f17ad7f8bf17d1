using DePinChain.Primitives;

namespace DePinChain.Modules.Compute;

/// <summary>The arithmetic of money that flows by the block: exact, in base units, without debt.</summary>
/// <remarks>
/// Source: Akash x/escrow/keeper of v0.38.0 (whole blocks first, then the rest in proportion to the rates). Ours ends the account in the
/// very block in which no whole block is covered any more, which is its result for one block more than is affordable.
/// </remarks>
public static class EscrowPolicy
{
    /// <summary>Rates of the take are integers in 1/10,000.</summary>
    public const uint BpsScale = 10_000;

    /// <summary>Take of withdrawals in DPN: 4 %.</summary>
    public const ushort TakeNativeBps = 400;

    /// <summary>Take of withdrawals in tokens: 20 %.</summary>
    public const ushort TakeTokenBps = 2_000;

    /// <summary>Blocks a balance covers before anything new is promised: 5 minutes.</summary>
    public const uint MinPrepaidBlocks = 25;

    /// <summary>Blocks of 12 seconds in a day.</summary>
    public const uint DayBlocks = 7_200;

    /// <summary>Open payments of one account: it is paid out whole in one step when its money ends.</summary>
    public const int PaymentsMax = 50;

    /// <summary>Deposits of one account that are not used up.</summary>
    public const int DepositsMax = 16;

    /// <summary>Payments that one call withdraws.</summary>
    public const int WithdrawalsMax = 64;

    /// <summary>Accounts whose money ends that one block start pays out; the rest waits, and owes nothing more meanwhile.</summary>
    public const int DryPerBlockMax = 500;

    /// <summary>Exhaustions beyond this height are not planned: no chain lives that long.</summary>
    public const ulong HeightMax = ulong.MaxValue / 4;

    /// <summary>The block at whose start a balance covers no whole block any more; 0 while nothing flows.</summary>
    public static ulong DryHeight(ulong settledAt, UInt128 balance, UInt128 rateSum)
    {
        if (rateSum == UInt128.Zero) return 0;
        UInt128 dry = UInt128.Min(balance / rateSum, HeightMax) + settledAt;
        return (ulong)UInt128.Min(dry, HeightMax);
    }

    /// <summary>Whole blocks that a balance pays, at most so many.</summary>
    public static ulong WholeBlocks(UInt128 balance, UInt128 rateSum, ulong blocks) =>
        rateSum == UInt128.Zero ? blocks : (ulong)UInt128.Min(balance / rateSum, blocks);

    /// <summary>
    /// Splits what is left of a last block among the payments in proportion to their rates. Shares are rounded down; the base units that
    /// leaves go to the first payments, one each, so that nothing remains.
    /// </summary>
    /// <param name="remaining">Less than the sum of the rates.</param>
    /// <param name="rates">Rates in ascending order of the payments' numbers.</param>
    public static UInt128[] Split(UInt128 remaining, IReadOnlyList<UInt128> rates)
    {
        UInt128 sum = UInt128.Zero;
        foreach (UInt128 rate in rates) sum += rate;

        UInt128[] shares = new UInt128[rates.Count];
        UInt128 given = UInt128.Zero;
        for (int i = 0; i < shares.Length; i++)
        {
            shares[i] = new Amount(remaining).MulDiv(rates[i], sum, Rounding.Down).Wei;
            given += shares[i];
        }

        // Less than one base unit was lost per payment.
        for (int i = 0; given < remaining; i++, given += UInt128.One) shares[i] += UInt128.One;
        return shares;
    }

    /// <summary>
    /// The take of a withdrawal: floor((gross · bps + carried) / 10,000), and what the division leaves for the next one. Akash truncates
    /// each withdrawal (x/take), so that many tiny ones pay nothing.
    /// </summary>
    public static (UInt128 Fee, ushort Carry) Take(UInt128 gross, ushort bps, ushort carried)
    {
        // gross = whole · 10,000 + part, so that no product leaves 128 bits.
        (UInt128 whole, UInt128 part) = UInt128.DivRem(gross, BpsScale);
        (UInt128 fee, UInt128 carry) = UInt128.DivRem((part * bps) + carried, BpsScale);
        return ((whole * bps) + fee, (ushort)carry);
    }

    /// <summary>Takes an amount out of deposits, oldest first; used up ones are dropped.</summary>
    public static DepositEntry[] Draw(DepositEntry[] deposits, UInt128 amount)
    {
        List<DepositEntry> rest = [];
        foreach (DepositEntry deposit in deposits)
        {
            UInt128 drawn = UInt128.Min(deposit.Left, amount);
            amount -= drawn;
            if (deposit.Left != drawn) rest.Add(deposit with { Left = deposit.Left - drawn });
        }

        Invariant.Assert(amount == UInt128.Zero, "An account's balance is the sum of its deposits.");
        return [.. rest];
    }

    /// <summary>Adds money at the end; more of the same kind from the same payer joins its last deposit.</summary>
    public static DepositEntry[] Append(DepositEntry[] deposits, Address payer, bool isGrant, UInt128 amount)
    {
        if (deposits.Length > 0 && deposits[^1] is { } last && last.Payer == payer && last.IsGrant == isGrant)
            return [.. deposits[..^1], last with { Left = last.Left + amount }];
        return [.. deposits, new DepositEntry(payer, isGrant, amount)];
    }
}
