using DePinChain.Modules.Sdk;
using DePinChain.Primitives;

namespace DePinChain.Modules.Economy;

/// <summary>DPN came into the community pool.</summary>
[Event(typeof(TreasuryModule))]
public readonly partial record struct PoolFunded([Indexed] Address From, Amount Amount);

/// <summary>DPN left the community pool by a decision of governance.</summary>
[Event(typeof(TreasuryModule))]
public readonly partial record struct PoolSpent([Indexed] Address To, Amount Amount);

/// <summary>A token came into the community pool.</summary>
[Event(typeof(TreasuryModule))]
public readonly partial record struct TokenPoolFunded([Indexed] Address From, [Indexed] uint Token, UInt256 Amount);

/// <summary>A token left the community pool by a decision of governance.</summary>
[Event(typeof(TreasuryModule))]
public readonly partial record struct TokenPoolSpent([Indexed] Address To, [Indexed] uint Token, UInt256 Amount);

/// <summary>DPN was destroyed.</summary>
[Event(typeof(TreasuryModule))]
public readonly partial record struct Burned([Indexed] Address From, Amount Amount);

/// <summary>Nothing came along to fund the pool with.</summary>
[Error(typeof(TreasuryModule))]
public readonly partial record struct NothingToFund;

/// <summary>A spend exceeds what is left of the period's allowance; the next period begins at block <c>NextPeriod</c>.</summary>
[Error(typeof(TreasuryModule))]
public readonly partial record struct SpendLimitExceeded(UInt256 Needed, UInt256 Left, ulong NextPeriod);
