using DePinChain.Blocks;
using DePinChain.Primitives;

namespace DePinChain.Mempool;

/// <summary>A transaction in the pool with the figures that its place depends on.</summary>
internal sealed class PooledTransaction(SignedTransaction signed, UInt256 cost, long arrival)
{
    public SignedTransaction Signed { get; } = signed;

    public Transaction Transaction => Signed.Transaction;

    /// <summary>Most wei that it can take from the sender: gas limit × fee cap + value.</summary>
    public UInt256 Cost { get; } = cost;

    /// <summary>Number of its admission; of two equal offers the earlier one wins.</summary>
    public long Arrival { get; } = arrival;

    public ulong Nonce => Transaction.Nonce;

    /// <inheritdoc cref="TipAt(Transaction, UInt256)"/>
    public UInt256 TipAt(UInt256 baseFee) => TipAt(Transaction, baseFee);

    /// <summary>What the block's pot gets per gas at this base fee; zero when the cap does not reach it.</summary>
    public static UInt256 TipAt(Transaction transaction, UInt256 baseFee) => transaction.MaxFeePerGas <= baseFee
        ? UInt256.Zero
        : UInt256.Min(transaction.MaxPriorityFeePerGas, transaction.MaxFeePerGas - baseFee);

    /// <summary>Most wei that a transaction can take from its sender; false beyond 256 bits, which nobody can fund.</summary>
    public static bool TryCost(Transaction transaction, out UInt256 cost)
    {
        cost = default;
        return UInt256.TryMultiply(transaction.GasLimit, transaction.MaxFeePerGas, out UInt256 gas)
            && UInt256.TryAdd(gas, transaction.Value, out cost);
    }
}
