using DePinChain.Modules.Sdk;

namespace DePinChain.Modules.Interop;

/// <summary>Who sends and receives the payloads of one kind.</summary>
internal interface IPort
{
    /// <summary>Its name, the same on both ends.</summary>
    string Name { get; }

    /// <summary>Does what the other network asks. What it throws undoes the whole packet, and its sender is told.</summary>
    /// <returns>What the sender gets back; null when that is not decided yet.</returns>
    byte[]? Receive(in Passage passage, byte[] body);

    /// <summary>The other network did what was asked.</summary>
    void Complete(in Passage passage, byte[] body, byte[] result);

    /// <summary>The other network did not, and never will: undoes what sending it did.</summary>
    void Undo(in Passage passage, byte[] body);
}

/// <summary>A packet on its way through this end of a lane.</summary>
/// <param name="Lane">The lane's number here.</param>
/// <param name="Counterparty">The lane's number there.</param>
/// <param name="Sequence">The packet's.</param>
/// <param name="Block">The block here.</param>
internal readonly record struct Passage(ulong Lane, ulong Counterparty, ulong Sequence, BlockContext Block);
