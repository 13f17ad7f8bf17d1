using DePinChain.Primitives;

namespace DePinChain.Modules.Compute;

/// <summary>A module below that follows what becomes of orders: packets, which answer those who ordered from another network.</summary>
public interface IOrderWatcher
{
    /// <summary>
    /// An order has its lease, or is over without one. Runs inside of what decided it, in a transaction or a block's start: bounded.
    /// </summary>
    /// <param name="order">The order.</param>
    /// <param name="lease">Its lease; zero when it has none.</param>
    /// <param name="reason">Why it has none, as <see cref="CloseReason"/> numbers it.</param>
    /// <param name="now">This block.</param>
    void Decided(Hash256 order, Hash256 lease, uint reason, ulong now);
}

/// <summary>
/// Who follows the orders: filled while the catalog makes the modules, before anything runs, and the same in every scope.
/// </summary>
public sealed class OrderWatchers
{
    private readonly List<IOrderWatcher> _watchers = [];

    /// <summary>Adds a watcher; they are told in this order.</summary>
    public void Add(IOrderWatcher watcher) => _watchers.Add(watcher);

    internal void Tell(Hash256 order, Hash256 lease, uint reason, ulong now)
    {
        foreach (IOrderWatcher watcher in _watchers) watcher.Decided(order, lease, reason, now);
    }
}
