using DePinChain.Modules.Sdk;
using DePinChain.Primitives;
using static DePinChain.Modules.Sdk.Guard;

namespace DePinChain.Modules.Governance;

/// <content>What can be asked without a transaction.</content>
public sealed partial class GovernanceModule
{
    /// <summary>How many proposals there ever were; they are numbered from 1.</summary>
    [Function]
    public ulong ProposalCount() => Ids.Last;

    /// <summary>A proposal.</summary>
    /// <param name="id">Its number.</param>
    [Function]
    public ProposalReport Proposal(ulong id) => ReportOf(id, Get(id));

    /// <summary>Proposals from a number on.</summary>
    /// <param name="first">The first number.</param>
    /// <param name="limit">At most so many, up to 20.</param>
    [Function]
    public ProposalReport[] Proposals(ulong first, uint limit)
    {
        Require(limit <= GovernancePolicy.PageMax, new TooManyProposals(GovernancePolicy.PageMax));
        ulong start = Math.Max(first, 1);
        ulong count = Ids.Last;
        ulong size = start > count ? 0 : Math.Min(limit, count - start + 1);
        var page = new ProposalReport[size];
        for (uint i = 0; i < page.Length; i++) page[i] = ReportOf(start + i, Get(start + i));
        return page;
    }

    /// <summary>The count of a proposal's votes: the final one, or as it would come out now.</summary>
    /// <param name="id">The proposal.</param>
    [Function]
    public TallyRecord Tally(ulong id) => Get(id).Status switch
    {
        ProposalStatus.Voting => _ballots.Count(id),
        _ => Tallies.GetOr(id, default),
    };

    /// <summary>How an account voted, in parts of 10,000; all zeros when it did not.</summary>
    /// <param name="id">The proposal.</param>
    /// <param name="voter">The account.</param>
    [Function]
    public Ballot VoteOf(ulong id, Address voter) => _ballots.BallotOf(id, voter);

    /// <summary>Who deposited how much on a proposal that is not decided.</summary>
    /// <param name="id">The proposal.</param>
    [Function]
    public DepositReport[] Deposits(ulong id) => [.. _deposits.Of(id)];

    /// <summary>The height that governance planned for a fork; 0 when it planned none.</summary>
    /// <param name="name">The fork.</param>
    [Function]
    public ulong ForkHeight([Limit(64)] string name) => ForkHeights[name];

    /// <inheritdoc/>
    public IEnumerable<string> Violations() =>
        GovernanceInvariants.Violations(_bank.BalanceOf(Address), _deposits.Held).Concat(_ballots.Violations());

    private ProposalReport ReportOf(ulong id, in ProposalRecord proposal)
    {
        ProposalBody body = Bodies[id];
        return new ProposalReport(
            id, proposal.Proposer, proposal.Kind, proposal.Status, proposal.SubmittedAt, proposal.DepositEnds, proposal.VotingEnds,
            proposal.EffectAt, proposal.Deposited, body.Title, body.Uri, body.Subject, body.Key, body.Account, body.Token, body.Number,
            body.Calldata);
    }
}
