using System.Runtime.InteropServices;
using System.Security.Cryptography;
using DePinChain.Inference.Models;
using DePinChain.Primitives;

namespace DePinChain.Inference.Llama;

/// <summary>
/// Cosines and sines of rotary positions, made on the host by operations that round the same everywhere, and hashed into what a registry
/// keeps of a model. Frequencies theta^(−2i/width) come from decimal arithmetic and are rounded to single precision, angles are single
/// products as in Hugging Face's code, and their cosine and sine are fdlibm's polynomials in double precision, rounded to single.
/// </summary>
public static class RopeTables
{
    // π/2 in three parts of 33 bits and a tail (fdlibm, e_rem_pio2.c): n · part is exact for n below 2^20.
    private const double InverseHalfPi = 6.36619772367581382433e-01;
    private const double HalfPi1 = 1.57079632673412561417e+00;
    private const double HalfPi2 = 6.07710050630396597660e-11;
    private const double HalfPi3 = 2.02226624871116645580e-21;
    private const double HalfPi3Tail = 8.47842766036889956997e-32;

    private static readonly double[] Sine =
    [
        -1.66666666666666324348e-01, 8.33333333332248946124e-03, -1.98412698298579493134e-04, 2.75573137070700676789e-06,
        -2.50507602534068634195e-08, 1.58969099521155010221e-10,
    ];

    private static readonly double[] Cosine =
    [
        4.16666666666666019037e-02, -1.38888888888741095749e-03, 2.48015872894767294178e-05, -2.75573143513906633035e-07,
        2.08757232129817482790e-09, -1.13596475577881948265e-11,
    ];

    /// <summary>The tables of a model: [positions × width / 2] each.</summary>
    public static (float[] Cosines, float[] Sines) Make(ModelConfig config, int positions)
    {
        float[] frequencies = Frequencies(config);
        float[] cosines = new float[positions * frequencies.Length], sines = new float[cosines.Length];
        for (int position = 0; position < positions; position++)
        {
            for (int at = 0; at < frequencies.Length; at++)
            {
                int place = (position * frequencies.Length) + at;
                (sines[place], cosines[place]) = SinCos(position * frequencies[at]);
            }
        }

        return (cosines, sines);
    }

    /// <summary>SHA-256 of the cosines and then the sines of all of the model's positions, little-endian.</summary>
    public static Hash256 Hash(ModelConfig config)
    {
        (float[] cosines, float[] sines) = Make(config, config.Positions);
        using IncrementalHash hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(MemoryMarshal.AsBytes(cosines.AsSpan()));
        hash.AppendData(MemoryMarshal.AsBytes(sines.AsSpan()));
        return new Hash256(hash.GetHashAndReset());
    }

    /// <summary>The frequency of each pair.</summary>
    public static float[] Frequencies(ModelConfig config)
    {
        decimal logarithm = Ln((decimal)config.Rope.Theta);
        float[] frequencies = new float[config.HeadWidth / 2];
        for (int at = 0; at < frequencies.Length; at++)
            frequencies[at] = Scaled(config.Rope, (float)Exp(-logarithm * (2m * at / config.HeadWidth)));
        return frequencies;
    }

    // Hugging Face's modeling_rope_utils: _compute_linear_scaling_rope_parameters and _compute_llama3_parameters.
    private static float Scaled(RopeConfig rope, float frequency)
    {
        switch (rope.Scaling)
        {
            case RopeScaling.Linear: return frequency / (float)rope.Factor;
            case RopeScaling.Llama3:
                float wave = 2 * MathF.PI / frequency;
                float low = (float)(rope.OriginalPositions / rope.LowFactor), high = (float)(rope.OriginalPositions / rope.HighFactor);
                if (wave > low) return frequency / (float)rope.Factor;
                if (wave < high) return frequency;
                float smooth = ((rope.OriginalPositions / wave) - (float)rope.LowFactor) / (float)(rope.HighFactor - rope.LowFactor);
                float slow = (1 - smooth) * frequency / (float)rope.Factor;
                float fast = smooth * frequency;
                return slow + fast;
            default: return frequency;
        }
    }

    private static (float Sine, float Cosine) SinCos(float angle)
    {
        double x = angle;
        double n = Math.Round(x * InverseHalfPi, MidpointRounding.ToEven);
        double r = x - (n * HalfPi1);
        double tail = n * HalfPi2;
        double head = r - tail;
        double lost = r - head - tail;
        double rest = lost - (n * HalfPi3) - (n * HalfPi3Tail);
        double y = head + rest;
        double z = y * y;
        double sine = y + (y * z * Polynomial(Sine, z));
        double cosine = 1 - (0.5 * z) + (z * z * Polynomial(Cosine, z));
        return ((long)n & 3) switch
        {
            0 => ((float)sine, (float)cosine),
            1 => ((float)cosine, (float)-sine),
            2 => ((float)-sine, (float)-cosine),
            _ => ((float)-cosine, (float)sine),
        };
    }

    private static double Polynomial(double[] coefficients, double z)
    {
        double sum = coefficients[^1];
        for (int at = coefficients.Length - 2; at >= 0; at--) sum = (sum * z) + coefficients[at];
        return sum;
    }

    // ln x = e ln 2 + 2 artanh((m − 1) / (m + 1)) with m in [1, 2).
    private static decimal Ln(decimal x)
    {
        const decimal Ln2 = 0.6931471805599453094172321215m;
        int exponent = 0;
        for (; x >= 2; exponent++) x /= 2;
        decimal s = (x - 1) / (x + 1), z = s * s, term = s, sum = 0;
        for (int power = 1; power < 80; power += 2, term *= z) sum += term / power;
        return (exponent * Ln2) + (2 * sum);
    }

    // e^y for y ≤ 0: e^(y / 256) by its series, squared eight times.
    private static decimal Exp(decimal y)
    {
        decimal x = y / 256, term = 1, sum = 1;
        for (int at = 1; at < 24; at++)
        {
            term = term * x / at;
            sum += term;
        }

        for (int square = 0; square < 8; square++) sum *= sum;
        return sum;
    }
}
