using DePinChain.Blocks;
using DePinChain.Execution;
using DePinChain.Primitives;

namespace DePinChain.Engine;

/// <summary>The last decided block and what it takes to decide the next.</summary>
/// <param name="Block">The block.</param>
/// <param name="View">The validators of the next height.</param>
/// <param name="Rotation">Their turns; the same object over a whole epoch, so that it remembers what it has worked out.</param>
/// <param name="Commit">The certificate this node saw; null for genesis.</param>
/// <param name="Signers">The validators who decided the block; null for genesis.</param>
public sealed record ChainHead(Block Block, ConsensusView View, ProposerRotation Rotation, CommitCertificate? Commit, ValidatorSet? Signers)
{
    public BlockHeader Header => Block.Header;

    public ulong Number => Block.Number;

    /// <summary>First height of the next block's epoch: where the rotation counts from.</summary>
    public ulong EpochStart => View.EpochStart;

    /// <summary>The head after a decided block.</summary>
    public ChainHead After(Block block, ConsensusView next, CommitCertificate commit)
    {
        bool isSameEpoch = next.EpochStart == View.EpochStart && next.Validators.Hash == View.Validators.Hash;
        return new ChainHead(block, next, isSameEpoch ? Rotation : next.Rotation, commit, View.Validators);
    }
}
