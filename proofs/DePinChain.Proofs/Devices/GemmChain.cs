using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using DePinChain.Primitives;

namespace DePinChain.Proofs.Devices;

/// <summary>A round that is shown: what went in, what came out, and where both stand in the tree of labels.</summary>
/// <param name="Round">Which, from 0; the last cannot be shown, since nothing follows from it.</param>
/// <param name="Matrix">The round's matrix.</param>
/// <param name="Product">The fixed matrix times it; null has the verifier multiply again.</param>
/// <param name="Before">The label before the round's; of round 0 nothing is shown.</param>
/// <param name="BeforePath">Its path.</param>
/// <param name="Word">What the round committed to.</param>
/// <param name="Path">The path of the round's label.</param>
/// <param name="NextWord">What the next round committed to.</param>
/// <param name="NextPath">The path of the next round's label.</param>
public sealed record RoundOpening(
    int Round, sbyte[] Matrix, int[]? Product, Hash256 Before, Hash256[] BeforePath, ulong[] Word, Hash256[] Path, ulong[] NextWord,
    Hash256[] NextPath);

/// <summary>What a shown round is found to be.</summary>
public enum RoundVerdict
{
    /// <summary>It is right, but for a chance of 2^-61.</summary>
    Right,

    /// <summary>Something has another length than the shape says, or is no number of the field.</summary>
    WrongShape,

    /// <summary>A label does not stand under the root.</summary>
    WrongPath,

    /// <summary>The product is another.</summary>
    WrongProduct,

    /// <summary>The round committed to something else than its product.</summary>
    WrongWord,

    /// <summary>The next round did not go on with what came out of this one.</summary>
    WrongNext,
}

/// <summary>
/// Throughput: rounds of C = A · B over bytes with exact sums, each of which needs all of the last one's product, so that they cannot be
/// done ahead, at once, or by parts in several places without all of the product moving. A device sends the root over its rounds in time;
/// drawn rounds are shown afterwards and checked without a GPU.
/// </summary>
/// <remarks>
/// Sources: Freivalds, "Probabilistic machines can use less running time" (1977), over F_p with p = 2^61 − 1; Cohen and Pietrzak (2018) for
/// the tree of labels. A share f of faked rounds is not found with (1 − f)^s, s rounds being shown.
/// </remarks>
public sealed class GemmChain
{
    /// <summary>Rounds that are shown.</summary>
    public const int ShownRounds = 8;

    private readonly GemmShape _shape;
    private readonly Hash256 _seed;
    private readonly RoundLabels _labels;

    private GemmChain(GemmShape shape, in Hash256 seed) => (_shape, _seed, _labels) = (shape, seed, new RoundLabels(shape.Depth));

    /// <summary>What is sent in time.</summary>
    public Hash256 Root => _labels.Root;

    /// <summary>Does the work: the reference on the processor.</summary>
    /// <param name="shape">How much.</param>
    /// <param name="seed">What the chain drew, for one device and one hour.</param>
    public static GemmChain Run(GemmShape shape, in Hash256 seed) => Run(shape, seed, new ProcessorRounds());

    /// <summary>The same with another way to multiply.</summary>
    public static GemmChain Run(GemmShape shape, in Hash256 seed, Func<sbyte[], sbyte[], int[]> multiply) =>
        Run(shape, seed, new ProcessorRounds(multiply));

    /// <summary>The same where the matrices lie elsewhere.</summary>
    /// <param name="shape">How much.</param>
    /// <param name="seed">What the chain drew.</param>
    /// <param name="rounds">Where; it is its owner's to dispose of.</param>
    /// <param name="stop">Breaks off between two rounds.</param>
    public static GemmChain Run(GemmShape shape, in Hash256 seed, IGemmRounds rounds, CancellationToken stop = default)
    {
        var chain = new GemmChain(shape, seed);
        rounds.Start(shape, shape.FixedMatrix(seed), shape.FirstMatrix(seed));
        Hash256 before = GemmShape.StartOf(seed);
        for (int round = 0; round < shape.Rounds; round++)
        {
            stop.ThrowIfCancellationRequested();
            rounds.Multiply();
            before = chain._labels.Add(rounds.Word(shape.Probe(before)));
            rounds.Next(shape.KeyOf(before));
        }

        return chain;
    }

    /// <summary>Which rounds are shown: drawn from the root and from what nobody knew when it was sent.</summary>
    public static int[] Drawn(GemmShape shape, in Hash256 root, in Hash256 beacon)
    {
        int[] drawn = new int[ShownRounds];
        for (int at = 0; at < drawn.Length; at++)
        {
            byte[] hash = SHA256.HashData(
                [.. Encoding.ASCII.GetBytes("depin-gemm/show"), .. root.ToArray(), .. beacon.ToArray(), (byte)at]);
            drawn[at] = (int)(BinaryPrimitives.ReadUInt64BigEndian(hash) % (ulong)(shape.Rounds - 1));
        }

        return drawn;
    }

    /// <summary>Shows rounds on the processor.</summary>
    public RoundOpening[] Show(ReadOnlySpan<int> rounds, bool withProducts, Func<sbyte[], sbyte[], int[]>? multiply = null) =>
        Show(rounds, withProducts, new ProcessorRounds(multiply));

    /// <summary>Shows rounds; the work up to the last of them is done again, since nothing but labels is kept of it.</summary>
    /// <param name="rounds">Which.</param>
    /// <param name="withProducts">Whether products are shown: more to send, and less to check.</param>
    /// <param name="work">Where the matrices lie.</param>
    /// <param name="stop">Breaks off between two rounds.</param>
    public RoundOpening[] Show(ReadOnlySpan<int> rounds, bool withProducts, IGemmRounds work, CancellationToken stop = default)
    {
        var shown = new SortedDictionary<int, RoundOpening>();
        work.Start(_shape, _shape.FixedMatrix(_seed), _shape.FirstMatrix(_seed));
        int last = -1;
        foreach (int round in rounds) last = Math.Max(last, round);
        Hash256 before = GemmShape.StartOf(_seed);
        for (int round = 0; round <= last + 1; round++)
        {
            stop.ThrowIfCancellationRequested();
            work.Multiply();
            bool isShown = rounds.Contains(round), isNext = rounds.Contains(round - 1);
            ulong[] word = isShown || isNext ? work.Word(_shape.Probe(before)) : [];
            if (isNext) shown[round - 1] = shown[round - 1] with { NextWord = word };
            if (isShown)
            {
                shown[round] = new RoundOpening(
                    round, work.Matrix(), withProducts ? work.Product() : null, round == 0 ? default : before,
                    round == 0 ? [] : _labels.PathOf(round - 1), word, _labels.PathOf(round), [], _labels.PathOf(round + 1));
            }

            before = _labels.LabelAt(round);
            work.Next(_shape.KeyOf(before));
        }

        RoundOpening[] result = new RoundOpening[rounds.Length];
        for (int at = 0; at < result.Length; at++) result[at] = shown[rounds[at]];
        return result;
    }

    /// <summary>Judges a shown round.</summary>
    /// <param name="shape">How much was to be done.</param>
    /// <param name="seed">What the chain drew.</param>
    /// <param name="root">What was sent in time.</param>
    /// <param name="opening">The round.</param>
    /// <param name="left">The fixed matrix, made once for all rounds.</param>
    /// <param name="secret">32 bytes of the verifier's own, drawn after the round was shown.</param>
    public static RoundVerdict Check(
        GemmShape shape, in Hash256 seed, in Hash256 root, RoundOpening opening, ReadOnlySpan<sbyte> left, in Hash256 secret)
    {
        if (!HasShape(shape, opening)) return RoundVerdict.WrongShape;
        int round = opening.Round;
        Hash256 before = round == 0 ? GemmShape.StartOf(seed) : opening.Before;
        Hash256 label = RoundLabels.LabelBy(round, opening.Word, opening.Path);
        Hash256 next = RoundLabels.LabelBy(round + 1, opening.NextWord, opening.NextPath);
        bool isUnderRoot = RoundLabels.RootBy(round, label, opening.Path) == root
            && RoundLabels.RootBy(round + 1, next, opening.NextPath) == root
            && (round == 0 || RoundLabels.RootBy(round - 1, before, opening.BeforePath) == root);
        if (!isUnderRoot) return RoundVerdict.WrongPath;
        if (round == 0 && !shape.FirstMatrix(seed).AsSpan().SequenceEqual(opening.Matrix)) return RoundVerdict.WrongNext;
        int[] product = opening.Product ?? shape.Product(left, opening.Matrix);
        if (opening.Product is not null)
        {
            // The verifier's own vector: one that the prover knows, such as the round's, shows nothing of the product.
            if (!IsProduct(left, opening.Matrix, product, shape.Probe(secret))) return RoundVerdict.WrongProduct;
        }

        if (!MersenneField.Times(product, shape.Probe(before)).AsSpan().SequenceEqual(opening.Word)) return RoundVerdict.WrongWord;

        // What the next round committed to follows from its matrix by two products with a vector, without its product.
        sbyte[] following = shape.Next(product, label);
        ulong[] word = MersenneField.Times(left, MersenneField.Times(following, shape.Probe(label)));
        return word.AsSpan().SequenceEqual(opening.NextWord) ? RoundVerdict.Right : RoundVerdict.WrongNext;
    }

    /// <summary>Freivalds' check: A · (B · r) = C · r. A wrong product passes for one vector of 2^61 − 1.</summary>
    /// <param name="left">A.</param>
    /// <param name="right">B.</param>
    /// <param name="product">C; no number is above 2^27.</param>
    /// <param name="vector">r, which nobody knew who made C.</param>
    public static bool IsProduct(
        ReadOnlySpan<sbyte> left, ReadOnlySpan<sbyte> right, ReadOnlySpan<int> product, ReadOnlySpan<ulong> vector) =>
        MersenneField.Times(product, vector).AsSpan().SequenceEqual(MersenneField.Times(left, MersenneField.Times(right, vector)));

    private static bool HasShape(GemmShape shape, RoundOpening opening)
    {
        int cells = shape.Size * shape.Size, bound = shape.Size << 14;
        if (opening.Round < 0 || opening.Round >= shape.Rounds - 1 || opening.Matrix.Length != cells) return false;
        if (opening.Word.Length != shape.Size || opening.NextWord.Length != shape.Size) return false;
        if (opening.Path.Length != shape.Depth || opening.NextPath.Length != shape.Depth) return false;
        if (opening.BeforePath.Length != (opening.Round == 0 ? 0 : shape.Depth)) return false;
        if (opening.Product is null) return true;
        return opening.Product.Length == cells && !opening.Product.AsSpan().ContainsAnyExceptInRange(-bound, bound);
    }
}
