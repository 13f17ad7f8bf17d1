using DePinChain.Blocks;
using DePinChain.Primitives;

namespace DePinChain.Execution;

/// <summary>What a proposer decides about its block besides the transactions.</summary>
public sealed record ProposalInputs
{
    /// <summary>Signing address of the builder.</summary>
    public required Address Miner { get; init; }

    /// <summary>Unix seconds.</summary>
    public required ulong Timestamp { get; init; }

    /// <summary>The certificate for the parent that the proposer chose; null on genesis only.</summary>
    public required CommitCertificate? LastCommit { get; init; }

    public IReadOnlyList<Evidence> Evidence { get; init; } = [];

    /// <summary>81 bytes under the builder's VRF key: <see cref="Beacon.Prove"/>.</summary>
    public required ReadOnlyMemory<byte> VrfProof { get; init; }

    /// <summary>At most 32 bytes of free text.</summary>
    public ReadOnlyMemory<byte> ExtraData { get; init; }

    internal static ProposalInputs Of(Block block) => new()
    {
        Miner = block.Header.Miner,
        Timestamp = block.Header.Timestamp,
        LastCommit = block.Consensus.LastCommit,
        Evidence = block.Consensus.Evidence,
        VrfProof = block.Consensus.VrfProof,
        ExtraData = block.Header.ExtraData,
    };
}
