using System.Security.Cryptography;
using DePinChain.Primitives;

namespace DePinChain.Benchmarks;

internal static class HashBenchmarks
{
    private const int Messages = 200_000;
    private const int MessageSize = 136;

    /// <summary>One core, messages of 136 bytes (two permutations); the base library's SHA3-256 stands beside it as the peer.</summary>
    public static Task KeccakAsync()
    {
        byte[] message = RandomNumberGenerator.GetBytes(MessageSize);
        byte[] digest = new byte[32];
        double One()
        {
            return Messages / Figures.Seconds(() =>
            {
                for (int index = 0; index < Messages; index++)
                    Keccak256.Hash(message, digest);
            });
        }

        var many = new ReadOnlyMemory<byte>[1_000];
        for (int index = 0; index < many.Length; index++)
            many[index] = RandomNumberGenerator.GetBytes(MessageSize);
        var digests = new Hash256[many.Length];
        double Lanes()
        {
            return Messages / Figures.Seconds(() =>
            {
                for (int round = 0; round < Messages / many.Length; round++)
                    Keccak256.HashMany(many, digests);
            });
        }

        double Sha3()
        {
            return Messages / Figures.Seconds(() =>
            {
                for (int index = 0; index < Messages; index++)
                    SHA3_256.HashData(message, digest);
            });
        }

        (double ours, double peer, double ratio) = Figures.Interleave(5, One, SHA3_256.IsSupported ? Sha3 : One);
        (double lanes, _, double gain) = Figures.Interleave(5, Lanes, One);
        Figures.Print("keccak-256 of 136 bytes, one core", $"{ours / 1e6:0.00} M/s  ({ratio:0.00} x SHA3-256 of the base library)",
            ours >= 1e6, "goal 1 M/s");
        Figures.Print("keccak-256 of 136 bytes, lanes", $"{lanes / 1e6:0.00} M/s  ({gain:0.00} x one at a time; peer " +
            $"{peer / 1e6:0.00} M/s)");
        return Task.CompletedTask;
    }
}
