using DePinChain.Modules.Sdk;
using DePinChain.Primitives;

namespace DePinChain.Modules.Attestations;

/// <summary>The account is no verifier: register first.</summary>
[Error] public readonly partial record struct UnknownVerifier(Address Account);

/// <summary>The account is a verifier already.</summary>
[Error] public readonly partial record struct VerifierExists(Address Account);

/// <summary>There are as many verifiers as there may be.</summary>
[Error] public readonly partial record struct RegistryFull(uint Max);

/// <summary>The bond is smaller than what is needed.</summary>
[Error] public readonly partial record struct BondTooSmall(Amount Needed, Amount Had);

/// <summary>No value came along.</summary>
[Error] public readonly partial record struct NothingBonded;

/// <summary>So many parts of the bond are on their way back already: withdraw released ones first.</summary>
[Error] public readonly partial record struct TooManyUnbondings(uint Max);

/// <summary>Nothing can be paid before this block; 0 when nothing is on its way.</summary>
[Error] public readonly partial record struct NothingReleased(ulong ReleasedAt);

/// <summary>A worker is another account than its verifier, and not zero.</summary>
[Error] public readonly partial record struct InvalidWorker(Address Worker);

/// <summary>The key is another verifier's worker.</summary>
[Error] public readonly partial record struct WorkerTaken(Address Worker, Address Verifier);

/// <summary>A worker has at least one role, and only those there are.</summary>
[Error] public readonly partial record struct InvalidRoles(byte Roles);

/// <summary>A worker's right ends after this block and within a year.</summary>
[Error] public readonly partial record struct InvalidWorkerTime(ulong Until, ulong Latest);

/// <summary>The verifier has no worker.</summary>
[Error] public readonly partial record struct NoWorker(Address Verifier);

/// <summary>The verifier is not jailed.</summary>
[Error] public readonly partial record struct NotJailed(Address Verifier);

/// <summary>The verifier can rejoin from this block on.</summary>
[Error] public readonly partial record struct StillJailed(ulong Until);

/// <summary>A page has at most so many entries.</summary>
[Error] public readonly partial record struct VerifierPageTooLarge(uint Max);
