using System.Numerics;
using DePinChain.Primitives;

namespace DePinChain.Modules.Tests.Staking;

/// <summary>
/// The obvious way to pay rewards: at every block walk all seats and all their delegators, in exact fractions. Knows nothing of indices or
/// periods; shares and who earns are told to it.
/// </summary>
internal sealed class NaiveRewards
{
    // All fractions have this denominator; a division that it does not carry exactly is cut off at 10^-60 wei.
    private static readonly BigInteger Unit = BigInteger.Pow(10, 60);

    private readonly SortedDictionary<Address, SortedDictionary<Address, BigInteger>> _shares = [];
    private readonly SortedDictionary<(Address Delegator, Address Validator), BigInteger> _earned = [];
    private readonly SortedDictionary<Address, BigInteger> _commission = [];

    /// <summary>Pays one block.</summary>
    /// <param name="shared">Wei for all seats.</param>
    /// <param name="seats">Operators with their power, whether they earn and their commission in 10^-18.</param>
    public void Pay(UInt128 shared, IReadOnlyList<(Address Validator, ulong Power, bool Earns, ulong CommissionWad)> seats)
    {
        BigInteger total = BigInteger.Zero;
        foreach ((_, ulong power, _, _) in seats) total += power;
        foreach ((Address validator, ulong power, bool earns, ulong commissionWad) in seats)
        {
            if (earns) Credit(validator, Unit * (BigInteger)shared * power / total, commissionWad);
        }
    }

    /// <summary>Pays the proposer's bonus.</summary>
    public void Bonus(Address validator, UInt128 bonus, ulong commissionWad) => Credit(validator, Unit * (BigInteger)bonus, commissionWad);

    public void SetShares(Address delegator, Address validator, BigInteger shares)
    {
        if (!_shares.TryGetValue(validator, out SortedDictionary<Address, BigInteger>? delegators)) _shares[validator] = delegators = [];
        if (shares.IsZero) delegators.Remove(delegator);
        else delegators[delegator] = shares;
    }

    /// <summary>All a delegator ever earned with a validator, in wei, rounded up.</summary>
    public BigInteger EarnedCeiling(Address delegator, Address validator) =>
        _earned.TryGetValue((delegator, validator), out BigInteger earned) ? (earned + Unit - 1) / Unit : BigInteger.Zero;

    /// <summary>All commission an operator ever earned, in wei, rounded down.</summary>
    public BigInteger CommissionFloor(Address validator) =>
        _commission.TryGetValue(validator, out BigInteger commission) ? commission / Unit : BigInteger.Zero;

    private void Credit(Address validator, BigInteger reward, ulong commissionWad)
    {
        BigInteger commission = reward * commissionWad / BigInteger.Pow(10, 18);
        _commission[validator] = commission + (_commission.TryGetValue(validator, out BigInteger before) ? before : BigInteger.Zero);
        if (!_shares.TryGetValue(validator, out SortedDictionary<Address, BigInteger>? delegators)) return;
        BigInteger shares = delegators.Values.Aggregate(BigInteger.Zero, static (sum, one) => sum + one);
        foreach ((Address delegator, BigInteger own) in delegators)
        {
            (Address, Address) key = (delegator, validator);
            BigInteger part = (reward - commission) * own / shares;
            _earned[key] = part + (_earned.TryGetValue(key, out BigInteger earned) ? earned : BigInteger.Zero);
        }
    }
}
