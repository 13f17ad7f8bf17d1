using DePinChain.Modules.Staking;
using DePinChain.Primitives;

namespace DePinChain.Modules.Tests.Staking;

/// <summary>Every expected set is worked out by hand in the line above it.</summary>
public sealed class ValidatorSetChangeTests
{
    private static readonly Address A = Address.FromLow(0xa);
    private static readonly Address B = Address.FromLow(0xb);
    private static readonly Address C = Address.FromLow(0xc);
    private static readonly Address D = Address.FromLow(0xd);

    [Test]
    public void Ranking_takes_the_most_stake_and_breaks_ties_by_address()
    {
        Candidate[] candidates = [new(C, Amount.FromDpn(5)), new(B, Amount.FromDpn(7)), new(A, Amount.FromDpn(5)), new(D, Amount.One)];

        Assert.That(ValidatorSetChange.Rank(candidates, seatsMax: 2), Is.EqualTo(new Seat[] { new(B, 7), new(A, 5) }));
    }

    [Test]
    public void Ranking_is_by_stake_to_the_wei_and_power_is_whole_coins()
    {
        Candidate[] candidates = [new(A, Amount.Parse("5.1")), new(B, Amount.Parse("5.9")), new(C, Amount.Parse("0.999999999999999999"))];

        Assert.That(ValidatorSetChange.Rank(candidates, seatsMax: 9), Is.EqualTo(new Seat[] { new(B, 5), new(A, 5) }));
    }

    [TestCase(100UL, 4UL, 25UL)]
    [TestCase(103UL, 4UL, 25UL)]
    [TestCase(3UL, 4UL, 1UL)]
    [TestCase(100UL, 1UL, ulong.MaxValue)]
    public void Budget_is_a_part_of_the_total_and_at_least_one(ulong total, ulong divisor, ulong expected) =>
        Assert.That(ValidatorSetChange.Budget(total, divisor), Is.EqualTo(expected));

    [Test]
    public void Changes_within_the_budget_are_applied_whole()
    {
        // |−10| + |+5| + |+10| = 25.
        List<Seat> next = ValidatorSetChange.Move([new(A, 50), new(B, 40), new(C, 10)], [new(A, 55), new(B, 40), new(D, 10)], budget: 25);

        Assert.That(next, Is.EqualTo(new Seat[] { new(A, 55), new(B, 40), new(D, 10) }));
    }

    [Test]
    public void Removals_come_before_larger_changes()
    {
        // Total 100, budget 25: C's removal takes 10, then B's +40 takes the remaining 15; A's +5 waits.
        List<Seat> next = ValidatorSetChange.Move([new(A, 50), new(B, 40), new(C, 10)], [new(B, 80), new(A, 55)], budget: 25);

        Assert.That(next, Is.EqualTo(new Seat[] { new(A, 50), new(B, 55) }));
    }

    [Test]
    public void A_removal_beyond_the_budget_leaves_partway()
    {
        // Total 100, budget 25: A falls from 60 to 35. Total 75, budget 18: from 35 to 17. Budgets shrink with the total.
        List<Seat> first = ValidatorSetChange.Move([new(A, 60), new(B, 40)], [new(B, 40)], ValidatorSetChange.Budget(100, 4));
        List<Seat> second = ValidatorSetChange.Move(first, [new(B, 40)], ValidatorSetChange.Budget(75, 4));

        Assert.That(first, Is.EqualTo(new Seat[] { new(A, 35), new(B, 40) }));
        Assert.That(second, Is.EqualTo(new Seat[] { new(A, 17), new(B, 40) }));
    }

    [Test]
    public void Among_removals_the_largest_leaves_first_and_ties_go_to_the_lower_address()
    {
        // Budget 25: C (15) leaves; of A and B (10 each) A comes first and leaves; B waits whole.
        List<Seat> next = ValidatorSetChange.Move([new(A, 10), new(B, 10), new(C, 15), new(D, 65)], [new(D, 65)], budget: 25);

        Assert.That(next, Is.EqualTo(new Seat[] { new(B, 10), new(D, 65) }));
    }

    [Test]
    public void A_decrease_moves_partway_like_an_increase()
    {
        // −60 before +50: A goes from 100 to 75, nothing is left for B.
        List<Seat> next = ValidatorSetChange.Move([new(A, 100), new(B, 1)], [new(A, 40), new(B, 51)], budget: 25);

        Assert.That(next, Is.EqualTo(new Seat[] { new(A, 75), new(B, 1) }));
    }

    [Test]
    public void A_newcomer_enters_with_what_the_budget_allows()
    {
        List<Seat> next = ValidatorSetChange.Move([new(A, 100)], [new(B, 1_000), new(A, 100)], budget: 25);

        Assert.That(next, Is.EqualTo(new Seat[] { new(A, 100), new(B, 25) }));
    }

    [Test]
    public void A_set_is_never_empty()
    {
        Seat[] current = [new(A, 1)];

        Assert.That(ValidatorSetChange.Move(current, [], budget: ulong.MaxValue), Is.EqualTo(current));
        Assert.That(ValidatorSetChange.Move(current, [new(B, 9)], budget: 1), Is.EqualTo(new Seat[] { new(B, 1) }));
    }

    [Test]
    public void Without_a_limit_the_wish_is_the_next_set()
    {
        List<Seat> next = ValidatorSetChange.Move([new(A, 1)], [new(B, 9), new(C, 3)], ValidatorSetChange.Budget(1, 1));

        Assert.That(next, Is.EqualTo(new Seat[] { new(B, 9), new(C, 3) }));
    }
}
