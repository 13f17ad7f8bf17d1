namespace DePinChain.Modules.Sdk;

/// <summary>A module with a step after all modules' steps at the start of each block: the validator set changes last of all.</summary>
public interface ILastPass
{
    /// <summary>Does what must see every other step done. Bounded, and undone as a whole when it faults.</summary>
    void LastPass(BlockContext block);
}
