using System.Buffers.Binary;
using System.Numerics;
using DePinChain.Modules.Attestations;
using DePinChain.Modules.Sdk;
using DePinChain.Primitives;
using FsCheck;
using FsCheck.Fluent;

namespace DePinChain.Modules.Tests.Attestations;

/// <summary>Who is drawn, and how often.</summary>
public sealed class CommitteeDrawTests
{
    [Test]
    public void A_committee_is_what_drawing_from_a_plain_list_gives() => Prop.ForAll(
        (from weights in Gen.Choose(0, 50).Select(static w => (ulong)w).NonEmptyListOf()
         from size in Gen.Choose(1, 20)
         from without in Gen.Choose(-3, 30)
         from seed in Gen.Choose(0, int.MaxValue)
         select (weights, size, without, seed)).ToArbitrary(),
        static cast =>
        {
            Hash256 seed = SeedOf((ulong)cast.seed);
            VerifierRegistry registry = RegistryOf([.. cast.weights]);
            Stretch excluded = cast.without >= 0 && cast.without < cast.weights.Count
                ? registry.StretchOf(VerifierRole.Storage, AttestationsNetwork.Verifier(cast.without))
                : default;
            IReadOnlyList<uint> drawn = CommitteeDraw.Draw(
                seed, cast.size, registry.TotalOf(VerifierRole.Storage), excluded, point => registry.Find(VerifierRole.Storage, point));
            Assert.That(drawn, Is.EqualTo(FromList([.. cast.weights], cast.size, cast.without, seed)));
        }).QuickCheckThrowOnFailure();

    [Test]
    public void Seats_are_proportional_to_stake_over_many_committees()
    {
        // 40 verifiers with 1 to 8 shares each, 20,000 committees of one: chi-square over 39 degrees of freedom, seeds fixed. The 0.1 %
        // point of the distribution is 72.1 (NIST/SEMATECH e-Handbook 1.3.6.7.4, interpolated between 70.7 for 38 and 73.4 for 40).
        ulong[] weights = [.. Enumerable.Range(0, 40).Select(static i => (ulong)(1 + (i * 7 % 8)))];
        VerifierRegistry registry = RegistryOf(weights);
        const int Committees = 20_000;
        int[] seats = new int[weights.Length];
        for (int i = 0; i < Committees; i++)
        {
            foreach (uint slot in DrawFrom(registry, SeedOf((ulong)i), 1)) seats[slot]++;
        }

        double total = weights.Sum(static w => (double)w);
        double chiSquare = 0;
        for (int i = 0; i < weights.Length; i++)
        {
            double expected = Committees * weights[i] / total;
            chiSquare += (seats[i] - expected) * (seats[i] - expected) / expected;
        }

        Assert.That(chiSquare, Is.LessThan(72.1));
    }

    [Test]
    public void Without_replacement_a_pair_is_drawn_as_often_as_the_rule_says()
    {
        // Weights 6, 3, 1; committees of two. P{A,B} = 6/10 · 3/4 + 3/10 · 6/7 = 0.707143, P{A,C} = 6/10 · 1/4 + 1/10 · 6/9 = 0.216667,
        // P{B,C} = 3/10 · 1/7 + 1/10 · 3/9 = 0.076190. Over 20,000 draws four standard deviations are at most 0.0129.
        VerifierRegistry registry = RegistryOf(6, 3, 1);
        SortedDictionary<int, int> pairs = [];
        for (int i = 0; i < 20_000; i++)
        {
            int missing = 3 - DrawFrom(registry, SeedOf((ulong)i), 2).Sum(static slot => (int)slot);
            pairs[missing] = pairs.GetValueOrDefault(missing) + 1;
        }

        Assert.That(pairs[2] / 20_000.0, Is.EqualTo(0.707143).Within(0.0129));
        Assert.That(pairs[1] / 20_000.0, Is.EqualTo(0.216667).Within(0.0129));
        Assert.That(pairs[0] / 20_000.0, Is.EqualTo(0.076190).Within(0.0129));
    }

    [Test]
    public void The_trees_have_room_for_4096_verifiers()
    {
        VerifierRegistry registry = RegistryOf(new ulong[4_096]);
        Revert refusal = Assert.Throws<Revert>(() => registry.Enter(Address.FromLow(1)))!;
        Assert.That(refusal.ReturnData, Is.EqualTo(new RegistryFull(4_096).Encode()));
        Address last = AttestationsNetwork.Verifier(4_095);
        registry.Save(last, registry.Get(last) with { Bond = new Amount(7) });
        registry.Reweigh(last, 1, Amount.Zero);
        Assert.That(registry.Find(VerifierRole.Storage, 6), Is.EqualTo(new Stretch(4_095, UInt128.Zero, 7)));
    }

    [Test]
    public void Everybody_sits_when_there_are_no_more()
    {
        VerifierRegistry registry = RegistryOf(5, 0, 1_000_000, 7);
        Assert.That(DrawFrom(registry, SeedOf(1), 16).Order(), Is.EqualTo(new uint[] { 0, 2, 3 }));
        Assert.That(DrawFrom(RegistryOf(0, 0), SeedOf(1), 16), Is.Empty);
    }

    [Test]
    public void The_trees_weigh_what_is_left_after_verifiers_went() => Prop.ForAll(
        (from weights in Gen.Choose(0, 50).Select(static w => (ulong)w).NonEmptyListOf()
         from leaving in Gen.Choose(0, 40).ListOf()
         select (weights, leaving)).ToArbitrary(),
        static cast =>
        {
            VerifierRegistry registry = RegistryOf([.. cast.weights]);
            List<int> there = [.. Enumerable.Range(0, cast.weights.Count)];
            foreach (int number in cast.leaving.Where(there.Remove).ToArray())
            {
                Address owner = AttestationsNetwork.Verifier(number);
                registry.Remove(owner, registry.Get(owner));
            }

            Assert.That(registry.Count, Is.EqualTo((uint)there.Count));
            Assert.That(registry.TotalOf(VerifierRole.Storage), Is.EqualTo((UInt128)there.Sum(number => (decimal)cast.weights[number])));
            UInt128 start = UInt128.Zero;
            for (uint slot = 0; slot < registry.Count; slot++)
            {
                Stretch stretch = registry.StretchOf(VerifierRole.Storage, registry.OwnerAt(slot));
                UInt128 weight = registry.Get(registry.OwnerAt(slot)).Weight.Wei;
                if (weight != UInt128.Zero) Assert.That(stretch, Is.EqualTo(new Stretch(slot, start, weight)));
                start += weight;
            }
        }).QuickCheckThrowOnFailure();

    private static IReadOnlyList<uint> DrawFrom(VerifierRegistry registry, Hash256 seed, int size) => CommitteeDraw.Draw(
        seed, size, registry.TotalOf(VerifierRole.Storage), default, point => registry.Find(VerifierRole.Storage, point));

    private static Hash256 SeedOf(ulong number) => Keccak256.Hash(BitConverter.GetBytes(number));

    private static VerifierRegistry RegistryOf(params ulong[] weights)
    {
        VerifierRegistry registry = new(new ModuleState(WellKnownAddresses.Attestations, new InMemoryWorld()));
        for (int number = 0; number < weights.Length; number++)
        {
            Address owner = AttestationsNetwork.Verifier(number);
            VerifierRecord record = registry.Enter(owner) with { Bond = new Amount(weights[number]) };
            registry.Save(owner, registry.WithWorker(owner, record, Address.FromLow(0x5000_0000 + (ulong)number), 1, 100));
            registry.Reweigh(owner, 1, Amount.Zero);
        }

        return registry;
    }

    // The definition: put what is left in a row, point at it, take it out.
    private static List<uint> FromList(ulong[] weights, int size, int without, Hash256 seed)
    {
        List<(uint Slot, ulong Weight)> left = [.. weights.Select(static (w, i) => ((uint)i, w)).Where(entry => entry.Item1 != without)];
        List<uint> drawn = [];
        for (uint i = 0; drawn.Count < size && left.Any(static entry => entry.Weight > 0); i++)
        {
            byte[] number = new byte[4];
            BinaryPrimitives.WriteUInt32BigEndian(number, i);
            BigInteger total = left.Aggregate(BigInteger.Zero, static (sum, entry) => sum + entry.Weight);
            BigInteger point = new BigInteger(Keccak256.Hash([.. seed.ToArray(), .. number]).ToArray(), isUnsigned: true, isBigEndian: true)
                % total;
            int at = 0;
            while (point >= left[at].Weight) point -= left[at++].Weight;
            drawn.Add(left[at].Slot);
            left.RemoveAt(at);
        }

        return drawn;
    }
}
