namespace DePinChain.Modules.Sdk;

/// <summary>A module with functions that governance alone may call: who issues credentials, which chains are connected.</summary>
public interface IGoverned : IModule
{
    /// <summary>
    /// True for the selector of such a function. It refuses every sender but <see cref="WellKnownAddresses.Governance"/>, and takes no
    /// value.
    /// </summary>
    bool TakesOrder(uint selector);
}
