namespace DePinChain.Crypto;

/// <summary>A native library is missing or unusable. The message says which package brings it.</summary>
public sealed class CryptoLibraryException(string message) : Exception(message);
