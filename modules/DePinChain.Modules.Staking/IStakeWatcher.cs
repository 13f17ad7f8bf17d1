using DePinChain.Primitives;

namespace DePinChain.Modules.Staking;

/// <summary>
/// A module below that follows who has how many shares: governance, whose votes count with what their voters hold at the end.
/// </summary>
public interface IStakeWatcher
{
    /// <summary>
    /// A delegator's shares of a validator have changed. Runs inside the change, in a transaction or a block's start: bounded.
    /// </summary>
    /// <param name="delegator">Whose shares.</param>
    /// <param name="validator">Of which validator.</param>
    /// <param name="before">Its shares before.</param>
    /// <param name="after">Its shares now.</param>
    void SharesChanged(Address delegator, Address validator, UInt128 before, UInt128 after);
}

/// <summary>
/// Who follows the shares: filled while the catalog makes the modules, before anything runs, and the same in every scope.
/// </summary>
public sealed class StakeWatchers
{
    private readonly List<IStakeWatcher> _watchers = [];

    /// <summary>Adds a watcher; they are told in this order.</summary>
    public void Add(IStakeWatcher watcher) => _watchers.Add(watcher);

    internal void Tell(Address delegator, Address validator, UInt128 before, UInt128 after)
    {
        foreach (IStakeWatcher watcher in _watchers) watcher.SharesChanged(delegator, validator, before, after);
    }
}
