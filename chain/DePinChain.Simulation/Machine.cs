using DePinChain.Blocks;
using DePinChain.Crypto;
using DePinChain.Engine;
using DePinChain.Network;
using DePinChain.Node;
using DePinChain.Primitives;

namespace DePinChain.Simulation;

/// <summary>One computer with its disk and clock, and the node that runs on it while it runs.</summary>
internal sealed class Machine
{
    // Microseconds in life: the pace of blocks that every simulated network has.
    private const uint BlockMs = 1000;

    private readonly World _world;
    private readonly bool _beginsMark;
    private MemoryFolder _folder = new();
    private ValidatorNode? _node;
    private bool _wasStarted;
    private int _pauses;

    public Machine(int index, World world)
    {
        Index = index;
        Name = $"v{index}";
        _world = world;
        _beginsMark = true;
        Clock = new MachineClock(world.Time, Pump);
        using PrivateKey key = Keys.Signing(index);
        Address = key.Address;
    }

    public int Index { get; }

    public string Name { get; }

    /// <summary>The signing address.</summary>
    public Address Address { get; }

    public MachineClock Clock { get; }

    public PowerCutDatabase Disk { get; } = new();

    public MemoryFolder Folder => _folder;

    /// <summary>Null while the machine is down.</summary>
    public ValidatorNode? Node => _node;

    /// <summary>How the validator misbehaves, or null when it is honest.</summary>
    public Byzantine.Conduct? Conduct { get; set; }

    public bool IsHonest => Conduct is null;

    public bool IsPaused => _pauses > 0;

    /// <summary>A log was damaged beyond what a crash can do: this machine may lose its vote for a height.</summary>
    public bool IsLogDamaged { get; set; }

    /// <summary>The highest block this machine has called final; it must never lose it.</summary>
    public ulong Announced { get; set; }

    public ulong Height => _node?.Chain.Head.Number ?? 0;

    /// <summary>Boots the machine over what its disk holds.</summary>
    public void Start()
    {
        if (_node is not null) return;
        _world.Trace.Note("boots", Index, -1, null, 0);
        try
        {
            LocalClock clock = new(Clock);
            WireTransport wire = _world.Wire.Open(this);
            ITransport transport = Conduct is { } conduct ? conduct.Take(wire) : wire;
            Seams seams = new(_folder, Disk, transport, clock, new BlockPacing(PacingMode.Interval, BlockMs, clock))
            {
                IsSingleThreaded = true,
            };
            NodeRole role = new(
                Name, Keys.Signing(Index), Keys.Vrf(Index), BeginsMark: _beginsMark && !_wasStarted, TakesTransactions: Index == 0)
            {
                Seal = Seal,
            };
            _node = NodeComposition.Compose(_world.Genesis, role, seams);
            _wasStarted = true;
            _world.Referee.OnBoot(this);
            _node.Host.Reported += OnReport;
            _node.Join();
            _node.Readmit();
            _node.Host.Start();
        }
        catch (PowerLossException)
        {
            OnPowerLoss();
            return;
        }
        catch (Exception fault) when (IsHonest && fault is not ViolationException)
        {
            throw new ViolationException($"{Name} does not start: {fault}");
        }

        Pump();
    }

    /// <summary>Has the node handle what waits in its mailbox.</summary>
    public void Pump()
    {
        if (IsPaused) return;
        Work(node =>
        {
            while (node.HandleNext()) _world.Referee.AfterStep(this);
        });
    }

    /// <summary>Has the node do something; power losses and failures in it are this machine's.</summary>
    public void Work(Action<ValidatorNode> work)
    {
        if (_node is null) return;
        try
        {
            work(_node);
        }
        catch (PowerLossException)
        {
            OnPowerLoss();
        }
        catch (Exception fault) when (!IsHonest && fault is not ViolationException)
        {
            // A liar may well trip over its own lies.
            _world.Trace.Note("trips", Index, -1, fault.Message, 0);
            LosePower();
        }
        catch (ConsensusHaltedException halted)
        {
            throw new ViolationException($"{Name} halted: {halted.Message} {halted.Data["fault"]}");
        }
        catch (Exception fault) when (fault is not ViolationException)
        {
            throw new ViolationException($"{Name} failed: {fault}");
        }
    }

    /// <summary>The process is killed; the operating system still writes out what it was given.</summary>
    public void Kill()
    {
        if (_node is null) return;
        Stop();
        _folder = _folder.AfterKill();
    }

    /// <summary>The power fails: what was not synced is gone, but for a torn piece.</summary>
    public void LosePower()
    {
        if (_node is not null) Stop();
        _folder = _folder.AfterPowerLoss(_world.Dice.PerMille(500) ? _world.Dice.Between(1, 400) : 0);
        Disk.LosePower(_world.Dice.Between(0, Disk.UnsyncedCount));
    }

    /// <summary>Nothing is handled for a while: a long collection, a stopped process, a disk that takes seconds to sync.</summary>
    public void Pause(long forMs)
    {
        _pauses++;
        _world.Time.After(forMs, () =>
        {
            _pauses--;
            Pump();
        });
    }

    private Signature Seal(Hash256 digest)
    {
        Signature seal = _world.Seal(Index, digest);
        SealCache.Remember(digest, seal, Address);
        _world.Seals.Learn(digest, seal, Address);
        return seal;
    }

    private void OnPowerLoss()
    {
        _world.Trace.Inflict("power loss in a write", Index);
        LosePower();
        _world.Time.After(_world.Dice.Between(50, 4000), Start);
    }

    private void Stop()
    {
        ValidatorNode node = _node!; // callers checked
        _node = null;
        Clock.EndLife();
        node.Host.Reported -= OnReport;
        node.Dispose();
    }

    private void OnReport(HostReport report) => _world.Referee.OnReport(this, report);
}
