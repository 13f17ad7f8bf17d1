using DePinChain.Modules.Sdk;
using DePinChain.Primitives;
using static DePinChain.Modules.Sdk.Guard;

namespace DePinChain.Modules.Storage;

/// <summary>Deals that keep one thing together, and what a client pays whoever replaces one that failed.</summary>
[ModulePart]
internal sealed partial class ReplicaSets(ModuleState state)
{
    [Slot(80)] private partial Sequence Ids { get; }
    [Slot(81)] private partial Map<ulong, ReplicaSetRecord> Records { get; }

    public ulong Last => Ids.Last;

    public ReplicaSetRecord Get(ulong set)
    {
        Require(Records.TryGet(set, out ReplicaSetRecord? record), new UnknownReplicaSet(set));
        return record;
    }

    public bool TryGet(ulong set, out ReplicaSetRecord? record) => Records.TryGet(set, out record);

    public ulong Add(ReplicaSetRecord record)
    {
        ulong id = Ids.Next();
        Records[id] = record;
        return id;
    }

    public void Save(ulong set, ReplicaSetRecord record) => Records[set] = record;

    public void Remove(ulong set) => Records.Remove(set);
}

/// <summary>A set of shards or copies, each in a deal of its own.</summary>
/// <param name="Client">Whose.</param>
/// <param name="Needed">So many shards restore the whole.</param>
/// <param name="Coding">keccak of how shards are made.</param>
/// <param name="Bounty">DPN for each repair.</param>
/// <param name="Pot">What is locked of the client for repairs.</param>
/// <param name="Repairing">Bit i: shard i is being repaired, its bounty not paid yet.</param>
/// <param name="Deals">The deal of each shard.</param>
public sealed record ReplicaSetRecord(
    Address Client, byte Needed, Hash256 Coding, Amount Bounty, Amount Pot, uint Repairing,
    [Limit(StorageMarketPolicy.ShardsMax)] ulong[] Deals);

/// <summary>What a client allows when a deal comes to its end.</summary>
/// <param name="Blocks">How many more.</param>
/// <param name="PriceMax">At most so much for a block.</param>
public readonly record struct RenewalRecord(ulong Blocks, UInt128 PriceMax);
