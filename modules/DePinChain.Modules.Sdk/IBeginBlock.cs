namespace DePinChain.Modules.Sdk;

/// <summary>A module with work at the start of each block, run in catalog order inside the system transaction.</summary>
public interface IBeginBlock
{
    /// <summary>Does what is due at this block. Bounded: loops have a named maximum, the rest carries over.</summary>
    void BeginBlock(BlockContext block);
}
