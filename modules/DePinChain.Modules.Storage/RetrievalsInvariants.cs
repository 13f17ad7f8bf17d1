using DePinChain.Primitives;

namespace DePinChain.Modules.Storage;

/// <summary>What always holds of probes of retrieval.</summary>
internal static class RetrievalsInvariants
{
    /// <summary>The module keeps no coins, and nobody loses more than all.</summary>
    public static IEnumerable<string> Of(Amount held, ulong provider, ushort lossBps)
    {
        if (!held.IsZero) yield return $"retrievals: {held} held, but fees only pass through";
        if (lossBps > RetrievalsPolicy.Whole) yield return $"retrievals: provider {provider} loses {lossBps} of {RetrievalsPolicy.Whole}";
    }
}
