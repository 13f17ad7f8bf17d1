using DePinChain.Primitives;

namespace DePinChain.Blocks;

/// <summary>The encodings of transactions that this chain accepts. Types 3 (blobs) and 4 (set code) need an EVM.</summary>
public enum TransactionType : byte
{
    /// <summary>EIP-155 signed; the form before it carries no chain id and is refused.</summary>
    Legacy = 0,

    /// <summary>EIP-2930.</summary>
    AccessList = 1,

    /// <summary>EIP-1559.</summary>
    DynamicFee = 2,
}

/// <summary>One account of an EIP-2930 access list with the storage locations named for it.</summary>
public sealed record AccessListEntry(Address Address, IReadOnlyList<Hash256> StorageKeys);

/// <summary>What a sender signs: every field of a transaction but the signature.</summary>
public sealed record UnsignedTransaction
{
    public TransactionType Type { get; init; } = TransactionType.DynamicFee;

    /// <summary>Null only in the system transaction, which nobody signs.</summary>
    public required ulong? ChainId { get; init; }

    public required ulong Nonce { get; init; }

    /// <summary>Most wei per gas the sender pays; the gas price in types 0 and 1.</summary>
    public required UInt256 MaxFeePerGas { get; init; }

    /// <summary>Most wei per gas above the base fee; ignored in types 0 and 1, where the gas price stands for both.</summary>
    public UInt256 MaxPriorityFeePerGas { get; init; }

    public required ulong GasLimit { get; init; }

    public required Address? To { get; init; }

    /// <summary>Wei.</summary>
    public UInt256 Value { get; init; }

    public ReadOnlyMemory<byte> Data { get; init; }

    public IReadOnlyList<AccessListEntry> AccessList { get; init; } = [];
}
