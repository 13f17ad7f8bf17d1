using System.Diagnostics.CodeAnalysis;

namespace DePinChain.Modules.Sdk;

/// <summary>Preconditions: <c>using static DePinChain.Modules.Sdk.Guard;</c> lets a function read as a list of them.</summary>
public static class Guard
{
    /// <summary>Reverts with a custom error unless <paramref name="condition"/> holds.</summary>
    public static void Require<TError>([DoesNotReturnIf(false)] bool condition, in TError error)
        where TError : struct, IError
    {
        if (!condition) throw Revert.With(error);
    }

    /// <summary>Reverts with <c>Error(string)</c> unless <paramref name="condition"/> holds.</summary>
    public static void Require([DoesNotReturnIf(false)] bool condition, string reason)
    {
        if (!condition) throw Revert.WithReason(reason);
    }
}
