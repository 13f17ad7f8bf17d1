using System.Diagnostics;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace DePinChain.Simulation;

/// <summary>What was asked for on the command line.</summary>
internal sealed record SimulationCommand(SimulationOptions First, ulong Seeds)
{
    public const string Usage =
        "usage: depin sim --seed N [--seeds COUNT] [--heights H] [--validators N] [--no-faults] [--trace]";

    public static bool TryParse(
        IReadOnlyList<string> arguments, [NotNullWhen(true)] out SimulationCommand? command, [NotNullWhen(false)] out string? mistake)
    {
        command = null;
        mistake = null;
        SimulationOptions options = new() { Seed = 0 };
        ulong seeds = 1;
        for (int at = 0; at < arguments.Count; at++)
        {
            string name = arguments[at];
            if (name is "--no-faults" or "--trace")
            {
                options = name == "--trace" ? options with { OnStep = Console.Out.WriteLine } : options with { HasFaults = false };
                continue;
            }

            string number = at + 1 < arguments.Count ? arguments[at + 1] : "";
            if (!ulong.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out ulong value))
            {
                mistake = $"{name} needs a number after it.";
                return false;
            }

            at++;
            switch (name)
            {
                case "--seed":
                    options = options with { Seed = value };
                    break;
                case "--seeds" when value > 0:
                    seeds = value;
                    break;
                case "--heights" when value is > 0 and <= 100_000:
                    options = options with { Heights = value };
                    break;
                case "--validators" when value is >= 1 and <= 10:
                    options = options with { Validators = (int)value };
                    break;
                default:
                    mistake = $"{name} {value} is not understood.";
                    return false;
            }
        }

        command = new SimulationCommand(options, seeds);
        return true;
    }

    /// <summary>Runs the seeds one after the other and stops at the first that fails; the exit code is 2 then.</summary>
    public int Run(TextWriter output)
    {
        Stopwatch watch = Stopwatch.StartNew();
        TimeSpan before = Environment.CpuUsage.TotalTime;
        ulong heights = 0;
        for (ulong offset = 0; offset < Seeds; offset++)
        {
            SimulationReport report = Simulator.Run(First with { Seed = unchecked(First.Seed + offset) });
            heights += report.Heights;
            output.WriteLine(
                $"seed {report.Seed}: {(report.Violation is null ? "holds" : "FAILS")}, {report.Heights} heights, {report.Steps} steps, "
                + $"{report.VirtualMs / 1000.0:F1} s of virtual time, {report.Faults.Values.Sum()} faults, trace {report.Trace:x16}");
            if (report.Violation is null) continue;
            foreach (string line in report.Tail) output.WriteLine("  " + line);
            output.WriteLine($"violation at step {report.Steps}: {report.Violation}");
            output.WriteLine($"byzantine: {string.Join(", ", report.Conduct.DefaultIfEmpty("nobody"))}");
            output.WriteLine($"replay: depin sim --seed {report.Seed} --heights {First.Heights}");
            return 2;
        }

        TimeSpan spent = Environment.CpuUsage.TotalTime - before;
        output.WriteLine(
            $"{Seeds} seeds, {heights} heights in {watch.Elapsed.TotalSeconds:F1} s and {spent.TotalSeconds:F1} s of processor time: "
            + $"{heights / watch.Elapsed.TotalMinutes:F0} heights a minute, {heights / spent.TotalMinutes:F0} a minute and core");
        return 0;
    }
}
