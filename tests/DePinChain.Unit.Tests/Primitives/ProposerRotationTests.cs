using System.Numerics;
using System.Text;
using System.Text.Json;
using DePinChain.Primitives;
using FsCheck;
using FsCheck.Fluent;

namespace DePinChain.Unit.Tests.Primitives;

[TestFixture]
internal sealed class ProposerRotationTests
{
    [Test]
    public void The_99_steps_of_CometBFT_are_taken()
    {
        JsonElement known = KnownAnswers.Read("chain/proposer-sequences.json").GetProperty("case1");
        ValidatorSet set = new(known.GetProperty("powers").EnumerateObject()
            .Select(entry => new Validator(Named(entry.Name), entry.Value.GetUInt64())));
        string[] sequence = known.GetProperty("sequence").GetString()!.Split(' ');
        Assert.That(sequence, Has.Length.EqualTo(99));
        ProposerRotation rotation = ProposerRotation.StartOf(set, ProposerRotation.GenesisOf(set));
        Assert.That(Enumerable.Range(0, 99).Select(step => rotation.ProposerAt((ulong)step)), Is.EqualTo(sequence.Select(Named)));
    }

    [Test]
    public void The_first_proposers_of_CometBFT_s_small_sets_come_first()
    {
        foreach (JsonElement known in KnownAnswers.Read("chain/proposer-sequences.json").GetProperty("case2").EnumerateArray())
        {
            ValidatorSet set = new(known.GetProperty("powers").EnumerateArray()
                .Select((power, index) => new Validator(Address.FromLow((ulong)index + 1), power.GetUInt64())));
            ProposerRotation rotation = ProposerRotation.StartOf(set, ProposerRotation.GenesisOf(set));
            JsonProperty first = known.EnumerateObject().Single(property => property.Name.StartsWith("first", StringComparison.Ordinal));
            int[] expected = [.. first.Value.EnumerateArray().Select(index => index.GetInt32())];
            IEnumerable<int> seen = expected.Select((_, step) => set.IndexOf(rotation.ProposerAt((ulong)step)));
            Assert.That(seen, Is.EqualTo(expected), known.ToString());
        }
    }

    [Test]
    public void The_priorities_after_some_steps_continue_the_same_sequence()
    {
        ValidatorSet set = Set(7, 11, 3, 2);
        ProposerRotation rotation = ProposerRotation.StartOf(set, ProposerRotation.GenesisOf(set));
        ProposerRotation later = ProposerRotation.StartOf(set, rotation.PrioritiesAfter(17));
        Assert.That(
            Enumerable.Range(0, 30).Select(step => later.ProposerAt((ulong)step)),
            Is.EqualTo(Enumerable.Range(17, 30).Select(step => rotation.ProposerAt((ulong)step))));
    }

    [Test]
    public void Asking_out_of_order_gives_the_same_proposers()
    {
        ValidatorSet set = Set(7, 11, 3, 2);
        ProposerRotation backwards = ProposerRotation.StartOf(set, ProposerRotation.GenesisOf(set));
        ProposerRotation forwards = ProposerRotation.StartOf(set, ProposerRotation.GenesisOf(set));
        Address[] seen = [.. Enumerable.Range(0, 40).Reverse().Select(step => backwards.ProposerAt((ulong)step)).Reverse()];
        Assert.That(seen, Is.EqualTo(Enumerable.Range(0, 40).Select(step => forwards.ProposerAt((ulong)step))));
    }

    [Test]
    public void A_newcomer_starts_behind_by_an_eighth_more_than_the_whole_power()
    {
        // Old {1: 10, 2: 10} with priorities 4 and -4; validator 3 joins with 20: P = 40, start -(40 + 5) = -45.
        // Spread 4 + 45 = 49 <= 80: no rescaling. Average floor((4 - 4 - 45) / 3) = -15: centred 19, 11, -30.
        Assert.That(ProposerRotation.Carry(Set(10, 10), [4, -4], Set(10, 10, 20)), Is.EqualTo(new long[] { 19, 11, -30 }));
    }

    [Test]
    public void The_power_of_who_leaves_still_counts_for_who_joins()
    {
        // Validator 2 (10) leaves, 3 (20) joins: the changes without the removal make P = 10 + 10 + 20 = 40, so 3 starts at -45.
        // New total 30: spread 49 <= 60. Average floor((4 - 45) / 2) = floor(-20.5) = -21: centred 25, -24.
        ValidatorSet next = new([new Validator(Address.FromLow(1), 10), new Validator(Address.FromLow(3), 20)]);
        Assert.That(ProposerRotation.Carry(Set(10, 10), [4, -4], next), Is.EqualTo(new long[] { 25, -24 }));
    }

    [Test]
    public void A_wide_spread_is_divided_toward_zero_and_then_centred_by_the_floor()
    {
        // Total 2, window 4, spread 7 + 4 = 11: ratio ceil(11/4) = 3. 7/3 = 2, -4/3 = -1 (floor would be -2). Average floor(1/2) = 0.
        Assert.That(ProposerRotation.Carry(Set(1, 1), [7, -4], Set(1, 1)), Is.EqualTo(new long[] { 2, -1 }));

        // Spread 4, no rescaling; the average of 0 and -3 is -1.5, floored to -2 (truncation would give -1).
        Assert.That(ProposerRotation.Carry(Set(1, 1), [0, -3], Set(1, 1)), Is.EqualTo(new long[] { 2, -1 }));
    }

    [Test]
    public void Of_equal_priorities_the_lower_address_proposes()
    {
        ValidatorSet set = Set(5, 5);
        Assert.That(ProposerRotation.StartOf(set, [0, 0]).ProposerAt(0), Is.EqualTo(Address.FromLow(1)));
    }

    [Test]
    public void Powers_near_the_bound_do_not_overflow()
    {
        const ulong Half = (ValidatorSet.TotalPowerBound - 1) / 2;
        ValidatorSet set = Set(Half, Half);
        ProposerRotation rotation = ProposerRotation.StartOf(set, ProposerRotation.GenesisOf(set));
        Assert.That(Enumerable.Range(0, 4).Select(step => set.IndexOf(rotation.ProposerAt((ulong)step))), Is.EqualTo(new[] { 0, 1, 0, 1 }));
        Assert.That(ProposerRotation.Carry(set, rotation.PrioritiesAfter(3), Set(1, 1, Half)), Has.Count.EqualTo(3));
    }

    [Test]
    public void An_empty_set_wrong_priorities_and_far_steps_are_refused()
    {
        Assert.That(() => ProposerRotation.StartOf(new ValidatorSet([]), []), Throws.ArgumentException);
        Assert.That(() => ProposerRotation.StartOf(Set(1, 2), [0]), Throws.ArgumentException);
        ProposerRotation rotation = ProposerRotation.StartOf(Set(1), [0]);
        Assert.That(() => rotation.ProposerAt(ProposerRotation.StepsMax), Throws.TypeOf<ArgumentOutOfRangeException>());
        Assert.That(() => rotation.PrioritiesAfter(ProposerRotation.StepsMax + 1), Throws.TypeOf<ArgumentOutOfRangeException>());
    }

    [Test]
    public void Over_a_long_time_each_proposes_as_often_as_its_power() => Prop.ForAll<byte[], byte>((weights, carried) =>
    {
        ulong[] powers = [.. weights.Take(6).Append((byte)3).Select(weight => 1 + (ulong)weight)];
        ValidatorSet set = Set(powers);
        IReadOnlyList<long> start = ProposerRotation.Carry(Set(carried + 1ul), [carried], set);
        ProposerRotation rotation = ProposerRotation.StartOf(set, start);
        int total = (int)(ulong)set.TotalPower;
        int[] seen = [.. Enumerable.Range(0, total).Select(step => set.IndexOf(rotation.ProposerAt((ulong)step)))];
        IEnumerable<int> off = powers.Select((power, index) => Math.Abs(seen.Count(proposer => proposer == index) - (int)power));

        // And step for step it does what a slow model of the rule does.
        return off.All(difference => difference <= 3) && seen.SequenceEqual(Model(powers, start, total));
    }).QuickCheckThrowOnFailure();

    // The rule of CometBFT's proposer selection in big integers: rescale by truncation, centre by the floor, add, take from the highest.
    private static IEnumerable<int> Model(ulong[] powers, IReadOnlyList<long> start, int steps)
    {
        BigInteger total = powers.Aggregate(BigInteger.Zero, (sum, power) => sum + power);
        List<BigInteger> priorities = [.. start.Select(priority => (BigInteger)priority)];
        for (int step = 0; step < steps; step++)
        {
            BigInteger spread = priorities.Max() - priorities.Min();
            BigInteger ratio = BigInteger.Max(1, (spread + (2 * total) - 1) / (2 * total));
            priorities = [.. priorities.Select(priority => BigInteger.Divide(priority, ratio))];
            BigInteger sum = priorities.Aggregate(BigInteger.Zero, (left, right) => left + right);
            int count = priorities.Count;
            BigInteger average = (sum - (((sum % count) + count) % count)) / count;
            priorities = [.. priorities.Select((priority, index) => priority - average + powers[index])];
            int proposer = priorities.IndexOf(priorities.Max());
            priorities[proposer] -= total;
            yield return proposer;
        }
    }

    // Addresses 1, 2, 3 … in this order.
    private static ValidatorSet Set(params ulong[] powers) =>
        new(powers.Select((power, index) => new Validator(Address.FromLow((ulong)index + 1), power)));

    // The vector's validators are ordered by their ASCII names.
    private static Address Named(string name)
    {
        byte[] bytes = new byte[Address.Size];
        Encoding.ASCII.GetBytes(name).CopyTo(bytes, 0);
        return new Address(bytes);
    }
}
