using DePinChain.Modules.Sdk;
using DePinChain.Primitives;

namespace DePinChain.Modules.Compute;

/// <summary>Money came into an account; it runs dry at block <c>DryHeight</c>, 0 while nothing flows.</summary>
[Event(typeof(EscrowModule))]
public readonly partial record struct EscrowDeposited(
    [Indexed] Hash256 Account, [Indexed] Address Payer, uint Token, UInt128 Amount, bool IsGrant, ulong DryHeight);

/// <summary>A payment earns its rate from this block on; the account runs dry at block <c>DryHeight</c>.</summary>
[Event(typeof(EscrowModule))]
public readonly partial record struct PaymentOpened(
    [Indexed] Hash256 Payment, [Indexed] Hash256 Account, [Indexed] Address Payee, UInt128 Rate, ulong DryHeight);

/// <summary>A payee got what a payment earned: <c>Gross</c> less the take, which went to the community pool.</summary>
[Event(typeof(EscrowModule))]
public readonly partial record struct PaymentWithdrawn([Indexed] Hash256 Payment, [Indexed] Address Payee, UInt128 Gross, UInt128 Fee);

/// <summary>A payment ended and was paid out.</summary>
[Event(typeof(EscrowModule))]
public readonly partial record struct PaymentEnded([Indexed] Hash256 Payment, [Indexed] Hash256 Account, PaymentState State);

/// <summary>An account ended: its money did, or its holder closed it.</summary>
[Event(typeof(EscrowModule))]
public readonly partial record struct EscrowEnded([Indexed] Hash256 Account, [Indexed] Address Owner, AccountState State);

/// <summary>A deposit's rest went back to who paid it in.</summary>
[Event(typeof(EscrowModule))]
public readonly partial record struct EscrowRefunded([Indexed] Hash256 Account, [Indexed] Address Payer, UInt128 Amount, bool IsGrant);

/// <summary>Somebody lets an account put its money into escrow, up to a limit; a limit of zero ends that.</summary>
[Event(typeof(EscrowModule))]
public readonly partial record struct DepositAllowed(
    [Indexed] Address Granter, [Indexed] Address Grantee, uint Token, UInt128 Limit, ulong ExpiresAt);

/// <summary>An owner lets his own money keep an account from running dry; zeros end that.</summary>
[Event(typeof(EscrowModule))]
public readonly partial record struct TopUpSet([Indexed] Hash256 Account, [Indexed] Address Owner, UInt128 PerDay, UInt128 MaxTotal);

/// <summary>A bond was taken in part or whole because its promise was broken.</summary>
[Event(typeof(EscrowModule))]
public readonly partial record struct BondForfeited([Indexed] Hash256 Bond, [Indexed] Address From, [Indexed] Address To, UInt128 Amount);

/// <summary>No account has this number.</summary>
[Error(typeof(EscrowModule))]
public readonly partial record struct UnknownAccount(Hash256 Account);

/// <summary>The number belongs to an account already.</summary>
[Error(typeof(EscrowModule))]
public readonly partial record struct AccountExists(Hash256 Account);

/// <summary>The account's money ended, or it was closed: it never opens again.</summary>
[Error(typeof(EscrowModule))]
public readonly partial record struct AccountEnded(Hash256 Account);

/// <summary>Only the account's owner pays into it; others let the owner use their money by <c>allowDeposit</c>.</summary>
[Error(typeof(EscrowModule))]
public readonly partial record struct NotAccountOwner(Address Owner, Address Caller);

/// <summary>The value of the call is not the amount: all of it for an account in DPN, nothing for one in a token.</summary>
[Error(typeof(EscrowModule))]
public readonly partial record struct WrongValue(UInt128 Expected, UInt128 Actual);

/// <summary>No money is named.</summary>
[Error(typeof(EscrowModule))]
public readonly partial record struct NothingToDeposit;

/// <summary>The account has as many unused deposits as it may have.</summary>
[Error(typeof(EscrowModule))]
public readonly partial record struct TooManyDeposits(uint Maximum);

/// <summary>The account has as many open payments as it may have.</summary>
[Error(typeof(EscrowModule))]
public readonly partial record struct TooManyPayments(uint Maximum);

/// <summary>No payment has this number.</summary>
[Error(typeof(EscrowModule))]
public readonly partial record struct UnknownPayment(Hash256 Payment);

/// <summary>The number belongs to a payment already, or did: it is never used again.</summary>
[Error(typeof(EscrowModule))]
public readonly partial record struct PaymentExists(Hash256 Payment);

/// <summary>The payment has ended.</summary>
[Error(typeof(EscrowModule))]
public readonly partial record struct PaymentNotOpen(Hash256 Payment);

/// <summary>A payment must flow.</summary>
[Error(typeof(EscrowModule))]
public readonly partial record struct ZeroRate(Hash256 Payment);

/// <summary>The balance does not cover what it would have to: deposit more.</summary>
[Error(typeof(EscrowModule))]
public readonly partial record struct EscrowTooPoor(Hash256 Account, UInt128 Needed, UInt128 Had);

/// <summary>No token has this number, and DPN is number 0.</summary>
[Error(typeof(EscrowModule))]
public readonly partial record struct UnknownAsset(uint Token);

/// <summary>A grant ends after the block it is made in.</summary>
[Error(typeof(EscrowModule))]
public readonly partial record struct GrantExpiryPast(ulong ExpiresAt, ulong Now);

/// <summary>The granter allows nothing, no longer, or less.</summary>
[Error(typeof(EscrowModule))]
public readonly partial record struct GrantTooSmall(Address Granter, UInt128 Needed, UInt128 Had);

/// <summary>The number belongs to a bond already.</summary>
[Error(typeof(EscrowModule))]
public readonly partial record struct BondExists(Hash256 Bond);
