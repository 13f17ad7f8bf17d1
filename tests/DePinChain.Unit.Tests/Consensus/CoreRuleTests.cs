using DePinChain.Blocks;
using DePinChain.Consensus;
using DePinChain.Primitives;

namespace DePinChain.Unit.Tests.Consensus;

/// <summary>The rules that implementations of Tendermint get wrong, through a whole core.</summary>
[TestFixture]
internal sealed class CoreRuleTests
{
    private static readonly Hash256 V = Ballots.Value('v');
    private static readonly Hash256 W = Ballots.Value('w');

    [Test]
    public void The_good_case_runs_the_lines_of_the_paper_in_order()
    {
        Seat seat = new Seat(1, 1, 1, 1, 1).Open();
        Assert.That(seat.Lines, Is.EqualTo(new[] { PaperLine.L21 }));
        seat.Propose(0, V);
        Assert.That(seat.Lines, Is.EqualTo(new[] { PaperLine.L24 }));
        seat.Prevote(0, V, 0, 2);
        Assert.That(seat.Lines, Is.EqualTo(new[] { PaperLine.L40 }));
        seat.Precommit(0, V, 0, 2);
        Assert.That(seat.Lines, Is.EqualTo(new[] { PaperLine.L51 }));
        Assert.That(seat.Decision!.BlockHash, Is.EqualTo(V));
        Assert.That(seat.Decision.Certificate, Is.EqualTo(seat.Commit(0, V, 0, 1, 2)));
    }

    [Test]
    public void The_proposer_builds_while_its_timer_runs_and_proposes_what_was_built()
    {
        Seat seat = new Seat(0, 1, 1, 1, 1).Open();
        Assert.That(seat.Last, Is.EqualTo(new Effect[]
        {
            new Effect.ScheduleTimeout(1, 0, TimeoutKind.Propose, 4_000),
            new Effect.ScheduleTimeout(1, 0, TimeoutKind.Rebroadcast, 5_000),
            new Effect.BuildValue(1, 0, LastCommit: null),
        }));
        seat.Build(0, V);
        Assert.That(seat.Lines, Is.EqualTo(new[] { PaperLine.L19, PaperLine.L24 }));
        Assert.That(seat.Last, Does.Contain(new Effect.SignProposal(1, 0, -1, V, Polka: null)));
        Assert.That(seat.Last, Does.Contain(new Effect.SignVote(VoteKind.Prevote, 1, 0, -1, V)));
        Assert.That(seat.Last.OfType<Effect.ValidateValue>(), Is.Empty, "What the host built it has executed.");
    }

    [Test]
    public void Exactly_two_thirds_decide_nothing()
    {
        // Powers 2, 2, 2: two of three are exactly two thirds.
        Seat seat = new Seat(0, 2, 2, 2).Open().Build(0, V).Prevote(0, V, 1);
        Assert.That(seat.Lines, Is.Empty);
        seat.Prevote(0, V, 2);
        Assert.That(seat.Lines, Is.EqualTo(new[] { PaperLine.L40 }));
        seat.Precommit(0, V, 1);
        Assert.That(seat.Decision, Is.Null);
        seat.Precommit(0, V, 2);
        Assert.That(seat.Decision, Is.Not.Null);
    }

    [Test]
    public void A_re_proposal_whose_polka_is_unknown_means_nothing_until_the_votes_or_the_timeout_come()
    {
        Seat seat = new Seat(3, 1, 1, 1, 1).Open().Precommit(0, Ballots.Nil, 0, 1, 2).Elapse(TimeoutKind.Precommit, 0);
        seat.Propose(1, V, validRound: 0);
        Assert.That(seat.Lines, Is.Empty);
        VoteRequest request = seat.Last.OfType<Effect.RequestVotes>().Single().Request;
        Assert.That(request.Round, Is.EqualTo(0), "The polka's votes are asked for at once.");
        seat.Prevote(0, V, 0, 1);
        Assert.That(seat.Lines, Is.Empty, "Two of four are no polka.");
        seat.Prevote(0, V, 2);
        Assert.That(seat.Lines, Is.EqualTo(new[] { PaperLine.L30 }));
        Assert.That(seat.Signed.Single(), Is.EqualTo(new Effect.SignVote(VoteKind.Prevote, 1, 1, 0, V)));
    }

    [Test]
    public void A_re_proposal_whose_polka_never_comes_ends_with_the_timeout()
    {
        Seat seat = new Seat(3, 1, 1, 1, 1).Open().Precommit(0, Ballots.Nil, 0, 1, 2).Elapse(TimeoutKind.Precommit, 0);
        seat.Propose(1, V, validRound: 0).Elapse(TimeoutKind.Propose, 1);
        Assert.That(seat.Lines, Is.EqualTo(new[] { PaperLine.L59 }));
    }

    [Test]
    public void A_polka_certificate_stands_for_the_votes_that_an_equivocator_spoilt()
    {
        // Validator 0 prevoted W to us and V to the others: our own count never reaches the polka of round 0.
        Seat seat = new Seat(3, 1, 1, 1, 1).Open().Prevote(0, W, 0).Prevote(0, V, 1, 2);
        seat.Precommit(0, Ballots.Nil, 0, 1, 2).Elapse(TimeoutKind.Precommit, 0).Propose(1, V, validRound: 0);
        Assert.That(seat.Lines, Is.Empty);
        seat.Give(new Input.PolkaReceived(seat.Polka(0, V, -1, 0, 1, 2)));
        Assert.That(seat.Lines, Is.EqualTo(new[] { PaperLine.L30 }));
        Assert.That(seat.Last.OfType<Effect.ReportEvidence>().Single().Signer, Is.EqualTo(Ballots.Validator(0)));
    }

    [Test]
    public void A_commit_of_another_round_comes_before_anything_of_this_round()
    {
        // In round 1, step propose, all at once becomes possible with the last precommit of round 0.
        Seat seat = new Seat(3, 1, 1, 1, 1).Open().Propose(0, V).Precommit(0, V, 0).Precommit(0, Ballots.Nil, 1);
        seat.Elapse(TimeoutKind.Prevote, 0).Elapse(TimeoutKind.Precommit, 0).Propose(1, W);
        Assert.That(seat.Core.Round, Is.EqualTo(1));
        seat = new Seat(3, 1, 1, 1, 1).Open().Propose(0, V).Precommit(0, V, 0, 1);
        seat.Elapse(TimeoutKind.Precommit, 0).Precommit(0, V, 2);
        Assert.That(seat.Lines, Is.EqualTo(new[] { PaperLine.L51 }));
        Assert.That(seat.Decision!.Round, Is.EqualTo(0));
    }

    [Test]
    public void An_invalid_value_gets_nil_and_is_never_locked()
    {
        Seat seat = new Seat(1, 1, 1, 1, 1).Open().Invalid(V).Propose(0, V);
        Assert.That(seat.Lines, Is.EqualTo(new[] { PaperLine.L26 }));
        seat.Prevote(0, V, 0, 2, 3);
        Assert.That(seat.Lines, Is.EqualTo(new[] { PaperLine.L35 }), "A polka for what is invalid is only a polka for anything.");
        Assert.That(seat.Core.LockedRound, Is.EqualTo(-1));
    }

    [Test]
    public void A_commit_of_an_invalid_value_halts_and_nothing_moves_afterwards()
    {
        Seat seat = new Seat(1, 1, 1, 1, 1).Open().Invalid(V).Propose(0, V).Precommit(0, V, 0, 2, 3);
        Assert.That(seat.Last.OfType<Effect.Halt>().Single(), Is.EqualTo(new Effect.Halt(1, 0, V)));
        Assert.That(seat.Decision, Is.Null);
        Assert.That(seat.Core.IsHalted, Is.True);
        Assert.That(seat.Elapse(TimeoutKind.Prevote, 0).Last, Is.Empty);
    }

    [Test]
    public void A_value_that_is_judged_invalid_after_its_commit_halts_too()
    {
        Seat seat = new Seat(1, 1, 1, 1, 1) { JudgesAtOnce = false }.Open().Propose(0, V).Precommit(0, V, 0, 2, 3);
        Assert.That(seat.Core.IsHalted, Is.False);
        Assert.That(seat.Judge(V, isValid: false).Core.IsHalted, Is.True);
    }

    [Test]
    public void Valid_is_not_acceptable_an_untimely_first_proposal_gets_nil_and_its_polka_is_followed()
    {
        Seat seat = new Seat(1, 1, 1, 1, 1).Open().Propose(0, V, isAcceptable: false);
        Assert.That(seat.Lines, Is.EqualTo(new[] { PaperLine.L26 }));
        seat.Prevote(0, V, 0, 2, 3);
        Assert.That(seat.Lines, Is.EqualTo(new[] { PaperLine.L35, PaperLine.L40 }), "Valid, so L36 locks it.");
    }

    [Test]
    public void A_re_proposal_is_exempt_from_being_acceptable()
    {
        Seat seat = new Seat(3, 1, 1, 1, 1).Open().Prevote(0, V, 0, 1, 2);
        seat.Precommit(0, Ballots.Nil, 0, 1, 2).Elapse(TimeoutKind.Precommit, 0);
        seat.Propose(1, V, validRound: 0, isAcceptable: false);
        Assert.That(seat.Lines, Is.EqualTo(new[] { PaperLine.L30 }));
    }

    [Test]
    public void What_is_not_acceptable_is_refused_before_its_validity_is_known()
    {
        Seat seat = new Seat(1, 1, 1, 1, 1) { JudgesAtOnce = false }.Open().Propose(0, V, isAcceptable: false);
        Assert.That(seat.Lines, Is.EqualTo(new[] { PaperLine.L26 }));
        Assert.That(seat.Last, Does.Contain(new Effect.ValidateValue(1, 0, V, IsProposed: true)), "Others may accept it.");
    }

    [Test]
    public void Votes_wait_for_the_verdict_on_the_value()
    {
        Seat seat = new Seat(1, 1, 1, 1, 1) { JudgesAtOnce = false }.Open().Propose(0, V).Prevote(0, V, 0, 2, 3);
        Assert.That(seat.Lines, Is.Empty);
        seat.Judge(V, isValid: true);
        Assert.That(seat.Lines, Is.EqualTo(new[] { PaperLine.L24, PaperLine.L40 }));
    }

    [Test]
    public void Each_value_is_judged_once()
    {
        Seat seat = new Seat(3, 1, 1, 1, 1).Open().Propose(0, V);
        Assert.That(seat.Last.OfType<Effect.ValidateValue>().Count(), Is.EqualTo(1));
        seat.Prevote(0, V, 0, 1, 2).Precommit(0, Ballots.Nil, 0, 1, 2).Elapse(TimeoutKind.Precommit, 0).Propose(1, V, validRound: 0);
        Assert.That(seat.Last.OfType<Effect.ValidateValue>(), Is.Empty);
        Assert.That(seat.Lines, Is.EqualTo(new[] { PaperLine.L30 }));
    }

    [Test]
    public void A_verdict_that_nobody_asked_for_is_not_taken() =>
        Assert.That(new Seat(1, 1, 1, 1, 1).Open().Judge(V, isValid: true).Last, Is.Empty);

    [Test]
    public void A_skip_counts_validators_over_both_kinds_of_votes()
    {
        Seat seat = new Seat(3, 1, 1, 1, 1).Open().Prevote(2, V, 0).Precommit(2, V, 0);
        Assert.That(seat.Lines, Is.Empty, "One validator of four, twice.");
        seat.Precommit(2, Ballots.Nil, 1);
        Assert.That(seat.Lines.Take(2), Is.EqualTo(new[] { PaperLine.L56, PaperLine.L21 }));
        Assert.That(seat.Core.Round, Is.EqualTo(2));
    }

    [Test]
    public void Timeouts_of_rounds_that_are_over_change_nothing()
    {
        Seat seat = new Seat(3, 1, 1, 1, 1).Open().Precommit(0, Ballots.Nil, 0, 1, 2).Elapse(TimeoutKind.Precommit, 0);
        Assert.That(seat.Core.Round, Is.EqualTo(1));
        foreach (TimeoutKind kind in Enum.GetValues<TimeoutKind>())
        {
            Assert.That(seat.Elapse(kind, 0).Last, Is.Empty);
            Assert.That(seat.Elapse(kind, 2).Last, Is.Empty);
        }

        Assert.That(seat.Give(new Input.TimeoutElapsed(2, 1, TimeoutKind.Precommit)).Last, Is.Empty, "Another height.");
        Assert.That(seat.Core.Round, Is.EqualTo(1));
    }

    [Test]
    public void A_timeout_of_a_step_that_is_over_changes_nothing()
    {
        Seat seat = new Seat(1, 1, 1, 1, 1).Open().Propose(0, V);
        Assert.That(seat.Elapse(TimeoutKind.Propose, 0).Last, Is.Empty);
        seat.Prevote(0, V, 0, 2);
        Assert.That(seat.Elapse(TimeoutKind.Prevote, 0).Last, Is.Empty);
    }

    [Test]
    public void A_split_polka_locks_nobody_and_still_vouches_for_a_re_proposal()
    {
        // The proposer of round 2 signed (V, vr 0) for some and (V, vr 1) for others; polkas exist in rounds 0 and 1.
        Seat seat = new Seat(3, 1, 1, 1, 1).Open();
        seat.Prevote(0, V, 0, 1, 2).Precommit(0, Ballots.Nil, 0, 1, 2).Elapse(TimeoutKind.Precommit, 0);
        seat.Precommit(1, Ballots.Nil, 0, 1, 2).Elapse(TimeoutKind.Precommit, 1);
        seat.Propose(2, V, validRound: 0).PrevoteOf(2, V, 1, 0, 1);
        Assert.That(seat.Lines, Is.EqualTo(new[] { PaperLine.L35 }), "Three for V, one of them ours with 0: only a timer.");
        Assert.That(seat.PrevoteOf(2, V, 0, 2).Lines, Is.Empty, "Two carry 0 and two carry 1.");
        Assert.That(seat.Core.LockedRound, Is.EqualTo(-1));
        seat.Elapse(TimeoutKind.Prevote, 2).Precommit(2, Ballots.Nil, 0, 1).Elapse(TimeoutKind.Precommit, 2);
        Assert.That(seat.Core.Round, Is.EqualTo(3));
    }

    [Test]
    public void The_second_of_two_proposals_is_evidence_and_not_voted_on()
    {
        Seat seat = new Seat(1, 1, 1, 1, 1).Open().Propose(0, V).Propose(0, W);
        Effect.ReportEvidence report = (Effect.ReportEvidence)seat.Last.Single();
        Assert.That(report.Signer, Is.EqualTo(Ballots.Validator(0)));
        Assert.That(report.Evidence, Is.EqualTo(new DuplicateProposal(Ballots.Proposal(1, 0, V, 0), Ballots.Proposal(1, 0, W, 0))));
        Assert.That(seat.Propose(0, Ballots.Value('x')).Last, Is.Empty, "A third adds nothing.");
    }

    [Test]
    public void The_same_value_with_another_valid_round_is_a_second_proposal()
    {
        Seat seat = new Seat(3, 1, 1, 1, 1).Open().Precommit(0, Ballots.Nil, 0, 1, 2).Elapse(TimeoutKind.Precommit, 0);
        seat.Propose(1, V).Propose(1, V, validRound: 0);
        Assert.That(seat.Last.Single(), Is.TypeOf<Effect.ReportEvidence>());
    }

    [Test]
    public void The_second_of_two_votes_is_evidence_once_for_each_kind_and_height()
    {
        Seat seat = new Seat(3, 1, 1, 1, 1).Open().Prevote(0, V, 0).Prevote(0, W, 0);
        Effect.ReportEvidence report = (Effect.ReportEvidence)seat.Last.Single();
        Assert.That(report.Signer, Is.EqualTo(Ballots.Validator(0)));
        Assert.That(report.Evidence, Is.EqualTo(new DuplicateVote(
            Ballots.Vote(VoteKind.Prevote, 1, 0, V, 0), Ballots.Vote(VoteKind.Prevote, 1, 0, W, 0))));
        Assert.That(seat.Prevote(0, Ballots.Nil, 0).Last, Is.Empty);
        Assert.That(seat.Prevote(1, V, 0).Prevote(1, W, 0).Last, Is.Empty, "One report is all that is punished.");
        Assert.That(seat.Precommit(0, V, 0).Precommit(0, W, 0).Last.Single(), Is.TypeOf<Effect.ReportEvidence>());
    }

    [Test]
    public void Evidence_is_collected_after_the_decision_too()
    {
        Seat seat = new Seat(3, 1, 1, 1, 1).Open().Propose(0, V).Precommit(0, V, 0, 1, 2);
        Assert.That(seat.Precommit(0, W, 1).Last.Single(), Is.TypeOf<Effect.ReportEvidence>());
    }

    [Test]
    public void A_proposal_by_another_than_the_proposer_is_refused()
    {
        Seat seat = new Seat(3, 1, 1, 1, 1).Open().Propose(0, V, by: 2);
        Assert.That(((Effect.Refuse)seat.Last.Single()).Reason, Is.EqualTo(RefusalReason.WrongProposer));
    }

    [Test]
    public void Strangers_are_refused()
    {
        Seat seat = new Seat(3, 1, 1, 1, 1).Open();
        Assert.That(((Effect.Refuse)seat.Prevote(0, V, 9).Last.Single()).Reason, Is.EqualTo(RefusalReason.UnknownSigner));
        Assert.That(((Effect.Refuse)seat.Propose(0, V, by: 9).Last.Single()).Reason, Is.EqualTo(RefusalReason.UnknownSigner));
    }

    [Test]
    public void Messages_that_no_correct_validator_signs_are_refused()
    {
        Seat seat = new Seat(3, 1, 1, 1, 1).Open();
        Assert.That(Reason(seat.Propose(1, V, validRound: 1)), Is.EqualTo(RefusalReason.Malformed), "A valid round that is not earlier.");
        Assert.That(Reason(seat.Propose(0, Ballots.Nil)), Is.EqualTo(RefusalReason.Malformed), "A proposal of nothing.");
        Assert.That(Reason(seat.PrevoteOf(1, V, 1, 0)), Is.EqualTo(RefusalReason.Malformed));
        Vote odd = Ballots.Vote(VoteKind.Precommit, 1, 2, V, 0) with { ValidRound = 1 };
        Input.VoteReceived precommit = new(odd, Ballots.Validator(0));
        Assert.That(Reason(seat.Give(precommit)), Is.EqualTo(RefusalReason.Malformed), "A precommit's valid round.");
        Assert.That(Reason(seat.Prevote(Driver.RoundMax + 1, V, 0)), Is.EqualTo(RefusalReason.Malformed));
        Assert.That(seat.Core.Round, Is.Zero);
    }

    [Test]
    public void Who_is_no_validator_follows_to_the_decision_and_says_nothing()
    {
        Seat seat = new Seat(-1, 1, 1, 1, 1).Open().Propose(0, V).Prevote(0, V, 0, 1, 2).Precommit(0, V, 0, 1, 2);
        Assert.That(seat.Decision!.BlockHash, Is.EqualTo(V));
        Assert.That(seat.Inputs.OfType<Input.VoteReceived>().Count(), Is.EqualTo(6));
    }

    [Test]
    public void The_log_is_written_before_anything_is_signed()
    {
        Seat seat = new Seat(1, 1, 1, 1, 1).Open();
        IReadOnlyList<Effect> effects = seat.Core.Step(
            new Input.ProposalReceived(Ballots.Proposal(1, 0, V, 0), Ballots.Validator(0), IsAcceptable: true));
        Assert.That(effects, Has.Count.EqualTo(2), "Log the proposal, ask for its validity.");
        Assert.That(effects[0], Is.TypeOf<Effect.Persist>());
        effects = seat.Core.Step(new Input.ValueJudged(1, V, IsValid: true));
        Assert.That(effects[0], Is.EqualTo(new Effect.Persist(new Input.ValueJudged(1, V, IsValid: true))));
        Assert.That(effects[1], Is.EqualTo(new Effect.SignVote(VoteKind.Prevote, 1, 0, -1, V)));
        Assert.That(effects[1].NeedsDurableLog, Is.True);
    }

    private static RefusalReason Reason(Seat seat) => ((Effect.Refuse)seat.Last.Single()).Reason;
}
