using DePinChain.Primitives;

namespace DePinChain.Indexer.Following;

/// <summary>A finalized block as a node tells it.</summary>
public sealed record FetchedBlock(
    long Number,
    Hash256 Hash,
    Hash256 ParentHash,
    long Timestamp,
    Address Miner,
    long GasUsed,
    long GasLimit,
    UInt128 BaseFee,
    int Size,
    int ParentRound,
    byte[] ParentSigners,
    IReadOnlyList<FetchedTransaction> Transactions);

/// <summary>A transaction with its receipt.</summary>
public sealed record FetchedTransaction(
    Hash256 Hash,
    Address From,
    Address To,
    UInt128 Value,
    byte[] Input,
    long Nonce,
    long GasLimit,
    bool Succeeded,
    long GasUsed,
    UInt128 GasPrice,
    IReadOnlyList<FetchedLog> Logs)
{
    /// <summary>What a failed call returned.</summary>
    public byte[] RevertData { get; init; } = [];
}

/// <summary>A log.</summary>
public sealed record FetchedLog(Address Emitter, IReadOnlyList<Hash256> Topics, byte[] Values);

/// <summary>The node told something that cannot be: the index stops rather than repeat it.</summary>
public sealed class ContradictionException(string what) : Exception(what);
