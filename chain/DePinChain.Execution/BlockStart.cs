using DePinChain.Modules.Sdk;

namespace DePinChain.Execution;

/// <summary>The scheduled work at a block's start: every module's step in catalog order, each in its own journal (decision 9).</summary>
internal sealed class BlockStart(ExecutionScope scope, BlockContext block)
{
    /// <summary>Faults in so many consecutive blocks suspend a module.</summary>
    public const byte FaultsMax = 3;

    /// <summary>Units that each later module of a share can count on, so that nobody is starved into a fault.</summary>
    private const ulong UnitsKept = 256;

    private readonly SortedDictionary<WorkShare, (WorkBudget Budget, int Waiting)> _shares = [];

    /// <summary>Runs all steps, then the last pass. Their logs stand in the scope's journal.</summary>
    public void Run()
    {
        foreach (IModule module in scope.Modules)
        {
            if (module is IBeginBlock) Enter(WorkShares.Of(module.Address));
            if (module is ILastPass) Enter(WorkShares.Of(module.Address));
        }
        foreach (IModule module in scope.Modules)
            if (module is IBeginBlock step) Run(module, step.BeginBlock);
        foreach (IModule module in scope.Modules)
            if (module is ILastPass step) Run(module, step.LastPass);
        scope.Meter.Stop();
        scope.Access.Clear();
    }

    private void Enter(WorkShare share)
    {
        bool isKnown = _shares.TryGetValue(share, out (WorkBudget Budget, int Waiting) entry);
        _shares[share] = isKnown ? (entry.Budget, entry.Waiting + 1) : (new WorkBudget(WorkBudget.UnitsPerShare), 1);
    }

    private void Run(IModule module, Action<BlockContext> step)
    {
        WorkShare share = WorkShares.Of(module.Address);
        (WorkBudget shared, int waiting) = _shares[share];
        ulong kept = UnitsKept * (ulong)(waiting - 1);
        ulong allowed = shared.Remaining > kept ? shared.Remaining - kept : 0;
        ulong unused = scope.System.IsSuspended(module.Address) ? allowed : RunWithin(module, step, allowed);
        shared.Take(allowed - unused);
        _shares[share] = (shared, waiting - 1);
    }

    private ulong RunWithin(IModule module, Action<BlockContext> step, ulong allowed)
    {
        var budget = new WorkBudget(allowed);
        int mark = scope.Journal.Snapshot();
        scope.Meter.StartStep(budget);
        try
        {
            step(block);
            scope.Meter.Stop();
        }
        catch (Exception fault) when (Faults.Classify(fault) is { } code)
        {
            scope.Meter.Stop();
            scope.Journal.Revert(mark);

            // A step that could not have its whole share is not to blame for wanting more.
            bool isBlamed = code != FaultCode.WorkBudgetExceeded || allowed >= WorkBudget.UnitsPerShare / 2;
            if (isBlamed) scope.System.RecordFault(module.Address, block.Number, FaultsMax);
            scope.Logs.AppendPaid(WellKnownAddresses.System, new ModuleFaulted(module.Address, [], code));
        }

        // The reserve for putting an item aside is beyond the allowance.
        return Math.Min(budget.Remaining, allowed);
    }
}
