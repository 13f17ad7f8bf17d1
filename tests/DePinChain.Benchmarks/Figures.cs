using System.Diagnostics;

namespace DePinChain.Benchmarks;

/// <summary>Medians of interleaved rounds: both sides see the same noise, so their ratio holds when the machine's speed drifts.</summary>
internal static class Figures
{
    /// <summary>Names of the goals that this run did not reach.</summary>
    public static List<string> Missed { get; } = [];

    /// <summary>Seconds that an action takes.</summary>
    public static double Seconds(Action action)
    {
        var clock = Stopwatch.StartNew();
        action();
        return clock.Elapsed.TotalSeconds;
    }

    public static double Median(IEnumerable<double> values)
    {
        double[] sorted = values.Order().ToArray();
        return sorted.Length % 2 == 1 ? sorted[sorted.Length / 2] : (sorted[(sorted.Length / 2) - 1] + sorted[sorted.Length / 2]) / 2;
    }

    /// <summary>Runs both sides in turn, once unmeasured and then <paramref name="rounds"/> times.</summary>
    public static (double Ours, double Other, double Ratio) Interleave(int rounds, Func<double> ours, Func<double> other)
    {
        ours();
        other();
        var pairs = new List<(double Ours, double Other)>();
        for (int round = 0; round < rounds; round++)
            pairs.Add((ours(), other()));
        return (Median(pairs.Select(pair => pair.Ours)), Median(pairs.Select(pair => pair.Other)),
            Median(pairs.Select(pair => pair.Ours / pair.Other)));
    }

    /// <summary>Prints a figure; with a goal, says whether it is reached.</summary>
    public static void Print(string name, string figure, bool? reached = null, string goal = "")
    {
        Console.WriteLine($"{name,-52} {figure,-60} {(reached is null ? goal : reached.Value ? "ok    " + goal : "MISSED " + goal)}");
        if (reached == false)
            Missed.Add(name);
    }
}
