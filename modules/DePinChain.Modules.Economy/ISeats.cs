using DePinChain.Primitives;

namespace DePinChain.Modules.Economy;

/// <summary>Who decides blocks, as far as the economy needs to know. Staking, which stands below in the catalog, implements it.</summary>
public interface ISeats
{
    /// <summary>True when the operator's validator has a seat in this epoch and is not jailed.</summary>
    bool IsActive(Address validator);

    /// <summary>Operators of this epoch's seats with their stake at the election, by ascending signing address.</summary>
    IReadOnlyList<(Address Validator, Amount Stake)> Seats();
}
