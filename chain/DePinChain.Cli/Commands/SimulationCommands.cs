using System.CommandLine;
using System.Globalization;

namespace DePinChain.Cli.Commands;

/// <summary>Whole networks in one thread on virtual time; the simulator is a program of its own, this only starts it.</summary>
internal static class SimulationCommands
{
    private const string Project = "DePinChain.Simulation";

    private static readonly Option<ulong> Seed = new("--seed") { Description = "All that happens follows from it.", Required = true };

    private static readonly Option<ulong?> Seeds = new("--seeds") { Description = "How many seeds, from the first on; 1." };

    private static readonly Option<ulong?> Heights = new("--heights") { Description = "Blocks to decide in each; 50." };

    private static readonly Option<ulong?> Validators = new("--validators") { Description = "At genesis; the seed chooses." };

    private static readonly Option<bool> NoFaults = new("--no-faults") { Description = "A perfect network of honest machines." };

    private static readonly Option<bool> Trace = new("--trace") { Description = "Prints every step." };

    public static Command Build()
    {
        var command = new Command("sim", "Simulates a network with faults and liars; exit code 2 when a rule breaks.")
        {
            Seed, Seeds, Heights, Validators, NoFaults, Trace,
        };
        command.SetAction((parse, _) =>
        {
            List<string> arguments = ["--seed", parse.GetValue(Seed).ToString(CultureInfo.InvariantCulture)];
            foreach (Option<ulong?> option in new[] { Seeds, Heights, Validators })
            {
                if (parse.GetValue(option) is { } value) arguments.AddRange([option.Name, value.ToString(CultureInfo.InvariantCulture)]);
            }

            foreach (Option<bool> option in new[] { NoFaults, Trace })
            {
                if (parse.GetValue(option)) arguments.Add(option.Name);
            }

            return SiblingProgram.RunAsync(Project, arguments);
        });
        return command;
    }
}
