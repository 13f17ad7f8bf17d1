namespace DePinChain.State;

/// <summary>The state in the database contradicts itself.</summary>
public sealed class StateCorruptException(string finding)
    : Exception(
        $"The state in the database is damaged: {finding}. "
        + "Restore the data folder from a checkpoint, or delete it and synchronise again.");
