namespace DePinChain.Modules.Sdk;

/// <summary>A module tried to store more bytes than a record or body may have: it should have limited what it took in.</summary>
/// <param name="size">Bytes it tried to store.</param>
/// <param name="max">Bytes allowed.</param>
public sealed class RecordTooLargeException(int size, int max)
    : Exception($"{size} bytes were to be stored where at most {max} are allowed.");
