using DePinChain.Primitives;

namespace DePinChain.Modules.Tests.Names;

/// <summary>A leased name.</summary>
/// <param name="Owner">Who leases it.</param>
/// <param name="ExpiresAt">The block at whose start it is free again.</param>
public readonly record struct NameRecord(Address Owner, ulong ExpiresAt);
