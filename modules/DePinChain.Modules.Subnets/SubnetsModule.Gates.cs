using DePinChain.Modules.Sdk;
using DePinChain.Primitives;

namespace DePinChain.Modules.Subnets;

/// <content>What modules below ask: places, and gates that keep a miner's incentive from it.</content>
public sealed partial class SubnetsModule
{
    /// <inheritdoc/>
    public Address OwnerOf(uint netuid) => _registry.Get(netuid).Owner;

    /// <inheritdoc/>
    public bool Exists(uint netuid) => _registry.TryGet(netuid, out _);

    /// <inheritdoc/>
    public bool IsSeated(uint netuid, Address hotkey) => Exists(netuid) && _registry.TryFind(netuid, hotkey, out _);

    /// <inheritdoc/>
    public Address ColdkeyOf(Address hotkey) => _pools.TryGet(hotkey, out HotkeyRecord record) ? record.Owner : hotkey;

    /// <inheritdoc/>
    public void Gate(uint netuid, Address hotkey)
    {
        if (!_registry.TryGet(netuid, out SubnetRecord subnet) || !_registry.TryFind(netuid, hotkey, out _)) return;
        ulong epoch = subnet.EpochIndex;
        _evidence.Gate(netuid, hotkey, epoch);
        _logs.Emit(new IncentiveGated(netuid, hotkey, epoch));
    }

    /// <inheritdoc/>
    public void Judge(uint netuid, bool passed)
    {
        if (_registry.TryGet(netuid, out SubnetRecord subnet)) _gauge.Judge(netuid, subnet.EpochIndex, passed);
    }

    /// <summary>Whether a miner's incentive is taken in the epoch that runs next.</summary>
    [Function]
    public bool IsGated(uint netuid, Address hotkey) => _evidence.IsGated(netuid, hotkey, _registry.Get(netuid).EpochIndex);
}
