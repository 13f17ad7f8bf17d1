using System.Text.Json;

namespace DePinChain.EndToEnd.Tests.Processes;

/// <summary>What the nodes' logs say about how fast the network was, and whether anybody was seen to sign twice.</summary>
internal sealed class Figures(Fleet fleet)
{
    private readonly List<double> _restartSeconds = [];
    private readonly List<double> _returnBlockTimes = [];

    /// <summary>A node that was killed signed again after so long.</summary>
    public void Restarted(TimeSpan time) => _restartSeconds.Add(time.TotalSeconds);

    /// <summary>After a trouble ended, the network's cadence was back after so many block times.</summary>
    public void CadenceBack(double blockTimes) => _returnBlockTimes.Add(blockTimes);

    /// <summary>Milliseconds from a proposal to its finality, over all nodes and blocks.</summary>
    public IReadOnlyList<long> Finalities => [.. fleet.Names.SelectMany(node => fleet.LogOf(node))
        .Where(line => Kind(line) == "block" && line.TryGetProperty("finalMs", out _))
        .Select(line => line.GetProperty("finalMs").GetInt64()).Order()];

    /// <summary>What any node heard with its own ears of a validator that contradicted itself.</summary>
    public IReadOnlyList<string> Contradictions => [.. fleet.Names.SelectMany(node => fleet.LogOf(node))
        .Where(line => Kind(line) == "note").Select(line => line.GetProperty("text").GetString()!)
        .Where(text => text.Contains("signed twice", StringComparison.Ordinal))];

    /// <summary>When each block was first final anywhere, in Unix milliseconds.</summary>
    public SortedDictionary<ulong, long> FinalAt()
    {
        SortedDictionary<ulong, long> first = [];
        foreach (JsonElement line in fleet.Names.SelectMany(node => fleet.LogOf(node)).Where(line => Kind(line) == "block"))
        {
            ulong height = line.GetProperty("height").GetUInt64();
            long time = line.GetProperty("time").GetInt64();
            first[height] = first.TryGetValue(height, out long known) ? Math.Min(known, time) : time;
        }

        return first;
    }

    public void Print(int kills, int accepted, ulong height)
    {
        IReadOnlyList<long> final = Finalities;
        TestContext.Out.WriteLine($"{kills} kills with -9, {accepted} transfers accepted and final, {height} blocks, equal on all nodes");
        TestContext.Out.WriteLine(
            $"finality after proposal: p50 {At(final, 50)} ms, p99 {At(final, 99)} ms over {final.Count} (goal 100 and 400)");
        TestContext.Out.WriteLine($"from kill -9 to the next signature: {Spread(_restartSeconds)} s (goal 5)");
        TestContext.Out.WriteLine($"cadence after a trouble: {Spread(_returnBlockTimes)} block times (goal 2)");
    }

    private static string Kind(JsonElement line) => line.GetProperty("event").GetString()!;

    private static long At(IReadOnlyList<long> sorted, int percent) => sorted.Count == 0 ? -1 : sorted[(sorted.Count - 1) * percent / 100];

    private static string Spread(List<double> values) => values.Count == 0
        ? "none"
        : $"{Fleet.Number(values.Min())} to {Fleet.Number(values.Max())}, mean {Fleet.Number(values.Average())}";
}
