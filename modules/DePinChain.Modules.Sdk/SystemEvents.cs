using DePinChain.Primitives;

namespace DePinChain.Modules.Sdk;

/// <summary>System's report of native value that a module moved, which shows in no transaction.</summary>
/// <param name="From">The payer.</param>
/// <param name="To">The payee.</param>
/// <param name="Amount">How much.</param>
/// <param name="Ref">What it is for; zero when the module named nothing.</param>
[Event]
public readonly partial record struct NativeTransfer([Indexed] Address From, [Indexed] Address To, Amount Amount, [Indexed] Hash256 Ref);

/// <summary>
/// System's report of a fault in a module's step at a block's start; the item was put aside, or the step undone, and the chain went on.
/// </summary>
/// <param name="Module">The module's account.</param>
/// <param name="Key">The quarantined item as it is stored, or nothing when the whole step was undone.</param>
/// <param name="Code">A <see cref="FaultCode"/>.</param>
[Event]
public readonly partial record struct ModuleFaulted([Indexed] Address Module, byte[] Key, FaultCode Code);
