using DePinChain.Modules.Subnets.Yuma;
using DePinChain.Primitives;

namespace DePinChain.Modules.Subnets;

/// <summary>Parents and children of one subnet in one epoch: what stake weighs where, and whose the dividends are.</summary>
/// <remarks>
/// Source: subtensor, <c>get_inherited_for_hotkey_on_subnet</c> and <c>get_parent_child_dividends_distribution</c>: a proportion is
/// normalised to 32 fraction bits; a hotkey's weight is its stake less what it lends plus what it is lent, floored once; dividends are
/// split by what each contributed, and the child's take falls on other owners' parts only. Lent weight is not lent on.
/// </remarks>
internal sealed class EpochKin
{
    private readonly List<(int Child, Address Parent, UInt128 Lent)> _lent = [];
    private readonly UInt128[] _own;
    private readonly UInt128[] _toChildren;
    private readonly UInt128[] _fromParents;
    private readonly ushort[] _takes;

    private EpochKin(int uids)
    {
        _own = new UInt128[uids];
        _toChildren = new UInt128[uids];
        _fromParents = new UInt128[uids];
        _takes = new ushort[uids];
    }

    /// <summary>Reads a subnet's links, which are few: see <see cref="SubnetsPolicy.LinksMax"/>.</summary>
    public static EpochKin Load(ulong net, int uids, SubnetRegistry registry, StakePools pools, KinBook kin)
    {
        EpochKin family = new(uids);
        foreach (KinLink link in kin.LinksOf(net))
        {
            Address parent = pools.CurrentOf(link.Parent);
            UInt128 lent = (UInt128)pools.UnitsOf(parent) * SubnetsPolicy.NormOf(link.Proportion);
            if (registry.TryFind(net, parent, out ulong parentUid)) family._toChildren[parentUid] += lent;
            if (lent == 0 || !registry.TryFind(net, pools.CurrentOf(link.Child), out ulong childUid)) continue;
            family._fromParents[childUid] += lent;
            family._lent.Add(((int)childUid, parent, lent));
            family._takes[childUid] = kin.TakeOf(net, link.Child).Take;
        }

        return family;
    }

    /// <summary>What a neuron weighs: floor(own − lent to children + lent by parents).</summary>
    public ulong StakeOf(int uid, ulong own)
    {
        _own[uid] = (UInt128)own << FixedPoint.FractionBits;
        return (ulong)((Kept(uid) + _fromParents[uid]) >> FixedPoint.FractionBits);
    }

    /// <summary>Pays a neuron's dividends to it and its parents, each by what it contributed.</summary>
    /// <returns>What was paid; a pool nobody has opened takes no dust.</returns>
    public Amount Pay(int uid, Address hotkey, Amount dividends, StakePools pools)
    {
        Amount left = dividends;
        Amount paid = Amount.Zero;
        UInt128 total = Kept(uid) + _fromParents[uid];
        if (_fromParents[uid] != 0)
        {
            Address owner = pools.Get(hotkey).Owner;
            foreach ((int child, Address parent, UInt128 lent) in _lent)
            {
                if (child != uid) continue;
                Amount part = dividends.MulDiv(lent, total, Rounding.Down);
                if (pools.Get(parent).Owner != owner) part -= part.MulDiv(_takes[uid], SubnetsPolicy.Whole, Rounding.Down);
                left -= part;
                if (!part.IsZero && pools.Earn(parent, part)) paid += part;
            }
        }

        return !left.IsZero && pools.Earn(hotkey, left) ? paid + left : paid;
    }

    private UInt128 Kept(int uid) => _own[uid] > _toChildren[uid] ? _own[uid] - _toChildren[uid] : 0;
}
