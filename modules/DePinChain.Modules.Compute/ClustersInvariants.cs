namespace DePinChain.Modules.Compute;

/// <summary>What must always hold of clusters.</summary>
internal static class ClustersInvariants
{
    /// <summary>A live cluster never pays more than was paid for it, and has no more members than it wants.</summary>
    public static IEnumerable<string> OfCluster(ulong id, ClusterRecord cluster, IReadOnlyList<MemberRecord> members)
    {
        int ready = 0;
        UInt128 hourly = UInt128.Zero;
        foreach (MemberRecord member in members)
        {
            if (member.State == MemberState.Ready) ready++;
            if (member.State is MemberState.Ready or MemberState.Waiting) hourly += member.Hourly;
        }

        if (cluster.Spent > cluster.Held) yield return $"clusters: {id} paid {cluster.Spent} of {cluster.Held}";
        if (cluster.State is not (ClusterState.Reserved or ClusterState.Running)) yield break;
        if (ready != cluster.Ready) yield return $"clusters: {id} has {ready} members that acknowledged, not {cluster.Ready}";
        if (hourly > cluster.Hourly) yield return $"clusters: the members of {id} cost {hourly}, more than {cluster.Hourly}";
    }

    /// <summary>What clusters hold is what was paid for live ones and not spent, and the fees; and it is there.</summary>
    public static IEnumerable<string> OfMoney(uint token, UInt128 owed, UInt128 held, UInt128 balance)
    {
        if (owed != held) yield return $"clusters: {held} of token {token} is held, {owed} is owed";
        if (held > balance) yield return $"clusters: {held} of token {token} is held, {balance} is there";
    }
}
