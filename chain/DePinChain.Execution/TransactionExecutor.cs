using System.Diagnostics.CodeAnalysis;
using DePinChain.Blocks;
using DePinChain.Modules.Sdk;
using DePinChain.Primitives;

namespace DePinChain.Execution;

/// <summary>Executes the transactions of one block in order: buy gas, count the nonce, run, return gas, pay.</summary>
internal sealed class TransactionExecutor(ModuleHost host, ulong chainId, UInt256 baseFee, ulong gasLimit)
{
    private readonly ExecutionScope _scope = host.Scope;

    /// <summary>Gas of all transactions so far.</summary>
    public ulong GasUsed { get; private set; }

    /// <summary>Gas left in the block.</summary>
    public ulong GasLeft => gasLimit - GasUsed;

    /// <summary>Priority fees so far: credited to the fee pot when the block is finished, so that no transaction writes a shared
    /// record.</summary>
    public UInt256 PriorityFees { get; private set; }

    /// <summary>Executes a transaction, or says why a block cannot hold it here; then nothing has changed.</summary>
    public bool TryExecute(
        SignedTransaction signed, [NotNullWhen(true)] out Receipt? receipt, [NotNullWhen(false)] out Rejection? rejection)
    {
        Transaction transaction = signed.Transaction;
        rejection = TransactionRules.CheckForm(transaction, chainId)
            ?? CheckGas(transaction)
            ?? TransactionRules.CheckState(signed, _scope.Overlay.FindAccount(signed.Sender), baseFee);
        receipt = rejection is null ? Execute(signed) : null;
        return receipt is not null;
    }

    private Rejection? CheckGas(Transaction transaction) => transaction.GasLimit <= GasLeft ? null
        : Rejections.GasLimitReached.Explain($"have {GasLeft}, want {transaction.GasLimit}").With($"{transaction.GasLimit}", $"{GasLeft}");

    private Receipt Execute(SignedTransaction signed)
    {
        Transaction transaction = signed.Transaction;
        UInt256 price = transaction.EffectiveGasPrice(baseFee);
        _scope.Bank.Withhold(signed.Sender, price * transaction.GasLimit);
        _scope.Overlay.SetNonce(signed.Sender, transaction.Nonce + 1);

        MessageResult result = MessageRunner.Run(host, Message.Of(signed));

        _scope.Bank.Settle(signed.Sender, price * (transaction.GasLimit - result.GasUsed), burned: baseFee * result.GasUsed);
        PriorityFees += (price - baseFee) * result.GasUsed;
        GasUsed += result.GasUsed;
        IReadOnlyList<LogEntry> logs = _scope.Logs.Take();
        _scope.Journal.Commit();
        _scope.Access.Clear();
        return new Receipt(transaction.Type, result.Succeeded, GasUsed, Bloom.Of(logs), logs)
        {
            GasUsed = result.GasUsed,
            EffectiveGasPrice = price,
            RevertData = result.Succeeded ? default(ReadOnlyMemory<byte>) : result.ReturnData,
        };
    }

    /// <summary>Pays the priority fees of the whole block into the fee pot, from where Staking takes them at the next block's
    /// start.</summary>
    public void PayPriorityFees() => _scope.Bank.PayFees(WellKnownAddresses.FeePot, PriorityFees);
}
