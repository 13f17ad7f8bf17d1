using DePinChain.Database;
using DePinChain.Ledger;
using DePinChain.State;

namespace DePinChain.Engine;

/// <summary>Where a node keeps what is decided: one database, seen as blocks and as state.</summary>
public sealed record ChainStores(IKeyValueStore Database, StateTree State, BlockArchive Archive, HeadFeed Feed) : IDisposable
{
    /// <inheritdoc/>
    public void Dispose()
    {
        State.Dispose();
        Database.Dispose();
    }
}
