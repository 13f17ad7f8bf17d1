namespace DePinChain.Proofs.Availability;

/// <summary>GF(2^8) with the polynomial x^8 + x^4 + x^3 + x^2 + 1 (0x11d), of which 2 is a generator.</summary>
internal static class GaloisField
{
    private const int Polynomial = 0x11d;
    private const int Order = 255;

    private static readonly byte[] Powers = new byte[2 * Order];
    private static readonly byte[] Logarithms = new byte[256];

    static GaloisField()
    {
        int value = 1;
        for (int power = 0; power < Order; power++)
        {
            Powers[power] = Powers[power + Order] = (byte)value;
            Logarithms[value] = (byte)power;
            value <<= 1;
            if (value > byte.MaxValue) value ^= Polynomial;
        }
    }

    public static byte Multiply(byte left, byte right) =>
        left == 0 || right == 0 ? (byte)0 : Powers[Logarithms[left] + Logarithms[right]];

    /// <summary>Division by zero is an error of the caller's.</summary>
    public static byte Divide(byte dividend, byte divisor)
    {
        if (divisor == 0) throw new DivideByZeroException();
        return dividend == 0 ? (byte)0 : Powers[Logarithms[dividend] + Order - Logarithms[divisor]];
    }
}
