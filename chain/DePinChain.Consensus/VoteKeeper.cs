using DePinChain.Blocks;
using DePinChain.Primitives;

namespace DePinChain.Consensus;

/// <summary>What became of a vote.</summary>
internal enum VoteOutcome : byte
{
    /// <summary>Counted.</summary>
    Counted,

    /// <summary>Beyond the window: only remembered as its validator's highest.</summary>
    Noted,

    /// <summary>Said before, or below a validator's noted one.</summary>
    Known,

    /// <summary>Another vote of the validator stands in the slot already: evidence.</summary>
    Conflicting,
}

/// <summary>The votes of one height: who voted what, and which thresholds are newly reached.</summary>
/// <remarks>
/// Memory: two votes for each validator and round up to the current round + 8, and one vote for each validator beyond. A validator's
/// first vote in a slot counts, its second is evidence. The round of the highest vote is what L55 looks at: more than one third at a
/// round or later contains a correct validator that was there, so going there is as safe as the paper's "in exactly that round", and
/// needs no more memory.
/// </remarks>
internal sealed class VoteKeeper(ValidatorSet validators)
{
    /// <summary>Rounds above the current one whose votes are counted.</summary>
    public const uint RoundsAhead = 8;

    private readonly SortedDictionary<uint, RoundVotes> _rounds = [];

    // The highest round that each validator voted in, -1 for none, and the vote itself while it lies beyond the window.
    private readonly long[] _highest = [.. Enumerable.Repeat(-1L, validators.Count)];
    private readonly Vote?[] _noted = new Vote?[validators.Count];

    public int RoundsKept => _rounds.Count;

    /// <summary>The rounds that votes are held of, ascending.</summary>
    public IReadOnlyList<uint> Rounds => [.. _rounds.Keys];

    /// <summary>Takes the vote of a validator. Thresholds that it newly reaches are added to <paramref name="reached"/>.</summary>
    /// <param name="index">The signer's index.</param>
    /// <param name="vote">A vote of this height.</param>
    /// <param name="currentRound">The round that the window hangs on.</param>
    /// <param name="reached">Receives the new thresholds.</param>
    /// <param name="first">The vote that stands in the slot, when the outcome is conflicting.</param>
    public VoteOutcome Add(int index, Vote vote, uint currentRound, List<Threshold> reached, out Vote? first)
    {
        first = null;
        if (vote.Round > currentRound + RoundsAhead) return Note(index, vote, currentRound, reached);
        RoundVotes round = RoundOf(vote.Round);
        VoteTally tally = round.TallyOf(vote.Kind);
        if (!tally.TryAdd(index, vote, out first))
        {
            bool isConflict = first is not null && !first.IsSameBallot(vote);
            return isConflict ? VoteOutcome.Conflicting : VoteOutcome.Known;
        }

        round.Report(vote, validators.TotalPower, reached);
        Raise(index, vote.Round, currentRound, reached);
        return VoteOutcome.Counted;
    }

    /// <summary>The votes that are noted beyond the window and above the round, in order of index.</summary>
    public IReadOnlyList<(int Index, Vote Vote)> NotedAbove(uint round)
    {
        List<(int, Vote)>? above = null;
        for (int i = 0; i < _noted.Length; i++)
        {
            if (_noted[i] is { } noted && noted.Round > round) (above ??= []).Add((i, noted));
        }

        return above ?? (IReadOnlyList<(int, Vote)>)[];
    }

    /// <summary>
    /// The window moves up: nil votes of past rounds are dropped, and noted votes that it now covers are counted and returned.
    /// </summary>
    /// <remarks>
    /// Those of the round just left stay: whoever went ahead alone is less than the third that would pull the others along (L55), so
    /// they can only follow by the precommits that let it go, and a lost one may be left nowhere else.
    /// </remarks>
    public IReadOnlyList<(int Index, Vote Vote)> Enter(uint round)
    {
        foreach ((uint past, RoundVotes votes) in _rounds)
        {
            if (past + 1 < round) votes.ForgetNil();
        }

        List<(int, Vote)>? counted = null;
        List<Threshold> reached = [];
        for (int i = 0; i < _noted.Length; i++)
        {
            if (_noted[i] is not { } vote || vote.Round > round + RoundsAhead) continue;
            _noted[i] = null;
            if (Add(i, vote, round, reached, out _) == VoteOutcome.Counted) (counted ??= []).Add((i, vote));
        }

        return counted ?? (IReadOnlyList<(int, Vote)>)[];
    }

    /// <summary>The highest round above the current one that more than one third of the power has reached.</summary>
    public uint? FindSkipRound(uint currentRound)
    {
        UInt128 power = 0;
        List<int> ahead = [];
        for (int i = 0; i < _highest.Length; i++)
        {
            if (_highest[i] <= currentRound) continue;
            power += validators[i].Power;
            ahead.Add(i);
        }

        if (!ValidatorSet.IsThird(power, validators.TotalPower)) return null;

        // From the top down until one third is passed; ties are one round, so their order does not matter.
        ahead.Sort((left, right) => _highest[right] != _highest[left] ? _highest[right].CompareTo(_highest[left]) : left.CompareTo(right));
        power = 0;
        foreach (int index in ahead)
        {
            power += validators[index].Power;
            if (ValidatorSet.IsThird(power, validators.TotalPower)) return (uint)_highest[index];
        }

        return null;
    }

    public bool IsPolkaAny(uint round) => IsQuorum(Find(round)?.Prevotes.Cast ?? 0);

    public bool IsPolkaNil(uint round) => IsQuorum(Find(round)?.Prevotes.PowerFor(Hash256.Zero) ?? 0);

    /// <summary>L28 counts by hash alone: a proposer that signed two valid rounds splits no polka here.</summary>
    public bool IsPolka(uint round, Hash256 value) => IsQuorum(Find(round)?.Prevotes.PowerFor(value) ?? 0);

    /// <summary>L36 wants one valid round in all votes, so that a polka certificate exists for every lock.</summary>
    public bool IsPolka(uint round, Hash256 value, int validRound) => IsQuorum(Find(round)?.Prevotes.PowerFor(value, validRound) ?? 0);

    public bool IsPrecommitAny(uint round) => IsQuorum(Find(round)?.Precommits.Cast ?? 0);

    /// <summary>The power that voted anything in a slot.</summary>
    public UInt128 CastIn(VoteKind kind, uint round) => Find(round)?.TallyOf(kind).Cast ?? 0;

    /// <summary>A validator's counted vote, or null.</summary>
    public Vote? Find(VoteKind kind, uint round, int index) => Find(round)?.TallyOf(kind).Find(index);

    /// <summary>All counted votes of a slot by validator index.</summary>
    public IReadOnlyList<Vote?> VotesOf(VoteKind kind, uint round)
    {
        Vote?[] votes = new Vote?[validators.Count];
        for (int i = 0; i < votes.Length; i++) votes[i] = Find(kind, round, i);
        return votes;
    }

    /// <summary>Who voted in a slot, as a certificate's bitmap.</summary>
    public byte[] BitmapOf(VoteKind kind, uint round) =>
        Find(round)?.TallyOf(kind).Bitmap() ?? new byte[(validators.Count + 7) / 8];

    private VoteOutcome Note(int index, Vote vote, uint currentRound, List<Threshold> reached)
    {
        if (vote.Round <= _highest[index]) return VoteOutcome.Known;
        _noted[index] = vote;
        Raise(index, vote.Round, currentRound, reached);
        return VoteOutcome.Noted;
    }

    private void Raise(int index, uint round, uint currentRound, List<Threshold> reached)
    {
        if (round <= _highest[index]) return;
        uint? before = round > currentRound ? FindSkipRound(currentRound) : null;
        _highest[index] = round;
        if (round > currentRound && FindSkipRound(currentRound) is { } skip && skip != before)
        {
            reached.Add(new Threshold(ThresholdKind.Skip, skip));
        }
    }

    private bool IsQuorum(UInt128 power) => ValidatorSet.IsQuorum(power, validators.TotalPower);

    private RoundVotes? Find(uint round) => _rounds.GetValueOrDefault(round);

    private RoundVotes RoundOf(uint round)
    {
        if (_rounds.TryGetValue(round, out RoundVotes? votes)) return votes;
        votes = new RoundVotes(round, validators);
        _rounds.Add(round, votes);
        return votes;
    }
}
