namespace DePinChain.Modules.Sdk;

/// <summary>
/// What one module's step at a block's start may do, in units: one record read and written, one log, or 3,000 gas of computation.
/// </summary>
public sealed class WorkBudget : IMeter
{
    /// <summary>Gas of computation that one unit stands for.</summary>
    public const ulong GasPerUnit = 3_000;

    /// <summary>Units of all modules' steps in one block start.</summary>
    public const ulong UnitsPerBlock = 20_000;

    /// <summary>Units of each of the five shares: staking, storage, compute, subnets, the rest.</summary>
    public const ulong UnitsPerShare = 4_000;

    /// <summary>Units that one scheduled item may take: with half a share it has a turn in every block.</summary>
    public const ulong UnitsPerItemMax = UnitsPerShare / 2;

    /// <summary>Units that become available once the budget was exceeded: what it takes to undo an item and put it aside.</summary>
    public const ulong ReserveUnits = 64;

    private ulong _gas;
    private bool _reserveOpened;

    /// <param name="units">What may be taken.</param>
    public WorkBudget(ulong units) => Remaining = units;

    /// <summary>Units left.</summary>
    public ulong Remaining { get; private set; }

    /// <summary>Takes units.</summary>
    /// <exception cref="WorkBudgetExceededException">Fewer are left.</exception>
    public void Take(ulong units)
    {
        if (units > Remaining)
        {
            WorkBudgetExceededException exceeded = new(units, Remaining);
            if (!_reserveOpened) Remaining += ReserveUnits;
            _reserveOpened = true;
            throw exceeded;
        }

        Remaining -= units;
    }

    /// <summary>Takes a unit for each full <see cref="GasPerUnit"/> of gas charged so far.</summary>
    public void Charge(ulong gas)
    {
        _gas += gas;
        ulong units = _gas / GasPerUnit;
        _gas %= GasPerUnit;
        Take(units);
    }
}
