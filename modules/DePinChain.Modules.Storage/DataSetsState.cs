using DePinChain.Modules.Sdk;
using DePinChain.Primitives;

namespace DePinChain.Modules.Storage;

/// <summary>Where a data set stands.</summary>
public enum DataSetState : byte
{
    /// <summary>There is no such set.</summary>
    None = 0,

    /// <summary>It takes pieces and proves them.</summary>
    Live = 1,

    /// <summary>It missed too many periods in a row; its deals are slashed.</summary>
    Failed = 2,

    /// <summary>It is being cleaned up.</summary>
    Closing = 3,
}

/// <summary>A data set: the pieces of one provider that are challenged together.</summary>
/// <param name="Provider">Whose.</param>
/// <param name="State">Where it stands.</param>
/// <param name="WindowBlocks">Blocks in which a challenge is answered.</param>
/// <param name="SlashAfterFaults">Missed periods in a row that end it.</param>
/// <param name="InactiveBlocks">Blocks without a proof after which anybody may clean it up.</param>
/// <param name="Rent">The deposit it came with.</param>
/// <param name="Depositor">Who gets that back.</param>
/// <param name="ActiveAt">Block of the last proof, or of its creation.</param>
/// <param name="Pieces">Pieces it ever got; removed ones keep their number.</param>
/// <param name="Leaves">Leaves of the pieces that are there.</param>
/// <param name="NextPeriod">The first period that is not judged; 0 while it has no leaves.</param>
/// <param name="FaultRun">Periods missed in a row.</param>
/// <param name="Challenges">Leaves a proof shows, by its deals.</param>
/// <param name="RaisedChallenges">Leaves after a fault.</param>
/// <param name="RaisedUntil">The last period for which that holds.</param>
/// <param name="Frozen">What the last challenge draws from, when the set has changed since.</param>
public sealed record DataSetRecord(
    ulong Provider,
    DataSetState State,
    ulong WindowBlocks,
    ulong SlashAfterFaults,
    ulong InactiveBlocks,
    Amount Rent,
    Address Depositor,
    ulong ActiveAt,
    ulong Pieces,
    ulong Leaves,
    ulong NextPeriod,
    ulong FaultRun,
    ushort Challenges,
    ushort RaisedChallenges,
    ulong RaisedUntil,
    FrozenRange Frozen)
{
    /// <summary>Leaves that the proof of a period shows.</summary>
    public ushort ChallengesOf(ulong period) => period <= RaisedUntil ? Math.Max(RaisedChallenges, Challenges) : Challenges;
}

/// <summary>What a challenge draws from: the set as it was in the block before.</summary>
/// <param name="Period">Of which period.</param>
/// <param name="Pieces">Pieces there were.</param>
/// <param name="Leaves">Leaves there were.</param>
/// <param name="Challenges">Leaves the proof shows.</param>
public readonly record struct FrozenRange(ulong Period, ulong Pieces, ulong Leaves, ushort Challenges);

/// <summary>A piece of a set.</summary>
/// <param name="Root">Its root.</param>
/// <param name="Height">Its height.</param>
/// <param name="Padding">Its padding.</param>
/// <param name="Deals">The deals it serves: one, or those of the files inside an aggregate.</param>
public sealed record PieceRecord(Hash256 Root, byte Height, ulong Padding, ulong[] Deals);

/// <summary>One opened leaf.</summary>
/// <param name="Leaf">32 bytes of the piece.</param>
/// <param name="Siblings">Bottom-up, exactly as many as the piece is high.</param>
public sealed record PdpProof(Hash256 Leaf, [Limit(50)] Hash256[] Siblings);

/// <summary>What a provider has to do next.</summary>
/// <param name="Period">For which period; 0 when there is nothing.</param>
/// <param name="Opens">The first block in which the proof is taken.</param>
/// <param name="Closes">The last one.</param>
/// <param name="Leaves">Leaves the challenges draw from; final once it opens.</param>
/// <param name="Challenges">Leaves the proof shows; final once it opens.</param>
public readonly record struct PossessionDuty(ulong Period, ulong Opens, ulong Closes, ulong Leaves, ushort Challenges);
