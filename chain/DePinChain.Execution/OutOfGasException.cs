namespace DePinChain.Execution;

/// <summary>A transaction wanted more gas than it brought. Caught by the transaction executor alone: no module sees it.</summary>
internal sealed class OutOfGasException() : Exception("The transaction ran out of gas.");
