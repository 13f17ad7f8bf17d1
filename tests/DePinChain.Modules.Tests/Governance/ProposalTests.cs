using DePinChain.Modules.Economy;
using DePinChain.Modules.Governance;
using DePinChain.Modules.Sdk;
using DePinChain.Primitives;
using static DePinChain.Modules.Tests.Governance.GovernanceNetwork;

namespace DePinChain.Modules.Tests.Governance;

/// <summary>A proposal's life: deposit, vote, delay, effect.</summary>
public sealed class ProposalTests
{
    private static readonly Amount Deposit = Amount.FromDpn(16);

    [Test]
    public void A_parameter_changes_at_the_first_epoch_boundary_after_the_delay()
    {
        GovernanceNetwork network = Of(100, 50);
        ulong id = GovernanceCalls.ProposeParameterResult(network.Send(
            Alice, GovernanceCalls.ProposeParameter("Longer jail", "ipfs://why", "staking", "jailBlocks", 77UL), Deposit).Succeeds());
        network.Next();
        network.Vote(Operator(1), id, VoteOption.Yes);

        // Submitted in block 1, counted at the start of 13, due from 18 on; epochs begin at 11, 21, 31.
        network.AdvanceTo(13);
        Assert.That(network.Proposal(id).Status, Is.EqualTo(ProposalStatus.Queued));
        Assert.That(network.Proposal(id).EffectAt, Is.EqualTo(18));
        Assert.That(network.World.BalanceOf(Alice), Is.EqualTo(Amount.FromDpn(1_000_000)), "the deposit is back");
        network.AdvanceTo(20);
        Assert.That(JailBlocks(network), Is.EqualTo((UInt256)5UL));
        network.Next();
        Assert.That(JailBlocks(network), Is.EqualTo((UInt256)77UL));
        Assert.That(network.Proposal(id).Status, Is.EqualTo(ProposalStatus.Executed));
        Assert.That(network.Events<ParameterChanged>(), Is.EqualTo(new[] { new ParameterChanged(id, "staking", "jailBlocks", 77UL) }));
    }

    [Test]
    public void The_pool_pays_what_was_decided()
    {
        GovernanceNetwork network = Of(100);
        network.World.Fund(WellKnownAddresses.Treasury, Amount.FromDpn(1_000));
        ulong id = Passed(network, GovernanceCalls.ProposeSpend("A grant", "", 0, Dave, Amount.FromDpn(60).ToUInt256()));
        network.AdvanceTo(21);
        Assert.That(network.World.BalanceOf(Dave), Is.EqualTo(Amount.FromDpn(1_000_060)));
        Assert.That(network.Events<PoolSpent>(), Is.EqualTo(new[] { new PoolSpent(Dave, Amount.FromDpn(60)) }));
        Assert.That(network.Events<ProposalExecuted>(), Is.EqualTo(new[] { new ProposalExecuted(id) }));
    }

    [Test]
    public void The_pool_pays_tokens_too()
    {
        GovernanceNetwork network = Of(100);
        network.Send(Alice, TokensCalls.Mint(1, WellKnownAddresses.Treasury, 5_000_000UL), to: WellKnownAddresses.Tokens).Succeeds();
        Passed(network, GovernanceCalls.ProposeSpend("A grant", "", 1, Dave, 400_000UL));
        network.AdvanceTo(21);
        Assert.That(network.Events<TokenPoolSpent>(), Is.EqualTo(new[] { new TokenPoolSpent(Dave, 1, 400_000UL) }));
    }

    [Test]
    public void What_the_pool_may_not_pay_fails_by_name_and_nothing_moves()
    {
        // A tenth of 100 DPN may be spent in a period; 60 is asked for.
        GovernanceNetwork network = Of(100);
        network.World.Fund(WellKnownAddresses.Treasury, Amount.FromDpn(100));
        ulong id = Passed(network, GovernanceCalls.ProposeSpend("A grant", "", 0, Dave, Amount.FromDpn(60).ToUInt256()));
        network.AdvanceTo(21);
        Assert.That(network.Proposal(id).Status, Is.EqualTo(ProposalStatus.Failed));
        ProposalFailed failed = network.Events<ProposalFailed>().Single();
        Assert.That(failed.Code, Is.EqualTo(FaultCode.Reverted));
        Assert.That(failed.Reason, Is.EqualTo(
            new SpendLimitExceeded(Amount.FromDpn(60).ToUInt256(), Amount.FromDpn(10).ToUInt256(), 31).Encode()));
        Assert.That(network.World.BalanceOf(Dave), Is.EqualTo(Amount.FromDpn(1_000_000)));
        Assert.That(network.Treasury.Pool(), Is.EqualTo(Amount.FromDpn(100)));
    }

    [Test]
    public void A_veto_burns_the_deposit_of_every_depositor()
    {
        GovernanceNetwork network = Of(100);
        Amount supply = network.World.TotalSupply;
        ulong id = GovernanceCalls.ProposeTextResult(
            network.Send(Alice, GovernanceCalls.ProposeText("Spam", ""), Amount.FromDpn(6)).Succeeds());
        network.Send(Bob, GovernanceCalls.Deposit(id), Amount.FromDpn(10)).Succeeds();
        network.Vote(Operator(1), id, VoteOption.Veto);
        network.AdvanceTo(13);
        Assert.That(network.Proposal(id).Status, Is.EqualTo(ProposalStatus.Vetoed));
        Assert.That(network.World.TotalSupply, Is.EqualTo(supply - Deposit));
        Assert.That(network.World.BalanceOf(WellKnownAddresses.Governance), Is.EqualTo(Amount.Zero));
        Assert.That(network.Events<DepositBurned>(), Is.EqualTo(new[] { new DepositBurned(id, Deposit) }));
        Assert.That(network.Events<Burned>(), Is.EqualTo(new[] { new Burned(WellKnownAddresses.Governance, Deposit) }));
    }

    [Test]
    public void Nobody_voting_rejects_and_refunds()
    {
        GovernanceNetwork network = Of(100);
        ulong id = network.Text();
        network.AdvanceTo(13);
        Assert.That(network.Proposal(id).Status, Is.EqualTo(ProposalStatus.Rejected));
        Assert.That(network.Events<DepositRefunded>(), Is.EqualTo(new[] { new DepositRefunded(id, Alice, Deposit) }));
        network.AdvanceTo(31);
        Assert.That(network.Proposal(id).Status, Is.EqualTo(ProposalStatus.Rejected), "what was rejected never takes effect");
    }

    [Test]
    public void A_proposal_without_its_deposit_expires_and_everybody_is_refunded()
    {
        GovernanceNetwork network = Of(100);
        ulong id = GovernanceCalls.ProposeTextResult(
            network.Send(Alice, GovernanceCalls.ProposeText("Poor", ""), Amount.FromDpn(3)).Succeeds());
        network.Send(Bob, GovernanceCalls.Deposit(id), Amount.FromDpn(2)).Succeeds();
        network.AdvanceTo(7);
        Assert.That(network.Proposal(id).Status, Is.EqualTo(ProposalStatus.Expired));
        Assert.That(network.Events<ProposalExpired>(), Is.EqualTo(new[] { new ProposalExpired(id, Amount.FromDpn(5)) }));
        Assert.That(network.World.BalanceOf(Alice), Is.EqualTo(Amount.FromDpn(1_000_000)));
        Assert.That(network.World.BalanceOf(Bob), Is.EqualTo(Amount.FromDpn(1_000_000)));
        network.Send(Bob, GovernanceCalls.Deposit(id), Deposit).RevertsWith(new NotInDeposit(id, ProposalStatus.Expired));
    }

    [Test]
    public void The_vote_begins_when_the_deposit_is_complete()
    {
        GovernanceNetwork network = Of(100);
        ulong id = GovernanceCalls.ProposeTextResult(
            network.Send(Alice, GovernanceCalls.ProposeText("Slow", ""), Amount.One).Succeeds());
        network.Send(Operator(1), GovernanceCalls.Vote(id, VoteOption.Yes)).RevertsWith(new NotVoting(id, ProposalStatus.Deposit));
        network.AdvanceTo(3);
        network.Send(Bob, GovernanceCalls.Deposit(id), Amount.FromDpn(15)).Succeeds();
        Assert.That(network.Proposal(id).VotingEnds, Is.EqualTo(4 + 12));
        Assert.That(network.Governance.Deposits(id), Is.EqualTo(new[]
        {
            new DepositReport(Alice, Amount.One), new DepositReport(Bob, Amount.FromDpn(15)),
        }));

        // The end of the time to deposit finds it voted on and leaves it alone.
        network.AdvanceTo(15);
        Assert.That(network.Proposal(id).Status, Is.EqualTo(ProposalStatus.Voting));
    }

    [Test]
    public void A_fork_has_its_height_on_record()
    {
        GovernanceNetwork network = Of(100);
        ulong id = Passed(network, GovernanceCalls.ProposeFork("Aurora", "", "aurora", 1_000));
        network.AdvanceTo(21);
        Assert.That(network.Governance.ForkHeight("aurora"), Is.EqualTo(1_000));
        Assert.That(network.Events<ForkPlanned>(), Is.EqualTo(new[] { new ForkPlanned(id, "aurora", 1_000) }));
    }

    [Test]
    public void A_module_takes_the_orders_it_keeps_for_governance()
    {
        GovernanceNetwork network = Of(100);
        Passed(network, GovernanceCalls.ProposeOrder("Ring", "", "bell", BellCalls.Ring(3)));
        Assert.That(network.Bell.Count(), Is.Zero, "trying it out at submission leaves nothing");
        network.AdvanceTo(21);
        Assert.That(network.Bell.Count(), Is.EqualTo(3));
        network.Send(Alice, BellCalls.Ring(1), to: BellModule.Descriptor.Address).RevertsWith(new NotForYou(Alice));
    }

    [Test]
    public void Proposals_are_listed_in_pages()
    {
        GovernanceNetwork network = Of(100);
        for (int i = 0; i < 3; i++) network.Text();
        Assert.That(network.Governance.ProposalCount(), Is.EqualTo(3));
        Assert.That(network.Governance.Proposals(0, 2).Select(at => at.Id), Is.EqualTo(new[] { 1UL, 2UL }));
        Assert.That(network.Governance.Proposals(3, 20).Single().Title, Is.EqualTo("A text"));
        Assert.That(network.Governance.Proposals(4, 20), Is.Empty);
        Assert.That(() => network.Governance.Proposals(1, 21), Throws.TypeOf<Revert>());
    }

    private static ulong Passed(GovernanceNetwork network, byte[] proposal)
    {
        network.Send(Alice, proposal, Deposit).Succeeds();
        ulong id = network.Governance.ProposalCount();
        network.Vote(Operator(1), id, VoteOption.Yes);
        return id;
    }

    private static UInt256 JailBlocks(GovernanceNetwork network) =>
        ((IModuleParameters)network.Staking).ListParameters().Single(static parameter => parameter.Key == "jailBlocks").Value;
}
