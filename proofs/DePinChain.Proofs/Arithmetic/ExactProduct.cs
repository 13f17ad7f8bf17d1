using System.Buffers.Binary;

namespace DePinChain.Proofs.Arithmetic;

/// <summary>
/// One element of a matrix product as the exact profiles of inference define it. Singles: segments of 512 terms, in each one accumulator
/// acc = fma(x, w, acc) from 0 upwards, sums of segments added in order. Bytes: s = max|x| / 127, q = rint(x / s), the same of the row of
/// weights, an exact sum of integers, then · s of the input, then · s of the row. Numbers are little-endian.
/// </summary>
public static class ExactProduct
{
    /// <summary>Terms of a segment.</summary>
    public const int Segment = 512;

    private const uint Levels = 0x42fe_0000; // 127

    /// <summary>Whether a row's bytes are whole, finite weights.</summary>
    /// <param name="row">Weights.</param>
    /// <param name="isBrain">They are bfloat16, otherwise binary32.</param>
    public static bool IsFinite(ReadOnlySpan<byte> row, bool isBrain)
    {
        int size = isBrain ? sizeof(ushort) : sizeof(uint);
        if (row.Length % size != 0) return false;
        for (int at = 0; at < row.Length / size; at++)
            if (!Binary32.IsFinite(WeightAt(row, at, isBrain))) return false;
        return true;
    }

    /// <summary>The bits of Σ x · w in single precision.</summary>
    /// <param name="input">binary32.</param>
    /// <param name="row">As many weights.</param>
    /// <param name="isBrain">Weights are bfloat16, otherwise binary32.</param>
    /// <exception cref="NotFiniteException">A number is none.</exception>
    public static uint OfSingles(ReadOnlySpan<byte> input, ReadOnlySpan<byte> row, bool isBrain)
    {
        int terms = input.Length / sizeof(uint);
        uint total = 0;
        for (int start = 0; start < terms; start += Segment)
        {
            uint sum = 0;
            int end = Math.Min(start + Segment, terms);
            for (int at = start; at < end; at++)
                sum = Binary32.FusedMultiplyAdd(InputAt(input, at), WeightAt(row, at, isBrain), sum);
            total = Binary32.Add(total, sum);
        }

        return total;
    }

    /// <summary>The bits of the product of signed bytes, scaled back.</summary>
    /// <param name="input">binary32.</param>
    /// <param name="row">As many weights.</param>
    /// <param name="isBrain">Weights are bfloat16, otherwise binary32.</param>
    /// <exception cref="NotFiniteException">A number is none.</exception>
    public static uint OfBytes(ReadOnlySpan<byte> input, ReadOnlySpan<byte> row, bool isBrain)
    {
        int terms = input.Length / sizeof(uint);
        uint mostInput = 0, mostWeight = 0;
        for (int at = 0; at < terms; at++)
        {
            mostInput = Math.Max(mostInput, Binary32.Magnitude(InputAt(input, at)));
            mostWeight = Math.Max(mostWeight, Binary32.Magnitude(WeightAt(row, at, isBrain)));
        }

        uint inputScale = Binary32.Divide(mostInput, Levels), weightScale = Binary32.Divide(mostWeight, Levels);
        int sum = 0;
        if (inputScale != 0 && weightScale != 0)
        {
            for (int at = 0; at < terms; at++)
            {
                int x = Binary32.ToSignedByte(Binary32.Divide(InputAt(input, at), inputScale));
                int w = Binary32.ToSignedByte(Binary32.Divide(WeightAt(row, at, isBrain), weightScale));
                sum += x * w;
            }
        }

        return Binary32.Multiply(Binary32.Multiply(Binary32.FromInteger(sum), inputScale), weightScale);
    }

    private static uint InputAt(ReadOnlySpan<byte> input, int at) => BinaryPrimitives.ReadUInt32LittleEndian(input[(at * sizeof(uint))..]);

    private static uint WeightAt(ReadOnlySpan<byte> row, int at, bool isBrain) => isBrain
        ? (uint)BinaryPrimitives.ReadUInt16LittleEndian(row[(at * sizeof(ushort))..]) << 16
        : BinaryPrimitives.ReadUInt32LittleEndian(row[(at * sizeof(uint))..]);
}
