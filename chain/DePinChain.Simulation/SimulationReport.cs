namespace DePinChain.Simulation;

/// <summary>What a simulation came to.</summary>
/// <param name="Seed">The same seed gives the same report.</param>
/// <param name="Heights">The highest block that was decided.</param>
/// <param name="Steps">Events that were handled.</param>
/// <param name="VirtualMs">How long the world lived.</param>
/// <param name="Trace">A hash over everything that was sent, delivered, decided and broken, in order.</param>
/// <param name="Faults">What was inflicted, by name.</param>
/// <param name="Conduct">How the byzantine validators behaved, in order of their index; empty without any.</param>
/// <param name="Violation">What went wrong, or null.</param>
/// <param name="Tail">The last things that happened; empty unless something went wrong.</param>
public sealed record SimulationReport(
    ulong Seed,
    ulong Heights,
    long Steps,
    long VirtualMs,
    ulong Trace,
    IReadOnlyDictionary<string, int> Faults,
    IReadOnlyList<string> Conduct,
    string? Violation,
    IReadOnlyList<string> Tail)
{
    /// <summary>Bytes that all machines gossiped, each message once, however many heard it.</summary>
    public long BytesSaid { get; init; }
}
