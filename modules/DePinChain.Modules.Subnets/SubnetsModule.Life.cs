using DePinChain.Modules.Sdk;
using DePinChain.Primitives;
using static DePinChain.Modules.Sdk.Guard;

namespace DePinChain.Modules.Subnets;

/// <content>The end of a subnet: by its owner while it is young, by governance, or by a new one for which there is no room.</content>
public sealed partial class SubnetsModule : IGoverned
{
    private const uint RemoveSelector = 0x1dee929d;

    /// <summary>
    /// Ends the caller's subnet while it is young. The lock comes back less the fee; what was still to be paid out is recycled. Stake
    /// stays where it is, commitments are paid back, open challenges end as they would have.
    /// </summary>
    /// <param name="call">Its owner.</param>
    /// <param name="netuid">The subnet.</param>
    [Function]
    public void DissolveSubnet(Call call, uint netuid)
    {
        SubnetRecord subnet = Owned(call, netuid);
        ulong until = subnet.RegisteredAt + Rules.Value.NetImmunity;
        Require(call.Block.Number <= until, new SubnetEstablished(until));
        Dissolve(netuid, subnet, call.Block.Number);
    }

    /// <summary>Ends a subnet whatever its age.</summary>
    /// <param name="call">Governance.</param>
    /// <param name="netuid">The subnet.</param>
    [Function]
    public void RemoveSubnet(Call call, uint netuid)
    {
        Require(call.Sender == WellKnownAddresses.Governance, new NotGovernance(call.Sender));
        Dissolve(netuid, _registry.Get(netuid), call.Block.Number);
    }

    /// <inheritdoc/>
    public bool TakesOrder(uint selector) => selector == RemoveSelector;

    /// <summary>Which subnet would make room for a new one in this block; 0 when there is room, or none may be asked to.</summary>
    /// <param name="block">The block.</param>
    [Function]
    public uint NextToDissolve(BlockContext block)
    {
        SubnetsParameters rules = Rules.Value;
        return _registry.Alive.Count < rules.SubnetsMax ? 0 : (uint)FindDissolvable(rules, block.Number);
    }

    /// <summary>What the module holds, and for what.</summary>
    [Function]
    public HoldingsReport Holdings() => SubnetsInvariants.HoldingsOf(_registry, _pools, _evidence.Held);

    // The smallest average share, then the oldest; 0 when all are young.
    private ulong FindDissolvable(in SubnetsParameters rules, ulong now)
    {
        (ulong Average, ulong RegisteredAt, ulong Net)? least = null;
        foreach (ulong net in _registry.Alive.Page(0, (int)SubnetsPolicy.SubnetsCap))
        {
            ulong registeredAt = _registry.Get(net).RegisteredAt;
            if (now <= registeredAt + rules.NetImmunity) continue;
            var key = (_gauge.ReportOf(net).Average, registeredAt, net);
            if (least is null || key.CompareTo(least.Value) < 0) least = key;
        }

        return least?.Net ?? 0;
    }

    // Which subnet makes room for a new one; 0 when there is room.
    private ulong RoomFor(in SubnetsParameters rules, ulong now)
    {
        if (_registry.Alive.Count < rules.SubnetsMax) return 0;
        ulong net = FindDissolvable(rules, now);
        Require(net != 0, new SubnetLimitReached(rules.SubnetsMax));
        return net;
    }

    private void Dissolve(ulong net, in SubnetRecord subnet, ulong now)
    {
        Amount fee = subnet.Lock.MulDiv(Rules.Value.DissolveFee, SubnetsPolicy.Whole, Rounding.Down);
        Amount recycled = fee + _registry.PendingOf(net);
        _registry.End(net, now);
        _gauge.Forget(net);
        _kin.Forget(net);
        _bank.Transfer(Address, subnet.Owner, subnet.Lock - fee);
        _emission.Recycle(Address, recycled);
        _logs.Emit(new SubnetDissolved((uint)net, subnet.Owner, subnet.Lock - fee, recycled));
    }

    // A few places at a time, from the last one down.
    private void ClearPlaces(ulong net, ulong block)
    {
        ulong uid = _registry.RemainsOf(net);
        for (int cleared = 0; uid > 0 && cleared < SubnetsPolicy.PlacesPerBlockMax; cleared++)
        {
            uid--;
            Address hotkey = _registry.Neuron(net, uid).Hotkey;
            if (_registry.TryGetCommit(net, hotkey, out CommitRecord commit))
            {
                // It can be shown no more, which is not its hotkey's fault.
                _registry.RemoveCommit(net, hotkey);
                _pools.GiveDeposit(commit.Deposit);
                _bank.Transfer(Address, hotkey, commit.Deposit);
                _logs.Emit(new CommitmentReturned((uint)net, hotkey, commit.Deposit));
            }

            _evidence.Forget(net, uid, hotkey);
            _registry.ClearPlace(net, uid, hotkey);
        }

        _registry.GoOnClearing(net, block);
    }
}
