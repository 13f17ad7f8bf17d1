using DePinChain.Primitives;

namespace DePinChain.Modules.Sdk;

/// <summary>A module that also answers at other accounts, one for each object it keeps: the ERC-20 face of a token.</summary>
public interface IFacades
{
    /// <summary>What its facades have in common; the address is that of number 0.</summary>
    ModuleDescriptor FacadeDescriptor { get; }

    /// <summary>What answers at an account; null when none of this module's facades does.</summary>
    IModule? FindFacade(Address account);
}
