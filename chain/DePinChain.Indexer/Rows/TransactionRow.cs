using DePinChain.Primitives;

namespace DePinChain.Indexer.Rows;

/// <summary>A transaction of a person.</summary>
public sealed class TransactionRow
{
    /// <summary><see cref="RowId"/> of its block and place.</summary>
    public required long Id { get; init; }

    public required Hash256 Hash { get; init; }

    public required Address From { get; init; }

    public required Address To { get; init; }

    /// <summary>The module that was called; null for a plain transfer.</summary>
    public required string? Module { get; init; }

    /// <summary>The function, or the selector in hex where the module has no such function.</summary>
    public required string? Method { get; init; }

    public required bool Succeeded { get; init; }

    /// <summary>The error's name where it failed.</summary>
    public required string? Error { get; init; }

    public required UInt128 Value { get; init; }

    public required long GasUsed { get; init; }

    /// <summary>Wei per gas that was paid.</summary>
    public required UInt128 GasPrice { get; init; }

    public required long Nonce { get; init; }

    /// <summary>Unix seconds, its block's.</summary>
    public required long Timestamp { get; init; }
}
