namespace DePinChain.Modules.Sdk;

/// <summary>A module whose whole state can be checked.</summary>
public interface IInvariants
{
    /// <summary>One sentence for each rule the state breaks; nothing when it is sound.</summary>
    /// <remarks>Walks the state: run by tests after each step and by the debug command, never by consensus.</remarks>
    IEnumerable<string> Violations();
}
