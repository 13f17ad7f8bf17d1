using DePinChain.Blocks;
using DePinChain.Consensus;
using DePinChain.Primitives;

namespace DePinChain.Unit.Tests.Consensus;

/// <summary>
/// Each row of the transition table, by the line of arXiv:1807.04938 that it stands for, and what must not happen beside it.
/// </summary>
[TestFixture]
internal sealed class RoundMachineTests
{
    private static readonly Hash256 V = Ballots.Value('v');
    private static readonly Hash256 W = Ballots.Value('w');

    [Test]
    public void A_proposer_with_a_valid_value_proposes_it_with_its_round_L16()
    {
        RoundState state = At(2, RoundStep.Precommit) with { ValidValue = V, ValidRound = 1 };
        Transition transition = Apply(state, RoundEventKind.NewRoundProposer, round: 3);
        Check(transition, PaperLine.L16, new RoundOutput.Propose(V, ValidRound: 1));
        Assert.That(transition.Next.Step, Is.EqualTo(RoundStep.Propose));
        Assert.That(transition.Next.Round, Is.EqualTo(3));
    }

    [Test]
    public void A_proposer_without_a_valid_value_asks_for_one_L18() =>
        Check(Apply(new RoundState(), RoundEventKind.NewRoundProposer, round: 0), PaperLine.L18, new RoundOutput.Build());

    [Test]
    public void A_built_value_is_proposed_as_a_first_proposal_L19() =>
        Check(Apply(At(0, RoundStep.Propose), RoundEventKind.ValueBuilt, V), PaperLine.L19, new RoundOutput.Propose(V, ValidRound: -1));

    [TestCase(RoundStep.Prevote)]
    [TestCase(RoundStep.Precommit)]
    public void A_value_that_is_built_after_the_propose_step_is_not_proposed(object step) =>
        CheckNothing(At(0, (RoundStep)step), RoundEventKind.ValueBuilt, V);

    [Test]
    public void Who_does_not_propose_waits_for_the_proposal_L21() =>
        Check(Apply(new RoundState(), RoundEventKind.NewRound, round: 0), PaperLine.L21, new RoundOutput.Wait(TimeoutKind.Propose));

    [Test]
    public void A_new_round_keeps_lock_and_valid_value_and_forgets_what_happens_once_in_a_round()
    {
        RoundState state = At(1, RoundStep.Precommit) with
        {
            LockedValue = V,
            LockedRound = 0,
            ValidValue = W,
            ValidRound = 1,
            HasPolka = true,
            HasPrevoteTimer = true,
            HasPrecommitTimer = true,
        };
        RoundState next = Apply(state, RoundEventKind.NewRound, round: 2).Next;
        Assert.That(next, Is.EqualTo(new RoundState
        {
            Round = 2,
            Step = RoundStep.Propose,
            LockedValue = V,
            LockedRound = 0,
            ValidValue = W,
            ValidRound = 1,
        }));
    }

    [Test]
    public void A_round_is_not_entered_twice() => CheckNothing(At(2, RoundStep.Prevote), RoundEventKind.NewRound, round: 2);

    [Test]
    public void An_unlocked_validator_prevotes_a_first_proposal_L24()
    {
        Transition transition = Apply(At(0, RoundStep.Propose), RoundEventKind.Proposal, V);
        Check(transition, PaperLine.L24, new RoundOutput.Cast(VoteKind.Prevote, V));
        Assert.That(transition.Next.Step, Is.EqualTo(RoundStep.Prevote));
    }

    [Test]
    public void A_validator_prevotes_the_first_proposal_that_it_is_locked_on_L24() =>
        Check(Apply(Locked(V, 0, at: 1), RoundEventKind.Proposal, V), PaperLine.L24, new RoundOutput.Cast(VoteKind.Prevote, V));

    [Test]
    public void A_locked_validator_prevotes_nil_for_another_first_proposal_L26() =>
        Check(Apply(Locked(V, 0, at: 1), RoundEventKind.Proposal, W), PaperLine.L26, new RoundOutput.Cast(VoteKind.Prevote, Hash256.Zero));

    [Test]
    public void A_bad_first_proposal_gets_a_nil_prevote_L26() => Check(
        Apply(At(0, RoundStep.Propose), RoundEventKind.BadProposal, V),
        PaperLine.L26,
        new RoundOutput.Cast(VoteKind.Prevote, Hash256.Zero));

    // lockedRound <= vr: 0 <= 0, 0 <= 1; or the locked value itself whatever the round.
    [TestCase('v', 0, 'w', 0)]
    [TestCase('v', 0, 'w', 1)]
    [TestCase('v', 2, 'v', 1)]
    public void A_polka_as_late_as_the_lock_or_for_the_locked_value_is_followed_L30(
        char locked, int lockedRound, char proposed, int validRound)
    {
        RoundState state = Locked(Ballots.Value(locked), lockedRound, at: 3);
        Hash256 value = Ballots.Value(proposed);
        Transition transition = Apply(state, RoundEventKind.ProposalAndPolkaPrevious, value, validRound: validRound);
        Check(transition, PaperLine.L30, new RoundOutput.Cast(VoteKind.Prevote, value, validRound));
        Assert.That(transition.Next.LockedValue, Is.EqualTo(state.LockedValue), "A prevote does not move the lock.");
    }

    [Test]
    public void An_unlocked_validator_follows_any_earlier_polka_L30() => Check(
        Apply(At(3, RoundStep.Propose), RoundEventKind.ProposalAndPolkaPrevious, V, validRound: 0),
        PaperLine.L30,
        new RoundOutput.Cast(VoteKind.Prevote, V, 0));

    [Test]
    public void A_lock_later_than_the_polka_holds_L32() => Check(
        Apply(Locked(V, 2, at: 3), RoundEventKind.ProposalAndPolkaPrevious, W, validRound: 1),
        PaperLine.L32,
        new RoundOutput.Cast(VoteKind.Prevote, Hash256.Zero));

    [Test]
    public void An_invalid_value_with_an_earlier_polka_gets_a_nil_prevote_L32() => Check(
        Apply(At(3, RoundStep.Propose), RoundEventKind.BadProposalAndPolkaPrevious, W, validRound: 1),
        PaperLine.L32,
        new RoundOutput.Cast(VoteKind.Prevote, Hash256.Zero));

    [TestCase(RoundEventKind.Proposal)]
    [TestCase(RoundEventKind.BadProposal)]
    [TestCase(RoundEventKind.ProposalAndPolkaPrevious)]
    [TestCase(RoundEventKind.BadProposalAndPolkaPrevious)]
    [TestCase(RoundEventKind.TimeoutPropose)]
    public void Nobody_prevotes_twice_in_a_round(object kind) =>
        CheckNothing(At(3, RoundStep.Prevote), (RoundEventKind)kind, V, validRound: 1);

    [Test]
    public void The_first_two_thirds_of_prevotes_start_the_prevote_timer_L35()
    {
        Transition transition = Apply(At(0, RoundStep.Prevote), RoundEventKind.PolkaAny);
        Check(transition, PaperLine.L35, new RoundOutput.Wait(TimeoutKind.Prevote));
        CheckNothing(transition.Next, RoundEventKind.PolkaAny);
    }

    [TestCase(RoundStep.Propose)]
    [TestCase(RoundStep.Precommit)]
    public void The_prevote_timer_belongs_to_the_prevote_step(object step) => CheckNothing(At(0, (RoundStep)step), RoundEventKind.PolkaAny);

    [Test]
    public void A_polka_for_the_proposal_locks_and_precommits_it_L40()
    {
        Transition transition = Apply(At(2, RoundStep.Prevote), RoundEventKind.ProposalAndPolkaCurrent, V);
        Check(transition, PaperLine.L40, new RoundOutput.Cast(VoteKind.Precommit, V));
        Assert.That(transition.Next, Is.EqualTo(At(2, RoundStep.Precommit) with
        {
            LockedValue = V,
            LockedRound = 2,
            ValidValue = V,
            ValidRound = 2,
            HasPolka = true,
        }));
    }

    [Test]
    public void A_polka_in_a_later_round_moves_the_lock_to_another_value_L40()
    {
        RoundState state = Locked(W, 0, at: 2) with { Step = RoundStep.Prevote };
        RoundState next = Apply(state, RoundEventKind.ProposalAndPolkaCurrent, V).Next;
        Assert.That((next.LockedValue, next.LockedRound), Is.EqualTo((V, 2)));
    }

    [Test]
    public void A_polka_after_the_precommit_changes_the_valid_value_only_L42()
    {
        RoundState state = Locked(W, 0, at: 2) with { Step = RoundStep.Precommit };
        Transition transition = Apply(state, RoundEventKind.ProposalAndPolkaCurrent, V);
        Check(transition, PaperLine.L42, output: null);
        Assert.That((transition.Next.LockedValue, transition.Next.LockedRound), Is.EqualTo((W, 0)));
        Assert.That((transition.Next.ValidValue, transition.Next.ValidRound), Is.EqualTo((V, 2)));
        CheckNothing(transition.Next, RoundEventKind.ProposalAndPolkaCurrent, V);
    }

    [Test]
    public void A_polka_waits_for_our_own_prevote() => CheckNothing(At(0, RoundStep.Propose), RoundEventKind.ProposalAndPolkaCurrent, V);

    [Test]
    public void A_polka_for_nil_is_precommitted_as_nil_L45()
    {
        Transition transition = Apply(At(0, RoundStep.Prevote), RoundEventKind.PolkaNil);
        Check(transition, PaperLine.L45, new RoundOutput.Cast(VoteKind.Precommit, Hash256.Zero));
        Assert.That(transition.Next.LockedRound, Is.EqualTo(-1));
        CheckNothing(At(0, RoundStep.Propose), RoundEventKind.PolkaNil);
        CheckNothing(At(0, RoundStep.Precommit), RoundEventKind.PolkaNil);
    }

    [TestCase(RoundStep.Propose)]
    [TestCase(RoundStep.Prevote)]
    [TestCase(RoundStep.Precommit)]
    public void The_first_two_thirds_of_precommits_start_the_precommit_timer_in_any_step_L48(object step)
    {
        Transition transition = Apply(At(0, (RoundStep)step), RoundEventKind.PrecommitAny);
        Check(transition, PaperLine.L48, new RoundOutput.Wait(TimeoutKind.Precommit));
        CheckNothing(transition.Next, RoundEventKind.PrecommitAny);
    }

    [TestCase(0u)]
    [TestCase(3u)]
    [TestCase(7u)]
    public void Precommits_of_any_round_decide_L51(uint round)
    {
        Transition transition = Apply(At(3, RoundStep.Propose), RoundEventKind.ProposalAndPrecommits, V, round);
        Check(transition, PaperLine.L51, new RoundOutput.Decide(round, V));
        CheckNothing(transition.Next, RoundEventKind.ProposalAndPrecommits, W, round: 9);
    }

    [Test]
    public void A_decided_height_does_nothing_more([Values] RoundEventKind kind) =>
        CheckNothing(At(3, RoundStep.Decided), kind, V, round: kind == RoundEventKind.SkipRound ? 5u : 3u);

    [Test]
    public void More_than_a_third_in_a_later_round_is_followed_L56()
    {
        Check(Apply(At(3, RoundStep.Prevote), RoundEventKind.SkipRound, round: 5), PaperLine.L56, new RoundOutput.Enter(5));
        CheckNothing(At(3, RoundStep.Prevote), RoundEventKind.SkipRound, round: 3);
        CheckNothing(At(3, RoundStep.Prevote), RoundEventKind.SkipRound, round: 2);
    }

    [Test]
    public void Without_a_proposal_the_prevote_is_nil_L59() => Check(
        Apply(At(0, RoundStep.Propose), RoundEventKind.TimeoutPropose),
        PaperLine.L59,
        new RoundOutput.Cast(VoteKind.Prevote, Hash256.Zero));

    [Test]
    public void Without_a_polka_the_precommit_is_nil_L63()
    {
        Check(
            Apply(At(0, RoundStep.Prevote), RoundEventKind.TimeoutPrevote),
            PaperLine.L63,
            new RoundOutput.Cast(VoteKind.Precommit, Hash256.Zero));
        CheckNothing(At(0, RoundStep.Propose), RoundEventKind.TimeoutPrevote);
        CheckNothing(At(0, RoundStep.Precommit), RoundEventKind.TimeoutPrevote);
    }

    [Test]
    public void Without_a_decision_the_next_round_begins_L67() =>
        Check(Apply(At(4, RoundStep.Prevote), RoundEventKind.TimeoutPrecommit), PaperLine.L67, new RoundOutput.Enter(5));

    [TestCase(RoundEventKind.TimeoutPropose)]
    [TestCase(RoundEventKind.TimeoutPrevote)]
    [TestCase(RoundEventKind.TimeoutPrecommit)]
    [TestCase(RoundEventKind.PolkaAny)]
    [TestCase(RoundEventKind.PolkaNil)]
    [TestCase(RoundEventKind.PrecommitAny)]
    [TestCase(RoundEventKind.ProposalAndPolkaCurrent)]
    public void Events_of_another_round_change_nothing(object kind)
    {
        foreach (RoundStep step in (RoundStep[])[RoundStep.Propose, RoundStep.Prevote, RoundStep.Precommit])
        {
            CheckNothing(At(4, step), (RoundEventKind)kind, V, round: 3);
            CheckNothing(At(4, step), (RoundEventKind)kind, V, round: 5);
        }
    }

    private static RoundState At(uint round, RoundStep step) => new() { Round = round, Step = step };

    private static RoundState Locked(Hash256 value, int round, uint at) =>
        At(at, RoundStep.Propose) with { LockedValue = value, LockedRound = round, ValidValue = value, ValidRound = round };

    private static Transition Apply(
        RoundState state, RoundEventKind kind, Hash256 value = default, uint? round = null, int validRound = -1) =>
        RoundMachine.Apply(state, new RoundEvent(kind, round ?? state.Round, value, validRound));

    private static void Check(Transition transition, PaperLine line, RoundOutput? output)
    {
        Assert.That(transition.Line, Is.EqualTo(line));
        Assert.That(transition.Output, Is.EqualTo(output));
    }

    private static void CheckNothing(
        RoundState state, RoundEventKind kind, Hash256 value = default, uint? round = null, int validRound = -1) =>
        Assert.That(Apply(state, kind, value, round, validRound), Is.EqualTo(new Transition(state)));
}
