namespace DePinChain.Modules.Sdk;

/// <summary>Solidity's panic codes (documentation, "Panic via assert and Error via require"), as far as modules can meet them.</summary>
public enum PanicCode : byte
{
    /// <summary>A failed assertion: an argument or a null that the module should have checked.</summary>
    Assertion = 0x01,

    /// <summary>Arithmetic over- or underflow.</summary>
    Overflow = 0x11,

    /// <summary>Division by zero.</summary>
    DivisionByZero = 0x12,

    /// <summary>An index or a key that does not exist.</summary>
    MissingElement = 0x32,

    /// <summary>More memory, or a longer record, than allowed.</summary>
    TooLarge = 0x41,
}
