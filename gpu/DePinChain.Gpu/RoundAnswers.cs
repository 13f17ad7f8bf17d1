using System.Runtime.InteropServices;

namespace DePinChain.Gpu;

/// <summary>The known answers of the rounds of the proof of throughput: seeded matrices of 16, 80 and 272 rows.</summary>
internal static class RoundAnswers
{
    private static readonly int[] Rows = [16, 80, 272];

    internal static byte[] Of(IRoundKernels kernels, ITensorKernels memory, string kernel, SeededStream seeds, int size)
    {
        int n = Rows[size], cells = n * n;
        using TensorBuffer left = memory.Allocate(cells), right = memory.Allocate(cells), product = memory.Allocate(4L * cells);
        using TensorBuffer vector = memory.Allocate(12L * n), sums = memory.Allocate(24L * n);
        memory.Upload(left, 0, seeds.Bytes(cells));
        memory.Upload(right, 0, seeds.Bytes(cells));
        byte[] result;
        switch (kernel)
        {
            case "round_product":
                kernels.MultiplyExact(left, right, product, n);
                result = new byte[4 * cells];
                memory.Download(product, 0, result);
                return result;
            case "round_sums":
                uint[] limbs = new uint[3 * n];
                for (int at = 0; at < limbs.Length; at++) limbs[at] = (uint)(seeds.Next() >> 43);
                memory.Upload(vector, 0, MemoryMarshal.AsBytes(limbs.AsSpan()));
                memory.Upload(product, 0, Bounded(seeds, cells));
                kernels.SumRows(product, vector, sums, n);
                result = new byte[24 * n];
                memory.Download(sums, 0, result);
                return result;
            default:
                uint[] key = new uint[n];
                for (int at = 0; at < n; at++) key[at] = (uint)(seeds.Next() >> 56);
                memory.Upload(vector, 0, MemoryMarshal.AsBytes(key.AsSpan()));
                memory.Upload(product, 0, Bounded(seeds, cells));
                kernels.NextMatrix(product, vector, right, n);
                result = new byte[cells];
                memory.Download(right, 0, result);
                return result;
        }
    }

    // Numbers as products of 8,192 bytes have them: within 2^27.
    private static ReadOnlySpan<byte> Bounded(SeededStream seeds, int cells)
    {
        int[] numbers = new int[cells];
        for (int at = 0; at < cells; at++) numbers[at] = (int)(seeds.Next() >> 36) - (1 << 27);
        return MemoryMarshal.AsBytes(numbers.AsSpan());
    }
}
