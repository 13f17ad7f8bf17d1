namespace DePinChain.Simulation;

/// <summary>Runs one seed from genesis to its last height, with everything checked after every step.</summary>
public sealed class Simulator
{
    // Trouble ends a few heights before the goal, or when it has lasted three times as long as peace would have.
    private const ulong HeightsInPeace = 8;
    private const long TroubleMsPerHeight = 3000;

    // Ten machines say and hear a few hundred things for a block, and a hundred times that in trouble.
    private const long StepsMaxPerHeight = 50_000;

    // Of recovery: to find each other again with the timeouts of high rounds, and then to catch up.
    private const long RecoveryMs = 120_000;
    private const long CatchUpMsPerHeight = 2000;

    private readonly SimulationOptions _options;
    private readonly World _world;

    private Simulator(SimulationOptions options)
    {
        _options = options;
        _world = new World(options);
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

        foreach (Machine machine in simulator._world.Machines) machine.Conduct?.Dispose();
        return simulator.Report(violation);
    }

    /// <summary>What a seed finds, or null: for callers that have this assembly loaded a second time and share no type with it.</summary>
    public static string? FindViolation(ulong seed, ulong heights) =>
        Run(new SimulationOptions { Seed = seed, Heights = heights }).Violation;

    private void Run()
    {
        foreach (Machine machine in _world.Machines) machine.Start();
        _world.Workload.Begin();
        if (_world.Troubles is { } troubles)
        {
            troubles.Begin();
            long endMs = (long)_options.Heights * TroubleMsPerHeight;
            while (_world.Referee.HeightMax + HeightsInPeace < _options.Heights && _world.Time.ElapsedMs < endMs) Step();
            troubles.Heal();
        }

        _world.IsHealed = true;
        Recover();
        _world.Referee.AtEnd();
        foreach (Machine machine in _world.Machines) machine.Kill();
    }

    private void Step()
    {
        if (!_world.Time.Step()) throw new ViolationException("Nothing is left that could happen.");
        bool isCalm = _world.Trace.Steps <= StepsMaxPerHeight * ((long)_options.Heights + 10);
        Checks.Referee.Require(isCalm, "The machines never rest.");
    }

    // Liveness: once nothing new breaks, every honest machine comes to the goal, and a few blocks beyond what there was.
    private void Recover()
    {
        ulong goal = Math.Max(_options.Heights, _world.Referee.HeightMax + (HeightsInPeace / 2));
        ulong lowest = _world.Honest.Min(machine => machine.Height);
        long endMs = _world.Time.ElapsedMs + RecoveryMs + ((long)(goal - lowest) * CatchUpMsPerHeight);
        while (!AllAreAt(goal))
        {
            Step();
            Checks.Referee.Require(_world.Time.ElapsedMs < endMs, $"the network does not recover: {Heights()}, wanted {goal}");
        }
    }

    private string Heights() => string.Join(", ", _world.Machines.Select(machine => $"{machine.Name} {machine.Height}"));

    private bool AllAreAt(ulong goal)
    {
        foreach (Machine machine in _world.Machines)
        {
            if (machine.IsHonest && machine.Height < goal) return false;
        }

        return true;
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
        violation is null ? [] : _world.Trace.Tail())
    {
        BytesSaid = _world.Wire.BytesSaid,
    };
}
