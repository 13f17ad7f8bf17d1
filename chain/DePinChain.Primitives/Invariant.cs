using System.Diagnostics.CodeAnalysis;

namespace DePinChain.Primitives;

/// <summary>
/// Checks what only a bug of ours can break. On in Release: the node stops rather than go on with a state it does not believe.
/// </summary>
public static class Invariant
{
    /// <summary>Throws <see cref="InvariantBrokenException"/> when <paramref name="condition"/> is false.</summary>
    /// <remarks>Never for input from a peer, a file, RPC or a transaction: those are refused with a value or a typed exception.</remarks>
    public static void Assert([DoesNotReturnIf(false)] bool condition, string message)
    {
        if (!condition) Break(message);
    }

    [DoesNotReturn]
    private static void Break(string message) => throw new InvariantBrokenException(message);
}

/// <summary>An error of the third kind: the program itself is wrong. Nobody may catch it and go on.</summary>
public sealed class InvariantBrokenException(string message) : Exception(message);
