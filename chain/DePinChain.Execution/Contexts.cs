using DePinChain.Modules.Sdk;
using DePinChain.Primitives;

namespace DePinChain.Execution;

/// <summary>Parts of a <see cref="BlockContext"/> that a real block and a simulated call make the same way.</summary>
internal static class Contexts
{
    /// <summary>The beacon over the System module's ring; each look costs what reading its record costs.</summary>
    public static Randomness RandomnessOf(ulong chainId, ulong number, ExecutionScope scope)
    {
        var ring = new SystemModule(new ModuleState(WellKnownAddresses.System, scope.Storage));
        return new Randomness(chainId, number, height => ring.FindMix(height, number));
    }

    /// <summary>A base fee of 2^128 wei or more is beyond any supply, and saturates.</summary>
    public static Amount AmountOf(UInt256 wei) => Amount.TryFrom(wei, out Amount amount) ? amount : new Amount(UInt128.MaxValue);
}
