using System.Security.Cryptography;
using DePinChain.Primitives;
using DePinChain.Proofs.Hashing;
using DePinChain.Proofs.Pieces;
using DePinChain.Proofs.Possession;
using DePinChain.Proofs.Replication;
using DePinChain.Proofs.Tests.Replication;

namespace DePinChain.Benchmarks;

/// <summary>Storage proofs, each beside what the same machine hashes with the base library, or the hashes it cannot avoid.</summary>
internal static class ProofBenchmarks
{
    private const int Pairs = 1 << 15;

    /// <summary>Compressions of SHA-256 in 64-byte messages: two each, the second with a schedule that is a table.</summary>
    public static Task Sha256Async()
    {
        byte[] nodes = RandomNumberGenerator.GetBytes(Pairs * 64);
        byte[] parents = new byte[Pairs * 32];
        double One() => 2 * Pairs / Figures.Seconds(() => NodeHash.HashPairs(nodes, parents));
        double Two() => 4 * Pairs / Figures.Seconds(() => Parallel.Invoke(
            () => NodeHash.HashPairs(nodes, parents), () => NodeHash.HashPairs(nodes, new byte[Pairs * 32])));
        double Library() => 2 * Pairs / Figures.Seconds(() =>
        {
            for (int at = 0; at < Pairs; at++) SHA256.HashData(nodes.AsSpan(at * 64, 64), parents.AsSpan(at * 32, 32));
        });

        (double ours, double library, double ratio) = Figures.Interleave(5, One, Library);
        (double two, _, _) = Figures.Interleave(5, Two, One);
        Figures.Print($"sha-256 compressions, {NodeHash.Lanes} lanes, one core", $"{ours / 1e6:0.0} M/s  ({ratio:0.0} x the base library)");
        Figures.Print("sha-256 compressions, two cores", $"{two / 1e6:0.0} M/s  (base library, one core: {library / 1e6:0.0} M/s)",
            two >= 100e6, "goal 100 M/s");
        return Task.CompletedTask;
    }

    /// <summary>CommP of 64 MiB in memory; the floor is its node hashes at the rate of large layers.</summary>
    public static Task PiecesAsync()
    {
        byte[] payload = RandomNumberGenerator.GetBytes(64 << 20);
        byte[] nodes = RandomNumberGenerator.GetBytes(Pairs * 64);
        byte[] parents = new byte[Pairs * 32];
        double Ours() => payload.Length / Figures.Seconds(() => PieceHasher.Of(payload));
        double Two() => 2.0 * payload.Length / Figures.Seconds(
            () => Parallel.Invoke(() => PieceHasher.Of(payload), () => PieceHasher.Of(payload)));

        // 127 bytes of payload are four leaves, and a tree has about as many node hashes as leaves.
        double Floor() => 127.0 / 4 * Pairs / Figures.Seconds(() => NodeHash.HashPairs(nodes, parents));
        (double ours, double floor, double ratio) = Figures.Interleave(3, Ours, Floor);
        (double two, _, _) = Figures.Interleave(3, Two, Ours);
        Figures.Print("CommP, one core", $"{ours / 1e9:0.00} GB/s  (its hashes alone: {floor / 1e9:0.00} GB/s, ratio {ratio:0.00})",
            ratio >= 1 / 1.3, "goal 1.3 x its hashes");
        Figures.Print("CommP, two cores", $"{two / 1e9:0.00} GB/s", two >= 1e9, "goal 1.0 GB/s");
        return Task.CompletedTask;
    }

    /// <summary>Five challenges at height 25; the floor is 125 node hashes one after the other.</summary>
    public static Task PossessionAsync()
    {
        byte[] siblings = RandomNumberGenerator.GetBytes(25 * 32);
        byte[] leaf = RandomNumberGenerator.GetBytes(32);
        PieceCid piece = new(NodeHash.ZeroRoot(25), 25, 0);
        byte[] pair = new byte[64];

        // Ten proofs of five challenges each; microseconds for one.
        double Ours() => 100_000 * Figures.Seconds(() =>
        {
            for (int at = 0; at < 50; at++) PossessionProof.Verify(piece, (ulong)at, leaf, siblings);
        });
        double Floor() => 100_000 * Figures.Seconds(() =>
        {
            for (int at = 0; at < 50 * 25; at++) SHA256.HashData(pair, leaf);
        });
        (double ours, double floor, _) = Figures.Interleave(9, Ours, Floor);
        Figures.Print("possession, five challenges at height 25", $"{ours:0.0} µs  (125 hashes: {floor:0.0} µs)", ours <= 60, "goal 60 µs");
        return Task.CompletedTask;
    }

    /// <summary>Replication of 32 GiB from the synthetic prover, and a spacetime partition of 256 sectors (8 TiB).</summary>
    public static Task ReplicationAsync()
    {
        Hash256 seed = new(RandomNumberGenerator.GetBytes(32));
        SectorShape shape = SectorShape.Of(SectorKind.ThirtyTwoGiB);
        SparseSector sector = SparseSector.Make(shape, 1, 7, 1, seed);
        bool valid = true;
        double Replication() => 1_000 * Figures.Seconds(
            () => valid &= ReplicationProof.Verify(shape, sector.Identity, sector.CommR, seed, sector.Proof).IsValid);
        byte[] parents = new byte[Pairs * 32];
        byte[] nodes = new byte[Pairs * 64];
        double Floor() => 1_000 * Figures.Seconds(() => NodeHash.HashPairs(nodes, parents)) * shape.Compressions / (2 * Pairs);
        (double ours, double floor, _) = Figures.Interleave(5, Replication, Floor);
        Figures.Print("replication proof of 32 GiB (synthetic), one core", $"{ours:0.0} ms  (its compressions in lanes: {floor:0.0} ms)",
            valid && ours <= 15, "goal 15 ms");

        ProvenSector[] sectors = [.. Enumerable.Range(1, 256).Select(number => new ProvenSector((ulong)number, seed))];
        byte[] proof = RandomNumberGenerator.GetBytes(256 * shape.SpacetimeSize);
        double Spacetime() => 1_000 * Figures.Seconds(() => SpacetimeProof.Verify(shape, 1, 7, seed, sectors, proof, out _));
        (double spacetime, _, _) = Figures.Interleave(5, Spacetime, Floor);
        Figures.Print("spacetime partition of 8 TiB, one core", $"{spacetime:0.0} ms", spacetime <= 15, "goal 15 ms");
        return Task.CompletedTask;
    }
}
