using DePinChain.Modules.Sdk;
using DePinChain.Primitives;
using DePinChain.Proofs.Replication;

namespace DePinChain.Modules.Storage;

/// <summary>The provider has not begun to seal sectors.</summary>
[Error] public readonly partial record struct UnknownSealer(ulong ProviderId);

/// <summary>The provider seals sectors already.</summary>
[Error] public readonly partial record struct AlreadySealing(ulong ProviderId);

/// <summary>This network does not take sectors of this size: they are for development.</summary>
[Error] public readonly partial record struct SectorSizeNotAllowed(SectorKind Kind);

/// <summary>The parameters of windows do not fit together; governance must mend them.</summary>
[Error] public readonly partial record struct InvalidCalendar(string Reason);

/// <summary>The provider has no such sector.</summary>
[Error] public readonly partial record struct UnknownSector(ulong ProviderId, ulong Sector);

/// <summary>The sector's number was used, or is not below 2^40.</summary>
[Error] public readonly partial record struct SectorNumberTaken(ulong ProviderId, ulong Sector);

/// <summary>The sector does not stand where this needs it.</summary>
[Error] public readonly partial record struct WrongSectorState(ulong Sector, SectorState State);

/// <summary>No sector, more than one call takes, or lists of different lengths.</summary>
[Error] public readonly partial record struct SectorCount(uint Count, uint Max);

/// <summary>The commitment to the replica is zero.</summary>
[Error] public readonly partial record struct NoReplica(ulong Sector);

/// <summary>The ticket's block is not past, or too old.</summary>
[Error] public readonly partial record struct TicketOutOfRange(ulong Sector, ulong TicketBlock, ulong Oldest);

/// <summary>The sector's end lies too near or too far.</summary>
[Error] public readonly partial record struct ExpirationOutOfRange(ulong Sector, ulong Earliest, ulong Latest);

/// <summary>A piece does not decode, or all together are larger than the sector.</summary>
[Error] public readonly partial record struct PiecesDoNotFit(ulong Sector, string Reason);

/// <summary>A piece's deal is not for it: not published, of another provider, piece or class, or longer than the sector lives.</summary>
[Error] public readonly partial record struct DealNotForSector(ulong Sector, ulong Deal);

/// <summary>The provider owes penalties, which come first.</summary>
[Error] public readonly partial record struct ProviderInDebt(ulong ProviderId, Amount Debt);

/// <summary>The provider's free funds do not suffice.</summary>
[Error] public readonly partial record struct FundsTooSmall(ulong ProviderId, Amount Needed, Amount Had);

/// <summary>The seal's challenge is not known yet, or the time to prove is over.</summary>
[Error] public readonly partial record struct NotTimeToProve(ulong Sector, ulong From, ulong Until);

/// <summary>The proofs of a call are verified in the block and too large for that together.</summary>
[Error] public readonly partial record struct ProofsTooLarge(uint Bytes, uint Max);

/// <summary>A sector's seal is not proven: which record is wrong, and how.</summary>
[Error] public readonly partial record struct InvalidSeal(ulong Sector, ReplicationFault Fault, uint Record);

/// <summary>Every deadline of the provider is full.</summary>
[Error] public readonly partial record struct DeadlinesFull(ulong ProviderId);

/// <summary>The provider has no such deadline, or no window of it runs.</summary>
[Error] public readonly partial record struct WindowNotOpen(ulong Deadline, ulong Opens);

/// <summary>A partition lies in another deadline.</summary>
[Error] public readonly partial record struct WrongDeadline(uint Partition, ulong Deadline);

/// <summary>A mask is empty, or names sectors for which this cannot be done.</summary>
[Error] public readonly partial record struct WrongSectors(uint Partition, UInt256 Wrong);

/// <summary>A proof of spacetime is wrong for this sector; 2^64 − 1 when its length is.</summary>
[Error] public readonly partial record struct InvalidSpacetime(ulong Sector);

/// <summary>The deadline's next window is too near: its challenge may be known.</summary>
[Error] public readonly partial record struct CutoffPassed(ulong Deadline, ulong Until);

/// <summary>The beacon for a recovery is not of the last window's length of blocks.</summary>
[Error] public readonly partial record struct SeedOutOfRange(ulong SeedBlock, ulong Oldest);

/// <summary>The day is not over, or there is nothing to claim for it.</summary>
[Error] public readonly partial record struct NoDemand(ulong Day, Address Account);

/// <summary>A proof of this size is verified in the block, and needs no committee.</summary>
[Error] public readonly partial record struct ProofFitsTheBlock(SectorKind Kind, uint Bytes);

/// <summary>There is nobody who could judge a seal.</summary>
[Error] public readonly partial record struct NobodyJudges;

/// <summary>The committee's acceptance of the sector's seal can still be overturned.</summary>
[Error] public readonly partial record struct SealInDispute(ulong Sector, ulong Job);

/// <summary>The proof of a window of the sector can still be overturned.</summary>
[Error] public readonly partial record struct WindowInDispute(ulong Sector, ulong Job);

/// <summary>So many proofs of the partition's windows are under way already.</summary>
[Error] public readonly partial record struct TooManyClaims(uint Partition, uint Max);

/// <summary>Proofs of windows can still be overturned; what that would cost must stay, in free funds or pledges.</summary>
[Error] public readonly partial record struct FundsAtStake(ulong ProviderId, Amount Stake);
