using DePinChain.Primitives;

namespace DePinChain.Modules.Tests.Names;

/// <summary>What always holds of names.</summary>
public static class NamesInvariants
{
    /// <summary>Every live name is backed by exactly one deposit.</summary>
    public static IEnumerable<string> Of(Amount balance, ulong liveNames)
    {
        Amount deposits = NamesPolicy.Deposit * liveNames;
        if (balance != deposits) yield return $"names: {liveNames} live names, but {balance} instead of {deposits}";
    }
}
