using DePinChain.Primitives;

namespace DePinChain.Indexer.Rows;

/// <summary>A finalized block.</summary>
public sealed class BlockRow
{
    public required long Number { get; init; }

    public required Hash256 Hash { get; init; }

    public required Hash256 ParentHash { get; init; }

    /// <summary>Unix seconds.</summary>
    public required long Timestamp { get; init; }

    /// <summary>The proposer's signing address.</summary>
    public required Address Proposer { get; init; }

    /// <summary>The round in which the block before this one was decided; the certificate that chose it is the one in this
    /// block.</summary>
    public required int ParentRound { get; init; }

    /// <summary>Who signed the block before this one: bit i of the set that decided it, least significant first.</summary>
    public required byte[] ParentSigners { get; init; }

    /// <summary>Transactions of people; the system's own is not one.</summary>
    public required int Transactions { get; init; }

    public required int Events { get; init; }

    public required long GasUsed { get; init; }

    public required long GasLimit { get; init; }

    /// <summary>Wei per gas.</summary>
    public required UInt128 BaseFee { get; init; }

    /// <summary>Bytes of its Ethereum form.</summary>
    public required int Size { get; init; }

    /// <summary>New wei.</summary>
    public required UInt128 Minted { get; init; }

    /// <summary>Destroyed wei, the base fees included.</summary>
    public required UInt128 Burned { get; init; }

    /// <summary>Of the destroyed wei, the base fees.</summary>
    public required UInt128 FeesBurned { get; init; }

    /// <summary>Priority fees.</summary>
    public required UInt128 Tips { get; init; }

    /// <summary>All wei after this block.</summary>
    public required UInt128 Supply { get; init; }
}
