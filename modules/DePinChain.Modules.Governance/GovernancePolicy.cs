using System.Text;
using DePinChain.Primitives;

namespace DePinChain.Modules.Governance;

/// <summary>The numbers and formulas of governance. Pure, in integers, each with its rounding.</summary>
/// <remarks>
/// Quorum, threshold, veto and the override of a validator's vote by its delegators are cosmos-sdk x/gov's (its README, "Vote" and
/// "Tally"). Counting is not: there every vote is walked at the end; here each vote moves running totals, so that the end walks the seats.
/// </remarks>
public static class GovernancePolicy
{
    /// <summary>Rates are integers in units of 10^-18.</summary>
    public const ulong Wad = 1_000_000_000_000_000_000;

    /// <summary>A ballot's weights add up to it.</summary>
    public const uint Weights = 10_000;

    /// <summary>Two days of 12-second blocks.</summary>
    public const ulong DepositBlocks = 14_400;

    /// <summary>Five days.</summary>
    public const ulong VotingBlocks = 36_000;

    /// <summary>Seven days: who disagrees with what passed can sell or unbond a part before it comes.</summary>
    public const ulong DelayBlocks = 50_400;

    /// <summary>33.4 % of the bonded stake.</summary>
    public const ulong QuorumWad = 334_000_000_000_000_000;

    /// <summary>Half of the votes.</summary>
    public const ulong ThresholdWad = Wad / 2;

    /// <summary>33.4 % of the votes.</summary>
    public const ulong VetoWad = 334_000_000_000_000_000;

    /// <summary>Proposals voted on at a time: every change of a voter's stake visits them.</summary>
    public const int VotingMax = 10;

    /// <summary>The least deposit is this part of what a proposal needs, so that its depositors can be paid back at once.</summary>
    public const ulong DepositParts = 16;

    /// <summary>Depositors of a proposal: more than <see cref="DepositParts"/> only while its minimum rises.</summary>
    public const int DepositorsMax = 32;

    /// <summary>Phases that end at one block's start; the rest waits.</summary>
    public const int PhasesPerBlockMax = 4;

    /// <summary>Proposals that a page of a view may hold.</summary>
    public const int PageMax = 20;

    /// <summary>UTF-8 bytes of a title.</summary>
    public const int TitleBytesMax = 140;

    /// <summary>UTF-8 bytes of an address where reasons can be read.</summary>
    public const int UriBytesMax = 256;

    /// <summary>Bytes of a module's, key's or fork's name.</summary>
    public const int NameBytesMax = 64;

    /// <summary>Bytes of an order's calldata.</summary>
    public const int CalldataMax = 4_096;

    /// <summary>Mainnet's deposit: 1,000 DPN.</summary>
    public static Amount DepositMin => Amount.FromDpn(1_000);

    /// <summary>The least that one deposit may be. Rounded up, so that <see cref="DepositParts"/> of them are enough.</summary>
    public static Amount LeastDeposit(Amount depositMin) => depositMin.MulDiv(UInt128.One, DepositParts, Rounding.Up);

    /// <summary>A ballot for one option.</summary>
    public static Ballot BallotFor(VoteOption option) => option switch
    {
        VoteOption.Yes => new Ballot((ushort)Weights, 0, 0, 0),
        VoteOption.Abstain => new Ballot(0, (ushort)Weights, 0, 0),
        VoteOption.No => new Ballot(0, 0, (ushort)Weights, 0),
        _ => new Ballot(0, 0, 0, (ushort)Weights),
    };

    /// <summary>Sum of a ballot's weights.</summary>
    public static uint SumOf(in Ballot ballot) => (uint)ballot.Yes + ballot.Abstain + ballot.No + ballot.Veto;

    /// <summary>Overrides with the shares of one more voter.</summary>
    public static OverrideRecord Add(in OverrideRecord all, in Ballot ballot, UInt128 shares) => new(
        all.Shares + shares,
        all.Yes + Parts(shares, ballot.Yes),
        all.Abstain + Parts(shares, ballot.Abstain),
        all.No + Parts(shares, ballot.No),
        all.Veto + Parts(shares, ballot.Veto));

    /// <summary>Overrides without the shares of a voter that are among them.</summary>
    public static OverrideRecord Subtract(in OverrideRecord all, in Ballot ballot, UInt128 shares) => new(
        all.Shares - shares,
        all.Yes - Parts(shares, ballot.Yes),
        all.Abstain - Parts(shares, ballot.Abstain),
        all.No - Parts(shares, ballot.No),
        all.Veto - Parts(shares, ballot.Veto));

    /// <summary>A tally with one more seat.</summary>
    /// <remarks>
    /// The operator's ballot speaks for every share whose owner has none of its own. An option has
    /// floor(parts · tokens / (shares · 10,000)) of stake: rounded down for each seat and option, what is lost voted for nothing.
    /// </remarks>
    /// <param name="tally">The tally so far.</param>
    /// <param name="tokens">The seat's stake.</param>
    /// <param name="shares">The seat's shares; more than zero.</param>
    /// <param name="own">The operator's ballot; all zeros when it did not vote.</param>
    /// <param name="overrides">What its delegators say themselves.</param>
    public static TallyRecord Add(
        in TallyRecord tally, Amount tokens, UInt128 shares, in Ballot own, in OverrideRecord overrides)
    {
        OverrideRecord all = Add(overrides, own, shares - overrides.Shares);
        return new TallyRecord(
            tally.Yes + StakeOf(all.Yes, tokens, shares),
            tally.Abstain + StakeOf(all.Abstain, tokens, shares),
            tally.No + StakeOf(all.No, tokens, shares),
            tally.Veto + StakeOf(all.Veto, tokens, shares),
            tally.Bonded + tokens);
    }

    /// <summary>What a count comes to: vetoed, rejected, or queued for its effect.</summary>
    public static ProposalStatus Outcome(in TallyRecord tally, in GovernanceParameters rules)
    {
        UInt128 voted = tally.Voted.Wei;
        UInt128 decided = voted - tally.Abstain.Wei;
        if (voted == UInt128.Zero || Times(voted, Wad) < Times(tally.Bonded.Wei, rules.QuorumWad)) return ProposalStatus.Rejected;
        if (Times(tally.Veto.Wei, Wad) > Times(voted, rules.VetoWad)) return ProposalStatus.Vetoed;
        return Times(tally.Yes.Wei, Wad) > Times(decided, rules.ThresholdWad) ? ProposalStatus.Queued : ProposalStatus.Rejected;
    }

    /// <summary>True for 1 to 140 bytes without control characters.</summary>
    public static bool IsTitle(string title) => title.Length > 0 && IsText(title, TitleBytesMax);

    /// <summary>True for at most 256 bytes without control characters.</summary>
    public static bool IsUri(string uri) => IsText(uri, UriBytesMax);

    /// <summary>True for a fork's name: 1 to 64 bytes without control characters.</summary>
    public static bool IsName(string name) => name.Length > 0 && IsText(name, NameBytesMax);

    private static bool IsText(string text, int bytesMax)
    {
        foreach (char character in text)
            if (char.IsControl(character)) return false;
        return Encoding.UTF8.GetByteCount(text) <= bytesMax;
    }

    private static UInt256 Parts(UInt128 shares, ushort weight) => UInt256.MultiplyWide(shares, weight);

    private static Amount StakeOf(UInt256 parts, Amount tokens, UInt128 shares) =>
        new((UInt128)UInt256.MulDiv(parts, tokens.Wei, UInt256.MultiplyWide(shares, Weights), Rounding.Down));

    private static UInt256 Times(UInt128 amount, ulong wad) => UInt256.MultiplyWide(amount, wad);
}
