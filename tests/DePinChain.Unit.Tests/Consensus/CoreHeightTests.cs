using DePinChain.Blocks;
using DePinChain.Consensus;
using DePinChain.Primitives;

namespace DePinChain.Unit.Tests.Consensus;

/// <summary>What happens at the edges of a height: early and late messages, certificates from outside, jumps, repair.</summary>
[TestFixture]
internal sealed class CoreHeightTests
{
    private static readonly Hash256 V = Ballots.Value('v');
    private static readonly Hash256 W = Ballots.Value('w');

    [Test]
    public void Messages_of_the_next_height_wait_for_it()
    {
        Seat seat = new Seat(3, 1, 1, 1, 1).Open();
        Input.ProposalReceived early = new(Ballots.Proposal(2, 0, W, 1), Ballots.Validator(1), IsAcceptable: true);
        Input.VoteReceived vote = new(Ballots.Vote(VoteKind.Prevote, 2, 0, W, 1), Ballots.Validator(1));
        Assert.That(seat.Give(early, vote).Last, Is.Empty);
        Decide(seat);
        seat.Open(2, step: 1, lastCommit: seat.Commit(0, V, 0, 1, 2));
        Assert.That(seat.Lines, Is.EqualTo(new[] { PaperLine.L21, PaperLine.L24 }));
        Assert.That(seat.Last, Does.Contain(new Effect.Persist(early)), "It enters the log of its own height.");
        seat.Prevote(0, W, 0);
        Assert.That(seat.Lines, Is.EqualTo(new[] { PaperLine.L40 }), "Ours, the early one, and this one.");
    }

    [Test]
    public void Late_precommits_enlarge_the_commit_until_the_next_block_is_built()
    {
        Seat seat = new Seat(1, 1, 1, 1, 1).Open().Propose(0, V).Precommit(0, V, 0, 1, 2);
        CommitCertificate seen = seat.Decision!.Certificate;
        Assert.That(seen, Is.EqualTo(seat.Commit(0, V, 0, 1, 2)));
        Assert.That(seat.Precommit(0, V, 3).Last, Is.Empty);
        CommitCertificate full = seat.Commit(0, V, 0, 1, 2, 3);
        Assert.That(seat.Core.FindCommit(1), Is.EqualTo(full));
        seat.Open(2, step: 1, lastCommit: seen);
        Assert.That(seat.Last, Does.Contain(new Effect.BuildValue(2, 0, full)));
    }

    [Test]
    public void Precommits_that_come_in_the_next_height_still_enlarge_the_commit()
    {
        Seat seat = new Seat(2, 1, 1, 1, 1).Open().Propose(0, V).Prevote(0, V, 0, 1).Precommit(0, V, 0, 1);
        CommitCertificate seen = seat.Decision!.Certificate;
        seat.Open(2, step: 1, lastCommit: seen);
        Vote late = Ballots.Vote(VoteKind.Precommit, 1, 0, V, 3);
        Assert.That(seat.Give(new Input.VoteReceived(late, Ballots.Validator(3))).Last, Is.Empty);
        seat.Elapse(TimeoutKind.Propose, 0).Prevote(0, Ballots.Nil, 0, 1).Precommit(0, Ballots.Nil, 0, 1).Elapse(TimeoutKind.Precommit, 0);
        Effect.BuildValue build = seat.Last.OfType<Effect.BuildValue>().Single();
        Assert.That(build.LastCommit, Is.EqualTo(seat.Core.FindCommit(1)));
        Assert.That(build.LastCommit!.Seals, Has.Count.EqualTo(4));
    }

    [Test]
    public void Late_votes_for_anything_else_do_not_touch_the_commit_and_contradictions_convict()
    {
        Seat seat = new Seat(2, 1, 1, 1, 1).Open().Propose(0, V).Prevote(0, V, 0, 1).Precommit(0, V, 0, 1);
        CommitCertificate seen = seat.Decision!.Certificate;
        seat.Open(2, step: 1, lastCommit: seen);
        foreach (Vote vote in (Vote[])
        [
            Ballots.Vote(VoteKind.Precommit, 1, 1, V, 3),
            Ballots.Vote(VoteKind.Prevote, 1, 0, V, 3),
            Ballots.Vote(VoteKind.Precommit, 1, 0, W, 3),
            Ballots.Vote(VoteKind.Precommit, 1, 0, V, 9),
        ])
        {
            Assert.That(seat.Give(new Input.VoteReceived(vote, SimulatedNetwork.SignerOf(vote))).Last, Is.Empty);
        }

        Assert.That(seat.Core.FindCommit(1), Is.EqualTo(seen));
        Vote second = Ballots.Vote(VoteKind.Precommit, 1, 0, W, 0);
        Assert.That(seat.Give(new Input.VoteReceived(second, Ballots.Validator(0))).Last.Single(), Is.TypeOf<Effect.ReportEvidence>());
        Assert.That(seat.Give(new Input.VoteReceived(second, Ballots.Validator(0))).Last, Is.Empty);
    }

    [Test]
    public void A_commit_from_disk_is_what_a_restarted_proposer_builds_with()
    {
        Seat seat = new(1, 1, 1, 1, 1);
        CommitCertificate commit = seat.Commit(0, V, 0, 1, 2);
        seat.Open(2, step: 1, lastCommit: commit);
        Assert.That(seat.Last, Does.Contain(new Effect.BuildValue(2, 0, commit)));
    }

    [Test]
    public void A_commit_certificate_decides_once_its_block_is_fetched_and_valid()
    {
        Seat seat = new Seat(3, 1, 1, 1, 1) { JudgesAtOnce = false }.Open();
        CommitCertificate commit = seat.Commit(40, V, 0, 1, 2);
        seat.Give(new Input.CommitReceived(commit));
        Assert.That(seat.Last, Is.EqualTo(new Effect[]
        {
            new Effect.Persist(new Input.CommitReceived(commit)),
            new Effect.ValidateValue(1, 40, V, IsProposed: false),
        }));
        Assert.That(seat.Core.Round, Is.Zero, "A commit does not move the round.");
        seat.Judge(V, isValid: true);
        Assert.That(seat.Decision!.Certificate, Is.EqualTo(commit));
        Assert.That(seat.Lines, Is.EqualTo(new[] { PaperLine.L51 }));
    }

    [Test]
    public void A_commit_certificate_decides_although_an_equivocator_told_us_otherwise()
    {
        Seat seat = new Seat(3, 1, 1, 1, 1).Open().Propose(0, V).Precommit(0, W, 0).Precommit(0, V, 1, 2);
        Assert.That(seat.Decision, Is.Null);
        seat.Give(new Input.CommitReceived(seat.Commit(0, V, 0, 1, 2)));
        Assert.That(seat.Decision!.BlockHash, Is.EqualTo(V));
        Assert.That(seat.Last.OfType<Effect.ReportEvidence>().Single().Signer, Is.EqualTo(Ballots.Validator(0)));
    }

    [Test]
    public void A_commit_of_an_invalid_block_halts()
    {
        Seat seat = new Seat(3, 1, 1, 1, 1).Open().Invalid(V);
        seat.Give(new Input.CommitReceived(seat.Commit(0, V, 0, 1, 2)));
        Assert.That(seat.Last[^1], Is.EqualTo(new Effect.Halt(1, 0, V)));
    }

    [Test]
    public void Certificates_of_other_heights_are_passed_over()
    {
        Seat seat = new Seat(3, 1, 1, 1, 1).Open();
        CommitCertificate other = seat.Commit(0, V, 0, 1, 2) with { Height = 2 };
        Assert.That(seat.Give(new Input.CommitReceived(other)).Last, Is.Empty);
        Assert.That(seat.Give(new Input.PolkaReceived(seat.Polka(0, V, -1, 0, 1, 2) with { Height = 2 })).Last, Is.Empty);
    }

    [Test]
    public void Block_sync_may_jump_over_heights()
    {
        Seat seat = new Seat(3, 1, 1, 1, 1).Open();
        Input.VoteReceived passed = new(Ballots.Vote(VoteKind.Prevote, 3, 0, V, 0), Ballots.Validator(0));
        Input.VoteReceived ahead = new(Ballots.Vote(VoteKind.Prevote, 4, 0, V, 0), Ballots.Validator(0));
        seat.Give(passed, ahead).Open(4, step: 3);
        Assert.That(seat.Last[0], Is.EqualTo(new Effect.CancelTimeouts(1)));
        Assert.That(seat.Last, Does.Contain(new Effect.Persist(ahead)));
        Assert.That(seat.Last, Does.Not.Contain(new Effect.Persist(passed)));
        Assert.That(seat.Core.Height, Is.EqualTo(4));
    }

    [Test]
    public void Heights_never_go_back()
    {
        Seat seat = new Seat(3, 1, 1, 1, 1).Open(5);
        Assert.That(() => seat.Open(5), Throws.TypeOf<InvariantBrokenException>());
    }

    [Test]
    public void Who_rebroadcasts_repeats_its_own_words_and_asks_for_what_it_lacks()
    {
        Seat seat = new Seat(0, 1, 1, 1, 1).Open().Build(0, V).Prevote(0, V, 2).Elapse(TimeoutKind.Rebroadcast, 0);
        Assert.That(seat.Last, Is.EqualTo(new Effect[]
        {
            new Effect.RebroadcastProposal(Ballots.Proposal(1, 0, V, 0), Polka: null),
            new Effect.RebroadcastVote(Ballots.Vote(VoteKind.Prevote, 1, 0, V, 0)),
            new Effect.RequestVotes(new VoteRequest(1, 0, [0b101], [0])),
            new Effect.ScheduleTimeout(1, 0, TimeoutKind.Rebroadcast, 5_000),
        }));
        Assert.That(seat.Lines, Is.Empty);
    }

    [Test]
    public void A_request_is_answered_with_what_the_asker_lacks_our_round_and_the_polka_of_our_valid_value()
    {
        Seat seat = new Seat(3, 1, 1, 1, 1).Open().Propose(0, V).Prevote(0, V, 0, 1);
        seat.Precommit(0, Ballots.Nil, 0, 1).Elapse(TimeoutKind.Precommit, 0);
        seat.Prevote(1, W, 2);
        VoteRepair repair = seat.Core.Answer(new VoteRequest(1, 0, [0b0001], [0]));
        Assert.That(repair.Votes, Is.EqualTo(new[]
        {
            Ballots.Vote(VoteKind.Precommit, 1, 0, Ballots.Nil, 0),
            Ballots.Vote(VoteKind.Prevote, 1, 0, V, 1),
            Ballots.Vote(VoteKind.Precommit, 1, 0, Ballots.Nil, 1),
            Ballots.Vote(VoteKind.Prevote, 1, 0, V, 3),
            Ballots.Vote(VoteKind.Precommit, 1, 0, V, 3),
            Ballots.Vote(VoteKind.Prevote, 1, 1, W, 2),
        }));
        Assert.That(repair.Polkas, Is.EqualTo(new[] { seat.Polka(0, V, -1, 0, 1, 3) }));
        Assert.That(repair.Commit, Is.Null);
    }

    [Test]
    public void Who_went_ahead_alone_still_has_the_nil_precommits_that_let_it_go()
    {
        // One of four in round 1 pulls nobody along (L55), so the others can only come by the precommits of round 0 (L47).
        Seat seat = new Seat(3, 1, 1, 1, 1).Open().Elapse(TimeoutKind.Propose, 0).Prevote(0, Ballots.Nil, 0, 1);
        seat.Precommit(0, Ballots.Nil, 0, 1).Elapse(TimeoutKind.Precommit, 0);
        VoteRepair repair = seat.Core.Answer(new VoteRequest(1, 0, [0b1111], [0b0001]));
        Assert.That(repair.Votes, Is.EqualTo(new[]
        {
            Ballots.Vote(VoteKind.Precommit, 1, 0, Ballots.Nil, 1),
            Ballots.Vote(VoteKind.Precommit, 1, 0, Ballots.Nil, 3),
        }));
    }

    [Test]
    public void A_request_for_an_older_polka_brings_it_although_our_valid_value_is_another()
    {
        Seat seat = new Seat(3, 1, 1, 1, 1).Open().Propose(0, V).Prevote(0, V, 0, 1);
        seat.Precommit(0, Ballots.Nil, 0, 1).Elapse(TimeoutKind.Precommit, 0);
        seat.Propose(1, W).Prevote(1, W, 0, 1, 2);
        Assert.That(seat.Lines, Does.Contain(PaperLine.L40));
        Assert.That(
            seat.Core.Answer(new VoteRequest(1, 0, [], [])).Polkas,
            Is.EqualTo(new[] { seat.Polka(0, V, -1, 0, 1, 3), seat.Polka(1, W, -1, 0, 1, 2) }));
    }

    [Test]
    public void A_request_for_a_decided_height_is_answered_with_the_commit()
    {
        Seat seat = new Seat(3, 1, 1, 1, 1).Open();
        Decide(seat);
        CommitCertificate commit = seat.Core.FindCommit(1)!;
        Assert.That(seat.Core.Answer(new VoteRequest(1, 0, [], [])).Commit, Is.EqualTo(commit));
        seat.Open(2, step: 1, lastCommit: commit);
        Assert.That(seat.Core.Answer(new VoteRequest(1, 0, [], [])).Commit, Is.EqualTo(commit));
        Assert.That(seat.Core.Answer(new VoteRequest(9, 0, [], [])).Commit, Is.Null);
        Assert.That(new Core(Ballots.Timeouts).Answer(new VoteRequest(1, 0, [], [])).Votes, Is.Empty);
    }

    [Test]
    public void A_skip_beyond_the_window_asks_for_the_votes_that_were_not_kept()
    {
        Seat seat = new Seat(3, 1, 1, 1, 1).Open().Prevote(30, V, 0, 1);
        Assert.That(seat.Core.Round, Is.EqualTo(30));
        Assert.That(seat.Last.OfType<Effect.RequestVotes>().Single().Request, Is.EqualTo(new VoteRequest(1, 30, [0b0011], [0])));
    }

    [Test]
    public void A_single_validator_decides_alone()
    {
        Seat seat = new Seat(0, 1).Open().Build(0, V);
        Assert.That(seat.Lines, Is.EqualTo(new[] { PaperLine.L19, PaperLine.L24, PaperLine.L40, PaperLine.L51 }));
        Assert.That(seat.Decision!.Certificate, Is.EqualTo(seat.Commit(0, V, 0)));
    }

    [Test]
    public void Before_the_first_height_nothing_is_taken()
    {
        Seat seat = new(0, 1);
        Assert.That(((Effect.Refuse)seat.Prevote(0, V, 0).Last.Single()).Reason, Is.EqualTo(RefusalReason.TooFarAhead));
        Assert.That(seat.Elapse(TimeoutKind.Propose, 0).Last, Is.Empty);
    }

    private static void Decide(Seat seat) => seat.Propose(0, V).Precommit(0, V, 0, 1, 2);
}
