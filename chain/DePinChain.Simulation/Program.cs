using System.Globalization;

namespace DePinChain.Simulation;

/// <summary>`depin sim`: simulates one seed or many, and says what came of it.</summary>
internal static class Program
{
    public static int Main(string[] arguments)
    {
        CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;
        if (!SimulationCommand.TryParse(arguments, out SimulationCommand? command, out string? mistake))
        {
            Console.Error.WriteLine(mistake);
            Console.Error.WriteLine(SimulationCommand.Usage);
            return 1;
        }

        return command.Run(Console.Out);
    }
}
