using DePinChain.Blocks;
using DePinChain.Primitives;

namespace DePinChain.Consensus;

/// <summary>The precommits for what was decided, growing as late ones come: who signed is who is paid, so every vote counts.</summary>
internal sealed class CommitTally(ValidatorSet validators, ulong height, uint round, Hash256 blockHash)
{
    private readonly Vote?[] _votes = new Vote?[validators.Count];
    private readonly bool[] _reported = new bool[validators.Count];
    private CommitCertificate? _certificate;

    public ulong Height => height;

    public Hash256 BlockHash => blockHash;

    public CommitCertificate Certificate => _certificate ??= CommitCertificate.Assemble(height, round, blockHash, _votes);

    public void Add(int index, Vote vote)
    {
        bool counts = vote.Kind == VoteKind.Precommit && vote.Height == height && vote.Round == round && vote.BlockHash == blockHash;
        if (!counts || _votes[index] is not null) return;
        _votes[index] = vote;
        _certificate = null;
    }

    public void Add(CommitCertificate certificate)
    {
        foreach ((int index, Vote vote) in certificate.Votes())
        {
            if (index < _votes.Length) Add(index, vote);
        }
    }

    /// <summary>
    /// Takes a vote that came after the height was left. A precommit that contradicts a counted one is evidence, once for each signer.
    /// </summary>
    public Evidence? AddLate(Vote vote, Address signer)
    {
        int index = validators.IndexOf(signer);
        if (index < 0 || vote.Kind != VoteKind.Precommit || vote.Round != round) return null;
        if (_votes[index] is not { } counted)
        {
            Add(index, vote);
            return null;
        }

        if (counted.IsSameBallot(vote) || _reported[index]) return null;
        _reported[index] = true;
        return DuplicateVote.Of(counted, vote);
    }
}
