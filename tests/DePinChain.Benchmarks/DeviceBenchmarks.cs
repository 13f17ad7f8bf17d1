using DePinChain.Primitives;
using DePinChain.Proofs.Devices;

namespace DePinChain.Benchmarks;

/// <summary>What it costs to judge a device's work, beside the plain product of a matrix and a vector, and beside doing the work.</summary>
internal static class DeviceBenchmarks
{
    private const int Size = 2_048;

    /// <summary>A round of n = 2,048 on one core. The check is three products with vectors; one of bytes is the floor.</summary>
    public static Task FreivaldsAsync()
    {
        var shape = new GemmShape(Size, 2);
        Hash256 seed = Keccak256.Hash("seed"u8), secret = Keccak256.Hash("secret"u8);
        double work = 1_000 * Figures.Seconds(() => shape.Product(shape.FixedMatrix(seed), shape.FirstMatrix(seed)));
        var chain = GemmChain.Run(shape, seed);
        RoundOpening opening = chain.Show([0], withProducts: true)[0];
        sbyte[] left = shape.FixedMatrix(seed);
        long[] plain = new long[Size];
        Array.Fill(plain, 3);
        ulong[] vector = new ulong[Size];
        for (int at = 0; at < Size; at++) vector[at] = unchecked((ulong)at * 0x9e37_79b9_7f4a_7c15) % MersenneField.Prime;

        double Check() => 1_000 * Figures.Seconds(() => GemmChain.IsProduct(left, opening.Matrix, opening.Product, vector));
        double Floor() => 1_000 * Figures.Seconds(() =>
        {
            for (int row = 0; row < Size; row++) MersenneField.Dot(left.AsSpan(row * Size, Size), plain);
        });
        double Whole() => 1_000 * Figures.Seconds(() => GemmChain.Check(shape, seed, chain.Root, opening, left, secret));
        (double check, double floor, double ratio) = Figures.Interleave(9, Check, Floor);
        (double whole, _, _) = Figures.Interleave(5, Whole, Check);
        Figures.Print("Freivalds' check, n = 2,048, one core",
            $"{check:0.0} ms  (a product with a vector: {floor:0.0} ms, ratio {ratio:0.0}; the work: {work:0} ms)", check <= 20,
            "goal 20 ms");
        Figures.Print("a whole round: paths, check, both words, next matrix", $"{whole:0.0} ms");
        return Task.CompletedTask;
    }
}
