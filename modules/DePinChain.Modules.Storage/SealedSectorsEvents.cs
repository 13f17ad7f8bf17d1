using DePinChain.Modules.Sdk;
using DePinChain.Primitives;
using DePinChain.Proofs.Replication;

namespace DePinChain.Modules.Storage;

/// <summary>A provider began to seal sectors.</summary>
[Event(typeof(SealedSectorsModule))]
public readonly partial record struct SealerBegan([Indexed] ulong ProviderId, SectorKind Kind, uint Offset, uint Period);

/// <summary>A sector was promised, against a deposit.</summary>
[Event]
public readonly partial record struct SectorPreCommitted(
    [Indexed] ulong ProviderId, [Indexed] ulong Sector, Hash256 CommD, Hash256 CommR, ulong Expiration, Amount Deposit, ulong SeedBlock);

/// <summary>A sector stands somewhere else.</summary>
[Event(typeof(SealedSectorsModule))]
public readonly partial record struct SectorChanged([Indexed] ulong ProviderId, [Indexed] ulong Sector, SectorState State);

/// <summary>The proof of a sector's seal lies with a committee.</summary>
[Event(typeof(SealedSectorsModule))]
public readonly partial record struct SealBlobCommitted(
    [Indexed] ulong ProviderId, [Indexed] ulong Sector, [Indexed] ulong Job, Hash256 BlobRoot, Amount Fee);

/// <summary>A sector's seal was accepted, and its pledge locked.</summary>
[Event]
public readonly partial record struct SectorSealed(
    [Indexed] ulong ProviderId, [Indexed] ulong Sector, uint Partition, byte Place, Amount Pledge);

/// <summary>Sectors were proven in their window.</summary>
[Event]
public readonly partial record struct SpacetimeProven(
    [Indexed] ulong ProviderId, uint Partition, ulong Period, UInt256 Sectors, UInt256 Skipped);

/// <summary>Sectors were declared faulty.</summary>
[Event(typeof(SealedSectorsModule))]
public readonly partial record struct FaultsDeclared([Indexed] ulong ProviderId, uint Partition, UInt256 Sectors);

/// <summary>Faulty sectors were shown to be there again.</summary>
[Event(typeof(SealedSectorsModule))]
public readonly partial record struct RecoveriesDeclared([Indexed] ulong ProviderId, uint Partition, UInt256 Sectors);

/// <summary>A window closed with sectors that nobody proved.</summary>
[Event(typeof(SealedSectorsModule))]
public readonly partial record struct WindowMissed([Indexed] ulong ProviderId, uint Partition, ulong Period, UInt256 Sectors);

/// <summary>The proof of sectors in a window lies with a committee.</summary>
[Event(typeof(SealedSectorsModule))]
public readonly partial record struct WindowBlobCommitted(
    [Indexed] ulong ProviderId, uint Partition, ulong Period, [Indexed] ulong Job, UInt256 Sectors, Hash256 BlobRoot, Amount Fee);

/// <summary>A window's proof before a committee was shown to be false: its sectors are faulty, and were not proven in it.</summary>
[Event(typeof(SealedSectorsModule))]
public readonly partial record struct WindowDisproven([Indexed] ulong ProviderId, uint Partition, ulong Period, UInt256 Sectors);

/// <summary>No committee came to a word about a window: it is not paid, and nobody is punished.</summary>
[Event(typeof(SealedSectorsModule))]
public readonly partial record struct WindowNotCounted([Indexed] ulong ProviderId, uint Partition, ulong Period, UInt256 Sectors);

/// <summary>A penalty was taken; what could not be paid is debt.</summary>
[Event]
public readonly partial record struct PenaltyCharged(
    [Indexed] ulong ProviderId, SectorPenalty Reason, uint Sectors, Amount Penalty, Amount Paid);

/// <summary>Debt was paid.</summary>
[Event(typeof(SealedSectorsModule))]
public readonly partial record struct DebtRepaid([Indexed] ulong ProviderId, Amount Amount, Amount Left);

/// <summary>A sector's end moved away.</summary>
[Event(typeof(SealedSectorsModule))]
public readonly partial record struct SectorExtended([Indexed] ulong ProviderId, [Indexed] ulong Sector, ulong Expiration);

/// <summary>A provider's proven bytes changed.</summary>
[Event(typeof(SealedSectorsModule))]
public readonly partial record struct PowerChanged([Indexed] ulong ProviderId, UInt128 Before, UInt128 After);

/// <summary>Rewards were claimed: a part at once, the rest by the day.</summary>
[Event(typeof(SealedSectorsModule))]
public readonly partial record struct RewardClaimed([Indexed] ulong ProviderId, Amount Liquid, Amount Vesting);

/// <summary>A part of what a provider's power earned burned: it served badly.</summary>
[Event(typeof(SealedSectorsModule))]
public readonly partial record struct RewardForgone([Indexed] ulong ProviderId, Amount Amount);

/// <summary>Free funds came in or went out.</summary>
[Event(typeof(SealedSectorsModule))]
public readonly partial record struct SealerFunded([Indexed] ulong ProviderId, Amount Added, Amount Withdrawn);

/// <summary>A day's demand has its share of new coins.</summary>
[Event(typeof(SealedSectorsModule))]
public readonly partial record struct DemandShared([Indexed] ulong Day, Amount Pool, Amount Burned);

/// <summary>Somebody was paid for the fees it burned in a day.</summary>
[Event(typeof(SealedSectorsModule))]
public readonly partial record struct DemandClaimed([Indexed] ulong Day, [Indexed] Address Account, Amount Burned, Amount Paid);

/// <summary>Why a provider pays.</summary>
public enum SectorPenalty : byte
{
    /// <summary>A promised sector was not proven in time.</summary>
    NotProven = 0,

    /// <summary>Sectors were faulty when their window closed.</summary>
    Fault = 1,

    /// <summary>Sectors were given up before their end.</summary>
    Termination = 2,

    /// <summary>A proof was shown to be false.</summary>
    Fraud = 3,
}
