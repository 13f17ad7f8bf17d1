using DePinChain.Modules.Sdk;

namespace DePinChain.Execution;

/// <summary>What one execution scope charges: gas in a transaction, units in a step at a block's start, nothing for the kernel's own
/// work.</summary>
internal sealed class Meter : IMeter
{
    private WorkBudget? _budget;
    private bool _free = true;

    /// <summary>Gas left to the running transaction.</summary>
    public ulong GasLeft { get; private set; }

    /// <summary>Whether a block-start step runs.</summary>
    public bool IsStep => _budget is not null;

    /// <summary>Whether a transaction runs.</summary>
    public bool IsTransaction => !_free && _budget is null;

    /// <summary>Units left to the running step; no bound outside of one.</summary>
    public ulong UnitsLeft => _budget?.Remaining ?? ulong.MaxValue;

    public void StartTransaction(ulong gas)
    {
        (_free, _budget) = (false, null);
        GasLeft = gas;
    }

    public void StartStep(WorkBudget budget) => (_free, _budget) = (false, budget);

    /// <summary>Back to the kernel's own work.</summary>
    public void Stop() => (_free, _budget) = (true, null);

    /// <inheritdoc/>
    /// <exception cref="OutOfGasException">The transaction has less left; it loses that too.</exception>
    public void Charge(ulong gas)
    {
        if (_free) return;
        if (_budget is not null)
        {
            _budget.Charge(gas);
            return;
        }
        if (gas > GasLeft)
        {
            GasLeft = 0;
            throw new OutOfGasException();
        }
        GasLeft -= gas;
    }

    /// <summary>Charges a touch of the state: its gas in a transaction; in a step one unit the first time, later the gas of a warm
    /// read.</summary>
    /// <param name="first">Whether this scope touches the item for the first time.</param>
    /// <param name="gas">The price in a transaction.</param>
    public void ChargeTouch(bool first, ulong gas)
    {
        if (_budget is null) Charge(gas);
        else if (first) _budget.Take(1);
        else _budget.Charge(GasSchedule.ReadAgain);
    }

    /// <summary>Charges a log: its gas in a transaction, one unit in a step.</summary>
    public void ChargeLog(ulong gas)
    {
        if (_budget is null) Charge(gas);
        else _budget.Take(1);
    }
}
