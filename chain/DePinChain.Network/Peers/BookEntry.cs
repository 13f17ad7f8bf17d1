using DePinChain.Network.Swarming;

namespace DePinChain.Network.Peers;

/// <summary>One peer of the address book.</summary>
/// <param name="Address">Where it listens, with its id.</param>
/// <param name="SourceGroup">The wide group of who told us: one teller fills few buckets only.</param>
public sealed record BookEntry(Multiaddress Address, string SourceGroup)
{
    public PeerId Peer => Address.Peer ?? throw new InvalidOperationException("An entry's address names its peer.");

    /// <summary>Whether we have been connected to it at this address.</summary>
    public bool IsTried { get; init; }

    public DateTimeOffset LastSuccess { get; init; }

    public DateTimeOffset LastAttempt { get; init; }

    /// <summary>Attempts in a row that failed.</summary>
    public int Failures { get; init; }

    /// <summary>The sequence of the signed record it comes from, and the record; 0 and empty when it comes from the operator.</summary>
    public ulong Sequence { get; init; }

    public ReadOnlyMemory<byte> Envelope { get; init; }
}
