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
