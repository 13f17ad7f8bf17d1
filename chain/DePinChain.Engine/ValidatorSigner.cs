using DePinChain.Blocks;
using DePinChain.Crypto;
using DePinChain.Execution;
using DePinChain.Primitives;

namespace DePinChain.Engine;

/// <summary>A validator's two hot keys: one signs proposals and votes through the guard, one proves randomness.</summary>
/// <remarks>The proof of randomness is deterministic and unique in its output, so it needs no guard.</remarks>
public sealed class ValidatorSigner(ulong chainId, Address address, SignerGuard guard, PrivateKey vrfKey) : IValidatorSigner
{
    /// <inheritdoc/>
    public Address Address => address;

    /// <inheritdoc/>
    public SignerMark Mark => guard.Mark;

    /// <inheritdoc/>
    public long RefusalCount { get; private set; }

    /// <inheritdoc/>
    public string? Trouble => null;

    /// <inheritdoc/>
    public Vote? Sign(VoteKind kind, ulong height, uint round, int validRound, in Hash256 blockHash)
    {
        SigningStep step = kind == VoteKind.Prevote ? SigningStep.Prevote : SigningStep.Precommit;
        Hash256 digest = ConsensusSignBytes.OfVote(chainId, kind, height, round, validRound, blockHash);
        if (guard.TrySign(new SigningSlot(height, round, step), digest, out Signature seal))
            return new Vote(kind, height, round, validRound, blockHash, seal);
        RefusalCount++;
        return null;
    }

    /// <inheritdoc/>
    public Proposal? Sign(ulong height, uint round, int validRound, in Hash256 blockHash)
    {
        Hash256 digest = ConsensusSignBytes.OfProposal(chainId, height, round, validRound, blockHash);
        if (guard.TrySign(new SigningSlot(height, round, SigningStep.Propose), digest, out Signature seal))
            return new Proposal(height, round, validRound, blockHash, seal);
        RefusalCount++;
        return null;
    }

    /// <inheritdoc/>
    public byte[] Prove(ulong height, in Hash256 parentMix) => Beacon.Prove(vrfKey, chainId, height, parentMix);

    /// <inheritdoc/>
    public void Dispose()
    {
        guard.Dispose();
        vrfKey.Dispose();
    }
}
