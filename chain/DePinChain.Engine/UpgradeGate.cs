using DePinChain.Blocks;

namespace DePinChain.Engine;

/// <summary>The first height whose rules this program does not have.</summary>
/// <remarks>
/// A node that went on by the old rules would part from the network at that block and might sign for its own side. It stops at the block
/// before, whole, and says which fork it lacks.
/// </remarks>
public sealed class UpgradeGate
{
    private readonly GenesisFork? _missing;

    /// <param name="scheduled">The network's forks.</param>
    /// <param name="known">Names of those that this program implements.</param>
    public UpgradeGate(IReadOnlyList<GenesisFork> scheduled, IReadOnlyCollection<string> known)
    {
        foreach (GenesisFork fork in scheduled.OrderBy(fork => fork.Height).ThenBy(fork => fork.Name, StringComparer.Ordinal))
        {
            if (known.Contains(fork.Name)) continue;
            _missing = fork;
            break;
        }
    }

    /// <summary>A gate that is open for ever.</summary>
    public static UpgradeGate Open { get; } = new([], []);

    /// <summary>The height that this program cannot decide; null when it can decide all.</summary>
    public ulong? ClosedFrom => _missing?.Height;

    /// <exception cref="RefusalException">The height is of rules that this program lacks.</exception>
    public void Require(ulong height)
    {
        if (_missing is not { } fork || height < fork.Height) return;
        throw new RefusalException(
            ExitCode.RefusedForSafety,
            $"The network's fork '{fork.Name}' is due at block {fork.Height} and this program does not have it: "
            + $"it stopped cleanly at block {fork.Height - 1} and nothing is lost; install a version that has '{fork.Name}' "
            + "and start it on the same folder.");
    }
}
