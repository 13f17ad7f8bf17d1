using DePinChain.Consensus;
using DePinChain.Primitives;

namespace DePinChain.Unit.Tests.Consensus;

/// <summary>
/// The scenarios of Malachite's Quint tests, by their names, each from its idea: what one validator sees over several rounds.
/// </summary>
[TestFixture]
internal sealed class PaperScenarioTests
{
    private static readonly Hash256 V = Ballots.Value('v');
    private static readonly Hash256 W = Ballots.Value('w');

    [Test]
    public void Line26_a_locked_validator_prevotes_nil_for_a_fresh_value()
    {
        Seat seat = LockedInRound0().Propose(1, W);
        Assert.That(seat.Lines, Is.EqualTo(new[] { PaperLine.L26 }));
        Assert.That(seat.Signed.Single().BlockHash, Is.EqualTo(Ballots.Nil));
        Assert.That(seat.Core.LockedValue, Is.EqualTo(V));
    }

    [Test]
    public void Line28_a_locked_validator_follows_a_later_polka_for_another_value()
    {
        Seat seat = LockedInRound0();
        seat.Prevote(1, W, 0, 1, 2).Precommit(1, Ballots.Nil, 0, 1, 2).Elapse(TimeoutKind.Precommit, 1);
        seat.Propose(2, W, validRound: 1);
        Assert.That(seat.Lines, Is.EqualTo(new[] { PaperLine.L30 }), "0 <= 1: the lock is older than the polka.");
        Assert.That(seat.Core.LockedValue, Is.EqualTo(V), "Only a polka of the round itself moves the lock.");
        seat.PrevoteOf(2, W, 1, 0, 1);
        Assert.That(seat.Lines, Is.EqualTo(new[] { PaperLine.L40 }));
        Assert.That((seat.Core.LockedValue, seat.Core.LockedRound), Is.EqualTo((W, 2)));
    }

    [Test]
    public void Line32_a_polka_older_than_the_lock_is_not_followed()
    {
        // A polka for W in round 0 that we learn of late; a lock on V in round 1; W comes again in round 2 with valid round 0.
        Seat seat = new Seat(3, 1, 1, 1, 1).Open().Precommit(0, Ballots.Nil, 0, 1, 2).Elapse(TimeoutKind.Precommit, 0);
        seat.Propose(1, V).Prevote(1, V, 0, 1);
        Assert.That(seat.Core.LockedRound, Is.EqualTo(1));
        seat.Precommit(1, Ballots.Nil, 0, 1).Elapse(TimeoutKind.Precommit, 1);
        seat.Prevote(0, W, 0, 1, 2).Propose(2, W, validRound: 0);
        Assert.That(seat.Lines, Is.EqualTo(new[] { PaperLine.L32 }));
        Assert.That(seat.Core.LockedValue, Is.EqualTo(V));
    }

    [Test]
    public void Line42_a_polka_after_a_nil_precommit_makes_the_value_that_we_propose_next()
    {
        // We are the proposer of round 1 in turn.
        Seat seat = new Seat(1, 1, 1, 1, 1).Open().Propose(0, V).Prevote(0, Ballots.Nil, 0).Prevote(0, V, 2);
        seat.Elapse(TimeoutKind.Prevote, 0);
        Assert.That(seat.Lines, Is.EqualTo(new[] { PaperLine.L63 }));
        seat.Prevote(0, V, 3);
        Assert.That(seat.Lines, Is.EqualTo(new[] { PaperLine.L42 }), "Three of four, after our precommit.");
        Assert.That(seat.Core.LockedRound, Is.EqualTo(-1));
        seat.Precommit(0, Ballots.Nil, 0, 2).Elapse(TimeoutKind.Precommit, 0);
        Assert.That(seat.Lines, Is.EqualTo(new[] { PaperLine.L67, PaperLine.L16, PaperLine.L30 }));
        Effect.SignProposal proposal = seat.Last.OfType<Effect.SignProposal>().Single();
        Assert.That((proposal.ValidRound, proposal.BlockHash), Is.EqualTo((0, V)));
        Assert.That(proposal.Polka, Is.EqualTo(seat.Polka(0, V, -1, 1, 2, 3)), "The proof travels with the re-proposal.");
        Assert.That(seat.Signed.Single().ValidRound, Is.EqualTo(0));
    }

    [Test]
    public void Decide_for_past_round_the_last_precommit_of_round_0_decides_in_round_1()
    {
        Seat seat = new Seat(3, 1, 1, 1, 1).Open().Propose(0, V).Prevote(0, V, 0, 1);
        seat.Precommit(0, V, 0).Precommit(0, Ballots.Nil, 1).Elapse(TimeoutKind.Precommit, 0);
        seat.Propose(1, W).Prevote(1, Ballots.Nil, 0, 1);
        Assert.That(seat.Core.Round, Is.EqualTo(1));
        seat.Precommit(0, V, 2);
        Assert.That(seat.Lines, Is.EqualTo(new[] { PaperLine.L51 }));
        Assert.That((seat.Decision!.Round, seat.Decision.BlockHash), Is.EqualTo((0u, V)));
    }

    [Test]
    public void Decide_for_a_round_that_is_still_ahead()
    {
        Seat seat = new Seat(3, 1, 1, 1, 1).Open().Propose(2, V).Precommit(2, V, 0);
        Assert.That(seat.Core.Round, Is.Zero);
        seat.Precommit(2, V, 1, 2);
        Assert.That(seat.Decision!.Round, Is.EqualTo(2));
    }

    [Test]
    public void A_proposal_that_comes_after_its_precommits_decides()
    {
        Seat seat = new Seat(3, 1, 1, 1, 1) { JudgesAtOnce = false }.Open().Precommit(0, V, 0, 1, 2);
        Assert.That(seat.Last.OfType<Effect.ValidateValue>().Single(), Is.EqualTo(new Effect.ValidateValue(1, 0, V, IsProposed: false)));
        seat.Propose(0, V);
        Assert.That(seat.Decision, Is.Null);
        Assert.That(seat.Judge(V, isValid: true).Decision!.BlockHash, Is.EqualTo(V));
    }

    [Test]
    public void Hidden_lock_one_locked_validator_brings_the_others_to_its_value_when_its_turn_comes()
    {
        // We alone saw the polka of round 0 and locked V; the others precommitted nil and move on.
        Seat seat = LockedInRound0();
        seat.Propose(1, W).Prevote(1, W, 0, 1);
        Assert.That(seat.Signed.Any(vote => vote.BlockHash == W), Is.False, "Without us three of four are not reached.");
        seat.Elapse(TimeoutKind.Prevote, 1).Precommit(1, Ballots.Nil, 0, 1).Elapse(TimeoutKind.Precommit, 1);
        seat.Propose(2, W).Prevote(2, Ballots.Nil, 0, 1).Elapse(TimeoutKind.Prevote, 2);
        seat.Precommit(2, Ballots.Nil, 0, 1).Elapse(TimeoutKind.Precommit, 2);

        // Round 3 is ours.
        Effect.SignProposal proposal = seat.Last.OfType<Effect.SignProposal>().Single();
        Assert.That((proposal.Round, proposal.ValidRound, proposal.BlockHash), Is.EqualTo((3u, 0, V)));
        seat.PrevoteOf(3, V, 0, 0, 1).Precommit(3, V, 0, 1);
        Assert.That((seat.Decision!.Round, seat.Decision.BlockHash), Is.EqualTo((3u, V)));
    }

    [Test]
    public void Multi_round_three_lost_rounds_each_with_longer_timers_then_a_decision()
    {
        Seat seat = new Seat(3, 1, 1, 1, 1).Open();
        for (uint round = 0; round < 3; round++)
        {
            seat.Elapse(TimeoutKind.Propose, round);
            Assert.That(seat.Lines, Is.EqualTo(new[] { PaperLine.L59 }));
            seat.Prevote(round, Ballots.Nil, 0, 1);
            Assert.That(seat.Lines, Is.EqualTo(new[] { PaperLine.L45 }));
            seat.Precommit(round, Ballots.Nil, 0, 1);
            Assert.That(seat.Lines, Is.EqualTo(new[] { PaperLine.L48 }));
            Assert.That(
                seat.Last.OfType<Effect.ScheduleTimeout>().Single(),
                Is.EqualTo(new Effect.ScheduleTimeout(1, round, TimeoutKind.Precommit, 1_500 + (500 * round))));
            seat.Elapse(TimeoutKind.Precommit, round);
            Assert.That(
                seat.Last.OfType<Effect.ScheduleTimeout>().First(),
                Is.EqualTo(new Effect.ScheduleTimeout(1, round + 1, TimeoutKind.Propose, 4_000 + (1_000 * (round + 1)))));
        }

        Assert.That(seat.Lines, Is.EqualTo(new[] { PaperLine.L67, PaperLine.L18 }), "The fourth turn is ours.");
        seat.Build(3, V).Prevote(3, V, 0, 1).Precommit(3, V, 0, 1);
        Assert.That(seat.Decision!.Round, Is.EqualTo(3));
    }

    [Test]
    public void Prevotes_for_different_values_start_the_timer_that_ends_the_step()
    {
        Seat seat = new Seat(3, 1, 1, 1, 1).Open().Propose(0, V).Prevote(0, W, 0).Prevote(0, Ballots.Nil, 1);
        Assert.That(seat.Lines, Is.EqualTo(new[] { PaperLine.L35 }));
        seat.Elapse(TimeoutKind.Prevote, 0);
        Assert.That(seat.Lines, Is.EqualTo(new[] { PaperLine.L63 }));
        Assert.That(seat.Signed.Single().BlockHash, Is.EqualTo(Ballots.Nil));
    }

    [Test]
    public void Disagreement_a_third_of_equivocators_can_fork_and_each_fork_convicts_them()
    {
        // f >= n/3: validators 0 and 1 of four tell one half V and the other half W. The machine promises nothing then; the two
        // certificates name them.
        Seat left = new Seat(2, 1, 1, 1, 1).Open().Propose(0, V).Prevote(0, V, 0, 1).Precommit(0, V, 0, 1);
        Seat right = new Seat(3, 1, 1, 1, 1).Open().Propose(0, W).Prevote(0, W, 0, 1).Precommit(0, W, 0, 1);
        Assert.That(left.Decision!.BlockHash, Is.EqualTo(V));
        Assert.That(right.Decision!.BlockHash, Is.EqualTo(W));
        IEnumerable<Effect.ReportEvidence> reports = right.Decision.Certificate.Votes()
            .SelectMany(entry => left.Core.Step(new Input.VoteReceived(entry.Vote, Ballots.Validator(entry.Index))))
            .OfType<Effect.ReportEvidence>();
        Assert.That(reports.Select(report => report.Signer), Is.EqualTo(new[] { Ballots.Validator(0), Ballots.Validator(1) }));
    }

    // Validator 3, locked on V by the polka of round 0, in round 1.
    private static Seat LockedInRound0()
    {
        Seat seat = new Seat(3, 1, 1, 1, 1).Open().Propose(0, V).Prevote(0, V, 0, 1);
        Assert.That((seat.Core.LockedValue, seat.Core.LockedRound), Is.EqualTo((V, 0)));
        seat.Precommit(0, Ballots.Nil, 1, 2).Elapse(TimeoutKind.Precommit, 0);
        Assert.That(seat.Core.Round, Is.EqualTo(1));
        return seat;
    }
}
