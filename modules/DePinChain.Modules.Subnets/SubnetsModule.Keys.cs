using DePinChain.Modules.Sdk;
using DePinChain.Primitives;
using static DePinChain.Modules.Sdk.Guard;

namespace DePinChain.Modules.Subnets;

/// <content>A hotkey that may have leaked is exchanged for another; nothing it has is lost.</content>
public sealed partial class SubnetsModule
{
    /// <summary>
    /// Puts another hotkey in the place of one, everywhere: its places with weights, bonds and axons, the stake behind it whoever holds
    /// it, its votes, parents and children, and the owner's cut. The price is recycled; the old hotkey is never used again.
    /// </summary>
    /// <param name="call">The hotkey's owner, with <see cref="SubnetsPolicy.SwapPrice"/>.</param>
    /// <param name="hotkey">The old one.</param>
    /// <param name="next">The new one, which nobody has named before.</param>
    [Function, Payable]
    public void SwapHotkey(Call call, Address hotkey, Address next)
    {
        HotkeyRecord record = _pools.Get(hotkey);
        Require(record.Owner == call.Sender, new NotHotkeyOwner(record.Owner, call.Sender));
        Require(call.Value == SubnetsPolicy.SwapPrice, new WrongDeposit(SubnetsPolicy.SwapPrice, call.Value));
        Require(!next.IsZero, new InvalidHotkey(next));
        Require(!_pools.IsNamed(next), new HotkeyTaken(next));
        ulong now = call.Block.Number;
        ulong allowedAt = _pools.SwappedAt(hotkey) + SubnetsPolicy.SwapDelay(Rules.Value.Tempo);
        Require(_pools.SwappedAt(hotkey) == 0 || now >= allowedAt, new HotkeySwappedRecently(allowedAt));
        foreach (ulong net in _registry.Alive.Page(0, (int)SubnetsPolicy.SubnetsCap))
        {
            // A commitment names its hotkey: the new one could not open it.
            Require(!_registry.TryGetCommit(net, hotkey, out CommitRecord open), new CommitmentOpen(open.Epoch));
            ulong challenge = _evidence.OpenOf(net, hotkey);
            Require(challenge == 0, new ChallengeOpen(challenge));
            _registry.Rename(net, hotkey, next);
            _evidence.Rename(net, hotkey, next);
        }

        _pools.Rename(hotkey, next, now);
        _emission.Recycle(Address, call.Value);
        _logs.Emit(new HotkeySwapped(hotkey, next));
    }
}
