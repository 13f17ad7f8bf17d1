namespace DePinChain.Client;

/// <summary>No answer from the node: it is not running, not reachable, or it did not speak JSON-RPC.</summary>
public sealed class NodeUnreachableException(Uri endpoint, string why)
    : Exception($"no node answers at {endpoint}: {why}")
{
    public Uri Endpoint { get; } = endpoint;
}

/// <summary>The node answered with a JSON-RPC error.</summary>
/// <param name="method">The method that was called.</param>
/// <param name="code">JSON-RPC's code; 3 for a reverted call.</param>
/// <param name="message">The node's words.</param>
/// <param name="data">Revert data, empty when there is none.</param>
public sealed class NodeRefusedException(string method, int code, string message, byte[] data) : Exception(message)
{
    public string Method { get; } = method;

    public int Code { get; } = code;

    public byte[] RevertData { get; } = data;
}

/// <summary>A transaction was sent and no receipt came in time; it may still land.</summary>
public sealed class ReceiptTimeoutException(string hash, TimeSpan waited)
    : Exception($"transaction {hash} is not in a block after {waited.TotalSeconds:0} s; it may still land")
{
    public string TransactionHash { get; } = hash;
}

/// <summary>The node's modules are not those that this program was made for.</summary>
public sealed class OtherAbiException(string what)
    : Exception($"the node's modules are not those of this program: {what}; use the program that came with the node");
