using System.Buffers.Binary;
using DePinChain.Modules.Sdk;
using DePinChain.Primitives;
using static DePinChain.Modules.Sdk.Guard;

namespace DePinChain.Modules.Subnets;

/// <content>Child keys: whoever has stake behind a hotkey that does not validate in a subnet lends its weight to some that do.</content>
public sealed partial class SubnetsModule
{
    /// <summary>
    /// Names the hotkeys to which a hotkey lends parts of its stake's weight in one subnet, in the place of those it had; none takes all
    /// back. It takes effect after the delay. The stake stays where it is.
    /// </summary>
    /// <param name="call">The hotkey's owner.</param>
    /// <param name="netuid">The subnet.</param>
    /// <param name="hotkey">The parent; it needs no place in the subnet.</param>
    /// <param name="children">28 bytes each: proportion of 2^64 − 1, and child.</param>
    /// <returns>The block from which on it weighs.</returns>
    [Function]
    public ulong SetChildren(
        Call call, uint netuid, Address hotkey, [Limit(SubnetsPolicy.ChildrenMax * SubnetsPolicy.ChildSize)] byte[] children)
    {
        _registry.Get(netuid);
        HotkeyRecord record = _pools.Get(hotkey);
        Require(record.Owner == call.Sender, new NotHotkeyOwner(record.Owner, call.Sender));
        Require(children.Length % SubnetsPolicy.ChildSize == 0, new MalformedChildren((uint)children.Length));
        Amount least = SubnetsPolicy.ParentStakeMin;
        Require(children.Length == 0 || record.Value >= least, new ParentStakeTooSmall(least, record.Value));
        Address parent = _pools.PoolOf(hotkey);
        KinLink[] links = Read(parent, children);
        UInt128 sum = 0;
        for (int i = 0; i < links.Length; i++)
        {
            Address child = links[i].Child;
            bool isValid = child != hotkey && links[i].Proportion > 0 && _pools.TryGet(child, out _);
            for (int other = 0; other < i; other++) isValid &= links[other].Child != _pools.PoolOf(child);
            Require(isValid, new InvalidChild(child));
            sum += links[i].Proportion;

            // Under its pool's first hotkey: an exchange in the meantime moves nothing.
            links[i] = links[i] with { Child = _pools.PoolOf(child) };
        }

        Require(sum <= ulong.MaxValue, new ProportionOverflow());
        _kin.Check(netuid, parent, links);
        ulong dueAt = call.Block.Number + Math.Max(1, Rules.Value.ChildDelay);
        _kin.Plan(netuid, parent, Write(links), dueAt);
        _logs.Emit(new ChildrenPlanned(netuid, hotkey, children, dueAt));
        return dueAt;
    }

    /// <summary>Lets go of a parent, at once: nobody need validate with stake it does not want.</summary>
    /// <param name="call">The child's owner.</param>
    /// <param name="netuid">The subnet.</param>
    /// <param name="hotkey">The child.</param>
    /// <param name="parent">The parent.</param>
    [Function]
    public void DropParent(Call call, uint netuid, Address hotkey, Address parent)
    {
        _registry.Get(netuid);
        HotkeyRecord record = _pools.Get(hotkey);
        Require(record.Owner == call.Sender, new NotHotkeyOwner(record.Owner, call.Sender));
        Require(_kin.Cut(netuid, _pools.PoolOf(parent), _pools.PoolOf(hotkey)), new NotParent(parent, hotkey));
        _logs.Emit(new ParentDropped(netuid, hotkey, parent));
    }

    /// <summary>Sets what a hotkey keeps of dividends that parents of other owners earn by it: down at once, up seldom.</summary>
    /// <param name="call">The hotkey's owner.</param>
    /// <param name="netuid">The subnet.</param>
    /// <param name="hotkey">The child.</param>
    /// <param name="take">Of 65,535; at most 18 %.</param>
    [Function]
    public void SetChildTake(Call call, uint netuid, Address hotkey, ushort take)
    {
        _registry.Get(netuid);
        HotkeyRecord record = _pools.Get(hotkey);
        Require(record.Owner == call.Sender, new NotHotkeyOwner(record.Owner, call.Sender));
        Require(take <= SubnetsPolicy.TakeMax, new TakeTooHigh(SubnetsPolicy.TakeMax, take));
        Address child = _pools.PoolOf(hotkey);
        KinTake had = _kin.TakeOf(netuid, child);
        ulong raisedAt = had.RaisedAt;
        if (take > had.Take)
        {
            ulong allowedAt = had.RaisedAt + Rules.Value.TakeDelay;
            Require(had.RaisedAt == 0 || call.Block.Number >= allowedAt, new TakeRaisedRecently(allowedAt));
            raisedAt = call.Block.Number;
        }

        _kin.SaveTake(netuid, child, new KinTake(take, raisedAt));
        _logs.Emit(new ChildTakeSet(netuid, hotkey, take));
    }

    /// <summary>All links between hotkeys in a subnet: whose stake weighs for whom, and how much of it.</summary>
    /// <param name="netuid">The subnet.</param>
    [Function]
    public KinLink[] Kin(uint netuid)
    {
        KinLink[] links = _kin.LinksOf(netuid);
        for (int i = 0; i < links.Length; i++)
            links[i] = links[i] with { Parent = _pools.CurrentOf(links[i].Parent), Child = _pools.CurrentOf(links[i].Child) };
        return links;
    }

    /// <summary>The children that wait to become a hotkey's.</summary>
    /// <param name="netuid">The subnet.</param>
    /// <param name="hotkey">The parent.</param>
    [Function]
    public KinChange PlannedChildren(uint netuid, Address hotkey)
    {
        KinChange change = _kin.ChangeOf(netuid, _pools.PoolOf(hotkey));
        return change with { Parent = hotkey, Children = Shown(change) };
    }

    /// <summary>What a hotkey keeps of dividends that parents of other owners earn by it.</summary>
    /// <param name="netuid">The subnet.</param>
    /// <param name="hotkey">The child.</param>
    [Function]
    public KinTake ChildTake(uint netuid, Address hotkey) => _kin.TakeOf(netuid, _pools.PoolOf(hotkey));

    private static KinLink[] Read(Address parent, ReadOnlySpan<byte> children)
    {
        var links = new KinLink[children.Length / SubnetsPolicy.ChildSize];
        for (int i = 0; i < links.Length; i++)
        {
            ReadOnlySpan<byte> at = children.Slice(i * SubnetsPolicy.ChildSize, SubnetsPolicy.ChildSize);
            links[i] = new KinLink(parent, new Address(at[sizeof(ulong)..]), BinaryPrimitives.ReadUInt64BigEndian(at));
        }

        return links;
    }

    private static byte[] Write(KinLink[] links)
    {
        byte[] children = new byte[links.Length * SubnetsPolicy.ChildSize];
        for (int i = 0; i < links.Length; i++)
        {
            Span<byte> at = children.AsSpan(i * SubnetsPolicy.ChildSize, SubnetsPolicy.ChildSize);
            BinaryPrimitives.WriteUInt64BigEndian(at, links[i].Proportion);
            links[i].Child.CopyTo(at[sizeof(ulong)..]);
        }

        return children;
    }

    // Children as their hotkeys are called now.
    private byte[] Shown(in KinChange change)
    {
        KinLink[] links = Read(change.Parent, change.Children);
        for (int i = 0; i < links.Length; i++) links[i] = links[i] with { Child = _pools.CurrentOf(links[i].Child) };
        return Write(links);
    }

    // The delay is over. What was right when it was planned may not be any more: then the hotkey keeps the children it has.
    private void TakeChildren(ulong id)
    {
        if (!_kin.TryTake(id, out KinChange change) || !_registry.TryGet(change.Netuid, out _)) return;
        Address hotkey = _pools.CurrentOf(change.Parent);
        KinLink[] links = Read(change.Parent, change.Children);
        FaultCode? fault = _runner.Attempt(
            () =>
            {
                _kin.Check(change.Netuid, change.Parent, links);
                _kin.Set(change.Netuid, change.Parent, links);
            },
            out _);
        if (fault is null) _logs.Emit(new ChildrenSet(change.Netuid, hotkey, Shown(change)));
        else _logs.Emit(new ChildrenRefused(change.Netuid, hotkey));
    }
}
