using DePinChain.Modules.Governance;
using DePinChain.Modules.Sdk;
using DePinChain.Modules.Staking;
using DePinChain.Modules.Tests.Staking;
using DePinChain.Primitives;
using static DePinChain.Modules.Tests.Governance.GovernanceNetwork;

namespace DePinChain.Modules.Tests.Governance;

/// <summary>Who votes with what: operators for those who are silent, delegators for themselves, nobody twice.</summary>
public sealed class TallyTests
{
    private const ulong Wad = GovernancePolicy.Wad;

    [Test]
    public void Delegators_override_their_validators_to_the_wei()
    {
        // Stake: V1 100 + Alice 40 + Carol 10 = 150, V2 50 + Bob 20 = 70, V3 30 + Carol 10 = 40; bonded 260.
        // V1 votes yes, V2 no, V3 not at all; Alice no, Carol half yes and half abstain, Bob not at all.
        //   V1: own 150 − 40 − 10 = 100 yes; Alice 40 no; Carol 5 yes, 5 abstain
        //   V2: own 70 no (Bob is silent)
        //   V3: Carol 5 yes, 5 abstain; 30 do not vote
        // yes 110, abstain 10, no 110, veto 0: 230 of 260 voted (88 %), yes is 110 / 220 = 50 % and must exceed that: rejected.
        GovernanceNetwork network = Of(100, 50, 30);
        network.Delegate(Alice, 1, 40);
        network.Delegate(Bob, 2, 20);
        network.Delegate(Carol, 1, 10);
        network.Delegate(Carol, 3, 10);
        ulong id = network.Text();
        network.Vote(Operator(1), id, VoteOption.Yes);
        network.Vote(Operator(2), id, VoteOption.No);
        network.Vote(Alice, id, VoteOption.No);
        network.Send(Carol, GovernanceCalls.VoteWeighted(id, 5_000, 5_000, 0, 0)).Succeeds();
        TallyRecord expected = Tally(yes: 110, abstain: 10, no: 110, veto: 0, bonded: 260);
        Assert.That(network.Governance.Tally(id), Is.EqualTo(expected), "as it would come out now");
        network.AdvanceTo(13);
        Assert.That(network.Governance.Tally(id), Is.EqualTo(expected), "as it came out");
        Assert.That(network.Proposal(id).Status, Is.EqualTo(ProposalStatus.Rejected));
        Assert.That(network.Events<ProposalDecided>().Single(), Is.EqualTo(new ProposalDecided(
            id, ProposalStatus.Rejected, Amount.FromDpn(110), Amount.FromDpn(10), Amount.FromDpn(110), Amount.Zero,
            Amount.FromDpn(260), 0)));
    }

    [Test]
    public void Only_the_last_vote_of_an_account_counts()
    {
        GovernanceNetwork network = Of(100);
        network.Delegate(Alice, 1, 60);
        ulong id = network.Text();
        network.Vote(Alice, id, VoteOption.Veto);
        network.Vote(Alice, id, VoteOption.Yes);
        network.Vote(Operator(1), id, VoteOption.Yes);
        network.Vote(Operator(1), id, VoteOption.No);
        Assert.That(network.Governance.Tally(id), Is.EqualTo(Tally(60, 0, 100, 0, 160)));
        Assert.That(network.Governance.VoteOf(id, Alice), Is.EqualTo(new Ballot(10_000, 0, 0, 0)));
    }

    [Test]
    public void A_vote_follows_its_stake_and_never_counts_twice()
    {
        GovernanceNetwork network = Of(100, 100);
        network.Delegate(Alice, 1, 60);
        ulong id = network.Text();
        network.Vote(Alice, id, VoteOption.Yes);
        network.Vote(Operator(1), id, VoteOption.No);
        network.Vote(Operator(2), id, VoteOption.No);
        network.Stake(Alice, StakingCalls.Redelegate(Operator(1), Operator(2), Amount.FromDpn(20).ToUInt256()));
        Assert.That(network.Governance.Tally(id), Is.EqualTo(Tally(60, 0, 200, 0, 260)), "moved");
        network.Delegate(Alice, 2, 5);
        Assert.That(network.Governance.Tally(id), Is.EqualTo(Tally(65, 0, 200, 0, 265)), "more");
        network.Stake(Alice, StakingCalls.Undelegate(Operator(1), Amount.FromDpn(40).ToUInt256()));
        Assert.That(network.Governance.Tally(id), Is.EqualTo(Tally(25, 0, 200, 0, 225)), "what unbonds votes no more");
        network.Delegate(Bob, 1, 7);
        Assert.That(network.Governance.Tally(id), Is.EqualTo(Tally(25, 0, 207, 0, 232)), "Bob has not voted");
    }

    [Test]
    public void A_jailed_validator_and_its_delegators_do_not_count()
    {
        GovernanceNetwork network = Of(100, 100);
        network.Delegate(Alice, 1, 60);
        ulong id = network.Text();
        network.Vote(Alice, id, VoteOption.Yes);
        network.Vote(Operator(1), id, VoteOption.Yes);
        network.Vote(Operator(2), id, VoteOption.No);
        network.AdvanceTo(3);
        network.Next([new Misbehaviour(MisbehaviourKind.DuplicateVote, StakingNetwork.Signer(1), 2)]);
        Assert.That(network.Governance.Tally(id), Is.EqualTo(Tally(0, 0, 100, 0, 100)));
    }

    [TestCase(333UL, 0UL, 0UL, 0UL, ProposalStatus.Rejected, TestName = "33.3 % are no quorum")]
    [TestCase(334UL, 0UL, 0UL, 0UL, ProposalStatus.Queued, TestName = "33.4 % are a quorum")]
    [TestCase(0UL, 1_000UL, 0UL, 0UL, ProposalStatus.Rejected, TestName = "abstentions alone decide nothing")]
    [TestCase(1UL, 999UL, 0UL, 0UL, ProposalStatus.Queued, TestName = "abstentions count for the quorum only")]
    [TestCase(500UL, 0UL, 500UL, 0UL, ProposalStatus.Rejected, TestName = "half is not more than half")]
    [TestCase(501UL, 0UL, 499UL, 0UL, ProposalStatus.Queued, TestName = "more than half passes")]
    [TestCase(666UL, 0UL, 0UL, 334UL, ProposalStatus.Queued, TestName = "33.4 % of vetoes are not more than that")]
    [TestCase(665UL, 0UL, 0UL, 335UL, ProposalStatus.Vetoed, TestName = "33.5 % of vetoes are")]
    [TestCase(0UL, 600UL, 100UL, 300UL, ProposalStatus.Rejected, TestName = "vetoes are measured against abstentions too")]
    public void The_outcome_is_decided_by_quorum_veto_and_threshold(
        ulong yes, ulong abstain, ulong no, ulong veto, ProposalStatus outcome) => Assert.That(
            GovernancePolicy.Outcome(Tally(yes, abstain, no, veto, 1_000), GovernanceParameters.Mainnet), Is.EqualTo(outcome));

    [Test]
    public void A_chain_without_stake_rejects() => Assert.That(
        GovernancePolicy.Outcome(default, GovernanceParameters.Mainnet), Is.EqualTo(ProposalStatus.Rejected));

    [Test]
    public void Slashed_shares_vote_with_what_they_are_worth_rounded_down()
    {
        // 100 wei stand behind 300 shares. One delegator has 100 shares and votes 3,333 yes and 6,667 no; the operator votes yes for 200.
        //   yes: (100 · 3,333 + 200 · 10,000) · 100 / (300 · 10,000) = 2,333,300 / 30,000 = 77.77 → 77
        //   no:   100 · 6,667 · 100 / (300 · 10,000) = 66,670,000 / 3,000,000 = 22.22 → 22; one wei votes for nothing
        OverrideRecord apart = GovernancePolicy.Add(default, new Ballot(3_333, 0, 6_667, 0), 100);
        TallyRecord tally = GovernancePolicy.Add(default, new Amount(100), 300, new Ballot(10_000, 0, 0, 0), apart);
        Assert.That(tally, Is.EqualTo(new TallyRecord(new Amount(77), Amount.Zero, new Amount(22), Amount.Zero, new Amount(100))));
    }

    [Test]
    public void Running_totals_equal_a_walk_over_all_ballots()
    {
        // The model walks every delegation at the end, as cosmos-sdk's tally does; the module never does.
        for (int seed = 1; seed <= 20; seed++)
        {
            var random = new Random(seed);
            GovernanceNetwork network = Of(100, 70, 30);
            Address[] people = [Alice, Bob, Carol, Dave, Operator(1), Operator(2)];
            ulong[] proposals = [network.Text(), network.Text()];
            for (int step = 0; step < 60; step++) Act(network, random, people, proposals);
            foreach (ulong proposal in proposals)
                Assert.That(network.Governance.Tally(proposal), Is.EqualTo(Walk(network, proposal)), $"seed {seed}");
            Assert.That(network.Governance.Violations(), Is.Empty, $"seed {seed}");
        }
    }

    [Test]
    public void A_count_of_a_hundred_seats_with_full_deposits_is_one_items_work()
    {
        GovernanceNetwork network = Of([.. Enumerable.Range(1, 100).Select(static n => 100UL + (ulong)n)]);
        for (int i = 1; i <= 100; i++) network.Delegate(Alice, i, 1);
        ulong id = GovernanceCalls.ProposeTextResult(
            network.Send(Alice, GovernanceCalls.ProposeText("Wide", ""), Amount.One).Succeeds());
        for (int i = 1; i <= 15; i++) network.Send(Operator(i), GovernanceCalls.Deposit(id), Amount.One).Succeeds();
        network.Vote(Alice, id, VoteOption.No);
        for (int i = 1; i <= 100; i++) network.Vote(Operator(i), id, VoteOption.Veto);
        network.AdvanceTo(13);
        TestContext.Out.WriteLine($"{network.Units} units");
        Assert.That(network.Proposal(id).Status, Is.EqualTo(ProposalStatus.Vetoed));
        Assert.That(network.Units, Is.LessThan(WorkBudget.UnitsPerItemMax));
    }

    private static void Act(GovernanceNetwork network, Random random, Address[] people, ulong[] proposals)
    {
        Address who = people[random.Next(people.Length)];
        Address validator = Operator(random.Next(1, 4));
        ulong proposal = proposals[random.Next(proposals.Length)];
        UInt256 shares = Amount.FromDpn((ulong)random.Next(1, 20)).ToUInt256() + (ulong)random.Next(1_000);
        switch (random.Next(6))
        {
            case 0:
                ushort yes = (ushort)random.Next(10_001);
                network.Send(who, GovernanceCalls.VoteWeighted(proposal, yes, 0, (ushort)(10_000 - yes), 0));
                break;
            case 1:
                network.Send(who, GovernanceCalls.Vote(proposal, (VoteOption)random.Next(1, 5)));
                break;
            case 2:
                network.Send(who, StakingCalls.Undelegate(validator, shares), to: WellKnownAddresses.Staking);
                break;
            case 3:
                network.Send(
                    who, StakingCalls.Redelegate(validator, Operator(random.Next(1, 4)), shares), to: WellKnownAddresses.Staking);
                break;
            default:
                network.Send(who, StakingCalls.Delegate(validator), new Amount((UInt128)shares), WellKnownAddresses.Staking);
                break;
        }
    }

    private static TallyRecord Walk(GovernanceNetwork network, ulong proposal)
    {
        Address[] everybody = [Alice, Bob, Carol, Dave, Operator(1), Operator(2), Operator(3)];
        UInt128[] options = new UInt128[4];
        Amount bonded = Amount.Zero;
        foreach ((Address validator, _) in network.Staking.Seats())
        {
            if (!network.Staking.IsActive(validator)) continue;
            UInt128 tokens = network.Staking.StakeOf(validator).Wei;
            UInt128 shares = network.Staking.SharesOf(validator);
            bonded += new Amount(tokens);
            UInt128[] parts = new UInt128[4];
            foreach (Address delegator in everybody)
            {
                Ballot own = network.Governance.VoteOf(proposal, delegator);
                bool speaks = own != default || delegator == validator;
                Ballot ballot = speaks ? own : network.Governance.VoteOf(proposal, validator);
                ushort[] weights = [ballot.Yes, ballot.Abstain, ballot.No, ballot.Veto];
                for (int i = 0; i < 4; i++) parts[i] += network.Staking.SharesOf(delegator, validator) * weights[i];
            }

            for (int i = 0; i < 4; i++) options[i] += (UInt128)UInt256.MulDiv(parts[i], tokens, shares * 10_000, Rounding.Down);
        }

        return new TallyRecord(
            new Amount(options[0]), new Amount(options[1]), new Amount(options[2]), new Amount(options[3]), bonded);
    }

    private static TallyRecord Tally(ulong yes, ulong abstain, ulong no, ulong veto, ulong bonded) => new(
        Amount.FromDpn(yes), Amount.FromDpn(abstain), Amount.FromDpn(no), Amount.FromDpn(veto), Amount.FromDpn(bonded));
}
