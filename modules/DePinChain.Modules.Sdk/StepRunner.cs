namespace DePinChain.Modules.Sdk;

/// <summary>Runs what is due item by item, each in its own journal: one that faults is undone and put aside, the others go on.</summary>
/// <remarks>For block starts. In a transaction nothing is caught: the whole call reverts.</remarks>
/// <param name="state">The module's records.</param>
/// <param name="logs">The module's events.</param>
public sealed class StepRunner(ModuleState state, Logs logs)
{
    /// <summary>What was put aside.</summary>
    public Quarantine Quarantine { get; } = new(state);

    /// <summary>
    /// Runs the items due at or before a height, oldest first, as far as <paramref name="max"/> and the work budget allow; the rest
    /// waits.
    /// </summary>
    /// <param name="schedule">Where the items are planned.</param>
    /// <param name="height">This block's number.</param>
    /// <param name="max">The most items in this block.</param>
    /// <param name="action">What to do with one item: at most <see cref="WorkBudget.UnitsPerItemMax"/> units of work.</param>
    /// <returns>How many items were taken, those put aside included.</returns>
    public int ForEachDue<T>(Schedule<T> schedule, ulong height, int max, Action<T> action)
    {
        int taken = 0;
        while (taken < max)
        {
            int untaken = state.Storage.Snapshot();
            bool hadEnough = state.Storage.UnitsLeft >= WorkBudget.UnitsPerItemMax;
            try
            {
                IReadOnlyList<T> next = schedule.TakeDue(height, max: 1);
                if (next.Count == 0) break;
                Run(schedule, height, next[0], action, hadEnough);
            }
            catch (WorkBudgetExceededException)
            {
                // Others used the budget up: the item is due again at the next block's start, before all others.
                state.Storage.Revert(untaken);
                break;
            }

            taken++;
        }

        return taken;
    }

    /// <summary>Runs an action in a journal of its own; one that faults is undone, and its caller goes on.</summary>
    /// <param name="action">What to do.</param>
    /// <param name="reason">Return data of its revert; empty when it did not revert.</param>
    /// <returns>Why it was undone; null when it was done.</returns>
    /// <exception cref="WorkBudgetExceededException">The step has no work left: that is for the step's caller.</exception>
    public FaultCode? Attempt(Action action, out byte[] reason)
    {
        reason = [];
        int before = state.Storage.Snapshot();
        try
        {
            action();
            return null;
        }
        catch (Exception exception) when (Faults.Classify(exception) is FaultCode code && code != FaultCode.WorkBudgetExceeded)
        {
            state.Storage.Revert(before);
            if (exception is Revert revert) reason = revert.ReturnData;
            return code;
        }
    }

    // An item that began with all it may have and wanted more would block the schedule for ever.
    private void Run<T>(Schedule<T> schedule, ulong height, T item, Action<T> action, bool hadEnough)
    {
        int unrun = state.Storage.Snapshot();
        try
        {
            action(item);
        }
        catch (Exception exception) when (Faults.Classify(exception) is FaultCode code
            && (hadEnough || code != FaultCode.WorkBudgetExceeded))
        {
            state.Storage.Revert(unrun);
            byte[] record = schedule.Encode(item);
            Quarantine.Add(new QuarantinedItem(schedule.Location, code, height, record));
            logs.EmitAs(WellKnownAddresses.System, new ModuleFaulted(state.Module, record, code));
        }
    }
}
