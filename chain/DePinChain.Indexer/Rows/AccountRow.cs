using DePinChain.Primitives;

namespace DePinChain.Indexer.Rows;

/// <summary>An account that money or a transaction has touched.</summary>
public sealed class AccountRow
{
    public required Address Address { get; init; }

    /// <summary>What it had in block 0, in wei: where its ledger begins.</summary>
    public required UInt128 Opening { get; init; }

    /// <summary>Wei: what its ledger adds up to.</summary>
    public required UInt128 Balance { get; set; }

    /// <summary>Transactions that it sent.</summary>
    public required long Sent { get; set; }

    /// <summary>The block in which it was first seen.</summary>
    public required long FirstBlock { get; init; }

    public required long LastBlock { get; set; }
}
