using DePinChain.Network;

namespace DePinChain.Simulation.Byzantine;

/// <summary>How a validator breaks the rules: an honest node whose every word passes through hands that know its key.</summary>
internal abstract class Conduct
{
    public abstract string Name { get; }

    /// <summary>Takes a process' end of the wire and hands out what the node gets instead.</summary>
    public abstract ITransport Take(WireTransport wire);
}
