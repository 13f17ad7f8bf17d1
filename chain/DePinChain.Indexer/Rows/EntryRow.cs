using DePinChain.Primitives;

namespace DePinChain.Indexer.Rows;

/// <summary>Why money moved.</summary>
public enum EntryKind
{
    /// <summary>A transaction's value.</summary>
    Transfer = 1,

    /// <summary>A module moved it.</summary>
    Module = 2,

    /// <summary>A base fee, which is destroyed.</summary>
    BaseFee = 3,

    /// <summary>A priority fee.</summary>
    Tip = 4,

    /// <summary>New coins.</summary>
    Mint = 5,

    /// <summary>Destroyed coins other than fees.</summary>
    Burn = 6,
}

/// <summary>One side of a movement of money in one account's ledger. Every movement has two sides; the other side of what is minted or
/// destroyed is the supply, which the block's row keeps.</summary>
public sealed class EntryRow
{
    /// <summary><see cref="RowId"/> of its block and its number in it.</summary>
    public required long Id { get; init; }

    public required Address Account { get; init; }

    /// <summary>The other side; null for the supply.</summary>
    public required Address? Counterparty { get; init; }

    public required EntryKind Kind { get; init; }

    /// <summary>Whether the account got it.</summary>
    public required bool IsCredit { get; init; }

    /// <summary>Wei.</summary>
    public required UInt128 Amount { get; init; }

    /// <summary>The account's balance after it.</summary>
    public required UInt128 Balance { get; init; }

    public required long TransactionId { get; init; }

    /// <summary>The event that reported it; null for values and fees.</summary>
    public required long? EventId { get; init; }
}
