using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using DePinChain.Gpu;

namespace DePinChain.Inference.Commitments;

/// <summary>When two sets of activations count as the same.</summary>
/// <param name="TopK">Activations of a chunk that are committed to.</param>
/// <param name="MismatchesMax">Of them, this many may differ in exponent or sign.</param>
/// <param name="MeanMaxQ16">Mean difference of mantissas · 65,536.</param>
/// <param name="MedianMax">Their median.</param>
public sealed record ToplocThresholds(int TopK = 128, int MismatchesMax = 38, uint MeanMaxQ16 = 10 << 16, int MedianMax = 8)
{
    /// <summary>Those of the reference's validator (toploc-experiments, vllm_validate_poly.py).</summary>
    public static ToplocThresholds Default { get; } = new();
}

/// <summary>What a comparison found.</summary>
/// <param name="Mismatches">Activations whose exponent differs.</param>
/// <param name="SignedMismatches">Those whose exponent or sign differs.</param>
/// <param name="Mean">Mean difference of mantissas where exponents agree; 128 when none does.</param>
/// <param name="Median">Element n / 2 of the sorted differences; 128 when none agrees.</param>
public readonly record struct ToplocStatistics(int Mismatches, int SignedMismatches, double Mean, int Median);

/// <summary>
/// A commitment to the largest activations of a chunk (TOPLOC, arXiv 2501.16007; PrimeIntellect-ai/toploc): a modulus under which their
/// places are distinct, and the polynomial over F_65497 that leads from place to bfloat16 pattern. 258 bytes for 128 activations.
/// </summary>
/// <remarks>
/// Ours differs from the reference where that is loose: ties go to the lower index, the sign counts, and a polynomial with more than eight
/// zero coefficients is none, since a constant one made without any computation passes the reference's thresholds on Gaussian activations.
/// </remarks>
public sealed class ToplocProof
{
    /// <summary>The modulus never falls below this: then the chunk has no commitment.</summary>
    public const int ModulusMin = 32_768;

    /// <summary>More zero coefficients than an honest polynomial ever has: 128 / 65,498 are expected.</summary>
    public const int ZerosMax = 8;

    private readonly ushort[] _coefficients;

    private ToplocProof(int modulus, ushort[] coefficients) => (Modulus, _coefficients) = (modulus, coefficients);

    /// <summary>The modulus of places.</summary>
    public int Modulus { get; }

    /// <summary>The coefficients, lowest degree first.</summary>
    public ReadOnlySpan<ushort> Coefficients => _coefficients;

    /// <summary>Commits to a chunk.</summary>
    /// <param name="activations">Rows one behind the other.</param>
    /// <param name="topK">How many.</param>
    /// <exception cref="InferenceException">An activation is no number, or no modulus fits.</exception>
    public static ToplocProof Build(ReadOnlySpan<float> activations, int topK = 128) => Build(Patterns(activations), topK);

    /// <summary>Commits to bfloat16 patterns.</summary>
    public static ToplocProof Build(ReadOnlySpan<ushort> patterns, int topK = 128)
    {
        int[] places = LargestOf(patterns, topK);
        int modulus = ModulusOf(places);
        InferenceException.Require(modulus >= ModulusMin, InferenceFault.Numerics, "No modulus keeps the places of the chunk apart.");
        int[] x = new int[places.Length], y = new int[places.Length];
        for (int at = 0; at < places.Length; at++)
        {
            ushort pattern = patterns[places[at]];
            InferenceException.Require((pattern & 0x7f80) != 0x7f80, InferenceFault.Numerics, "An activation is no finite number.");
            (x[at], y[at]) = (places[at] % modulus, pattern % ToplocField.Prime);
        }

        return new ToplocProof(modulus, [.. ToplocField.Interpolate(x, y).Select(static value => (ushort)value)]);
    }

    /// <summary>Reads the bytes of a proof: modulus and coefficients, 16 bits each, big-endian.</summary>
    public static bool TryParse(ReadOnlySpan<byte> bytes, int count, [NotNullWhen(true)] out ToplocProof? proof)
    {
        proof = null;
        if (count < 1 || bytes.Length != 2 + (2 * count)) return false;
        int modulus = BinaryPrimitives.ReadUInt16BigEndian(bytes);
        if (modulus is < ModulusMin or > ToplocField.Prime) return false;
        ushort[] coefficients = new ushort[count];
        int zeros = 0;
        for (int at = 0; at < count; at++)
        {
            coefficients[at] = BinaryPrimitives.ReadUInt16BigEndian(bytes[(2 + (2 * at))..]);
            if (coefficients[at] >= ToplocField.Prime) return false;
            if (coefficients[at] == 0) zeros++;
        }

        if (zeros > ZerosMax) return false;
        proof = new ToplocProof(modulus, coefficients);
        return true;
    }

    /// <summary>The proof's bytes.</summary>
    public byte[] ToArray()
    {
        byte[] bytes = new byte[2 + (2 * _coefficients.Length)];
        BinaryPrimitives.WriteUInt16BigEndian(bytes, (ushort)Modulus);
        for (int at = 0; at < _coefficients.Length; at++) BinaryPrimitives
            .WriteUInt16BigEndian(bytes.AsSpan(2 + (2 * at)), _coefficients[at]);
        return bytes;
    }

    /// <summary>The pattern the proof gives for a place.</summary>
    public int ValueAt(int place) => ToplocField.Evaluate(_coefficients, place % Modulus);

    /// <summary>Compares with activations of one's own.</summary>
    public ToplocStatistics Compare(ReadOnlySpan<float> activations) => Compare(Patterns(activations));

    /// <summary>Compares with patterns of one's own.</summary>
    public ToplocStatistics Compare(ReadOnlySpan<ushort> patterns)
    {
        int mismatches = 0, signed = 0;
        List<int> differences = [];
        foreach (int place in LargestOf(patterns, _coefficients.Length))
        {
            int own = patterns[place], claimed = ValueAt(place);
            bool sameExponent = ((own ^ claimed) & 0x7f80) == 0, sameSign = ((own ^ claimed) & 0x8000) == 0;
            if (!sameExponent) mismatches++;
            if (!sameExponent || !sameSign) signed++;
            if (sameExponent) differences.Add(Math.Abs((own & 0x7f) - (claimed & 0x7f)));
        }

        if (differences.Count == 0) return new ToplocStatistics(mismatches, signed, 128, 128);
        differences.Sort();
        return new ToplocStatistics(mismatches, signed, differences.Average(), differences[differences.Count / 2]);
    }

    /// <summary>Whether a comparison is close enough; signs count.</summary>
    public static bool IsAccepted(in ToplocStatistics statistics, ToplocThresholds thresholds) =>
        statistics.SignedMismatches <= thresholds.MismatchesMax
        && statistics.Mean * 65_536 <= thresholds.MeanMaxQ16
        && statistics.Median <= thresholds.MedianMax;

    /// <summary>Whether the bytes of a proof commit to activations near one's own. Never throws on a proof, whatever its bytes.</summary>
    public static bool IsAccepted(ReadOnlySpan<byte> proof, ReadOnlySpan<ushort> patterns, ToplocThresholds thresholds) =>
        TryParse(proof, Math.Min(thresholds.TopK, patterns.Length), out ToplocProof? parsed)
        && IsAccepted(parsed.Compare(patterns), thresholds);

    /// <summary>Activations as bfloat16 patterns.</summary>
    public static ushort[] Patterns(ReadOnlySpan<float> activations)
    {
        ushort[] patterns = new ushort[activations.Length];
        for (int at = 0; at < patterns.Length; at++) patterns[at] = ExactMath.Bf16Bits(activations[at]);
        return patterns;
    }

    /// <summary>The places of the largest magnitudes, largest first, the lower place first among equals.</summary>
    internal static int[] LargestOf(ReadOnlySpan<ushort> patterns, int count)
    {
        int wanted = Math.Min(count, patterns.Length);
        int[] histogram = new int[0x8000];
        foreach (ushort pattern in patterns) histogram[pattern & 0x7fff]++;

        // Everything above the threshold, and of those on it the first ones.
        int threshold = 0x8000, above = 0;
        while (threshold > 0 && above + histogram[threshold - 1] < wanted) above += histogram[--threshold];
        int onThreshold = wanted - above;
        List<int> places = new(wanted);
        for (int place = 0; place < patterns.Length; place++)
        {
            int magnitude = patterns[place] & 0x7fff;
            if (magnitude >= threshold) places.Add(place);
            else if (magnitude == threshold - 1 && onThreshold-- > 0) places.Add(place);
        }

        ushort[] values = patterns.ToArray();
        places.Sort((left, right) =>
        {
            int order = (values[right] & 0x7fff) - (values[left] & 0x7fff);
            return order != 0 ? order : left - right;
        });
        return [.. places];
    }

    private static int ModulusOf(int[] places)
    {
        ulong[] seen = new ulong[1024];
        for (int modulus = ToplocField.Prime; modulus >= ModulusMin; modulus--)
        {
            Array.Clear(seen);
            bool distinct = true;
            foreach (int place in places)
            {
                int rest = place % modulus;
                ulong bit = 1UL << (rest & 63);
                if ((seen[rest >> 6] & bit) != 0)
                {
                    distinct = false;
                    break;
                }

                seen[rest >> 6] |= bit;
            }

            if (distinct) return modulus;
        }

        return 0;
    }
}
