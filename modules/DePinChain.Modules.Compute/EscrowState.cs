using DePinChain.Modules.Sdk;
using DePinChain.Primitives;

namespace DePinChain.Modules.Compute;

/// <summary>What an account that pays for leases is doing.</summary>
public enum AccountState : byte
{
    /// <summary>It never existed.</summary>
    Unknown = 0,

    /// <summary>It holds money, and pays its open payments by the block.</summary>
    Open = 1,

    /// <summary>Its money ended; everything was paid out. It never opens again.</summary>
    Overdrawn = 2,

    /// <summary>Its holder closed it; what was left went back to those who paid it in.</summary>
    Closed = 3,
}

/// <summary>What a stream of money is doing.</summary>
public enum PaymentState : byte
{
    /// <summary>It never existed.</summary>
    Unknown = 0,

    /// <summary>It earns its rate every block.</summary>
    Open = 1,

    /// <summary>The account's money ended.</summary>
    Overdrawn = 2,

    /// <summary>Its holder closed it.</summary>
    Closed = 3,
}

/// <summary>What remains of one deposit. Deposits are drawn oldest first.</summary>
/// <param name="Payer">Who paid it in, and gets its rest back.</param>
/// <param name="IsGrant">True when the payer let the account's owner use it by a grant, whose limit the rest restores.</param>
/// <param name="Left">What is left of it, in base units.</param>
public readonly record struct DepositEntry(Address Payer, bool IsGrant, UInt128 Left);

/// <summary>Money that pays for something by the block. Amounts are base units of its token; token 0 is DPN in wei.</summary>
/// <param name="Owner">Who pays, tops up and, beside grants, gets the rest back.</param>
/// <param name="Token">0 for DPN, else the number of a token.</param>
/// <param name="State">What it is doing.</param>
/// <param name="SettledAt">Block up to which its payments were drawn.</param>
/// <param name="Transferred">What its payments have earned since it was opened.</param>
/// <param name="Balance">What is left of its deposits.</param>
/// <param name="Owed">Earned by its payments, but not withdrawn yet.</param>
/// <param name="RateSum">What all open payments earn in one block.</param>
/// <param name="Promised">Rates of what is agreed but not started.</param>
/// <param name="DryHeight">The block at whose start the balance covers no whole block any more; 0 while nothing flows.</param>
/// <param name="Deposits">What is left of each deposit, oldest first.</param>
public sealed record AccountRecord(
    Address Owner,
    uint Token,
    AccountState State,
    ulong SettledAt,
    UInt128 Transferred,
    UInt128 Balance,
    UInt128 Owed,
    UInt128 RateSum,
    UInt128 Promised,
    ulong DryHeight,
    DepositEntry[] Deposits);

/// <summary>A stream of money from an account to a payee.</summary>
/// <param name="Account">Who pays.</param>
/// <param name="Payee">Who earns.</param>
/// <param name="Rate">Base units a block.</param>
/// <param name="State">What it is doing.</param>
/// <param name="PaidTo">Block up to which it was withdrawn.</param>
/// <param name="Withdrawn">What was withdrawn, the take included.</param>
/// <param name="FeeCarry">What the take's division left over, in 1/10,000 base units: the next withdrawal pays it.</param>
public readonly record struct PaymentRecord(
    Hash256 Account, Address Payee, UInt128 Rate, PaymentState State, ulong PaidTo, UInt128 Withdrawn, ushort FeeCarry);

/// <summary>How much of somebody's money another account may put into its own escrow.</summary>
/// <param name="Limit">What is left of it.</param>
/// <param name="ExpiresAt">Block from which it is no longer valid.</param>
public readonly record struct GrantRecord(UInt128 Limit, ulong ExpiresAt);

/// <summary>An owner's standing order: his own money keeps an account from running dry.</summary>
/// <param name="PerDay">What is added when the money would end, at most once a day.</param>
/// <param name="Left">What may still be added in all.</param>
/// <param name="LastAt">Block of the last time; 0 before.</param>
public readonly record struct TopUpRecord(UInt128 PerDay, UInt128 Left, ulong LastAt);

/// <summary>Money that answers for a promise, such as a bid's.</summary>
/// <param name="Owner">Who gets it back.</param>
/// <param name="Token">0 for DPN, else the number of a token.</param>
/// <param name="Amount">How much.</param>
public readonly record struct BondRecord(Address Owner, uint Token, UInt128 Amount);

/// <summary>What governance may change about escrow.</summary>
/// <param name="TakeNativeBps">Part of each withdrawal in DPN for the community pool, in 1/10,000.</param>
/// <param name="TakeTokenBps">Part of each withdrawal in a token for the community pool, in 1/10,000.</param>
/// <param name="MinPrepaidBlocks">Blocks that a balance must cover before a new payment is promised.</param>
/// <param name="DayBlocks">Blocks of a day, for standing orders.</param>
public readonly record struct EscrowParameters(
    [Bounds(0, 5_000)] ushort TakeNativeBps,
    [Bounds(0, 5_000)] ushort TakeTokenBps,
    [Bounds(1, 100_000)] uint MinPrepaidBlocks,
    [Bounds(1, 100_000)] uint DayBlocks)
{
    /// <summary>4 % in DPN, 20 % in tokens, 25 blocks in advance.</summary>
    public static EscrowParameters Default { get; } = new(
        EscrowPolicy.TakeNativeBps, EscrowPolicy.TakeTokenBps, EscrowPolicy.MinPrepaidBlocks, EscrowPolicy.DayBlocks);
}

/// <summary>An account as of a block.</summary>
/// <param name="Owner">Who pays.</param>
/// <param name="Token">0 for DPN, else the number of a token.</param>
/// <param name="State">What it is doing.</param>
/// <param name="SettledAt">Block up to which it was settled in the state; the amounts here are as of this block.</param>
/// <param name="Transferred">What its payments have earned.</param>
/// <param name="Balance">What is left.</param>
/// <param name="Owed">Earned, but not withdrawn.</param>
/// <param name="RateSum">What flows in a block.</param>
/// <param name="Promised">Rates agreed but not started.</param>
/// <param name="DryHeight">The block at whose start it runs dry; 0 while nothing flows.</param>
/// <param name="Deposits">What is left of each deposit in the state, oldest first.</param>
public sealed record AccountReport(
    Address Owner,
    uint Token,
    AccountState State,
    ulong SettledAt,
    UInt128 Transferred,
    UInt128 Balance,
    UInt128 Owed,
    UInt128 RateSum,
    UInt128 Promised,
    ulong DryHeight,
    DepositEntry[] Deposits);

/// <summary>A payment as of a block.</summary>
/// <param name="Account">Who pays.</param>
/// <param name="Payee">Who earns.</param>
/// <param name="Rate">Base units a block.</param>
/// <param name="State">What it is doing.</param>
/// <param name="Pending">Earned, but not withdrawn: what a withdrawal now would be taken from.</param>
/// <param name="Withdrawn">What was withdrawn, the take included.</param>
public readonly record struct PaymentReport(
    Hash256 Account, Address Payee, UInt128 Rate, PaymentState State, UInt128 Pending, UInt128 Withdrawn);
