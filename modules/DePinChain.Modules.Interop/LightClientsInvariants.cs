using DePinChain.Blocks;

namespace DePinChain.Modules.Interop;

/// <summary>What must always hold of light clients.</summary>
internal static class LightClientsInvariants
{
    /// <summary>A client's record is that of the header it trusts, which its own set has sealed.</summary>
    public static IEnumerable<string> Violations(ulong client, ClientRecord record, LightBlock trusted)
    {
        if (record.Height != trusted.Height || record.Timestamp != trusted.Timestamp)
            yield return $"lightClients: {client} says height {record.Height}, and trusts a header of {trusted.Height}";
        if (trusted.Fault(record.ChainId) is { } fault) yield return $"lightClients: {client} trusts what is not sealed: {fault}";
    }
}
