using DePinChain.Primitives;

namespace DePinChain.Modules.Sdk;

/// <summary>What the execution kernel sees of a module. The generator implements it from the class's attributes.</summary>
/// <remarks>
/// Each module class also has a public static <c>Descriptor</c>, which needs no instance. Instances are made per execution scope
/// (a block, an eth_call) and hold nothing but that scope's state, logs and neighbours.
/// </remarks>
public interface IModule
{
    /// <summary>The account that holds the module's storage and value.</summary>
    Address Address { get; }

    /// <summary>The module's published description.</summary>
    ModuleDescriptor Descriptor { get; }

    /// <summary>Runs the function that the first four bytes of <paramref name="calldata"/> select.</summary>
    /// <param name="call">Who calls, with what value, in which block. The value has been moved to the module already.</param>
    /// <param name="calldata">Selector and Solidity-ABI arguments, decoded strictly.</param>
    /// <returns>The function's results in Solidity's ABI.</returns>
    /// <exception cref="Revert">The call was refused; the caller undoes what it changed.</exception>
    byte[] Dispatch(Call call, ReadOnlySpan<byte> calldata);
}

/// <summary>A module as clients see it: enough to show, call and prove it without knowing its code.</summary>
/// <param name="Name">Lower-case name.</param>
/// <param name="Address">The module's account.</param>
/// <param name="Abi">Functions, events and errors in Solidity's JSON ABI.</param>
/// <param name="StorageLayout">The slots in the JSON shape of solc's storageLayout.</param>
/// <param name="Docs">The XML comments in NatSpec's JSON shape: <c>{"userdoc": …, "devdoc": …}</c>.</param>
public sealed record ModuleDescriptor(string Name, Address Address, string Abi, string StorageLayout, string Docs);

/// <summary>A module with work at the start of each block, run in catalog order inside the system transaction.</summary>
public interface IBeginBlock
{
    /// <summary>Does what is due at this block. Bounded: loops have a named maximum, the rest carries over.</summary>
    void BeginBlock(BlockContext block);
}

/// <summary>A module with a step after all modules' steps at the start of each block: the validator set changes last of all.</summary>
public interface ILastPass
{
    /// <summary>Does what must see every other step done. Bounded, and undone as a whole when it faults.</summary>
    void LastPass(BlockContext block);
}

/// <summary>A module that also answers at other accounts, one for each object it keeps: the ERC-20 face of a token.</summary>
public interface IFacades
{
    /// <summary>What its facades have in common; the address is that of number 0.</summary>
    ModuleDescriptor FacadeDescriptor { get; }

    /// <summary>What answers at an account; null when none of this module's facades does.</summary>
    IModule? FindFacade(Address account);
}

/// <summary>A module whose whole state can be checked.</summary>
public interface IInvariants
{
    /// <summary>One sentence for each rule the state breaks; nothing when it is sound.</summary>
    /// <remarks>Walks the state: run by tests after each step and by the debug command, never by consensus.</remarks>
    IEnumerable<string> Violations();
}
