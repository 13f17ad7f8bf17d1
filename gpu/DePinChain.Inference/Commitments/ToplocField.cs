namespace DePinChain.Inference.Commitments;

/// <summary>
/// The integers modulo 65,497, the largest prime below 2^16 whose missing values are bfloat16's NaN patterns with the sign set.
/// </summary>
internal static class ToplocField
{
    internal const int Prime = 65_497;

    private static readonly ushort[] Inverses = MakeInverses();

    internal static int Multiply(int a, int b) => (int)((long)a * b % Prime);

    internal static int Subtract(int a, int b) => a >= b ? a - b : a - b + Prime;

    internal static int Inverse(int a) => Inverses[a];

    /// <summary>The coefficients, lowest degree first, of the polynomial through points with distinct x.</summary>
    internal static int[] Interpolate(ReadOnlySpan<int> x, ReadOnlySpan<int> y)
    {
        // Newton's divided differences, then expanded from the innermost factor outwards.
        int count = x.Length;
        int[] differences = y.ToArray();
        for (int order = 1; order < count; order++)
        {
            for (int at = count - 1; at >= order; at--)
                differences[at] = Multiply(Subtract(differences[at], differences[at - 1]), Inverse(Subtract(x[at], x[at - order])));
        }

        int[] coefficients = new int[count];
        if (count == 0) return coefficients;
        coefficients[0] = differences[count - 1];
        for (int at = count - 2, degree = 0; at >= 0; at--, degree++)
        {
            // p(x) · (x − x[at]) + differences[at]
            int root = x[at];
            coefficients[degree + 1] = coefficients[degree];
            for (int power = degree; power > 0; power--)
                coefficients[power] = Subtract(coefficients[power - 1], Multiply(coefficients[power], root));
            coefficients[0] = (Subtract(0, Multiply(coefficients[0], root)) + differences[at]) % Prime;
        }

        return coefficients;
    }

    internal static int Evaluate(ReadOnlySpan<ushort> coefficients, int x)
    {
        int value = 0;
        for (int power = coefficients.Length - 1; power >= 0; power--) value = (int)((((long)value * x) + coefficients[power]) % Prime);
        return value;
    }

    private static ushort[] MakeInverses()
    {
        ushort[] inverses = new ushort[Prime];
        inverses[1] = 1;
        for (int a = 2; a < Prime; a++) inverses[a] = (ushort)Multiply(Prime - (Prime / a), inverses[Prime % a]);
        return inverses;
    }
}
