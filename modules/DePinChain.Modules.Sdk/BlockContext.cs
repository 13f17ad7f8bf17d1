using DePinChain.Primitives;

namespace DePinChain.Modules.Sdk;

/// <summary>What a module may know of the block it runs in. In a block's header most of it is not sealed yet.</summary>
public sealed class BlockContext
{
    /// <summary>EIP-155 chain id.</summary>
    public required ulong ChainId { get; init; }

    /// <summary>Height of this block; genesis is 0.</summary>
    public required ulong Number { get; init; }

    /// <summary>Seconds since 1970 of this block's header.</summary>
    public required ulong Timestamp { get; init; }

    /// <summary>Signing address of the validator that built this block: its header's miner.</summary>
    public required Address Proposer { get; init; }

    /// <summary>Hash of the block before.</summary>
    public required Hash256 ParentHash { get; init; }

    /// <summary>mixHash of the block before. Not a seed: draw from <see cref="Randomness"/>.</summary>
    public required Hash256 ParentMix { get; init; }

    /// <summary>Base fee per gas.</summary>
    public required Amount BaseFee { get; init; }

    /// <summary>Gas limit of this block.</summary>
    public required ulong GasLimit { get; init; }

    /// <summary>The beacon, as far as this block may see it.</summary>
    public required Randomness Randomness { get; init; }

    /// <summary>Which forks are active when.</summary>
    public required ForkSchedule Forks { get; init; }

    /// <summary>The certificate that decided the block before; null in block 1, whose parent is genesis.</summary>
    public LastCommit? LastCommit { get; init; }

    /// <summary>Misbehaviour this block accuses validators of, with signatures already verified.</summary>
    public IReadOnlyList<Misbehaviour> Evidence { get; init; } = [];
}
