namespace DePinChain.Simulation;

/// <summary>Runs one seed from genesis to its last height, with everything checked after every step.</summary>
public sealed class Simulator
{
    // Nothing but a standstill takes so long: a thousand times the pace of a healthy network.
    private const long LifeMaxMs = 50_000_000;

    private readonly SimulationOptions _options;
    private readonly World _world;

    private Simulator(SimulationOptions options)
    {
        _options = options;
        _world = new World(options, options.Validators ?? 4);
    }

    /// <summary>Simulates; a broken rule is in the report, never an exception.</summary>
    public static SimulationReport Run(SimulationOptions options)
    {
        Simulator simulator = new(options);
        string? violation = null;
        try
        {
            simulator.Run();
        }
        catch (ViolationException broken)
        {
            violation = broken.Message;
        }

        return simulator.Report(violation);
    }

    private void Run()
    {
        foreach (Machine machine in _world.Machines) machine.Start();
        while (!_world.Honest.All(machine => machine.Height >= _options.Heights)) Step();
        _world.Referee.AtEnd();
        foreach (Machine machine in _world.Machines) machine.Kill();
    }

    private void Step()
    {
        if (!_world.Time.Step()) throw new ViolationException("Nothing is left that could happen.");
        if (_world.Time.ElapsedMs > LifeMaxMs) throw new ViolationException("The network stands still.");
    }

    private SimulationReport Report(string? violation) => new(
        _options.Seed,
        _world.Referee.HeightMax,
        _world.Trace.Steps,
        _world.Time.ElapsedMs,
        _world.Trace.Hash,
        _world.Trace.Faults,
        [.. _world.Machines.Where(machine => !machine.IsHonest).Select(machine => $"{machine.Name} {machine.Conduct!.Name}")],
        violation,
        violation is null ? [] : _world.Trace.Tail());
}
