using DePinChain.Primitives;
using DePinChain.State;

namespace DePinChain.Mempool;

/// <summary>What the pool knows of the chain: swapped as a whole at each commit.</summary>
/// <param name="Number">Height of the last committed block.</param>
/// <param name="NextBaseFee">Wei per gas of the block after it.</param>
/// <param name="GasLimit">Of the last committed block.</param>
/// <param name="State">State after it. Used inside the pool's lock only: it may be disposed once the pool has taken the next head.</param>
public sealed record PoolHead(ulong Number, UInt256 NextBaseFee, ulong GasLimit, IStateReader State);
