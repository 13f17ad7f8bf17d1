using DePinChain.Indexer.Rows;
using DePinChain.Primitives;

namespace DePinChain.Indexer.Decoding;

/// <summary>A movement of money: from one account to another, out of the supply, or into it.</summary>
/// <param name="From">Who paid; null for new coins.</param>
/// <param name="To">Who got it; null for destroyed coins.</param>
/// <param name="Kind">Why.</param>
/// <param name="Amount">Wei, not zero.</param>
/// <param name="TransactionId">Of which transaction.</param>
/// <param name="EventId">What reported it; null for values and fees.</param>
public sealed record Movement(Address? From, Address? To, EntryKind Kind, UInt128 Amount, long TransactionId, long? EventId);

/// <summary>Which events say that native coins moved.</summary>
/// <remarks>
/// Modules move coins only through the kernel's bank, which reports each move as System's NativeTransfer. Coins come into being through
/// Emission alone, and are destroyed as base fees, through Treasury or Emission, or by a slash. That is all there is: the balances that the
/// node tells for every touched account are compared with what this adds up to, so a sixth way would show.
/// </remarks>
internal static class MoneyRules
{
    /// <summary>Takes a priority fee until Staking distributes it at the next block's start.</summary>
    public static readonly Address FeePot = Address.FromLow(0x10ff);

    /// <summary>The movement that an event of its own module reports; null when it reports none.</summary>
    public static Movement? Read(string module, AbiEvent declared, Address emitter, object?[] values, long transactionId, long eventId)
    {
        object? Named(string name)
        {
            for (int i = 0; i < values.Length; i++)
                if (string.Equals(declared.Inputs[i].Name, name, StringComparison.Ordinal)) return values[i];
            return null;
        }

        UInt128 Wei(string name) => Named(name) switch
        {
            UInt256 wide when wide.FitsUInt128 => (UInt128)wide,
            _ => 0,
        };

        (Address? From, Address? To, EntryKind Kind, UInt128 Amount) moved = (module, declared.Name) switch
        {
            ("system", "NativeTransfer") => ((Address?)Named("from"), (Address?)Named("to"), EntryKind.Module, Wei("amount")),
            ("emission", "Minted") => (null, (Address?)Named("to"), EntryKind.Mint, Wei("amount")),
            ("emission", "Recycled") => ((Address?)Named("from"), null, EntryKind.Burn, Wei("amount")),
            ("treasury", "Burned") => ((Address?)Named("from"), null, EntryKind.Burn, Wei("amount")),
            ("staking", "Slashed" or "UnbondingSlashed" or "RedelegationSlashed") => (emitter, null, EntryKind.Burn, Wei("burned")),
            _ => default,
        };
        return moved.Amount == 0 ? null
            : new Movement(moved.From, moved.To, moved.Kind, moved.Amount, transactionId, eventId);
    }
}
