namespace DePinChain.Modules.Sdk;

/// <summary>Tells the deterministic failures of module code from everything else, which must stop the node.</summary>
public static class Faults
{
    /// <summary>
    /// The fault an exception is; null for one that is no module's (I/O, memory, a broken invariant): that one is never caught.
    /// </summary>
    public static FaultCode? Classify(Exception exception) => exception switch
    {
        Revert => FaultCode.Reverted,
        WorkBudgetExceededException => FaultCode.WorkBudgetExceeded,
        RecordTooLargeException => FaultCode.TooLarge,
        OverflowException => FaultCode.Overflow,
        DivideByZeroException => FaultCode.DivisionByZero,
        IndexOutOfRangeException or KeyNotFoundException => FaultCode.MissingElement,
        ArgumentOutOfRangeException => FaultCode.MissingElement,
        ArgumentException or NullReferenceException or InvalidOperationException or InvalidCastException or FormatException =>
            FaultCode.Assertion,
        _ => null,
    };

    /// <summary>
    /// What a transaction's caller gets for an exception of module code: its revert, or a Panic. Null for one that must stop the node.
    /// </summary>
    public static Revert? AsRevert(Exception exception) => exception as Revert ?? Classify(exception) switch
    {
        FaultCode.Overflow => Revert.Panic(PanicCode.Overflow),
        FaultCode.DivisionByZero => Revert.Panic(PanicCode.DivisionByZero),
        FaultCode.MissingElement => Revert.Panic(PanicCode.MissingElement),
        FaultCode.TooLarge => Revert.Panic(PanicCode.TooLarge),
        FaultCode.Assertion => Revert.Panic(PanicCode.Assertion),
        _ => null,
    };
}
