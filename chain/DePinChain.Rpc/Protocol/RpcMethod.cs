using System.Text.Json;

namespace DePinChain.Rpc.Protocol;

/// <summary>Writes exactly one JSON value as the result and returns null, or returns the error, whatever it has written.</summary>
internal delegate RpcError? MethodHandler(ref ParameterReader parameters, Utf8JsonWriter result, in RequestScope scope);

/// <summary>A method that waits for the node: reads its parameters at once and answers later.</summary>
internal delegate Task<DeferredResult> DeferredHandler(ref ParameterReader parameters, in RequestScope scope);

/// <summary>What a deferred method answers: one or the other.</summary>
internal readonly record struct DeferredResult(RpcError? Error, Action<Utf8JsonWriter>? Write)
{
    public static DeferredResult Fail(RpcError error) => new(error, null);

    public static DeferredResult Ok(Action<Utf8JsonWriter> write) => new(null, write);
}

/// <summary>How much a method may cost.</summary>
internal enum MethodCost : byte
{
    /// <summary>A look-up or two: runs at once.</summary>
    Light,

    /// <summary>Executes, searches or proves: at most half the cores run such methods at a time.</summary>
    Heavy,

    /// <summary>Light unless asked for whole transactions, whose senders may have to be recovered: up to 0.13 s of a core.</summary>
    HeavyWhenFull,
}

/// <summary>One row of the method table.</summary>
/// <param name="Name">As callers write it.</param>
/// <param name="Cost">Which gate it passes.</param>
/// <param name="IsTrustedOnly">Hidden from everyone but loopback programs.</param>
/// <param name="Handler">Set for the methods that answer at once.</param>
/// <param name="Deferred">Set for the methods that wait.</param>
internal sealed record RpcMethod(string Name, MethodCost Cost, bool IsTrustedOnly, MethodHandler? Handler, DeferredHandler? Deferred);
