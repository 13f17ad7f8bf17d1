using DePinChain.Primitives;

namespace DePinChain.Indexer.Rows;

/// <summary>A log, decoded by its module's ABI.</summary>
public sealed class EventRow
{
    /// <summary><see cref="RowId"/> of its block and its number in it.</summary>
    public required long Id { get; init; }

    /// <summary><see cref="RowId"/> of its transaction; number 0 is the system's own.</summary>
    public required long TransactionId { get; init; }

    public required Address Emitter { get; init; }

    /// <summary>Whose event it is; empty when no module declares it.</summary>
    public required string Module { get; init; }

    /// <summary>Its name, or its first topic in hex.</summary>
    public required string Name { get; init; }

    /// <summary>Its values by name as a JSON object; numbers are decimal strings.</summary>
    public required string Arguments { get; init; }
}

/// <summary>An account that an event names.</summary>
public sealed class AccountEventRow
{
    public required Address Account { get; init; }

    public required long EventId { get; init; }
}

/// <summary>An account that a transaction is from, to, or names in an event.</summary>
public sealed class AccountTransactionRow
{
    public required Address Account { get; init; }

    public required long TransactionId { get; init; }
}

/// <summary>An object that an event names: deal 7, netuid 2, order 0x….</summary>
public sealed class ObjectEventRow
{
    public required string Module { get; init; }

    /// <summary>The parameter that names it, as the ABI spells it.</summary>
    public required string Parameter { get; init; }

    /// <summary>Decimal, or hex with 0x.</summary>
    public required string Value { get; init; }

    public required long EventId { get; init; }
}

/// <summary>A text that an event carries, for the search: folded to lower case, without invisible characters.</summary>
public sealed class WordRow
{
    public const int LengthMax = 64;

    public required string Word { get; init; }

    public required string Parameter { get; init; }

    public required long EventId { get; init; }
}
