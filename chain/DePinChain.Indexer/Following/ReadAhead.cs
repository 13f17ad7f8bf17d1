using DePinChain.Client;

namespace DePinChain.Indexer.Following;

/// <summary>Consecutive blocks in batches of a few thousand transactions, each asked for while the one before is written.</summary>
/// <remarks>Where there is more than one core, the node's answer and its decoding so cost no time of their own.</remarks>
internal sealed class ReadAhead(ChainReader reader, long first, long last, CancellationToken cancellation) : IAsyncDisposable
{
    private const int TransactionsPerBatch = 4_000;

    private long _first = first;
    private int _size = ChainReader.BlocksPerRequest;
    private Task<IReadOnlyList<FetchedBlock>>? _coming;

    /// <summary>The next blocks; not called after the last.</summary>
    public async Task<IReadOnlyList<FetchedBlock>> NextAsync()
    {
        IReadOnlyList<FetchedBlock> blocks = await (_coming ?? FetchAsync());
        int transactions = blocks.Sum(block => block.Transactions.Count);
        _size = Math.Clamp(TransactionsPerBatch * blocks.Count / Math.Max(1, transactions), 1, ChainReader.BlocksPerRequest);
        _first += blocks.Count;

        // On another thread: parsing a few megabytes of JSON is work, and the writer has its own.
        _coming = _first <= last ? Task.Run(FetchAsync, cancellation) : null;
        return blocks;
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        // What was asked for and is not wanted any more may fail as it likes.
        if (_coming is not null) await ((Task)_coming).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    private async Task<IReadOnlyList<FetchedBlock>> FetchAsync()
    {
        int count = (int)Math.Min(_size, last - _first + 1);
        try
        {
            return await reader.FetchAsync(_first, count, cancellation);
        }
        catch (NodeRefusedException) when (count > 1)
        {
            return await reader.FetchAsync(_first, 1, cancellation); // too much for one answer
        }
    }
}
