using DePinChain.Blocks;
using DePinChain.Primitives;

namespace DePinChain.Consensus;

/// <summary>The prevotes and precommits of one round, and which thresholds they have been reported for.</summary>
internal sealed class RoundVotes(uint round, ValidatorSet validators)
{
    private readonly List<Threshold> _reported = [];

    public VoteTally Prevotes { get; } = new(validators);

    public VoteTally Precommits { get; } = new(validators);

    public VoteTally TallyOf(VoteKind kind) => kind == VoteKind.Prevote ? Prevotes : Precommits;

    public void ForgetNil()
    {
        Prevotes.ForgetNil();
        Precommits.ForgetNil();
    }

    /// <summary>Adds the thresholds that the vote, which was just counted, reached for the first time.</summary>
    public void Report(Vote vote, UInt128 total, List<Threshold> reached)
    {
        if (vote.Kind == VoteKind.Precommit)
        {
            ReportIf(Precommits.Cast, total, new Threshold(ThresholdKind.PrecommitAny, round), reached);
            if (!vote.IsNil)
            {
                Threshold commit = new(ThresholdKind.PrecommitValue, round, vote.BlockHash);
                ReportIf(Precommits.PowerFor(vote.BlockHash), total, commit, reached);
            }

            return;
        }

        ReportIf(Prevotes.Cast, total, new Threshold(ThresholdKind.PolkaAny, round), reached);
        UInt128 power = Prevotes.PowerFor(vote.BlockHash);
        if (vote.IsNil)
        {
            ReportIf(power, total, new Threshold(ThresholdKind.PolkaNil, round), reached);
            return;
        }

        ReportIf(power, total, new Threshold(ThresholdKind.PolkaValue, round, vote.BlockHash), reached);
        ReportIf(
            Prevotes.PowerFor(vote.BlockHash, vote.ValidRound),
            total,
            new Threshold(ThresholdKind.PolkaProposal, round, vote.BlockHash, vote.ValidRound),
            reached);
    }

    private void ReportIf(UInt128 power, UInt128 total, Threshold threshold, List<Threshold> reached)
    {
        if (!ValidatorSet.IsQuorum(power, total) || _reported.Contains(threshold)) return;
        _reported.Add(threshold);
        reached.Add(threshold);
    }
}
