using DePinChain.Blocks;
using DePinChain.Primitives;
using DePinChain.State;

namespace DePinChain.Execution;

/// <summary>The rules a transaction meets in the pool and again in a block: one place, geth's words.</summary>
/// <remarks>Each check returns null when the rule is kept. What the codec refuses (types, creation, signature form, size) is not asked
/// again.</remarks>
public static class TransactionRules
{
    /// <summary>The rules that need neither state nor block: chain id, gas cap, fees' order, intrinsic and floor gas, highest
    /// nonce.</summary>
    public static Rejection? CheckForm(Transaction transaction, ulong chainId)
    {
        if (transaction.IsSystem) return Rejections.TransactionUnsigned;
        if (transaction.ChainId != chainId)
        {
            return Rejections.WrongChainId.Explain($"have {transaction.ChainId} want {chainId}")
                .With($"{chainId}", $"{transaction.ChainId}");
        }
        if (transaction.GasLimit > GasSchedule.TransactionGasMax)
        {
            Rejection cap = Rejections.GasLimitTooHigh.With($"{GasSchedule.TransactionGasMax}", $"{transaction.GasLimit}");
            return cap with { Message = $"{cap.Message} (cap: {GasSchedule.TransactionGasMax}, tx: {transaction.GasLimit})" };
        }
        if (transaction.MaxPriorityFeePerGas > transaction.MaxFeePerGas)
        {
            return Rejections.TipAboveFeeCap
                .Explain($"maxPriorityFeePerGas: {transaction.MaxPriorityFeePerGas}, maxFeePerGas: {transaction.MaxFeePerGas}")
                .With($"{transaction.MaxPriorityFeePerGas}", $"{transaction.MaxFeePerGas}");
        }
        if (transaction.Nonce == ulong.MaxValue) return Rejections.NonceMax.Explain($"{transaction.Nonce}");
        return CheckGas(transaction);
    }

    /// <summary>Whether the account may send transactions at all: a module account has code (EIP-3607).</summary>
    public static Rejection? CheckSender(Address sender, Account? account) =>
        account is { HasCode: true } ? Rejections.SenderHasCode.Explain($"address {sender}") : null;

    /// <summary>The nonce is not used yet. A later one may wait in the pool.</summary>
    public static Rejection? CheckNonceUnused(Transaction transaction, ulong next) => transaction.Nonce >= next ? null
        : Rejections.NonceTooLow.Explain($"next nonce {next}, tx nonce {transaction.Nonce}").With($"{next}", $"{transaction.Nonce}");

    /// <summary>The nonce is exactly the account's next one.</summary>
    public static Rejection? CheckNonce(Transaction transaction, ulong next) => transaction.Nonce <= next
        ? CheckNonceUnused(transaction, next)
        : Rejections.NonceTooHigh.Explain($"next nonce {next}, tx nonce {transaction.Nonce}").With($"{next}", $"{transaction.Nonce}");

    /// <summary>The balance covers gas limit · maximum fee + value. Compared beyond 256 bits.</summary>
    public static Rejection? CheckFunds(Transaction transaction, UInt256 balance)
    {
        (UInt256 high, UInt256 low) = UInt256.MultiplyFull(transaction.GasLimit, transaction.MaxFeePerGas);
        bool fits = UInt256.TryAdd(low, transaction.Value, out UInt256 cost) && high.IsZero;
        if (fits && cost <= balance) return null;
        string needed = fits ? $"{cost}" : "2^256 or more";
        string overshot = fits ? $", overshot {cost - balance}" : "";
        return Rejections.InsufficientFunds.Explain($"balance {balance}, tx cost {needed}{overshot}").With(needed, $"{balance}");
    }

    /// <summary>The fee cap reaches the block's base fee.</summary>
    public static Rejection? CheckFeeCap(Transaction transaction, UInt256 baseFee) => transaction.MaxFeePerGas >= baseFee ? null
        : Rejections.FeeCapTooLow.Explain($"maxFeePerGas: {transaction.MaxFeePerGas}, baseFee: {baseFee}")
            .With($"{baseFee}", $"{transaction.MaxFeePerGas}");

    /// <summary>A block could hold the transaction.</summary>
    public static Rejection? CheckBlockGasLimit(Transaction transaction, ulong gasLimit) => transaction.GasLimit <= gasLimit ? null
        : Rejections.ExceedsBlockGasLimit.With($"{gasLimit}", $"{transaction.GasLimit}");

    /// <summary>Everything a block asks of a transaction whose form is right, in geth's order: nonce, sender, fee, funds.</summary>
    public static Rejection? CheckState(SignedTransaction signed, Account? account, UInt256 baseFee) =>
        CheckNonce(signed.Transaction, account?.Nonce ?? 0)
        ?? CheckSender(signed.Sender, account)
        ?? CheckFeeCap(signed.Transaction, baseFee)
        ?? CheckFunds(signed.Transaction, account?.Balance ?? UInt256.Zero);

    private static Rejection? CheckGas(Transaction transaction)
    {
        ulong intrinsic = IntrinsicGas.Of(transaction);
        if (transaction.GasLimit < intrinsic)
        {
            return Rejections.IntrinsicGasTooLow.Explain($"gas {transaction.GasLimit}, minimum needed {intrinsic}")
                .With($"{intrinsic}", $"{transaction.GasLimit}");
        }
        ulong floor = IntrinsicGas.Floor(transaction.Data.Span);
        return transaction.GasLimit >= floor ? null
            : Rejections.FloorDataGasTooLow.Explain($"gas {transaction.GasLimit}, minimum needed {floor}")
                .With($"{floor}", $"{transaction.GasLimit}");
    }
}
