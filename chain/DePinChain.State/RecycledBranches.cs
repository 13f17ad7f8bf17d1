namespace DePinChain.State;

/// <summary>
/// Branches for another use: sealing a full block opens twelve thousand of a kilobyte each, and a subtree's are done with before the next
/// one's begin, so a few dozen serve a whole block and the collector has a quarter less to do. Some for each thread, so there is no lock.
/// </summary>
internal static class RecycledBranches
{
    // 128 KiB for each thread that seals.
    private const int KeptMax = 128;

    [ThreadStatic]
    private static Stack<TrieBranch>? _kept;

    /// <summary>A branch without children.</summary>
    public static TrieBranch Take() => _kept is { } kept && kept.TryPop(out TrieBranch? branch) ? branch : new TrieBranch();

    /// <summary>Gives back a branch that nobody refers to any more.</summary>
    public static void Return(TrieBranch branch)
    {
        Stack<TrieBranch> kept = _kept ??= new Stack<TrieBranch>(KeptMax);
        if (kept.Count < KeptMax)
        {
            Array.Clear(branch.Children);
            kept.Push(branch);
        }
    }
}
