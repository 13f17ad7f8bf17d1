using DePinChain.Modules.Sdk;
using DePinChain.Primitives;

namespace DePinChain.Modules.Economy;

/// <summary>A validator said what one DPN is worth.</summary>
[Event(typeof(OracleModule))]
public readonly partial record struct PriceReported([Indexed] Address Validator, [Indexed] ulong Round, ulong Price);

/// <summary>A quorum agreed: the median, and the price it may be after one move.</summary>
[Event(typeof(OracleModule))]
public readonly partial record struct PriceUpdated([Indexed] ulong Round, ulong Price, ulong Median, ulong Average, uint Reports);

/// <summary>A round brought reports, but no quorum; the price stands.</summary>
[Event(typeof(OracleModule))]
public readonly partial record struct QuorumMissed([Indexed] ulong Round, uint Reports, Amount StakeReported, Amount StakeTotal);

/// <summary>Nobody has agreed on a price for too long; what needs one waits.</summary>
[Event(typeof(OracleModule))]
public readonly partial record struct PriceWentStale(ulong UpdatedAt);

/// <summary>A validator lets another account report for it; zero for none.</summary>
[Event(typeof(OracleModule))]
public readonly partial record struct ReporterChanged([Indexed] Address Validator, [Indexed] Address Reporter);

/// <summary>Only a validator with a seat that is not jailed reports, or the account that it named.</summary>
[Error(typeof(OracleModule))]
public readonly partial record struct NotAReporter(Address Caller);

/// <summary>Reports are about the running round.</summary>
[Error(typeof(OracleModule))]
public readonly partial record struct WrongRound(ulong Round, ulong Running);

/// <summary>A validator reports once a round.</summary>
[Error(typeof(OracleModule))]
public readonly partial record struct AlreadyReported(Address Validator, ulong Round);

/// <summary>A price is 1 to <c>Maximum</c>, in 10^-9 US dollars for one DPN.</summary>
[Error(typeof(OracleModule))]
public readonly partial record struct InvalidPrice(ulong Price, ulong Maximum);

/// <summary>The account reports for another validator already, or is one itself.</summary>
[Error(typeof(OracleModule))]
public readonly partial record struct ReporterTaken(Address Reporter);

/// <summary>Only a network for one machine may have a fixed price.</summary>
[Error(typeof(OracleModule))]
public readonly partial record struct FixedPriceNotAllowed(ulong Price);

/// <summary>There is no price to go by: validators last agreed at block <c>UpdatedAt</c>. Try again when they do.</summary>
[Error]
public readonly partial record struct StalePrice(ulong UpdatedAt, ulong Now);
