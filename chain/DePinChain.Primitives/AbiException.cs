namespace DePinChain.Primitives;

/// <summary>Bytes, a value or a type text do not follow the contract ABI. The message says what is wrong and where.</summary>
public sealed class AbiException(string message) : FormatException(message);
