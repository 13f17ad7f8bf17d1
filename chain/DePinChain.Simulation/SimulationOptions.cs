namespace DePinChain.Simulation;

/// <summary>What is to be simulated. Everything that is not said here follows from the seed.</summary>
public sealed record SimulationOptions
{
    public required ulong Seed { get; init; }

    /// <summary>The run is over once this height is decided everywhere and the network has shown that it recovers.</summary>
    public ulong Heights { get; init; } = 50;

    /// <summary>Validators at genesis; null lets the seed choose.</summary>
    public int? Validators { get; init; }

    /// <summary>False for a perfect network of honest machines.</summary>
    public bool HasFaults { get; init; } = true;

    /// <summary>Is told every step as a line of text; null for speed.</summary>
    public Action<string>? OnStep { get; init; }
}
