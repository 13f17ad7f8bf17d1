using DePinChain.Blocks;
using DePinChain.Primitives;

namespace DePinChain.Engine;

/// <summary>The decided block's certificate, growing by precommits that arrive late, until the next block carries it.</summary>
/// <remarks>A validator whose vote came after the decision is present all the same: liveness is counted from this certificate.</remarks>
public sealed class LastCommitCollector
{
    private readonly ValidatorSet _set;
    private readonly Vote?[] _precommits;
    private CommitCertificate _certificate;
    private bool _hasGrown;

    /// <summary>Begins with the certificate that decided.</summary>
    /// <param name="certificate">Verified against <paramref name="set"/>.</param>
    /// <param name="set">The validators of the decided height.</param>
    public LastCommitCollector(CommitCertificate certificate, ValidatorSet set)
    {
        _set = set;
        _certificate = certificate;
        _precommits = new Vote?[set.Count];
        foreach ((int index, Vote vote) in certificate.Votes()) _precommits[index] = vote;
    }

    /// <summary>The certificate with everything that has arrived so far.</summary>
    public CommitCertificate Certificate
    {
        get
        {
            if (_hasGrown)
            {
                _certificate = CommitCertificate.Assemble(_certificate.Height, _certificate.Round, _certificate.BlockHash, _precommits);
                _hasGrown = false;
            }

            return _certificate;
        }
    }

    /// <summary>Adds a verified precommit; false when it is not one that was missing.</summary>
    public bool TryAdd(Vote vote, Address signer)
    {
        if (vote.Kind != VoteKind.Precommit || vote.Height != _certificate.Height || vote.Round != _certificate.Round) return false;
        if (vote.BlockHash != _certificate.BlockHash) return false;
        int index = _set.IndexOf(signer);
        if (index < 0 || _precommits[index] is not null) return false;
        _precommits[index] = vote;
        _hasGrown = true;
        return true;
    }
}
