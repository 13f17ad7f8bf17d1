namespace DePinChain.Rpc.Protocol;

/// <summary>The error half of a JSON-RPC response.</summary>
/// <param name="Code">JSON-RPC 2.0 code, or 3 for a revert as geth answers it.</param>
/// <param name="Message">One sentence; libraries match on its words, so pool refusals keep geth's wording.</param>
/// <param name="Data">Revert bytes, shown as DATA; null when the call did not revert.</param>
/// <param name="Detail">What was needed, had and can be done, shown as an object; null when there is nothing to add.</param>
public sealed record RpcError(int Code, string Message, ReadOnlyMemory<byte>? Data = null, RpcErrorDetail? Detail = null)
{
    public const int ParseErrorCode = -32700;
    public const int InvalidRequestCode = -32600;
    public const int MethodNotFoundCode = -32601;
    public const int InvalidParamsCode = -32602;
    public const int InternalErrorCode = -32603;
    public const int ServerErrorCode = -32000;
    public const int TimedOutCode = -32002;
    public const int ResponseTooLargeCode = -32003;
    public const int LimitExceededCode = -32005;

    /// <summary>geth's code of a reverted eth_call or eth_estimateGas.</summary>
    public const int RevertedCode = 3;

    public static RpcError ParseError { get; } = new(ParseErrorCode, "parse error: the request is not valid JSON of at most 32 levels");
    public static RpcError InvalidRequest { get; } = new(InvalidRequestCode, "invalid request");
    public static RpcError EmptyBatch { get; } = new(InvalidRequestCode, "empty batch");
    public static RpcError BatchTooLarge { get; } = new(InvalidRequestCode, "batch too large");
    public static RpcError TimedOut { get; } = new(TimedOutCode, "request timed out");
    public static RpcError ResponseTooLarge { get; } = new(ResponseTooLargeCode, "response too large");
    public static RpcError Busy { get; } = new(LimitExceededCode, "server busy: too many expensive requests are waiting, try again");
    public static RpcError Internal { get; } = new(InternalErrorCode, "internal error");

    public static RpcError MethodNotFound(string method) =>
        new(MethodNotFoundCode, $"the method {method} does not exist/is not available");

    public static RpcError InvalidParams(string message) => new(InvalidParamsCode, message);

    public static RpcError Server(string message) => new(ServerErrorCode, message);

    public static RpcError LimitExceeded(string message) => new(LimitExceededCode, message);
}

/// <summary>The catalogue's view of a refusal: the same fields that the CLI and the explorer show.</summary>
public sealed record RpcErrorDetail(int Code, string Name, string? Needed, string? Had, string? Hint);
