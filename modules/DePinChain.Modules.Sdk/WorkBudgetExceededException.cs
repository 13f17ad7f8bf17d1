namespace DePinChain.Modules.Sdk;

/// <summary>A step at a block's start wanted more units than it has. Its item, or the step, is undone.</summary>
/// <param name="needed">Units wanted.</param>
/// <param name="left">Units left.</param>
public sealed class WorkBudgetExceededException(ulong needed, ulong left)
    : Exception($"{needed} units of work were needed, {left} are left in this block.");
