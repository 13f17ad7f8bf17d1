using DePinChain.Blocks;
using DePinChain.Primitives;

namespace DePinChain.LightClient;

/// <summary>Names who broke the rules of voting at a height, from votes that anybody kept.</summary>
/// <remarks>
/// Malachite, specs/consensus/accountable-tm, with valid rounds in prevotes (Tendermint, arXiv:1807.04938, L28). Who precommits v in
/// round r is locked on it; a prevote for another block v' in r' &gt; r is then allowed only with a valid round ≥ r (L29), or after a new
/// lock on v', which needs a polka for v' between r and r'. For the smallest such r' there can be none: its own valid round would be a
/// smaller one. Hence an accusation of amnesia holds as long as nobody shows a polka for v' between the two rounds.
/// </remarks>
public static class Forensics
{
    /// <summary>Examines a record; votes whose seal is by none of the validators, or of another height, are counted and left out.</summary>
    public static ForensicReport Examine(VoteRecord record)
    {
        List<(int Index, Vote Vote)> known = [];
        int strangers = 0;
        foreach (Vote vote in record.Votes)
        {
            int index = vote.Height == record.Height && vote.TryRecoverSigner(record.ChainId, out Address signer)
                ? record.Validators.IndexOf(signer)
                : -1;
            if (index >= 0) known.Add((index, vote));
            else strangers++;
        }

        return Examine(record.Height, record.Validators, known) with { Strangers = strangers };
    }

    /// <summary>Examines votes whose signers are known.</summary>
    public static ForensicReport Examine(ulong height, ValidatorSet set, IEnumerable<(int Index, Vote Vote)> votes)
    {
        List<(int Index, Vote Vote)> cast = Distinct(votes);
        SortedDictionary<(uint Round, Hash256 Block, int ValidRound), SortedSet<int>> prevotes = [];
        SortedDictionary<(uint Round, Hash256 Block), SortedSet<int>> precommits = [];
        foreach ((int index, Vote vote) in cast)
        {
            if (vote.IsNil) continue;
            if (vote.Kind == VoteKind.Prevote) Seats(prevotes, (vote.Round, vote.BlockHash, vote.ValidRound)).Add(index);
            else Seats(precommits, (vote.Round, vote.BlockHash)).Add(index);
        }

        List<(uint Round, Hash256 Block, int ValidRound)> polkas =
            [.. prevotes.Where(entry => IsQuorum(set, entry.Value)).Select(entry => entry.Key)];
        List<(uint Round, Hash256 Block)> commits = [.. precommits.Where(entry => IsQuorum(set, entry.Value)).Select(entry => entry.Key)];
        List<Offence> offences = [];
        for (int index = 0; index < set.Count; index++)
        {
            Vote[] own = [.. cast.Where(entry => entry.Index == index).Select(entry => entry.Vote)];
            AddEquivocations(index, own, offences);
            AddForgottenLocks(index, own, polkas, commits, offences);
        }

        return new ForensicReport(height, set, offences, polkas, commits);
    }

    private static void AddEquivocations(int index, Vote[] own, List<Offence> offences)
    {
        for (int at = 1; at < own.Length; at++)
        {
            // In order of slots, so a slot's first two different ballots stand together; one pair for a slot is enough.
            bool isSecond = own[at].IsSameSlot(own[at - 1]);
            bool isThird = isSecond && at > 1 && own[at].IsSameSlot(own[at - 2]);
            if (isSecond && !isThird) offences.Add(new Offence(OffenceKind.Equivocation, index, own[at - 1], own[at]));
        }
    }

    private static void AddForgottenLocks(
        int index,
        Vote[] own,
        List<(uint Round, Hash256 Block, int ValidRound)> polkas,
        List<(uint Round, Hash256 Block)> commits,
        List<Offence> offences)
    {
        foreach (Vote locked in own.Where(vote => vote.Kind == VoteKind.Precommit && !vote.IsNil))
        {
            Vote? forgetful = own.FirstOrDefault(vote =>
                vote.Kind == VoteKind.Prevote && !vote.IsNil && vote.Round > locked.Round && vote.BlockHash != locked.BlockHash
                && vote.ValidRound < locked.Round && !IsAllowed(locked, vote, polkas));
            if (forgetful is null) continue;
            bool wasHeld = commits.Contains((locked.Round, locked.BlockHash))
                || polkas.Exists(polka => polka.Round == locked.Round && polka.Block == locked.BlockHash);
            bool cameOff = polkas.Contains((forgetful.Round, forgetful.BlockHash, forgetful.ValidRound));
            OffenceKind kind = wasHeld && cameOff ? OffenceKind.Amnesia : OffenceKind.Suspicion;
            offences.Add(new Offence(kind, index, locked, forgetful));
            return; // one is enough
        }
    }

    // A polka in between, for the block or for a third one that led to it, may have moved the lock.
    private static bool IsAllowed(Vote locked, Vote later, List<(uint Round, Hash256 Block, int ValidRound)> polkas) => polkas.Exists(
        polka => polka.Round > locked.Round && polka.Round < later.Round && polka.Block == later.BlockHash);

    private static List<(int Index, Vote Vote)> Distinct(IEnumerable<(int Index, Vote Vote)> votes)
    {
        SortedDictionary<(int, uint, VoteKind, Hash256, int), Vote> distinct = [];
        foreach ((int index, Vote vote) in votes)
            distinct.TryAdd((index, vote.Round, vote.Kind, vote.BlockHash, vote.ValidRound), vote);
        return [.. distinct.Select(entry => (entry.Key.Item1, entry.Value))];
    }

    private static SortedSet<int> Seats<TKey>(SortedDictionary<TKey, SortedSet<int>> voters, TKey key)
        where TKey : notnull
    {
        if (!voters.TryGetValue(key, out SortedSet<int>? seats)) voters[key] = seats = [];
        return seats;
    }

    private static bool IsQuorum(ValidatorSet set, SortedSet<int> seats) =>
        ValidatorSet.IsQuorum(seats.Aggregate(UInt128.Zero, (power, index) => power + set[index].Power), set.TotalPower);
}

/// <summary>What a height's votes show.</summary>
/// <param name="Height">The block number.</param>
/// <param name="Validators">Its voters.</param>
/// <param name="Offences">By validator; one for a slot, and one forgotten lock for a validator.</param>
/// <param name="Polkas">Blocks that more than two thirds prevoted with one valid round.</param>
/// <param name="Commits">Blocks that more than two thirds precommitted; two different ones are a fork.</param>
public sealed record ForensicReport(
    ulong Height,
    ValidatorSet Validators,
    IReadOnlyList<Offence> Offences,
    IReadOnlyList<(uint Round, Hash256 Block, int ValidRound)> Polkas,
    IReadOnlyList<(uint Round, Hash256 Block)> Commits)
{
    /// <summary>Votes that were left out: of another height, or by nobody of the set.</summary>
    public int Strangers { get; init; }

    public bool IsFork => Commits.Select(commit => commit.Block).Distinct().Count() > 1;

    /// <summary>Power of everybody who is named for more than a suspicion.</summary>
    public UInt128 AccusedPower => Offences.Where(offence => offence.Kind != OffenceKind.Suspicion).Select(offence => offence.Index)
        .Distinct().Aggregate(UInt128.Zero, (power, index) => power + Validators[index].Power);

    /// <summary>Whether those named are enough to have forked the chain: more than a third.</summary>
    public bool IsExplained => ValidatorSet.IsThird(AccusedPower, Validators.TotalPower);
}
