using DePinChain.Indexer.Rows;

namespace DePinChain.Indexer.Store;

/// <summary>The rows of consecutive blocks, written in one database transaction together with how far that brings the index.</summary>
public sealed class IndexBatch
{
    public List<BlockRow> Blocks { get; } = [];

    public List<TransactionRow> Transactions { get; } = [];

    public List<EventRow> Events { get; } = [];

    public List<AccountEventRow> AccountEvents { get; } = [];

    public List<AccountTransactionRow> AccountTransactions { get; } = [];

    public List<ObjectEventRow> ObjectEvents { get; } = [];

    public List<WordRow> Words { get; } = [];

    public List<EntryRow> Entries { get; } = [];

    public List<ValidatorSetRow> ValidatorSets { get; } = [];

    /// <summary>As they are after the batch.</summary>
    public SortedDictionary<Primitives.Address, AccountRow> Accounts { get; } = [];

    /// <inheritdoc cref="Accounts"/>
    public SortedDictionary<long, PeriodRow> Periods { get; } = [];

    public List<FaultRow> Faults { get; } = [];

    public required MarkRow Before { get; init; }

    public MarkRow After { get; set; } = MarkRow.Nothing;
}
