using DePinChain.Primitives;

namespace DePinChain.Indexer.Rows;

/// <summary>How far the index is: one row, written in the same database transaction as the blocks it speaks of.</summary>
public sealed class MarkRow
{
    public const int OnlyId = 1;

    public int Id { get; init; } = OnlyId;

    /// <summary>The last block; -1 before block 0.</summary>
    public required long Height { get; init; }

    public required Hash256 Hash { get; init; }

    public required long Timestamp { get; init; }

    public required long Transactions { get; init; }

    public required long Events { get; init; }

    public required long Accounts { get; init; }

    /// <summary>All wei ever minted.</summary>
    public required UInt128 Minted { get; init; }

    /// <summary>All wei ever destroyed.</summary>
    public required UInt128 Burned { get; init; }

    public required UInt128 Supply { get; init; }

    public static MarkRow Nothing { get; } = new()
    {
        Height = -1,
        Hash = Hash256.Zero,
        Timestamp = 0,
        Transactions = 0,
        Events = 0,
        Accounts = 0,
        Minted = 0,
        Burned = 0,
        Supply = 0,
    };
}

/// <summary>The set of validators that decides blocks from a height on.</summary>
public sealed class ValidatorSetRow
{
    public required long FromBlock { get; init; }

    /// <summary>48 bytes each, ascending by signing address: signing address, operator, power as big-endian u64.</summary>
    public required byte[] Members { get; init; }
}

/// <summary>The ledger and the node disagree: never adjusted, always shown.</summary>
public sealed class FaultRow
{
    public required long Block { get; init; }

    /// <summary>The account; zero for the supply.</summary>
    public required Address Account { get; init; }

    /// <summary>What the node says.</summary>
    public required UInt128 Expected { get; init; }

    /// <summary>What the ledger adds up to.</summary>
    public required UInt128 Found { get; init; }
}
