using DePinChain.Blocks;

namespace DePinChain.Rpc;

/// <summary>Everything the server serves; the node puts it together.</summary>
/// <param name="Chain">What methods read.</param>
/// <param name="Genesis">The network.</param>
/// <param name="Status">What the node says of itself.</param>
/// <param name="Control">What an operator on this machine may ask for.</param>
/// <param name="Keep">
/// Keeps an accepted transaction over a restart, or says why it cannot; called before its hash is told, by many threads at once.
/// </param>
public sealed record RpcServices(
    ChainView Chain, GenesisDocument Genesis, INodeStatus Status, INodeControl Control, Func<Transaction, Rejection?> Keep)
{
    /// <summary>The blobs of committees; null on a node that keeps none.</summary>
    public INodeBlobs? Blobs { get; init; }
}
