using System.Diagnostics;
using System.Security.Cryptography;

namespace DePinChain.Gpu.Bench;

/// <summary>Rates of one backend, each the best of three after a warm-up, beside a floor measured in the same run.</summary>
internal static class BackendRates
{
    private const int Pairs = 1 << 19;
    private const int Quads = 1 << 18;

    internal static void Print(IBackend backend)
    {
        byte[] bytes = new SeededStream(1).Bytes(Pairs * 64), digests = new byte[Pairs * 32];
        double floor = Best(() =>
        {
            Span<byte> digest = stackalloc byte[32];
            for (int at = 0; at < Pairs / 16; at++) SHA256.HashData(bytes.AsSpan(at * 64, 64), digest);
        });
        double pairs = Best(() => backend.HashPairs(bytes, digests, 0x3f));
        Line("pairs of nodes", 2.0 * Pairs / pairs / 1e6, "M compressions/s", 2.0 * Pairs / 16 / floor / 1e6, "base library, one thread");
        using TensorBuffer room = backend.Tensors.Allocate(bytes.Length);
        double copy = Best(() => backend.Tensors.Upload(room, 0, bytes));
        byte[] root = new byte[32];
        double pieces = Best(() => backend.HashPieces(bytes.AsSpan(0, Quads / 2 * 127), Quads / 2, root));
        Line("CommP", Quads / 2 * 127.0 / pieces / 1e9, "GB/s", bytes.Length / copy / 1e9, "copying to it");
        if (!backend.Device.Exact) return;
        ProductShape shape = new(480, 2048, 2048);
        double operations = 2.0 * shape.Rows * shape.Columns * shape.Depth;
        ITensorKernels kernels = backend.Tensors;
        using TensorBuffer x = kernels.Allocate((long)shape.Rows * shape.Depth * 4);
        using TensorBuffer y = kernels.Allocate((long)shape.Rows * shape.Columns * 4);
        using TensorBuffer w = kernels.Allocate((long)shape.Columns * shape.Depth * 4), scales = kernels.Allocate(shape.Columns * 4L);
        using TensorBuffer q = kernels.Allocate((long)shape.Rows * shape.Depth);
        byte[] one = new byte[4];
        double singles = Best(() =>
        {
            kernels.Multiply(x, w, y, shape);
            kernels.Download(y, 0, one);
        });
        double signed = Best(() =>
        {
            kernels.MultiplyBytes(q, scales, w, scales, y, shape);
            kernels.Download(y, 0, one);
        });
        Line("product of singles", operations / singles / 1e9, "G operations/s", 0, "");
        Line("product of bytes", operations / signed / 1e9, "G operations/s", operations / singles / 1e9, "the product of singles");
    }

    private static void Line(string name, double rate, string unit, double floor, string of) =>
        Console.WriteLine($"{name,-20} {rate,12:F2} {unit,-18} {(of.Length == 0 ? "" : $"floor {floor:F2} ({of})")}");

    private static double Best(Action action)
    {
        action();
        double best = double.MaxValue;
        for (int round = 0; round < 3; round++)
        {
            long start = Stopwatch.GetTimestamp();
            action();
            best = Math.Min(best, Stopwatch.GetElapsedTime(start).TotalSeconds);
        }

        return best;
    }
}
