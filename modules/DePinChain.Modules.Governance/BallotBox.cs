using DePinChain.Modules.Sdk;
using DePinChain.Modules.Staking;
using DePinChain.Primitives;

namespace DePinChain.Modules.Governance;

/// <summary>
/// Ballots, and for each validator what its delegators say themselves. The totals follow every vote and every change of a voter's shares,
/// so that counting walks the seats and nobody's ballot, and no share counts twice however it moves.
/// </summary>
[ModulePart]
internal sealed partial class BallotBox(ModuleState state, IStaking staking)
{
    private const int PartnersPerPage = 64;

    [Slot(20)] private partial Set<ulong> Open { get; }
    [Slot(21)] private partial Map<(ulong Proposal, Address Voter), Ballot> Ballots { get; }
    [Slot(22)] private partial Map<(ulong Proposal, Address Validator), OverrideRecord> Overrides { get; }

    public ulong OpenCount => Open.Count;

    public void OpenFor(ulong proposal) => Open.Add(proposal);

    public void CloseFor(ulong proposal) => Open.Remove(proposal);

    public Ballot BallotOf(ulong proposal, Address voter) => Ballots.GetOr((proposal, voter), default);

    /// <summary>Records a ballot in place of the voter's earlier one.</summary>
    /// <returns>False when the voter has nothing to vote with.</returns>
    public bool Cast(ulong proposal, Address voter, in Ballot ballot)
    {
        Ballot earlier = BallotOf(proposal, voter);
        bool hasVoted = GovernancePolicy.SumOf(earlier) > 0;
        bool hasStake = !staking.StakeOf(voter).IsZero;
        for (ulong start = 0; ; start += PartnersPerPage)
        {
            IReadOnlyList<(Address Validator, Amount Stake)> page = staking.StakesOf(voter, start, PartnersPerPage);
            foreach ((Address validator, Amount stake) in page)
            {
                hasStake |= !stake.IsZero;
                UInt128 shares = SharesApart(voter, validator);
                if (shares == UInt128.Zero) continue;
                OverrideRecord all = OverridesOf(proposal, validator);
                if (hasVoted) all = GovernancePolicy.Subtract(all, earlier, shares);
                Overrides[(proposal, validator)] = GovernancePolicy.Add(all, ballot, shares);
            }

            if (page.Count < PartnersPerPage) break;
        }

        Ballots[(proposal, voter)] = ballot;
        return hasStake;
    }

    /// <summary>Moves the totals of every open vote after a voter whose shares have changed.</summary>
    public void Follow(Address voter, Address validator, UInt128 before, UInt128 after)
    {
        if (voter == validator) return;
        foreach (ulong proposal in Open.Page(0, GovernancePolicy.VotingMax))
        {
            Ballot ballot = BallotOf(proposal, voter);
            if (GovernancePolicy.SumOf(ballot) == 0) continue;
            OverrideRecord without = GovernancePolicy.Subtract(OverridesOf(proposal, validator), ballot, before);
            Overrides[(proposal, validator)] = GovernancePolicy.Add(without, ballot, after);
        }
    }

    /// <summary>Counts the votes with the stake as it stands: that of seats which are not in jail.</summary>
    public TallyRecord Count(ulong proposal)
    {
        TallyRecord tally = default;
        foreach ((Address validator, _) in staking.Seats())
        {
            UInt128 shares = staking.SharesOf(validator);
            if (shares == UInt128.Zero || !staking.IsActive(validator)) continue;
            tally = GovernancePolicy.Add(
                tally, staking.StakeOf(validator), shares, BallotOf(proposal, validator), OverridesOf(proposal, validator));
        }

        return tally;
    }

    /// <summary>
    /// What must hold of the totals: of no validator more shares vote than there are, and each votes with its whole weight.
    /// </summary>
    public IEnumerable<string> Violations()
    {
        foreach (ulong proposal in Open.Page(0, GovernancePolicy.VotingMax))
        {
            foreach ((Address validator, _) in staking.Seats())
            {
                OverrideRecord all = OverridesOf(proposal, validator);
                if (all.Shares > staking.SharesOf(validator))
                    yield return $"governance: on {proposal} more shares of {validator} vote than there are";
                if (all.Yes + all.Abstain + all.No + all.Veto != UInt256.MultiplyWide(all.Shares, GovernancePolicy.Weights))
                    yield return $"governance: on {proposal} the votes of {validator}'s delegators do not add up";
            }
        }
    }

    private OverrideRecord OverridesOf(ulong proposal, Address validator) => Overrides.GetOr((proposal, validator), default);

    // An operator's shares of its own validator vote as the validator does.
    private UInt128 SharesApart(Address voter, Address validator) =>
        voter == validator ? UInt128.Zero : staking.SharesOf(voter, validator);
}
