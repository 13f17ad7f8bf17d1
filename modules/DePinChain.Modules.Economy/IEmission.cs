using DePinChain.Primitives;

namespace DePinChain.Modules.Economy;

/// <summary>What other modules ask of Emission, the only place where DPN is made.</summary>
public interface IEmission
{
    /// <summary>Mints for a stream, as far as its cap allows. The stream's owner computes the amount by its own schedule.</summary>
    /// <returns>What was minted; less than <paramref name="amount"/> once the cap is near.</returns>
    Amount Mint(EmissionStream stream, Address to, Amount amount);

    /// <summary>Moves the security rate by one block and mints this block's security emission. Staking calls it once a block.</summary>
    /// <param name="to">Who gets it.</param>
    /// <param name="bonded">Stake behind the validator set.</param>
    Amount MintSecurity(Address to, Amount bonded);

    /// <summary>Destroys coins; as many as subnets have outstanding may be minted by their stream again.</summary>
    void Recycle(Address from, Amount amount);

    /// <summary>Reports how much is locked for a reason, so that the circulating supply is right.</summary>
    void ReportLocked(LockedFor reason, Amount total);

    /// <summary>Minted less recycled of a stream.</summary>
    Amount IssuanceOf(EmissionStream stream);

    /// <summary>Supply that can move: total − locked − community pool.</summary>
    Amount Circulating { get; }
}
