using DePinChain.Modules.Sdk;
using DePinChain.Primitives;
using static DePinChain.Modules.Sdk.Guard;

namespace DePinChain.Modules.Compute;

/// <summary>Clusters, their rosters and members, what is to be done with them and when, and the money that is held for them.</summary>
[ModulePart]
internal sealed partial class ClusterBook(ModuleState state)
{
    [Slot(20)] private partial Sequence Ids { get; }
    [Slot(21)] private partial Map<ulong, ClusterRecord> Records { get; }
    [Slot(22)] private partial BlobMap<ulong, Roster> Rosters { get; }
    [Slot(23)] private partial Map<Hash256, MemberRecord> Members { get; }
    [Slot(24)] private partial Map<Hash256, MeshPoint> Points { get; }
    [Slot(25)] private partial Map<Hash256, ulong> Heard { get; }
    [Slot(26)] private partial Set<ulong> LiveIds { get; }
    [Slot(27)] private partial Schedule<ClusterStep> Agenda { get; }
    [Slot(28)] private partial Map<uint, UInt128> Held { get; }
    [Slot(29)] private partial Map<uint, UInt128> FeesIn { get; }

    public ulong Last => Ids.Last;

    public Set<ulong> Live => LiveIds;

    public Schedule<ClusterStep> Steps => Agenda;

    public ulong NextId() => Ids.Next();

    public ClusterRecord? Find(ulong cluster) => Records.TryGet(cluster, out ClusterRecord? record) ? record : null;

    public ClusterRecord Get(ulong cluster)
    {
        Require(Records.TryGet(cluster, out ClusterRecord? record), new UnknownCluster(cluster));
        return record;
    }

    public ClusterRecord Get(ulong cluster, ClusterState state)
    {
        ClusterRecord record = Get(cluster);
        Require(record.State == state, new WrongClusterState(cluster, record.State));
        return record;
    }

    public void Add(ulong cluster, ClusterRecord record, Roster roster)
    {
        Records[cluster] = record;
        Rosters[cluster] = roster;
        LiveIds.Add(cluster);
    }

    public void Save(ulong cluster, ClusterRecord record) => Records[cluster] = record;

    public void End(ulong cluster, ClusterRecord record)
    {
        Records[cluster] = record;
        LiveIds.Remove(cluster);
    }

    public RosterEntry[] RosterOf(ulong cluster) => Rosters[cluster].Entries;

    /// <summary>A device's place, when it has one in this cluster.</summary>
    public MemberRecord MemberOf(ulong cluster, Hash256 device)
    {
        MemberRecord member = Members.GetOr(device, default);
        return member.Cluster == cluster ? member : default;
    }

    public MemberRecord MemberOf(Hash256 device) => Members.GetOr(device, default);

    public void Save(Hash256 device, in MemberRecord member) => Members[device] = member;

    public void Remove(Hash256 device)
    {
        Members.Remove(device);
        Heard.Remove(device);
        Points.Remove(device);
    }

    public MeshPoint PointOf(Hash256 device) => Points.GetOr(device, default);

    public void Save(Hash256 device, in MeshPoint point) => Points[device] = point;

    public ulong HeardAt(Hash256 device) => Heard[device];

    public void Hear(Hash256 device, ulong now) => Heard[device] = now;

    /// <summary>Money of all clusters in a token, fees included.</summary>
    public UInt128 HeldIn(uint token) => Held[token];

    public void Hold(uint token, UInt128 amount) => Held[token] += amount;

    public void LetGo(uint token, UInt128 amount) => Held[token] -= amount;

    public UInt128 FeesOf(uint token) => FeesIn[token];

    public void AddFee(uint token, UInt128 amount) => FeesIn[token] += amount;

    public void TakeFees(uint token, UInt128 amount)
    {
        FeesIn[token] -= amount;
        Held[token] -= amount;
    }
}
