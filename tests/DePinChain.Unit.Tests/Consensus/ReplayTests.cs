using DePinChain.Blocks;
using DePinChain.Consensus;
using DePinChain.Primitives;

namespace DePinChain.Unit.Tests.Consensus;

/// <summary>The same inputs give the same effects, and what was persisted is enough to be where we were.</summary>
[TestFixture]
internal sealed class ReplayTests
{
    private static readonly Hash256 V = Ballots.Value('v');
    private static readonly Hash256 W = Ballots.Value('w');

    [Test]
    public void The_same_inputs_give_the_same_effects_and_the_same_trace()
    {
        Seat seat = Eventful();
        Core first = new(Ballots.Timeouts);
        Core second = new(Ballots.Timeouts);
        foreach (Input input in seat.Inputs)
        {
            Assert.That(first.Step(input), Is.EqualTo(second.Step(input)));
            Assert.That(first.Trace, Is.EqualTo(second.Trace));
        }

        Assert.That(first.Round, Is.EqualTo(seat.Core.Round));
    }

    [Test]
    public void Replaying_the_log_at_any_point_gives_the_same_lock_round_and_words()
    {
        Seat seat = Eventful();
        Core live = new(Ballots.Timeouts);
        List<Input> log = [];
        foreach (Input input in seat.Inputs)
        {
            // What comes after the decision only enlarges the certificate and is not logged.
            if (live.IsDecided) break;
            IReadOnlyList<Effect> effects = live.Step(input);
            log.AddRange(effects.OfType<Effect.Persist>().Select(persist => persist.Input));
            Core replayed = new(Ballots.Timeouts);
            replayed.Step(seat.Inputs[0]);
            foreach (Input kept in log) replayed.Step(kept);
            Assert.That(
                (replayed.Round, replayed.LockedRound, replayed.LockedValue, replayed.IsDecided),
                Is.EqualTo((live.Round, live.LockedRound, live.LockedValue, live.IsDecided)));
            Assert.That(replayed.Step(new Input.Recovered(1)), Is.EqualTo(live.Step(new Input.Recovered(1))), "Both owe the same.");
        }

        Assert.That(live.IsDecided, Is.True);
    }

    [Test]
    public void A_skip_that_far_rounds_caused_is_in_the_log()
    {
        Seat seat = new Seat(3, 1, 1, 1, 1).Open();
        Assert.That(seat.Prevote(20, V, 0).Last, Is.Empty, "Noted, not logged.");
        seat.Prevote(25, V, 1);
        Assert.That(seat.Core.Round, Is.EqualTo(20));
        IEnumerable<Vote> logged = seat.Last.OfType<Effect.Persist>().Select(persist => ((Input.VoteReceived)persist.Input).Vote);
        Assert.That(logged.Take(2), Is.EqualTo(new[]
        {
            Ballots.Vote(VoteKind.Prevote, 1, 20, V, 0),
            Ballots.Vote(VoteKind.Prevote, 1, 25, V, 1),
        }));
    }

    [Test]
    public void A_far_vote_is_logged_when_its_round_comes_near()
    {
        Seat seat = new Seat(3, 1, 1, 1, 1).Open().Prevote(9, V, 0);
        Input far = seat.Inputs[^1];
        Assert.That(seat.Last, Is.Empty);
        seat.Precommit(0, Ballots.Nil, 0, 1, 2).Elapse(TimeoutKind.Precommit, 0);
        Assert.That(seat.Last[1], Is.EqualTo(new Effect.Persist(far)), "After the timeout that opened round 1.");
    }

    [Test]
    public void A_recovered_core_says_again_what_may_not_have_left()
    {
        // Signed, crashed before the vote came back.
        Seat seat = new Seat(1, 1, 1, 1, 1) { Signs = false }.Open().Propose(0, V);
        seat.Give(new Input.Recovered(1));
        Assert.That(seat.Last, Is.EqualTo(new Effect[]
        {
            new Effect.ScheduleTimeout(1, 0, TimeoutKind.Rebroadcast, 5_000),
            new Effect.SignVote(VoteKind.Prevote, 1, 0, -1, V),
        }));
    }

    [Test]
    public void A_recovered_proposer_builds_again_or_signs_what_it_had_built()
    {
        Seat seat = new Seat(0, 1, 1, 1, 1) { Signs = false }.Open();
        Assert.That(seat.Give(new Input.Recovered(1)).Last, Is.EqualTo(new Effect[]
        {
            new Effect.ScheduleTimeout(1, 0, TimeoutKind.Propose, 4_000),
            new Effect.ScheduleTimeout(1, 0, TimeoutKind.Rebroadcast, 5_000),
            new Effect.BuildValue(1, 0, LastCommit: null),
        }));
        seat.Build(0, V).Give(new Input.Recovered(1));
        Assert.That(seat.Last, Does.Contain(new Effect.SignProposal(1, 0, -1, V, Polka: null)));
        Assert.That(seat.Last.OfType<Effect.BuildValue>(), Is.Empty);
    }

    [Test]
    public void A_recovered_core_asks_again_for_the_verdict_it_lacks()
    {
        Seat seat = new Seat(1, 1, 1, 1, 1) { JudgesAtOnce = false }.Open().Propose(0, V).Give(new Input.Recovered(1));
        Assert.That(seat.Last, Does.Contain(new Effect.ValidateValue(1, 0, V, IsProposed: true)));
    }

    [Test]
    public void A_recovered_core_restarts_the_timers_that_ran()
    {
        Seat seat = new Seat(3, 1, 1, 1, 1).Open().Propose(0, V).Prevote(0, W, 0, 1).Precommit(0, Ballots.Nil, 0, 1, 2);
        seat.Give(new Input.Recovered(1));
        Assert.That(seat.Last.OfType<Effect.ScheduleTimeout>().Select(timer => timer.Kind), Is.EqualTo(new[]
        {
            TimeoutKind.Prevote, TimeoutKind.Precommit, TimeoutKind.Rebroadcast,
        }));
    }

    [Test]
    public void A_recovered_decision_is_decided_again()
    {
        Seat seat = new Seat(3, 1, 1, 1, 1).Open().Propose(0, V).Precommit(0, V, 0, 1, 2);
        Effect.Decide decision = seat.Decision!;
        Assert.That(seat.Give(new Input.Recovered(1)).Last, Is.EqualTo(new[] { decision }));
    }

    [Test]
    public void Every_logged_input_survives_its_bytes()
    {
        Seat seat = Eventful();
        CommitCertificate commit = seat.Commit(3, V, 0, 1, 2);
        Input[] others =
        [
            new Input.CommitReceived(commit),
            new Input.PolkaReceived(seat.Polka(3, V, 2, 0, 1, 2)),
            new Input.ValueBuilt(1, 2, V),
            new Input.TimeoutElapsed(1, 2, TimeoutKind.Precommit),
        ];
        foreach (Input input in seat.Inputs.Where(input => input is not Input.StartHeight).Concat(others))
        {
            Assert.That(InputCodec.TryDecode(InputCodec.Encode(input), out Input? read, out string? why), Is.True, why);
            Assert.That(read, Is.EqualTo(input));
        }
    }

    [Test]
    public void Bytes_that_are_no_input_are_refused()
    {
        Assert.That(InputCodec.TryDecode([0xc1, 0x09], out _, out string? why), Is.False);
        Assert.That(why, Does.Contain("kind 9"));
        byte[] good = InputCodec.Encode(new Input.ValueBuilt(1, 2, V));
        for (int cut = 0; cut < good.Length; cut++) Assert.That(InputCodec.TryDecode(good.AsSpan(0, cut), out _, out _), Is.False);
        Assert.That(() => InputCodec.Encode(new Input.Recovered(1)), Throws.TypeOf<InvariantBrokenException>());
    }

    // Two lost rounds, a lock, an equivocator, far votes, a skip, a re-proposal and a decision.
    private static Seat Eventful()
    {
        Seat seat = new Seat(3, 1, 1, 1, 1).Open().Propose(0, V).Prevote(0, V, 0, 1).Prevote(0, W, 1);
        seat.Precommit(0, Ballots.Nil, 0, 1).Elapse(TimeoutKind.Precommit, 0).Propose(1, W).Elapse(TimeoutKind.Propose, 1);
        seat.Prevote(1, W, 0, 1).Elapse(TimeoutKind.Prevote, 1).Prevote(30, V, 0).Prevote(12, V, 1).Propose(13, V, validRound: 0);
        seat.Precommit(12, Ballots.Nil, 0, 1, 2).Elapse(TimeoutKind.Precommit, 12).PrevoteOf(13, V, 0, 0, 1, 2);
        return seat.Precommit(13, V, 0, 1, 2);
    }
}
