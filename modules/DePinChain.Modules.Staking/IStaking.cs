using DePinChain.Modules.Economy;
using DePinChain.Primitives;

namespace DePinChain.Modules.Staking;

/// <summary>What other modules ask of Staking.</summary>
public interface IStaking : ISeats
{
    /// <summary>Tokens of all validators.</summary>
    Amount Bonded { get; }

    /// <summary>Number of the epoch whose set decided the last blocks.</summary>
    ulong Epoch { get; }

    /// <summary>Tokens of a validator; zero for a stranger.</summary>
    Amount StakeOf(Address validator);

    /// <summary>Tokens that a delegator has with a validator.</summary>
    Amount StakeOf(Address delegator, Address validator);

    /// <summary>All shares of a validator; zero for a stranger.</summary>
    UInt128 SharesOf(Address validator);

    /// <summary>A delegator's shares of a validator.</summary>
    UInt128 SharesOf(Address delegator, Address validator);

    /// <summary>Last block of the running epoch, as planned.</summary>
    ulong EpochEnd { get; }

    /// <summary>Validators a delegator has stake with, from an index on, with its tokens there.</summary>
    IReadOnlyList<(Address Validator, Amount Stake)> StakesOf(Address delegator, ulong start, int limit);
}
