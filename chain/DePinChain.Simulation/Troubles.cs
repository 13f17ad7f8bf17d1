namespace DePinChain.Simulation;

/// <summary>What goes wrong and when: drawn from the seed, a different climate for each.</summary>
internal sealed class Troubles
{
    private readonly World _world;
    private readonly Dice _dice;
    private readonly int _pauseMs;
    private readonly List<(int Weight, Action Strike)> _strikes;
    private bool _isOver;

    public Troubles(World world, Dice dice)
    {
        _world = world;
        _dice = dice;
        _pauseMs = dice.Between(400, 6000);
        SetWeather();
        _strikes = Choose();
    }

    /// <summary>The most that any clock was ever wrong.</summary>
    public long SkewMaxMs { get; private set; }

    private List<Machine> Running => [.. _world.Machines.Where(machine => machine.Node is not null)];

    /// <summary>Lets trouble begin.</summary>
    public void Begin()
    {
        if (_strikes.Count > 0) After(_dice.Between(100, 2 * _pauseMs), Strike);
    }

    /// <summary>Everything is mended: the network, the clocks, the disks; who is down comes back.</summary>
    public void Heal()
    {
        _isOver = true;
        _world.Weather.Heal();
        foreach (Machine machine in _world.Machines)
        {
            machine.Clock.SkewMs = 0;
            machine.Folder.PowerLossAtStep = null;
            machine.Disk.WritesLeft = null;
            machine.Start();
        }

        _world.Trace.Note("heals", -1, -1, null, 0);
    }

    private void SetWeather()
    {
        Weather weather = _world.Weather;
        weather.DelayMaxMs = _dice.OneOf([5, 20, 60, 200, 600]);
        weather.LossPerMille = _dice.OneOf([0, 0, 10, 50, 150, 300]);
        weather.DuplicatesPerMille = _dice.OneOf([0, 0, 20, 200]);
        weather.SpikesPerMille = _dice.OneOf([0, 0, 5, 30, 100]);
    }

    // Each kind of trouble is in about half of the seeds, so that each also meets every other and comes alone.
    private List<(int Weight, Action Strike)> Choose()
    {
        (int Weight, Action Strike)[] all =
        [
            (3, Kill), (3, LosePower), (4, ArmDisk), (1, Blackout), (2, Split), (2, Isolate), (2, CutOneWay), (2, Pause), (1, Skew),
            (1, DamageLog), (1, ChangeWeather),
        ];
        return [.. all.Where(_ => _dice.PerMille(500))];
    }

    private void Strike()
    {
        int total = _strikes.Sum(strike => strike.Weight);
        int thrown = _dice.Below(total);
        foreach ((int weight, Action strike) in _strikes)
        {
            thrown -= weight;
            if (thrown >= 0) continue;
            strike();
            break;
        }

        After(_dice.Between(_pauseMs / 4, 2 * _pauseMs), Strike);
    }

    private void Kill()
    {
        if (Pick() is not { } machine) return;
        _world.Trace.Inflict("kill", machine.Index);
        machine.Kill();
        ComeBack(machine);
    }

    private void LosePower()
    {
        if (Pick() is not { } machine) return;
        _world.Trace.Inflict("power loss", machine.Index);
        machine.LosePower();
        ComeBack(machine);
    }

    // The power fails in the middle of an effect: before or between the writes, syncs and renames that it is made of.
    private void ArmDisk()
    {
        if (Pick() is not { } machine) return;
        if (_dice.PerMille(700)) machine.Folder.PowerLossAtStep = machine.Folder.Steps + _dice.Between(0, 16);
        else machine.Disk.WritesLeft = _dice.Between(0, 3);
    }

    private void Blackout()
    {
        _world.Trace.Inflict("blackout", -1);
        foreach (Machine machine in Running)
        {
            machine.LosePower();
            ComeBack(machine);
        }
    }

    private void Split()
    {
        int side = _dice.Between(1, (1 << _world.Machines.Count) - 2);
        _world.Trace.Inflict("partition", -1, $"{side:b}");
        foreach (Machine from in _world.Machines)
        {
            foreach (Machine to in _world.Machines)
            {
                if (((side >> from.Index) & 1) != ((side >> to.Index) & 1)) _world.Weather.Cut(from.Index, to.Index);
            }
        }

        After(_dice.Between(500, 9000), _world.Weather.MendCuts);
    }

    // Behind a bad router: it may still send, or still hear, or neither.
    private void Isolate()
    {
        Machine alone = _dice.OneOf(_world.Machines);
        int kind = _dice.Below(3);
        _world.Trace.Inflict("isolation", alone.Index, $"{kind}");
        foreach (Machine other in _world.Machines)
        {
            if (kind != 1) _world.Weather.Cut(alone.Index, other.Index);
            if (kind != 2) _world.Weather.Cut(other.Index, alone.Index);
        }

        After(_dice.Between(500, 20_000), _world.Weather.MendCuts);
    }

    private void CutOneWay()
    {
        for (int cuts = _dice.Between(1, _world.Machines.Count); cuts > 0; cuts--)
            _world.Weather.Cut(_dice.OneOf(_world.Machines).Index, _dice.OneOf(_world.Machines).Index);
        _world.Trace.Inflict("one-way cut", -1);
        After(_dice.Between(500, 9000), _world.Weather.MendCuts);
    }

    private void Pause()
    {
        if (Pick() is not { } machine) return;
        _world.Trace.Inflict("pause", machine.Index);
        machine.Pause(_dice.Between(50, 3500));
    }

    private void Skew()
    {
        Machine machine = _dice.OneOf(_world.Machines);
        int most = _dice.PerMille(150) ? 30_000 : 2000;
        machine.Clock.SkewMs = _dice.Between(-most, most);
        SkewMaxMs = Math.Max(SkewMaxMs, Math.Abs(machine.Clock.SkewMs));
        _world.Trace.Inflict("clock jump", machine.Index, $"{machine.Clock.SkewMs}");
    }

    // Two logs of one height lost at once can stop the chain for good; that is the owners' business, and so is a second one here.
    private void DamageLog()
    {
        if (_world.Machines.Any(machine => machine.IsLogDamaged) || _world.Machines.Any(machine => !machine.IsHonest)) return;
        if (_world.Genesis.Validators.Count < 4 || Pick() is not { } machine) return;
        machine.LosePower();
        byte[] log = machine.Folder.Read("consensus.wal") ?? [];
        if (log.Length > 0)
        {
            log[_dice.Below(log.Length)] ^= (byte)(1 << _dice.Below(8));
            machine.Folder.Overwrite("consensus.wal", log);
        }

        machine.IsLogDamaged = true;
        _world.Trace.Inflict("log bit flip", machine.Index);
        ComeBack(machine);
    }

    private void ChangeWeather()
    {
        _world.Trace.Inflict("weather change", -1);
        SetWeather();
    }

    private Machine? Pick() => Running is { Count: > 0 } running ? _dice.OneOf(running) : null;

    private void ComeBack(Machine machine) => _world.Time.After(_dice.OneOf([20, 300, 2000, 8000, 25_000]), machine.Start);

    private void After(long delayMs, Action happen) => _world.Time.After(delayMs, () =>
    {
        if (!_isOver) happen();
    });
}
