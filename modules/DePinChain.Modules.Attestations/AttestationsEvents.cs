using DePinChain.Modules.Sdk;
using DePinChain.Primitives;

namespace DePinChain.Modules.Attestations;

/// <summary>An account became a verifier.</summary>
[Event] public readonly partial record struct VerifierRegistered([Indexed] Address Verifier, Amount Bond);

/// <summary>A verifier gave the right to attest to a key, or took it away (zero).</summary>
[Event]
public readonly partial record struct WorkerDelegated([Indexed] Address Verifier, [Indexed] Address Worker, byte Roles, ulong Until);

/// <summary>A bond grew.</summary>
[Event] public readonly partial record struct BondAdded([Indexed] Address Verifier, Amount Amount);

/// <summary>A part of a bond is on its way back.</summary>
[Event] public readonly partial record struct BondLeaving([Indexed] Address Verifier, Amount Amount, ulong ReleasedAt);

/// <summary>A verifier was paid what of its bond is released, and its fees.</summary>
[Event] public readonly partial record struct VerifierPaid([Indexed] Address Verifier, Amount Released, Amount Earned);

/// <summary>A verifier missed so many duties in a row that it is not drawn until it rejoins.</summary>
[Event] public readonly partial record struct VerifierJailed([Indexed] Address Verifier, ulong Until);

/// <summary>A verifier is drawn again.</summary>
[Event] public readonly partial record struct VerifierRejoined([Indexed] Address Verifier);

/// <summary>A part of a verifier's bond was taken.</summary>
[Event]
public readonly partial record struct VerifierSlashed([Indexed] Address Verifier, [Indexed] ulong Job, SlashReason Reason, Amount Amount);
