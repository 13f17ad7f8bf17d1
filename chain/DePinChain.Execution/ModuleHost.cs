using DePinChain.Modules.Sdk;
using DePinChain.Primitives;

namespace DePinChain.Execution;

/// <summary>What a call came to.</summary>
internal readonly record struct CallOutcome(bool Succeeded, byte[] ReturnData);

/// <summary>Takes calls to modules within one block: value first, then the function, and both undone when it refuses.</summary>
internal sealed class ModuleHost(ExecutionScope scope, BlockContext block)
{
    public ExecutionScope Scope => scope;

    public BlockContext Block => block;

    /// <summary>A transaction's call: its receipt shows the value, so no log reports it.</summary>
    public CallOutcome Call(Address sender, Address to, UInt256 value, ReadOnlySpan<byte> calldata)
    {
        int mark = scope.Journal.Snapshot();
        try
        {
            if (!value.IsZero) MoveValue(sender, to, value);
            return new CallOutcome(true, Run(sender, sender, to, value, calldata, inner: false));
        }
        catch (Exception refused) when (Faults.AsRevert(refused) is { } revert)
        {
            scope.Journal.Revert(mark);
            return new CallOutcome(false, revert.ReturnData);
        }
    }

    /// <summary>A call out of Multicall3: the value shows in no transaction, so System reports it.</summary>
    public CallOutcome InnerCall(Address origin, Address to, Amount value, ReadOnlySpan<byte> calldata)
    {
        scope.Meter.Charge(GasSchedule.InnerCall);
        int mark = scope.Journal.Snapshot();
        try
        {
            scope.Bank.Transfer(Multicall3.Address, to, value);
            return new CallOutcome(true, Run(Multicall3.Address, origin, to, value.ToUInt256(), calldata, inner: true));
        }
        catch (Exception refused) when (Faults.AsRevert(refused) is { } revert)
        {
            scope.Journal.Revert(mark);
            return new CallOutcome(false, revert.ReturnData);
        }
    }

    private byte[] Run(Address sender, Address origin, Address to, UInt256 value, ReadOnlySpan<byte> calldata, bool inner)
    {
        if (to == Multicall3.Address)
        {
            if (inner) throw Revert.WithReason("Multicall3: no call of itself");
            return new Multicall3(this, origin).Dispatch(AmountOf(value), calldata);
        }
        if (scope.FindModule(to) is not { } module) return [];
        if (scope.System.IsSuspended(module.Address)) throw Revert.With(new ModuleSuspended());
        return module.Dispatch(
            new Call { Sender = sender, Origin = origin, Value = AmountOf(value), Block = block, Meter = scope.Meter }, calldata);
    }

    private void MoveValue(Address from, Address to, UInt256 value)
    {
        UInt256 balance = scope.Overlay.BalanceOf(from);
        if (balance < value) throw Revert.With(new InsufficientBalance(from, AmountOf(value), AmountOf(balance)));
        scope.Bank.Move(from, to, value);
    }

    // 2^128 wei exceed any supply; only a simulated call can name them.
    private static Amount AmountOf(UInt256 wei) =>
        Amount.TryFrom(wei, out Amount amount) ? amount : throw Revert.WithReason("value of 2^128 wei or more");
}
