using DePinChain.Blocks;
using DePinChain.Engine;
using DePinChain.Rpc;
using Microsoft.Extensions.Logging;

namespace DePinChain.Node;

/// <summary>Puts the JSON-RPC server over a node's parts.</summary>
internal static class RpcComposition
{
    public static JsonRpcServer Compose(
        GenesisDocument genesis,
        ValidatorNode node,
        INodeControl control,
        LocalClock clock,
        PeerWire? wire,
        RpcOptions options)
    {
        ChainView chain = new(node.Stores.Archive, node.Feed, node.Stores.State, node.Pool, node.Executor);
        NodeStatus status = new(genesis, node, wire, clock.NowMs / 1000);
        RpcServices services = new(chain, genesis, status, control, node.Keep)
        {
            Blobs = node.Blobs is { } blobs ? new NodeBlobs(blobs, () => node.Chain.Head.Number) : null,
        };

        // The server's own log is empty unless something breaks: what a person wants to see is in the console report.
        return new JsonRpcServer(services, options, LoggerFactory.Create(logging => logging.SetMinimumLevel(LogLevel.Error)));
    }
}
