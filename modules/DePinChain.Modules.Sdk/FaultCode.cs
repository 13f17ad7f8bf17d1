namespace DePinChain.Modules.Sdk;

/// <summary>What went wrong in a module's step at a block's start.</summary>
public enum FaultCode : byte
{
    /// <summary>The module reverted.</summary>
    Reverted = 1,

    /// <summary>The step wanted more units than it has.</summary>
    WorkBudgetExceeded = 2,

    /// <summary>An argument or a null that the module should have checked.</summary>
    Assertion = 3,

    /// <summary>Arithmetic over- or underflow.</summary>
    Overflow = 4,

    /// <summary>Division by zero.</summary>
    DivisionByZero = 5,

    /// <summary>An index or a key that does not exist.</summary>
    MissingElement = 6,

    /// <summary>A record or body longer than allowed.</summary>
    TooLarge = 7,
}

/// <summary>Tells the deterministic failures of module code from everything else, which must stop the node.</summary>
public static class Faults
{
    /// <summary>The fault an exception is; null for one that is no module's (I/O, memory, a broken invariant): that one is never caught.</summary>
    public static FaultCode? Classify(Exception exception) => exception switch
    {
        Revert => FaultCode.Reverted,
        WorkBudgetExceededException => FaultCode.WorkBudgetExceeded,
        RecordTooLargeException => FaultCode.TooLarge,
        OverflowException => FaultCode.Overflow,
        DivideByZeroException => FaultCode.DivisionByZero,
        IndexOutOfRangeException or KeyNotFoundException => FaultCode.MissingElement,
        ArgumentOutOfRangeException => FaultCode.MissingElement,
        ArgumentException or NullReferenceException or InvalidOperationException or InvalidCastException or FormatException => FaultCode.Assertion,
        _ => null,
    };

    /// <summary>What a transaction's caller gets for an exception of module code: its revert, or a Panic. Null for one that must stop the node.</summary>
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
