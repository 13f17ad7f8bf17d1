using DePinChain.Blocks;
using DePinChain.Simulation.Checks;

namespace DePinChain.Simulation;

/// <summary>One simulated network: machines, wire, time, and who watches.</summary>
internal sealed class World
{
    public World(SimulationOptions options, int validators)
    {
        Dice root = new(options.Seed);
        Dice = root.Fork(1);
        Genesis = Keys.Genesis(validators);
        Trace = new Trace(Time);
        SealBook seals = new(Keys.ChainId);
        Weather = new Weather(root.Fork(2), validators + 1);
        Wire = new Wire(Time, Weather, Trace, seals);
        Referee = new Referee(this, seals);
        Machines = [.. Enumerable.Range(0, validators).Select(index => new Machine(index, this))];
    }

    public GenesisDocument Genesis { get; }

    public VirtualTime Time { get; } = new();

    public Dice Dice { get; }

    public Trace Trace { get; }

    public Weather Weather { get; }

    public Wire Wire { get; }

    public Referee Referee { get; }

    public List<Machine> Machines { get; }

    public IEnumerable<Machine> Honest => Machines.Where(machine => machine.IsHonest);
}
