using System.Buffers.Binary;
using DePinChain.Modules.Sdk;
using DePinChain.Primitives;
using static DePinChain.Modules.Sdk.Guard;

namespace DePinChain.Modules.Subnets;

/// <summary>Child keys: hotkeys to which others lend a part of their stake's weight in one subnet.</summary>
/// <remarks>
/// Parents and children are named by their pools' first hotkeys, so that exchanging a hotkey changes nothing here. All links of a subnet
/// are one body: an epoch reads it once. Source: subtensor, <c>staking/set_children.rs</c>.
/// </remarks>
[ModulePart]
internal sealed partial class KinBook(ModuleState state)
{
    private const int LinkSize = (2 * Address.Size) + sizeof(ulong);

    [Slot(50)] private partial BlobMap<ulong, byte[]> Links { get; }
    [Slot(51)] private partial Sequence Ids { get; }
    [Slot(52)] private partial Map<ulong, KinChange> Changes { get; }
    [Slot(53)] private partial Map<(ulong Net, Address Parent), ulong> Latest { get; }
    [Slot(54)] private partial Schedule<ulong> Waiting { get; }
    [Slot(55)] private partial Map<(ulong Net, Address Child), KinTake> Takes { get; }

    /// <summary>Changes by the block they take effect at.</summary>
    public Schedule<ulong> Schedule => Waiting;

    public KinTake TakeOf(ulong net, Address child) => Takes.TryGet((net, child), out KinTake take) ? take : default;

    public void SaveTake(ulong net, Address child, in KinTake take) => Takes[(net, child)] = take;

    /// <summary>All links of a subnet, in the order they were made.</summary>
    public KinLink[] LinksOf(ulong net)
    {
        if (!Links.TryGet(net, out byte[]? body)) return [];
        var links = new KinLink[body.Length / LinkSize];
        for (int i = 0; i < links.Length; i++)
        {
            ReadOnlySpan<byte> at = body.AsSpan(i * LinkSize, LinkSize);
            links[i] = new KinLink(
                new Address(at[..Address.Size]), new Address(at[Address.Size..(2 * Address.Size)]),
                BinaryPrimitives.ReadUInt64BigEndian(at[(2 * Address.Size)..]));
        }

        return links;
    }

    /// <summary>Plans the children of a hotkey; what was planned before and still waits is dropped.</summary>
    public void Plan(ulong net, Address parent, byte[] children, ulong dueAt)
    {
        ulong id = Ids.Next();
        Changes[id] = new KinChange((uint)net, parent, dueAt, children);
        Latest[(net, parent)] = id;
        Waiting.Add(dueAt, id);
    }

    /// <summary>What waits to become a hotkey's children.</summary>
    public KinChange ChangeOf(ulong net, Address parent) =>
        Changes.TryGet(Latest[(net, parent)], out KinChange change) ? change : new KinChange((uint)net, parent, 0, []);

    /// <summary>Takes a planned change out; false when a later one has taken its place.</summary>
    public bool TryTake(ulong id, out KinChange change)
    {
        change = Changes[id];
        Changes.Remove(id);
        (ulong, Address) key = (change.Netuid, change.Parent);
        if (Latest[key] != id) return false;
        Latest.Remove(key);
        return true;
    }

    /// <summary>Why a hotkey may not have these children now; the rules are asked again when a change takes effect.</summary>
    public void Check(ulong net, Address parent, KinLink[] children)
    {
        KinLink[] links = LinksOf(net);
        int others = 0;
        foreach (KinLink link in links) others += link.Parent == parent ? 0 : 1;
        int most = SubnetsPolicy.LinksMax;
        Require(others + children.Length <= most, new TooManyLinks((uint)net, (uint)most));
        foreach (KinLink child in children)
        {
            foreach (KinLink link in links) Require(link.Parent != child.Child || link.Child != parent, new ChildIsParent(child.Child));
        }
    }

    /// <summary>Puts these children in the place of a hotkey's.</summary>
    public void Set(ulong net, Address parent, KinLink[] children)
    {
        List<KinLink> links = [];
        foreach (KinLink link in LinksOf(net))
        {
            if (link.Parent != parent) links.Add(link);
        }

        links.AddRange(children);
        Save(net, links);
    }

    /// <summary>Removes one link; false when there is none.</summary>
    public bool Cut(ulong net, Address parent, Address child)
    {
        List<KinLink> links = [];
        KinLink[] old = LinksOf(net);
        foreach (KinLink link in old)
        {
            if (link.Parent != parent || link.Child != child) links.Add(link);
        }

        if (links.Count == old.Length) return false;
        Save(net, links);
        return true;
    }

    /// <summary>Forgets a subnet that is gone. What still waits for it finds it gone.</summary>
    public void Forget(ulong net) => Links.Remove(net);

    private void Save(ulong net, List<KinLink> links)
    {
        if (links.Count == 0)
        {
            Links.Remove(net);
            return;
        }

        byte[] body = new byte[links.Count * LinkSize];
        for (int i = 0; i < links.Count; i++)
        {
            Span<byte> at = body.AsSpan(i * LinkSize, LinkSize);
            links[i].Parent.CopyTo(at);
            links[i].Child.CopyTo(at[Address.Size..]);
            BinaryPrimitives.WriteUInt64BigEndian(at[(2 * Address.Size)..], links[i].Proportion);
        }

        Links[net] = body;
    }
}
