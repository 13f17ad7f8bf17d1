using DePinChain.Blocks;
using DePinChain.Primitives;

namespace DePinChain.Execution;

/// <summary>A call with the gas it brings: what a transaction and a simulated call have in common.</summary>
internal readonly record struct Message(
    Address Sender, Address To, UInt256 Value, ReadOnlyMemory<byte> Data, IReadOnlyList<AccessListEntry> AccessList, ulong GasLimit)
{
    public static Message Of(SignedTransaction signed) => new(
        signed.Sender,
        signed.Transaction.To.GetValueOrDefault(),
        signed.Transaction.Value,
        signed.Transaction.Data,
        signed.Transaction.AccessList,
        signed.Transaction.GasLimit);
}

/// <summary>What a message came to.</summary>
/// <param name="Succeeded">Whether its changes stand.</param>
/// <param name="RanOutOfGas">Whether it failed for want of gas, which takes all of it.</param>
/// <param name="ReturnData">The result, or the revert data.</param>
/// <param name="GasUsed">Gas to pay for, the floor of EIP-7623 included.</param>
internal readonly record struct MessageResult(bool Succeeded, bool RanOutOfGas, byte[] ReturnData, ulong GasUsed);

/// <summary>Runs a message: intrinsic gas, access list, the call, the floor.</summary>
internal static class MessageRunner
{
    /// <summary>The message's gas must cover its intrinsic and floor gas.</summary>
    public static MessageResult Run(ModuleHost host, in Message message)
    {
        ExecutionScope scope = host.Scope;
        ulong intrinsic = IntrinsicGas.Of(message.Data.Span, message.AccessList);
        ulong floor = IntrinsicGas.Floor(message.Data.Span);
        Invariant.Assert(message.GasLimit >= Math.Max(intrinsic, floor), "a message's gas is checked before it runs");

        scope.Access.Warm(message.AccessList);
        scope.Meter.StartTransaction(message.GasLimit - intrinsic);
        int mark = scope.Journal.Snapshot();
        try
        {
            CallOutcome outcome = host.Call(message.Sender, message.To, message.Value, message.Data.Span);
            ulong used = Math.Max(message.GasLimit - scope.Meter.GasLeft, floor);
            return new MessageResult(outcome.Succeeded, false, outcome.ReturnData, used);
        }
        catch (OutOfGasException)
        {
            scope.Journal.Revert(mark);
            return new MessageResult(false, true, [], message.GasLimit);
        }
        finally
        {
            scope.Meter.Stop();
        }
    }
}
