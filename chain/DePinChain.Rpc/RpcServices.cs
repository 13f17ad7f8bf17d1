using DePinChain.Blocks;

namespace DePinChain.Rpc;

/// <summary>Everything the server serves; the node puts it together.</summary>
/// <param name="Chain">What methods read.</param>
/// <param name="Genesis">The network.</param>
/// <param name="Status">What the node says of itself.</param>
/// <param name="Control">What an operator on this machine may ask for.</param>
/// <param name="Journal">
/// Keeps an accepted transaction over a restart; called before its hash is told, on the caller's thread, by many at once.
/// </param>
public sealed record RpcServices(
    ChainView Chain, GenesisDocument Genesis, INodeStatus Status, INodeControl Control, Action<Transaction> Journal);
