using DePinChain.Blocks;
using DePinChain.Primitives;

namespace DePinChain.Consensus;

/// <summary>The votes of one kind in one round: one for each validator, counted by what they say.</summary>
internal sealed class VoteTally(ValidatorSet validators)
{
    // By validator index. Null once nothing but forgotten nil votes was left.
    private Vote?[]? _votes;
    private readonly List<Ballot> _ballots = [];

    // Who voted nil before the nil votes were dropped, so that nobody is counted twice.
    private bool[]? _forgotten;

    /// <summary>The power that voted anything.</summary>
    public UInt128 Cast { get; private set; }

    public Vote? Find(int index) => _votes?[index];

    /// <summary>
    /// Takes a validator's first vote. A later one is not counted and returned with the first, if they differ and the first is kept.
    /// </summary>
    public bool TryAdd(int index, Vote vote, out Vote? first)
    {
        first = _votes?[index];
        if (first is not null || _forgotten is not null && _forgotten[index]) return false;
        _votes ??= new Vote?[validators.Count];
        _votes[index] = vote;
        ulong power = validators[index].Power;
        Cast += power;
        BallotOf(vote).Power += power;
        return true;
    }

    /// <summary>The power that voted for a hash (zero is nil), whatever valid round the votes carry.</summary>
    public UInt128 PowerFor(Hash256 blockHash)
    {
        UInt128 power = 0;
        foreach (Ballot ballot in _ballots)
        {
            if (ballot.BlockHash == blockHash) power += ballot.Power;
        }

        return power;
    }

    /// <summary>The power that voted for a hash with this valid round.</summary>
    public UInt128 PowerFor(Hash256 blockHash, int validRound)
    {
        foreach (Ballot ballot in _ballots)
        {
            if (ballot.BlockHash == blockHash && ballot.ValidRound == validRound) return ballot.Power;
        }

        return 0;
    }

    /// <summary>Bit i of validator i, for those whose vote is kept.</summary>
    public byte[] Bitmap()
    {
        byte[] bitmap = new byte[(validators.Count + 7) / 8];
        for (int i = 0; i < validators.Count; i++)
        {
            if (Find(i) is not null) bitmap[i / 8] |= (byte)(1 << (i % 8));
        }

        return bitmap;
    }

    /// <summary>Nil votes of a round that is over decide nothing any more.</summary>
    public void ForgetNil()
    {
        if (_votes is null) return;
        bool isEmpty = true;
        for (int i = 0; i < _votes.Length; i++)
        {
            if (_votes[i] is not { } vote) continue;
            isEmpty &= vote.IsNil;
            if (!vote.IsNil) continue;
            _forgotten ??= new bool[_votes.Length];
            _forgotten[i] = true;
            _votes[i] = null;
        }

        if (isEmpty) _votes = null;
    }

    private Ballot BallotOf(Vote vote)
    {
        foreach (Ballot known in _ballots)
        {
            if (known.BlockHash == vote.BlockHash && known.ValidRound == vote.ValidRound) return known;
        }

        Ballot ballot = new(vote.BlockHash, vote.ValidRound);
        _ballots.Add(ballot);
        return ballot;
    }

    private sealed class Ballot(Hash256 blockHash, int validRound)
    {
        public Hash256 BlockHash { get; } = blockHash;

        public int ValidRound { get; } = validRound;

        public UInt128 Power { get; set; }
    }
}
