namespace DePinChain.Network.Wire;

/// <summary>A peer broke a wire protocol. The connection is closed and the peer's score falls; the node is unharmed.</summary>
public sealed class WireException(string message, Exception? inner = null) : IOException(message, inner);
