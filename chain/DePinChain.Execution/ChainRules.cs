using DePinChain.Blocks;
using DePinChain.Modules.Sdk;
using DePinChain.Primitives;

namespace DePinChain.Execution;

/// <summary>The rules of one network that execution needs, from its genesis document.</summary>
public sealed record ChainRules
{
    public required ulong ChainId { get; init; }

    public required ForkSchedule Forks { get; init; }

    /// <summary>Heights at which the rules change, ascending.</summary>
    public required IReadOnlyList<ulong> ForkHeights { get; init; }

    /// <summary>Wei per gas below which the base fee never falls.</summary>
    public required UInt256 MinBaseFeePerGas { get; init; }

    public required ulong GasLimitTarget { get; init; }

    /// <summary>Least seconds between two blocks' timestamps: 12, or 0 on a localnet.</summary>
    public required ulong MinBlockSeconds { get; init; }

    public static ChainRules Of(GenesisDocument genesis) => new()
    {
        ChainId = genesis.ChainId,
        Forks = new ForkSchedule(genesis.Forks.Select(f => KeyValuePair.Create(f.Name, f.Height))),
        ForkHeights = [.. genesis.Forks.Select(f => f.Height).Distinct().Order()],
        MinBaseFeePerGas = genesis.MinBaseFeePerGas,
        GasLimitTarget = genesis.GasLimitTarget,
        MinBlockSeconds = genesis.MinBlockSeconds,
    };

    /// <summary>Whether a fork becomes active in exactly this block.</summary>
    public bool ForksAt(ulong height)
    {
        foreach (ulong fork in ForkHeights)
            if (fork == height) return true;
        return false;
    }
}
