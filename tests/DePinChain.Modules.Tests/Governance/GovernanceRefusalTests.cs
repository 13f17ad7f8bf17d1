using DePinChain.Modules.Governance;
using DePinChain.Modules.Sdk;
using DePinChain.Primitives;
using static DePinChain.Modules.Tests.Governance.GovernanceNetwork;

namespace DePinChain.Modules.Tests.Governance;

/// <summary>Each refusal of governance by its name.</summary>
public sealed class GovernanceRefusalTests
{
    private static readonly Amount Deposit = Amount.FromDpn(16);

    private GovernanceNetwork _network = null!;

    [SetUp]
    public void Start() => _network = Of(100);

    [Test]
    public void A_title_must_say_something()
    {
        Refuses(GovernanceCalls.ProposeText("", ""), new InvalidTitle(""));
        Refuses(GovernanceCalls.ProposeText("a\tb", ""), new InvalidTitle("a\tb"));
        Refuses(GovernanceCalls.ProposeText(new string('x', 141), ""), new InvalidTitle(new string('x', 141)));
    }

    [Test]
    public void A_uri_has_no_control_characters() => Refuses(GovernanceCalls.ProposeText("a", "\n"), new InvalidUri("\n"));

    [Test]
    public void A_deposit_is_a_sixteenth_at_least()
    {
        Amount less = new(Amount.One.Wei - 1);
        Refuses(GovernanceCalls.ProposeText("a", ""), new DepositTooSmall(Amount.One, less), less);
        _network.Send(Alice, GovernanceCalls.ProposeText("a", ""), Amount.One).Succeeds();
        Refuses(GovernanceCalls.Deposit(1), new DepositTooSmall(Amount.One, less), less);
    }

    [Test]
    public void What_does_not_exist_takes_no_deposit() => Refuses(GovernanceCalls.Deposit(7), new UnknownProposal(7));

    [Test]
    public void What_is_voted_on_takes_no_deposit()
    {
        ulong id = _network.Text();
        Refuses(GovernanceCalls.Deposit(id), new NotInDeposit(id, ProposalStatus.Voting));
    }

    [Test]
    public void The_time_to_deposit_ends_before_its_last_block()
    {
        // Submitted in block 1, it expires at the start of 7: block 6 is the last to deposit in.
        _network.Send(Alice, GovernanceCalls.ProposeText("a", ""), Amount.One).Succeeds();
        _network.AdvanceTo(5);
        _network.Send(Alice, GovernanceCalls.Deposit(1), Amount.One).Succeeds();
        _network.AdvanceTo(6);
        Refuses(GovernanceCalls.Deposit(1), new NotInDeposit(1, ProposalStatus.Deposit));
    }

    [Test]
    public void A_proposal_has_32_depositors()
    {
        // A minimum is complete with 16 least deposits: that 32 do not complete it takes one that rises twice while they come.
        _network.Send(Alice, GovernanceCalls.ProposeText("a", ""), Amount.One).Succeeds();
        Amount needed = Deposit;
        for (ulong i = 2; i <= GovernancePolicy.DepositorsMax + 1; i++)
        {
            if (i is 16 or 31)
            {
                needed = Amount.FromDpn(i == 16 ? 1_000UL : 10_000UL);
                ((IModuleParameters)_network.Governance).SetParameter("depositMin", needed.ToUInt256());
            }

            Address depositor = Address.FromLow(0xe000 + i);
            Amount least = GovernancePolicy.LeastDeposit(needed);
            _network.World.Fund(depositor, least);
            if (i <= GovernancePolicy.DepositorsMax) _network.Send(depositor, GovernanceCalls.Deposit(1), least).Succeeds();
            else _network.Send(depositor, GovernanceCalls.Deposit(1), least).RevertsWith(new TooManyDepositors(32));
            Assert.That(_network.Proposal(1).Status, Is.EqualTo(ProposalStatus.Deposit));
        }
    }

    [Test]
    public void Ten_proposals_are_voted_on_at_a_time()
    {
        for (int i = 0; i < 10; i++) _network.Text();
        Refuses(GovernanceCalls.ProposeText("a", ""), new TooManyVotes(10));
        _network.AdvanceTo(15);
        _network.Text();
    }

    [Test]
    public void Four_phases_end_in_a_block_and_the_rest_in_the_next_ones()
    {
        for (int i = 0; i < 10; i++) _network.Text();
        _network.AdvanceTo(12);
        Assert.That(Decided(), Is.Zero);
        int[] counts = new int[3];
        for (int block = 0; block < 3; block++)
        {
            _network.Next();
            counts[block] = Decided();
        }

        Assert.That(counts, Is.EqualTo(new[] { 4, 8, 10 }));
    }

    [Test]
    public void Weights_add_up_to_ten_thousand()
    {
        ulong id = _network.Text();
        _network.Send(Operator(1), GovernanceCalls.VoteWeighted(id, 5_000, 4_999, 0, 0)).RevertsWith(new InvalidWeights(10_000, 9_999));
        _network.Send(Operator(1), GovernanceCalls.VoteWeighted(id, 65_535, 65_535, 65_535, 65_535))
            .RevertsWith(new InvalidWeights(10_000, 4 * 65_535));
    }

    [Test]
    public void Who_has_no_stake_has_no_vote()
    {
        ulong id = _network.Text();
        _network.Send(Bob, GovernanceCalls.Vote(id, VoteOption.Yes)).RevertsWith(new NoStake(Bob));
    }

    [Test]
    public void A_vote_ends_before_its_last_block()
    {
        ulong id = _network.Text();
        _network.AdvanceTo(12);
        _network.Send(Operator(1), GovernanceCalls.Vote(id, VoteOption.Yes)).RevertsWith(new NotVoting(id, ProposalStatus.Voting));
        _network.Next();
        _network.Send(Operator(1), GovernanceCalls.Vote(id, VoteOption.Yes)).RevertsWith(new NotVoting(id, ProposalStatus.Rejected));
    }

    [Test]
    public void A_parameter_has_a_module_a_key_and_bounds()
    {
        Refuses(GovernanceCalls.ProposeParameter("a", "", "nowhere", "x", 1UL), new UnknownModule("nowhere"));
        Refuses(GovernanceCalls.ProposeParameter("a", "", "bell", "x", 1UL), new NothingGoverned("bell"));
        Refuses(GovernanceCalls.ProposeParameter("a", "", "staking", "x", 1UL), new UnknownParameter("x"));
        Refuses(
            GovernanceCalls.ProposeParameter("a", "", "staking", "jailBlocks", 0UL),
            new ParameterOutOfRange("jailBlocks", 0UL, 1UL, 1_000_000UL));
    }

    [Test]
    public void A_payment_has_a_payee_an_amount_and_an_asset()
    {
        UInt256 one = 1UL;
        Refuses(GovernanceCalls.ProposeSpend("a", "", 0, Address.Zero, one), new InvalidSpend(Address.Zero, one));
        Refuses(GovernanceCalls.ProposeSpend("a", "", 0, Bob, UInt256.Zero), new InvalidSpend(Bob, UInt256.Zero));
        UInt256 huge = UInt256.MaxValue;
        Refuses(GovernanceCalls.ProposeSpend("a", "", 0, Bob, huge), new InvalidSpend(Bob, huge));
        Refuses(GovernanceCalls.ProposeSpend("a", "", 9, Bob, one), new UnknownAsset(9));
    }

    [Test]
    public void A_fork_has_a_name_and_comes_after_its_own_decision()
    {
        // Submitted in block 1: 12 blocks of vote and 5 of delay end at 18.
        Refuses(GovernanceCalls.ProposeFork("a", "", "", 1_000), new InvalidFork(""));
        Refuses(GovernanceCalls.ProposeFork("a", "", "b\n", 1_000), new InvalidFork("b\n"));
        Refuses(GovernanceCalls.ProposeFork("a", "", "aurora", 18), new ForkTooEarly(18, 18));
    }

    [Test]
    public void An_order_goes_to_a_module_that_keeps_it_for_governance()
    {
        Refuses(GovernanceCalls.ProposeOrder("a", "", "nowhere", BellCalls.Ring(1)), new UnknownModule("nowhere"));
        Refuses(
            GovernanceCalls.ProposeOrder("a", "", "bell", BellCalls.Paint()),
            new NotAnOrder("bell", Calldata.SelectorOf(BellCalls.Paint())));
        Refuses(GovernanceCalls.ProposeOrder("a", "", "treasury", []), new NotAnOrder("treasury", 0));
    }

    [Test]
    public void An_order_that_would_be_refused_now_is_refused()
    {
        byte[]? refusal = _network.Send(Alice, GovernanceCalls.ProposeOrder("a", "", "bell", BellCalls.Ring(13)), Deposit).Refusal;
        Assert.That(refusal, Is.EqualTo(Revert.WithReason("it would break").ReturnData));
        Assert.That(_network.Governance.ProposalCount(), Is.Zero);
    }

    [Test]
    public void A_page_has_twenty_proposals() =>
        Assert.That(Sdk.Stage.RevertOf(() => _network.Governance.Proposals(1, 21)), Is.EqualTo(new TooManyProposals(20).Encode()));

    private int Decided() => _network.Events<ProposalDecided>().Count;

    private void Refuses<TError>(byte[] calldata, in TError expected, Amount? value = null)
        where TError : struct, IError => _network.Send(Alice, calldata, value ?? Deposit).RevertsWith(expected);
}
