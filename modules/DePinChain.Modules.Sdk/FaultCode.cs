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
