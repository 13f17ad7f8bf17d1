using System.Buffers.Binary;
using DePinChain.Modules.Sdk;
using DePinChain.Primitives;
using static DePinChain.Modules.Sdk.Guard;

namespace DePinChain.Modules.Subnets;

/// <summary>Subnets with their neurons, weights, bonds and commitments.</summary>
[ModulePart]
internal sealed partial class SubnetRegistry(ModuleState state)
{
    [Slot(0)] private partial Sequence Ids { get; }
    [Slot(1)] private partial Map<ulong, SubnetRecord> Records { get; }
    [Slot(2)] private partial Map<ulong, SubnetRules> Choices { get; }
    [Slot(3)] private partial Map<ulong, Amount> Pending { get; }
    [Slot(4)] private partial Set<ulong> Emitters { get; }
    [Slot(5)] private partial Schedule<ulong> EpochsDue { get; }
    [Slot(6)] private partial Map<(ulong Net, ulong Uid), NeuronRecord> Neurons { get; }
    [Slot(7)] private partial Map<(ulong Net, Address Hotkey), ulong> Places { get; }
    [Slot(8)] private partial Map<(ulong Net, ulong Uid), AxonRecord> Axons { get; }
    [Slot(9)] private partial BlobMap<(ulong Net, ulong Uid), byte[]> Weights { get; }
    [Slot(10)] private partial BlobMap<(ulong Net, ulong Uid), byte[]> Bonds { get; }
    [Slot(11)] private partial BlobMap<ulong, byte[]> Vectors { get; }
    [Slot(12)] private partial Map<(ulong Net, Address Hotkey), CommitRecord> Commits { get; }
    [Slot(13)] private partial Map<(ulong Net, ulong Parameter), ulong> Changes { get; }
    [Slot(14)] private partial Item<LastLock> Locks { get; }
    [Slot(15)] private partial BlobMap<ulong, byte[]> Shares { get; }
    [Slot(16)] private partial Set<ulong> Living { get; }
    [Slot(17)] private partial Map<ulong, ulong> Remains { get; }
    [Slot(18)] private partial Schedule<ulong> Clearing { get; }

    /// <summary>The number of the last subnet; they are numbered from 1, and a number is never given again.</summary>
    public ulong Last => Ids.Last;

    /// <summary>Subnets that are not dissolved.</summary>
    public Set<ulong> Alive => Living;

    /// <summary>Dissolved subnets whose places are still to be cleared.</summary>
    public Schedule<ulong> Cleared => Clearing;

    public LastLock LastLock => Locks.GetOr(default);

    public Set<ulong> Emitting => Emitters;

    public Schedule<ulong> Epochs => EpochsDue;

    public SubnetRecord Get(ulong net)
    {
        Require(Records.TryGet(net, out SubnetRecord record), new UnknownSubnet((uint)net));
        return record;
    }

    public bool TryGet(ulong net, out SubnetRecord record) => Records.TryGet(net, out record);

    public SubnetRules RulesOf(ulong net) => Choices[net];

    public void Save(ulong net, in SubnetRecord record) => Records[net] = record;

    public void SaveRules(ulong net, in SubnetRules rules) => Choices[net] = rules;

    public ulong Create(in SubnetRecord record, in SubnetRules rules)
    {
        ulong net = Ids.Next();
        Records[net] = record;
        Choices[net] = rules;
        Living.Add(net);
        EpochsDue.Add(record.NextEpochAt, net);
        return net;
    }

    /// <summary>Ends a subnet. Its places are cleared in the blocks that follow: there may be hundreds.</summary>
    public void End(ulong net, ulong block)
    {
        Remains[net] = Records[net].Uids;
        Records.Remove(net);
        Pending.Remove(net);
        Living.Remove(net);
        Emitters.Remove(net);
        Clearing.Add(block + 1, net);
    }

    /// <summary>Places of a dissolved subnet that are not cleared yet.</summary>
    public ulong RemainsOf(ulong net) => Remains[net];

    /// <summary>Clears the last place of a dissolved subnet that is left.</summary>
    public void ClearPlace(ulong net, ulong uid, Address hotkey)
    {
        Unseat(net, uid, hotkey);
        Neurons.Remove((net, uid));
        Remains[net] = uid;
    }

    /// <summary>Goes on clearing in the next block, or forgets what is left of a dissolved subnet.</summary>
    public void GoOnClearing(ulong net, ulong block)
    {
        if (Remains[net] != 0)
        {
            Clearing.Add(block + 1, net);
            return;
        }

        Remains.Remove(net);
        Choices.Remove(net);
        Vectors.Remove(net);
        Shares.Remove(net);
        foreach (SubnetParameter parameter in Enum.GetValues<SubnetParameter>()) Changes.Remove((net, (ulong)parameter));
    }

    public Amount PendingOf(ulong net) => Pending[net];

    public void SetPending(ulong net, Amount amount) => Pending[net] = amount;

    public void Locked(Amount price, ulong block) => Locks.Value = new LastLock(price, block);

    public ulong ChangedAt(ulong net, SubnetParameter parameter) => Changes[(net, (ulong)parameter)];

    public void Changed(ulong net, SubnetParameter parameter, ulong block) => Changes[(net, (ulong)parameter)] = block;

    public NeuronRecord Neuron(ulong net, ulong uid) => Neurons[(net, uid)];

    public bool TryFind(ulong net, Address hotkey, out ulong uid)
    {
        ulong place = Places[(net, hotkey)];
        uid = place == 0 ? 0 : place - 1;
        return place != 0;
    }

    public ulong UidOf(ulong net, Address hotkey)
    {
        Require(TryFind(net, hotkey, out ulong uid), new NotRegistered((uint)net, hotkey));
        return uid;
    }

    /// <summary>Seats a neuron; whoever sat there leaves with all it had.</summary>
    public void Seat(ulong net, ulong uid, Address hotkey, ulong block)
    {
        Neurons[(net, uid)] = new NeuronRecord(hotkey, block, block);
        Places[(net, hotkey)] = uid + 1;
    }

    /// <summary>Gives what one hotkey has in a subnet to another.</summary>
    public void Rename(ulong net, Address hotkey, Address next)
    {
        if (Records.TryGet(net, out SubnetRecord subnet) && subnet.OwnerHotkey == hotkey) Records[net] = subnet with { OwnerHotkey = next };
        if (!TryFind(net, hotkey, out ulong uid)) return;
        Places.Remove((net, hotkey));
        Places[(net, next)] = uid + 1;
        Neurons[(net, uid)] = Neurons[(net, uid)] with { Hotkey = next };
    }

    public void Unseat(ulong net, ulong uid, Address hotkey)
    {
        Places.Remove((net, hotkey));
        Weights.Remove((net, uid));
        Bonds.Remove((net, uid));
        Axons.Remove((net, uid));
    }

    public bool TryGetAxon(ulong net, ulong uid, out AxonRecord axon) => Axons.TryGet((net, uid), out axon);

    public void SaveAxon(ulong net, ulong uid, in AxonRecord axon) => Axons[(net, uid)] = axon;

    /// <summary>A packed row of weights; empty when there is none.</summary>
    public byte[] WeightsOf(ulong net, ulong uid) => Weights.TryGet((net, uid), out byte[]? row) ? row : [];

    public void SaveWeights(ulong net, ulong uid, byte[] row, ulong block)
    {
        Save(Weights, net, uid, row);
        Neurons[(net, uid)] = Neurons[(net, uid)] with { UpdatedAt = block };
    }

    public byte[] BondsOf(ulong net, ulong uid) => Bonds.TryGet((net, uid), out byte[]? row) ? row : [];

    public void SaveBonds(ulong net, ulong uid, byte[] row) => Save(Bonds, net, uid, row);

    public Metagraph MetagraphOf(ulong net) => new(Vectors.TryGet(net, out byte[]? body) ? body : []);

    public void SaveMetagraph(ulong net, Metagraph metagraph) => Vectors[net] = metagraph.Body;

    /// <summary>The last epoch's exact shares: 16 bytes a uid, incentive and dividends.</summary>
    public ShareReport[] SharesOf(ulong net)
    {
        byte[] body = Shares.TryGet(net, out byte[]? kept) ? kept : [];
        var shares = new ShareReport[body.Length / 16];
        for (int uid = 0; uid < shares.Length; uid++)
        {
            ReadOnlySpan<byte> at = body.AsSpan(uid * 16, 16);
            shares[uid] = new ShareReport(
                (uint)uid, BinaryPrimitives.ReadUInt64BigEndian(at), BinaryPrimitives.ReadUInt64BigEndian(at[8..]));
        }

        return shares;
    }

    public void SaveShares(ulong net, ReadOnlySpan<ShareReport> shares)
    {
        if (shares.Length == 0) return;
        byte[] body = new byte[shares.Length * 16];
        for (int uid = 0; uid < shares.Length; uid++)
        {
            BinaryPrimitives.WriteUInt64BigEndian(body.AsSpan(uid * 16), shares[uid].Incentive);
            BinaryPrimitives.WriteUInt64BigEndian(body.AsSpan((uid * 16) + 8), shares[uid].Dividends);
        }

        Shares[net] = body;
    }

    public bool TryGetCommit(ulong net, Address hotkey, out CommitRecord commit) => Commits.TryGet((net, hotkey), out commit);

    public void SaveCommit(ulong net, Address hotkey, in CommitRecord commit) => Commits[(net, hotkey)] = commit;

    public void RemoveCommit(ulong net, Address hotkey) => Commits.Remove((net, hotkey));

    private static void Save(BlobMap<(ulong, ulong), byte[]> rows, ulong net, ulong uid, byte[] row)
    {
        if (row.Length == 0) rows.Remove((net, uid));
        else rows[(net, uid)] = row;
    }
}
