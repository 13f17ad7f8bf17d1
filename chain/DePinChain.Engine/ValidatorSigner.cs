using DePinChain.Blocks;
using DePinChain.Crypto;
using DePinChain.Execution;
using DePinChain.Primitives;

namespace DePinChain.Engine;

/// <summary>A validator's two hot keys: one signs proposals and votes through the guard, one proves randomness.</summary>
/// <remarks>The proof of randomness is deterministic and unique in its output, so it needs no guard.</remarks>
public sealed class ValidatorSigner(ulong chainId, Address address, SignerGuard guard, PrivateKey vrfKey) : IDisposable
{
    /// <summary>The signing address.</summary>
    public Address Address => address;

    /// <summary>The highest slot signed so far.</summary>
    public SignerMark Mark => guard.Mark;

    /// <summary>Refusals since the start: each is a double signature that did not happen.</summary>
    public long RefusalCount { get; private set; }

    /// <summary>Signs a vote, or returns null when the guard refuses.</summary>
    public Vote? Sign(VoteKind kind, ulong height, uint round, int validRound, in Hash256 blockHash)
    {
        SigningStep step = kind == VoteKind.Prevote ? SigningStep.Prevote : SigningStep.Precommit;
        Hash256 digest = ConsensusSignBytes.OfVote(chainId, kind, height, round, validRound, blockHash);
        if (guard.TrySign(new SigningSlot(height, round, step), digest, out Signature seal))
            return new Vote(kind, height, round, validRound, blockHash, seal);
        RefusalCount++;
        return null;
    }

    /// <summary>Signs a proposal, or returns null when the guard refuses.</summary>
    public Proposal? Sign(ulong height, uint round, int validRound, in Hash256 blockHash)
    {
        Hash256 digest = ConsensusSignBytes.OfProposal(chainId, height, round, validRound, blockHash);
        if (guard.TrySign(new SigningSlot(height, round, SigningStep.Propose), digest, out Signature seal))
            return new Proposal(height, round, validRound, blockHash, seal);
        RefusalCount++;
        return null;
    }

    /// <summary>The 81-byte proof of randomness for a height.</summary>
    public byte[] Prove(ulong height, in Hash256 parentMix) => Beacon.Prove(vrfKey, chainId, height, parentMix);

    /// <inheritdoc/>
    public void Dispose()
    {
        guard.Dispose();
        vrfKey.Dispose();
    }
}
