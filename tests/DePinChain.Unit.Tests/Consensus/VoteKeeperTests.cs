using DePinChain.Blocks;
using DePinChain.Consensus;
using DePinChain.Primitives;

namespace DePinChain.Unit.Tests.Consensus;

[TestFixture]
internal sealed class VoteKeeperTests
{
    private static readonly Hash256 V = Ballots.Value('v');
    private static readonly Hash256 W = Ballots.Value('w');

    [Test]
    public void Exactly_two_thirds_are_no_polka_and_one_unit_more_is()
    {
        // Total 6: two thirds are 4 (3·4 = 2·6), 5 is more.
        VoteKeeper keeper = new(Ballots.Set(1, 1, 1, 1, 1, 1));
        for (int i = 0; i < 4; i++) Assert.That(Prevote(keeper, i, 0, V), Is.Empty);
        Assert.That(keeper.IsPolka(0, V), Is.False);
        Assert.That(Prevote(keeper, 4, 0, V), Is.EqualTo(new[]
        {
            new Threshold(ThresholdKind.PolkaAny, 0),
            new Threshold(ThresholdKind.PolkaValue, 0, V),
            new Threshold(ThresholdKind.PolkaProposal, 0, V, -1),
        }));
        Assert.That(keeper.IsPolka(0, V), Is.True);
    }

    [Test]
    public void Power_counts_and_not_heads()
    {
        // Total 12: two of four heads hold 9 > 8.
        VoteKeeper keeper = new(Ballots.Set(5, 4, 2, 1));
        Prevote(keeper, 0, 0, V);
        Assert.That(Prevote(keeper, 1, 0, V).Select(threshold => threshold.Kind), Does.Contain(ThresholdKind.PolkaValue));
    }

    [Test]
    public void Powers_near_the_bound_do_not_overflow()
    {
        const ulong Half = (ValidatorSet.TotalPowerBound - 2) / 2;
        VoteKeeper keeper = new(Ballots.Set(Half, Half, 1));
        Prevote(keeper, 0, 0, V);
        Assert.That(keeper.IsPolka(0, V), Is.False);
        Prevote(keeper, 1, 0, V);
        Assert.That(keeper.IsPolka(0, V), Is.True);
    }

    [Test]
    public void Each_threshold_is_reported_once()
    {
        VoteKeeper keeper = new(Ballots.Set(1, 1, 1, 1, 1));
        for (int i = 0; i < 4; i++) Prevote(keeper, i, 0, V);
        Assert.That(Prevote(keeper, 4, 0, V), Is.Empty);
        for (int i = 0; i < 4; i++) Precommit(keeper, i, 0, V);
        Assert.That(Precommit(keeper, 4, 0, V), Is.Empty);
    }

    [Test]
    public void Votes_for_different_things_make_an_any_and_nothing_else()
    {
        VoteKeeper keeper = new(Ballots.Set(1, 1, 1, 1));
        Prevote(keeper, 0, 0, V);
        Prevote(keeper, 1, 0, W);
        Assert.That(Prevote(keeper, 2, 0, Ballots.Nil), Is.EqualTo(new[] { new Threshold(ThresholdKind.PolkaAny, 0) }));
    }

    [Test]
    public void A_polka_for_nil_is_not_one_for_a_value()
    {
        VoteKeeper keeper = new(Ballots.Set(1, 1, 1, 1));
        Prevote(keeper, 0, 0, Ballots.Nil);
        Prevote(keeper, 1, 0, Ballots.Nil);
        Assert.That(
            Prevote(keeper, 2, 0, Ballots.Nil),
            Is.EqualTo(new[] { new Threshold(ThresholdKind.PolkaAny, 0), new Threshold(ThresholdKind.PolkaNil, 0) }));
    }

    [Test]
    public void Nil_precommits_are_never_a_commit()
    {
        VoteKeeper keeper = new(Ballots.Set(1, 1, 1, 1));
        IEnumerable<Threshold> reached = Enumerable.Range(0, 4).SelectMany(i => Precommit(keeper, i, 0, Ballots.Nil));
        Assert.That(reached, Is.EqualTo(new[] { new Threshold(ThresholdKind.PrecommitAny, 0) }));
    }

    [Test]
    public void Prevotes_and_precommits_do_not_add_up()
    {
        VoteKeeper keeper = new(Ballots.Set(1, 1, 1, 1));
        Prevote(keeper, 0, 0, V);
        Prevote(keeper, 1, 0, V);
        Assert.That(Precommit(keeper, 2, 0, V), Is.Empty);
    }

    [Test]
    public void A_repeated_vote_counts_once()
    {
        VoteKeeper keeper = new(Ballots.Set(1, 1, 1, 1));
        for (int i = 0; i < 5; i++) Prevote(keeper, 0, 0, V);
        Assert.That(Outcome(keeper, 0, Ballots.Vote(VoteKind.Prevote, 1, 0, V, 0)), Is.EqualTo(VoteOutcome.Known));
        Assert.That(keeper.IsPolkaAny(0), Is.False);
    }

    [Test]
    public void Another_signature_on_the_same_words_is_no_conflict()
    {
        VoteKeeper keeper = new(Ballots.Set(1, 1, 1, 1));
        Vote vote = Ballots.Vote(VoteKind.Prevote, 1, 0, V, 0);
        Outcome(keeper, 0, vote);
        Assert.That(Outcome(keeper, 0, vote with { Seal = Ballots.Seal(0, variant: 9) }), Is.EqualTo(VoteOutcome.Known));
    }

    [Test]
    public void An_equivocator_counts_once_with_its_first_vote_and_the_second_is_handed_out_with_it()
    {
        VoteKeeper keeper = new(Ballots.Set(1, 1, 1, 1));
        Prevote(keeper, 0, 0, V);
        Prevote(keeper, 1, 0, V);
        Vote first = Ballots.Vote(VoteKind.Prevote, 1, 0, W, 2);
        Outcome(keeper, 2, first);
        List<Threshold> reached = [];
        VoteOutcome outcome = keeper.Add(2, Ballots.Vote(VoteKind.Prevote, 1, 0, V, 2), 0, reached, out Vote? kept);
        Assert.That(outcome, Is.EqualTo(VoteOutcome.Conflicting));
        Assert.That(kept, Is.EqualTo(first));
        Assert.That(reached, Is.Empty);
        Assert.That(keeper.IsPolka(0, V), Is.False);
    }

    [Test]
    public void The_same_value_with_another_valid_round_is_a_conflict()
    {
        VoteKeeper keeper = new(Ballots.Set(1, 1, 1, 1));
        Outcome(keeper, 0, Ballots.Vote(VoteKind.Prevote, 1, 3, V, 0, validRound: 1));
        Assert.That(Outcome(keeper, 0, Ballots.Vote(VoteKind.Prevote, 1, 3, V, 0, validRound: 2)), Is.EqualTo(VoteOutcome.Conflicting));
    }

    [Test]
    public void A_split_polka_counts_for_L28_and_not_for_L36()
    {
        VoteKeeper keeper = new(Ballots.Set(1, 1, 1, 1));
        Outcome(keeper, 0, Ballots.Vote(VoteKind.Prevote, 1, 3, V, 0, validRound: 1));
        Outcome(keeper, 1, Ballots.Vote(VoteKind.Prevote, 1, 3, V, 1, validRound: 1));
        Outcome(keeper, 2, Ballots.Vote(VoteKind.Prevote, 1, 3, V, 2, validRound: 2));
        Assert.That(keeper.IsPolka(3, V), Is.True);
        Assert.That(keeper.IsPolka(3, V, 1), Is.False);
        Assert.That(keeper.IsPolka(3, V, 2), Is.False);
        Outcome(keeper, 3, Ballots.Vote(VoteKind.Prevote, 1, 3, V, 3, validRound: 1));
        Assert.That(keeper.IsPolka(3, V, 1), Is.True);
    }

    [Test]
    public void Exactly_one_third_ahead_is_not_followed_and_more_is()
    {
        // Total 6: one third is 2.
        VoteKeeper keeper = new(Ballots.Set(1, 1, 1, 1, 1, 1));
        Prevote(keeper, 0, 4, V);
        Prevote(keeper, 1, 4, V);
        Assert.That(keeper.FindSkipRound(0), Is.Null);
        Assert.That(Precommit(keeper, 2, 4, V), Is.EqualTo(new[] { new Threshold(ThresholdKind.Skip, 4) }));
    }

    [Test]
    public void Prevote_and_precommit_of_one_validator_are_one_voice_for_a_skip()
    {
        VoteKeeper keeper = new(Ballots.Set(1, 1, 1, 1));
        Prevote(keeper, 0, 4, V);
        Precommit(keeper, 0, 4, V);
        Assert.That(keeper.FindSkipRound(0), Is.Null);
        Precommit(keeper, 1, 4, Ballots.Nil);
        Assert.That(keeper.FindSkipRound(0), Is.EqualTo(4));
    }

    [Test]
    public void Validators_in_different_later_rounds_prove_the_lowest_of_them()
    {
        // One of {5, 9} is correct and was in round 5 or later.
        VoteKeeper keeper = new(Ballots.Set(1, 1, 1, 1));
        Prevote(keeper, 0, 5, V);
        Prevote(keeper, 1, 9, V);
        Assert.That(keeper.FindSkipRound(0), Is.EqualTo(5));
        Prevote(keeper, 2, 7, V);
        Assert.That(keeper.FindSkipRound(0), Is.EqualTo(7));
        Assert.That(keeper.FindSkipRound(7), Is.Null);
    }

    [Test]
    public void Votes_of_the_current_round_and_before_are_no_skip()
    {
        VoteKeeper keeper = new(Ballots.Set(1, 1, 1, 1));
        for (int i = 0; i < 4; i++) Prevote(keeper, i, 3, V, current: 3);
        Assert.That(keeper.FindSkipRound(3), Is.Null);
    }

    [Test]
    public void Old_nil_votes_are_forgotten_without_being_counted_again_and_old_value_votes_stay()
    {
        VoteKeeper keeper = new(Ballots.Set(1, 1, 1, 1));
        Prevote(keeper, 0, 0, Ballots.Nil);
        Prevote(keeper, 1, 0, V);
        keeper.Enter(1);
        Assert.That(keeper.Find(VoteKind.Prevote, 0, 0), Is.Not.Null, "Those who are left in round 0 may need it.");
        keeper.Enter(2);
        Assert.That(keeper.Find(VoteKind.Prevote, 0, 0), Is.Null);
        Assert.That(keeper.Find(VoteKind.Prevote, 0, 1), Is.Not.Null);
        Assert.That(Outcome(keeper, 0, Ballots.Vote(VoteKind.Prevote, 1, 0, V, 0), current: 1), Is.EqualTo(VoteOutcome.Known));
        Prevote(keeper, 2, 0, V, current: 1);
        Assert.That(keeper.IsPolka(0, V), Is.False);
        Prevote(keeper, 3, 0, V, current: 1);
        Assert.That(keeper.IsPolka(0, V), Is.True, "Three of four, the forgotten nil not among them.");
    }

    [Test]
    public void A_vote_beyond_the_window_is_noted_and_counted_when_the_window_comes()
    {
        VoteKeeper keeper = new(Ballots.Set(1, 1, 1, 1));
        Vote far = Ballots.Vote(VoteKind.Prevote, 1, 9, V, 0);
        Assert.That(Outcome(keeper, 0, far), Is.EqualTo(VoteOutcome.Noted), "0 + 8 is the last counted round.");
        Assert.That(keeper.Find(VoteKind.Prevote, 9, 0), Is.Null);
        Assert.That(keeper.Enter(1), Is.EqualTo(new[] { (0, far) }));
        Assert.That(keeper.Find(VoteKind.Prevote, 9, 0), Is.EqualTo(far));
        Assert.That(keeper.Enter(2), Is.Empty);
    }

    private static IReadOnlyList<Threshold> Prevote(VoteKeeper keeper, int by, uint round, Hash256 value, uint current = 0) =>
        Reached(keeper, by, Ballots.Vote(VoteKind.Prevote, 1, round, value, by), current);

    private static IReadOnlyList<Threshold> Precommit(VoteKeeper keeper, int by, uint round, Hash256 value) =>
        Reached(keeper, by, Ballots.Vote(VoteKind.Precommit, 1, round, value, by), current: 0);

    private static IReadOnlyList<Threshold> Reached(VoteKeeper keeper, int by, Vote vote, uint current)
    {
        List<Threshold> reached = [];
        keeper.Add(by, vote, current, reached, out _);
        return reached;
    }

    private static VoteOutcome Outcome(VoteKeeper keeper, int by, Vote vote, uint current = 0) => keeper.Add(by, vote, current, [], out _);
}
