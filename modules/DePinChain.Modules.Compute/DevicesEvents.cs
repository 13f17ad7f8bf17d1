using DePinChain.Modules.Sdk;
using DePinChain.Primitives;

namespace DePinChain.Modules.Compute;

/// <summary>A host offers this much from now on.</summary>
[Event(typeof(DevicesModule))]
public readonly partial record struct CapacityChanged([Indexed] Address Host, Capacity Total);

/// <summary>A part of a host was sold.</summary>
[Event(typeof(DevicesModule))]
public readonly partial record struct CapacityReserved([Indexed] Hash256 Reservation, [Indexed] Address Host);

/// <summary>A part of a host is free again.</summary>
[Event(typeof(DevicesModule))]
public readonly partial record struct CapacityReleased([Indexed] Hash256 Reservation, [Indexed] Address Host);

/// <summary>A host asks of those it serves what a policy asks; zero: nothing any more.</summary>
[Event(typeof(DevicesModule))]
public readonly partial record struct ClientPolicyNamed([Indexed] Address Host, [Indexed] Address PolicyOf);

/// <summary>The account has set no policy, and screens by no list.</summary>
[Error(typeof(DevicesModule))]
public readonly partial record struct UnknownPolicy(Address Account);

/// <summary>The new capacity does not cover what is sold: end leases first.</summary>
[Error(typeof(DevicesModule))]
public readonly partial record struct CapacitySold(Address Host);

/// <summary>The host has too little of something.</summary>
[Error(typeof(DevicesModule))]
public readonly partial record struct CapacityTooSmall(Address Host, Shortage Shortage);

/// <summary>A kind of GPU is listed with an interface of its own and at least one GPU.</summary>
[Error(typeof(DevicesModule))]
public readonly partial record struct InvalidGpuPool(uint Index);
