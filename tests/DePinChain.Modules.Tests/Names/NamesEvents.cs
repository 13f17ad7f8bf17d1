using DePinChain.Modules.Sdk;
using DePinChain.Primitives;

namespace DePinChain.Modules.Tests.Names;

/// <summary>A free name was leased.</summary>
[Event] public readonly partial record struct NameRegistered([Indexed] Address Owner, string Name, ulong ExpiresAt);

/// <summary>A lease ended; the name is free and its deposit refunded.</summary>
[Event] public readonly partial record struct NameExpired([Indexed] Address Owner, string Name);

/// <summary>A name has 1 to 32 characters out of a-z, 0-9 and '-'.</summary>
[Error] public readonly partial record struct InvalidName(string Name);

/// <summary>The name is leased to somebody.</summary>
[Error] public readonly partial record struct NameTaken(string Name);

/// <summary>Nobody leases the name.</summary>
[Error] public readonly partial record struct UnknownName(string Name);

/// <summary>The value of the call is not the deposit.</summary>
[Error] public readonly partial record struct WrongDeposit(Amount Expected, Amount Actual);
