using System.Security.Cryptography;
using DePinChain.Primitives;
using DePinChain.Proofs.Devices;

namespace DePinChain.Proofs.Tests.Devices;

/// <summary>The proof of throughput: known answers of an independent model, and every way of not having done the work.</summary>
public sealed class GemmChainTests
{
    private int _calls;

    private static readonly Hash256 Seed = new([.. Enumerable.Range(0, 32).Select(static at => (byte)at)]);
    private static readonly Hash256 Secret = new(SHA256.HashData("secret"u8));
    private static readonly GemmShape Small = new(16, 8);

    // Of a model in Python written from the protocol alone: integers without bounds, its own ChaCha with 8 rounds, hashlib's SHA-256. For
    // each round u = C · rho mod 2^61 - 1 with sum(C[i][j] * rho[j]) % P; B' = ((C >> 8) & 255) ^ key[column].
    [TestCase(16, 2, "0xbb157b3fbd4161c0d33b5b202a228e935e111ab902340f4e59d20a46a4ae34b7")]
    [TestCase(16, 8, "0xf0fe3480de24d853928b3dd2f9686372f95038b6f6b85bb64d483221a10c732c")]
    [TestCase(48, 4, "0x52d85b2dba4c14926b3e302155721da9ab7f7df6466aec62e4cc6e05550c5d06")]
    public void A_chain_has_the_root_of_the_independent_model(int size, int rounds, string root) =>
        Assert.That(GemmChain.Run(new GemmShape(size, rounds), Seed).Root, Is.EqualTo(Hash256.Parse(root)));

    [Test]
    public void Every_round_that_was_done_is_right_with_its_product_and_without()
    {
        var chain = GemmChain.Run(Small, Seed);
        sbyte[] left = Small.FixedMatrix(Seed);
        int[] all = [0, 1, 2, 3, 4, 5, 6];
        foreach (bool withProducts in (bool[])[true, false])
        {
            foreach (RoundOpening opening in chain.Show(all, withProducts))
            {
                RoundVerdict verdict = GemmChain.Check(Small, Seed, chain.Root, opening, left, Secret);
                Assert.That(verdict, Is.EqualTo(RoundVerdict.Right), $"round {opening.Round}");
            }
        }

        // The fourth number of the model's second round is one of those that are shown.
        Assert.That(chain.Show([1], false)[0].Word[0], Is.EqualTo(847_918_438_898_662_277UL));
    }

    [Test]
    public void One_number_of_a_product_that_is_off_by_one_is_found()
    {
        RoundOpening right = Opened(3, out Hash256 root);
        foreach (int cell in (int[])[0, 100, 255])
        {
            int[] product = [.. right.Product!];
            product[cell]++;
            Assert.That(Judged(right with { Product = product }, root), Is.EqualTo(RoundVerdict.WrongProduct));
        }

        // A multiple of 2^31 is not seen modulo 2^32 by half of all vectors; modulo the prime it is, and here it is out of bounds already.
        int[] huge = [.. right.Product!];
        huge[5] = unchecked(huge[5] + int.MinValue);
        Assert.That(Judged(right with { Product = huge }, root), Is.EqualTo(RoundVerdict.WrongShape));
    }

    [Test]
    public void Words_labels_and_rounds_of_another_are_found()
    {
        RoundOpening right = Opened(3, out Hash256 root);
        ulong[] word = [.. right.Word], next = [.. right.NextWord];
        word[2] ^= 1;
        next[2] ^= 1;
        Assert.Multiple(() =>
        {
            Assert.That(Judged(right, root), Is.EqualTo(RoundVerdict.Right));
            Assert.That(Judged(right with { Word = word }, root), Is.EqualTo(RoundVerdict.WrongPath));
            Assert.That(Judged(right with { NextWord = next }, root), Is.EqualTo(RoundVerdict.WrongPath));
            Assert.That(Judged(right with { Before = Seed }, root), Is.EqualTo(RoundVerdict.WrongPath));
            Assert.That(Judged(right with { Round = 4 }, root), Is.EqualTo(RoundVerdict.WrongPath));
            Assert.That(Judged(right, Seed), Is.EqualTo(RoundVerdict.WrongPath));
            Assert.That(Judged(right with { Matrix = Opened(2, out _).Matrix }, root), Is.EqualTo(RoundVerdict.WrongProduct));
            Assert.That(Judged(right with { Matrix = Opened(2, out _).Matrix, Product = null }, root), Is.EqualTo(RoundVerdict.WrongWord));
        });
    }

    [Test]
    public void What_has_another_length_than_the_shape_says_is_refused_before_anything_is_computed()
    {
        RoundOpening right = Opened(3, out Hash256 root);
        RoundOpening[] wrong =
        [
            right with { Round = -1 }, right with { Round = 7 }, right with { Matrix = [] }, right with { Product = [] },
            right with { Word = [] }, right with { NextWord = [] }, right with { Path = [] }, right with { NextPath = [] },
            right with { BeforePath = [] }, right with { Round = 0 },
        ];
        foreach (RoundOpening opening in wrong) Assert.That(Judged(opening, root), Is.EqualTo(RoundVerdict.WrongShape));
        Assert.That(() => new GemmShape(24, 8), Throws.InstanceOf<ArgumentOutOfRangeException>());
        Assert.That(() => new GemmShape(8_208, 8), Throws.InstanceOf<ArgumentOutOfRangeException>());
        Assert.That(() => new GemmShape(16, 3), Throws.InstanceOf<ArgumentOutOfRangeException>());
        Assert.That(() => new GemmShape(16, 1), Throws.InstanceOf<ArgumentOutOfRangeException>());
    }

    [Test]
    public void A_prover_who_knows_a_rounds_vector_beforehand_and_never_multiplies_is_found()
    {
        // It commits to A · (B · rho), which costs no product of matrices, and goes on with a matrix of its own making.
        sbyte[] left = Small.FixedMatrix(Seed);
        var lazy = GemmChain.Run(Small, Seed, (a, b) => new int[a.Length]);
        RoundOpening opening = lazy.Show([0], withProducts: true, (a, b) => new int[a.Length])[0];
        Assert.That(GemmChain.Check(Small, Seed, lazy.Root, opening, left, Secret), Is.EqualTo(RoundVerdict.WrongProduct));
        RoundOpening bare = lazy.Show([0], withProducts: false, (a, b) => new int[a.Length])[0];
        Assert.That(GemmChain.Check(Small, Seed, lazy.Root, bare, left, Secret), Is.EqualTo(RoundVerdict.WrongWord));
    }

    [Test]
    public void A_tile_that_another_machine_made_up_is_found_in_the_round_that_it_was_used_in()
    {
        // The lower right quarter of each product from round 4 on comes from a helper that sends something.
        int[] Outsourced(sbyte[] a, sbyte[] b)
        {
            int[] product = Small.Product(a, b);
            if (++_calls <= 4) return product;
            for (int row = 8; row < 16; row++) product.AsSpan((row * 16) + 8, 8).Fill(7);
            return product;
        }

        _calls = 0;
        var chain = GemmChain.Run(Small, Seed, Outsourced);
        _calls = 0;
        RoundOpening[] shown = chain.Show([0, 1, 2, 3, 4, 5, 6], withProducts: true, Outsourced);
        sbyte[] left = Small.FixedMatrix(Seed);
        RoundVerdict[] verdicts = [.. shown.Select(one => GemmChain.Check(Small, Seed, chain.Root, one, left, Secret))];

        // Round 3 was right, and so was what followed from it: but the next word was made of a wrong product.
        Assert.That(verdicts[..3], Is.All.EqualTo(RoundVerdict.Right));
        Assert.That(verdicts[3], Is.EqualTo(RoundVerdict.WrongNext));
        Assert.That(verdicts[4..], Is.All.EqualTo(RoundVerdict.WrongProduct));
    }

    [Test]
    public void Rounds_are_drawn_by_root_and_beacon_and_never_the_last()
    {
        var shape = new GemmShape(16, 4);
        int[] drawn = [.. Enumerable.Range(0, 50).SelectMany(at => GemmChain.Drawn(shape, Seed, new Hash256(SHA256.HashData([(byte)at]))))];
        Assert.That(drawn.Distinct().Order(), Is.EqualTo(new[] { 0, 1, 2 }));
        Assert.That(GemmChain.Drawn(shape, Seed, Secret), Is.Not.EqualTo(GemmChain.Drawn(shape, Secret, Seed)));
    }

    // Time is a number here. n = 2,048 and 1,024 rounds are 2 · 2^33 · 2^10 = 2^44 operations: 17,592 10^9. A class of
    // 100,000 10^9 a second may take 1.5 · 17,592 / 60,000 s = 0.4398 s, and 20 ms for the way.
    [Test]
    public void Honest_slow_spoofed_and_outsourcing_devices_get_the_times_that_they_deserve()
    {
        var shape = new GemmShape(2_048, 1_024);
        const ulong Peak = 100_000, Way = 20_000;
        Assert.That(shape.Operations, Is.EqualTo((UInt128)1 << 44));
        UInt128 limit = DeviceTiming.Limit(shape, Peak, Way);
        Assert.That(limit, Is.EqualTo((UInt128)459_804));

        // Honest: 80 % of the peak, 219,902 µs and the way. Slow: a third of it.
        ulong honest = 219_902 + Way, slow = 527_765 + Way;
        Assert.That(honest, Is.LessThanOrEqualTo((ulong)limit));
        Assert.That(slow, Is.GreaterThan((ulong)limit));
        Assert.That(DeviceTiming.Score(shape, honest, Way), Is.EqualTo(80_000));

        // Spoofed: a card of 4,400 that says it is of the class takes four seconds. Under its own name it passes, and earns by its score.
        ulong spoofed = 3_998_224 + Way;
        Assert.That(spoofed, Is.GreaterThan((ulong)limit));
        Assert.That(DeviceTiming.Score(shape, spoofed, Way), Is.EqualTo(4_400));
        Assert.That(DeviceTiming.Limit(shape, 4_400, Way), Is.GreaterThan((UInt128)spoofed));

        // Outsourced: two machines that share each round's tiles exchange half of the next matrix, 2 MiB, in each round. Over 100 Gbit/s
        // without any delay that alone is 1,024 · 168 µs.
        ulong moved = 1_024UL * ((2UL << 20) * 8 / 100_000);
        Assert.That(moved, Is.EqualTo(1_024UL * 167));
        Assert.That((219_902 / 2) + moved + Way, Is.GreaterThan(honest), "slower than alone, however fast the link");
        Assert.That((219_902 / 2) + (moved * 10) + Way, Is.GreaterThan((ulong)limit), "and too late over 10 Gbit/s");
    }

    [Test]
    public void Sums_are_the_same_with_the_processors_vectors_and_without()
    {
        var random = new Random(5);
        foreach (int length in (int[])[1, 3, 4, 7, 64, 2_048])
        {
            int[] row = [.. Enumerable.Range(0, length).Select(_ => random.Next(-(1 << 27), (1 << 27) + 1))];
            long[] limb = [.. Enumerable.Range(0, length).Select(_ => (long)random.Next(1 << 21))];
            long[] other = [.. limb.Reverse()], third = [.. limb.Select(static number => number ^ 1)];
            Assert.That(MersenneField.Dots(row, limb, other, third), Is.EqualTo((MersenneField.DotOneByOne(row, limb),
                MersenneField.DotOneByOne(row, other), MersenneField.DotOneByOne(row, third))));
            sbyte[] bytes = [.. row.Select(static number => unchecked((sbyte)number))];
            int[] wide = [.. bytes.Select(static number => (int)number)];
            Assert.That(MersenneField.Dot(bytes, limb), Is.EqualTo(MersenneField.DotOneByOne(wide, limb)));
        }

        // (2^61 - 2)² = 1 modulo 2^61 - 1: it is -1.
        Assert.That(MersenneField.Multiply(MersenneField.Prime - 1, MersenneField.Prime - 1), Is.EqualTo(1UL));
        ulong[] one = MersenneField.Times((sbyte[])[-1, 2], [MersenneField.Prime - 1, 3UL]);
        Assert.That(one, Is.EqualTo(new[] { 7UL }), "(-1) · (-1) + 2 · 3");
        ulong[] minus = MersenneField.Times((int[])[-134_217_728], [MersenneField.Prime - 1]);
        Assert.That(minus, Is.EqualTo(new[] { 134_217_728UL }));
    }

    private static RoundOpening Opened(int round, out Hash256 root)
    {
        var chain = GemmChain.Run(Small, Seed);
        root = chain.Root;
        return chain.Show([round], withProducts: true)[0];
    }

    private static RoundVerdict Judged(RoundOpening opening, Hash256 root) =>
        GemmChain.Check(Small, Seed, root, opening, Small.FixedMatrix(Seed), Secret);
}
