using System.Text;
using DePinChain.Primitives;

namespace DePinChain.Modules.Staking;

/// <summary>
/// The formulas of staking: shares, slashes and the split of a block's rewards. Pure, in integers, each with its rounding.
/// </summary>
public static class StakingPolicy
{
    /// <summary>Rates are integers in units of 10^-18.</summary>
    public const ulong Wad = 1_000_000_000_000_000_000;

    /// <summary>One unit of voting power is one whole DPN of stake.</summary>
    public const ulong WeiPerPower = 1_000_000_000_000_000_000;

    /// <summary>The total power of a set stays below 2^60, so that proposer priorities fit 64 bits.</summary>
    public const ulong TotalPowerMax = (1UL << 60) - 1;

    // Judging every seat, jailing a third of them, and the caps on slashes and expiries leave payments more than a quarter of staking's
    // share
    // of 4,000 units of work; payments come last and stop where the share ends. A test measures it.

    /// <summary>Matured unbondings paid at one block start; the rest waits or is claimed.</summary>
    public const int MaturedPerBlockMax = 100;

    /// <summary>Unbonding and redelegation entries that open slashes visit at one block start.</summary>
    public const int SlashEntriesPerBlockMax = 25;

    /// <summary>Redelegations forgotten at one block start once they can no longer be slashed.</summary>
    public const int ExpiredPerBlockMax = 25;

    /// <summary>Unbonding entries, and likewise incoming redelegations, that one delegator may have open at one validator.</summary>
    public const int EntriesPerPairMax = 7;

    /// <summary>Blocks until a matured entry, which an open slash holds back, is looked at again.</summary>
    public const ulong FrozenRetryBlocks = 10;

    /// <summary>Validators that a page of a view may hold.</summary>
    public const int PageMax = 100;

    /// <summary>Highest commission of a founding validator, unless it starts above: 20 %.</summary>
    public const ulong FounderMaxCommissionWad = Wad / 5;

    /// <summary>Most a founding validator's commission changes in a day: 1 %.</summary>
    public const ulong FounderMaxDailyChangeWad = Wad / 100;

    /// <summary>Bytes of a compressed public key.</summary>
    public const int KeyBytes = 33;

    /// <summary>UTF-8 bytes of a moniker.</summary>
    public const int MonikerBytesMax = 64;

    /// <summary>Denominator of reward indices: "wad · 10^18", so that what a division loses is below one wei for any stake.</summary>
    public static readonly UInt128 IndexUnit = (UInt128)Wad * Wad;

    /// <summary>
    /// Shares bought by <paramref name="amount"/> at a validator with the given tokens and shares. Rounded down: the rest belongs to the
    /// pool.
    /// </summary>
    public static UInt128 SharesFor(Amount amount, Amount tokens, UInt128 shares) =>
        shares == UInt128.Zero ? amount.Wei : amount.MulDiv(shares, tokens.Wei, Rounding.Down).Wei;

    /// <summary>
    /// Tokens that <paramref name="shares"/> of <paramref name="totalShares"/> stand for. Rounded down: the rest belongs to the pool.
    /// </summary>
    public static Amount TokensFor(UInt128 shares, Amount tokens, UInt128 totalShares) =>
        totalShares == UInt128.Zero ? Amount.Zero : tokens.MulDiv(shares, totalShares, Rounding.Down);

    /// <summary>What a slash burns. Rounded up: a slash is never a wei too small.</summary>
    public static Amount SlashOf(Amount stake, ulong fractionWad) => stake.MulDiv(fractionWad, Wad, Rounding.Up);

    /// <summary>Voting power of a stake: whole DPN.</summary>
    public static ulong PowerOf(Amount stake) => (ulong)UInt128.Min(stake.Wei / WeiPerPower, TotalPowerMax);

    /// <summary>
    /// Splits a block's pot: the community tax, the bonus of the proposer who included the commit, and the rest for all validators by
    /// power.
    /// </summary>
    /// <remarks>
    /// bonus = pot · bonusRate · (included/total − 2/3) / (1/3) = pot · bonusRate · (3·included − 2·total) / total. Tax and bonus are
    /// rounded down.
    /// </remarks>
    public static PotSplit Split(Amount pot, UInt128 includedPower, UInt128 totalPower, ulong taxWad, ulong bonusWad)
    {
        Amount tax = pot.MulDiv(taxWad, Wad, Rounding.Down);
        Amount bonusMax = pot.MulDiv(bonusWad, Wad, Rounding.Down);
        UInt128 beyondQuorum = 3 * includedPower > 2 * totalPower ? (3 * includedPower) - (2 * totalPower) : UInt128.Zero;
        Amount bonus = totalPower == UInt128.Zero ? Amount.Zero : bonusMax.MulDiv(beyondQuorum, totalPower, Rounding.Down);
        return new PotSplit(tax, bonus, pot - tax - bonus);
    }

    /// <summary>
    /// How far the reward index moves when <paramref name="reward"/> is shared by <paramref name="units"/> of power or shares. Rounded
    /// down.
    /// </summary>
    public static UInt256 IndexStep(Amount reward, UInt128 units) => UInt256.MultiplyWide(reward.Wei, IndexUnit) / units;

    /// <summary>
    /// What <paramref name="units"/> of power or shares earned while the index moved by <paramref name="step"/>. Rounded down.
    /// </summary>
    public static Amount Earned(UInt128 units, UInt256 step) => new((UInt128)UInt256.MulDiv(units, step, IndexUnit, Rounding.Down));

    /// <summary>The operator's part of what a validator earned. Rounded up: delegators never gain by rounding.</summary>
    public static Amount CommissionOf(Amount earned, ulong commissionWad) => earned.MulDiv(commissionWad, Wad, Rounding.Up);

    /// <summary>
    /// What a hot key signs the keccak of, to show that the operator holds it: "DPC-POP" ‖ chainId in 32 bytes ‖ operator.
    /// </summary>
    public static byte[] PossessionMessage(ulong chainId, Address validator)
    {
        ReadOnlySpan<byte> tag = "DPC-POP"u8;
        byte[] message = new byte[tag.Length + UInt256.Size + Address.Size];
        tag.CopyTo(message);
        ((UInt256)chainId).WriteBigEndian(message.AsSpan(tag.Length, UInt256.Size));
        validator.CopyTo(message.AsSpan(tag.Length + UInt256.Size));
        return message;
    }

    /// <summary>A moniker is 1 to 64 bytes of UTF-8 without control characters.</summary>
    public static bool IsMoniker(string moniker)
    {
        foreach (char character in moniker)
            if (char.IsControl(character)) return false;
        int bytes = Encoding.UTF8.GetByteCount(moniker);
        return bytes is > 0 and <= MonikerBytesMax;
    }
}

/// <summary>The three parts of a block's pot; they always add up to it.</summary>
public readonly record struct PotSplit(Amount Tax, Amount Bonus, Amount Shared);
