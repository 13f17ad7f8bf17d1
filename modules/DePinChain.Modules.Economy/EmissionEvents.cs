using DePinChain.Modules.Sdk;
using DePinChain.Primitives;

namespace DePinChain.Modules.Economy;

/// <summary>A stream minted new DPN. The security stream reports every block, zero included.</summary>
[Event(typeof(EmissionModule))]
public readonly partial record struct Minted([Indexed] EmissionStream Stream, [Indexed] Address To, Amount Amount);

/// <summary>Coins were destroyed; <c>Reissuable</c> of them may be minted by the subnets stream again.</summary>
[Event(typeof(EmissionModule))]
public readonly partial record struct Recycled([Indexed] Address From, Amount Amount, Amount Reissuable);
