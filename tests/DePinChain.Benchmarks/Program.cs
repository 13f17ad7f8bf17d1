using System.Globalization;
using DePinChain.Benchmarks;

// Each benchmark prints its figure beside a floor or a peer measured in the same run; absolute times on shared machines mean little.
// Usage: DePinChain.Benchmarks [name part…]
CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;
if (args is [SyncBenchmarks.MakeVerb, var path, var blocks, var transfers])
{
    SyncBenchmarks.Make(path, int.Parse(blocks, CultureInfo.InvariantCulture), int.Parse(transfers, CultureInfo.InvariantCulture));
    return 0;
}

if (args is [EchoServer.Verb, var port])
{
    await EchoServer.ServeAsync(int.Parse(port, CultureInfo.InvariantCulture));
    return 0;
}

(string Name, Func<Task> Run)[] benchmarks =
[
    ("keccak", HashBenchmarks.KeccakAsync),
    ("recovery", RecoveryBenchmarks.RecoveryAsync),
    ("yamux", NetworkBenchmarks.YamuxAsync),
    ("sha256", ProofBenchmarks.Sha256Async),
    ("commp", ProofBenchmarks.PiecesAsync),
    ("possession", ProofBenchmarks.PossessionAsync),
    ("replication", ProofBenchmarks.ReplicationAsync),
    ("freivalds", DeviceBenchmarks.FreivaldsAsync),
    ("epoch", SubnetBenchmarks.EpochAsync),
    ("cluster", ClusterBenchmarks.BookAsync),
    ("records", StateBenchmarks.RecordsAsync),
    ("import", StateBenchmarks.ImportAsync),
    ("sync-empty", SyncBenchmarks.EmptyAsync),
    ("sync-full", SyncBenchmarks.FullAsync),
    ("scale", ScaleBenchmarks.LoadAsync),
    ("reads", RpcBenchmarks.ReadsAsync),
    ("accept", RpcBenchmarks.AcceptAsync),
    ("finality", LocalnetBenchmarks.FinalityAsync),
    ("start", LocalnetBenchmarks.StartAsync),
];
var chosen = benchmarks.Where(benchmark => args.Length == 0 || args.Any(part =>
    benchmark.Name.Contains(part, StringComparison.OrdinalIgnoreCase))).ToArray();
if (chosen.Length == 0)
{
    Console.Error.WriteLine($"no benchmark is named like that; there are: " +
        $"{string.Join(", ", benchmarks.Select(benchmark => benchmark.Name))}");
    return 2;
}

foreach ((string name, Func<Task> run) in chosen)
{
    Console.WriteLine($"== {name}");
    await run();
}

Console.WriteLine(Figures.Missed.Count == 0 ? "every goal is met" : $"goals missed: {string.Join(", ", Figures.Missed)}");
return 0;
