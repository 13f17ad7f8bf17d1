using DePinChain.Client;
using DePinChain.Indexer.Decoding;
using DePinChain.Indexer.Following;
using DePinChain.Indexer.Rows;
using DePinChain.Indexer.Store;

namespace DePinChain.Explorer.Chain;

/// <summary>The chain that the pages show: its identity, its index, and the node that is asked for state.</summary>
public sealed class LiveChain(ChainIdentity identity, IndexStore store, Follower follower, JsonRpcConnection node)
{
    public ChainIdentity Identity => identity;

    public IndexStore Store => store;

    public Follower Follower => follower;

    public JsonRpcConnection Node => node;

    public ModuleCodec Codec => follower.Codec;

    /// <summary>The block that pages speak of: the last one indexed.</summary>
    public MarkRow Mark => follower.Status.Mark;
}
