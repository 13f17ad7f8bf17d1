using DePinChain.Blocks;
using DePinChain.Crypto;
using DePinChain.Primitives;
using DePinChain.Simulation.Checks;

namespace DePinChain.Simulation;

/// <summary>One simulated network: machines, wire, time, and who watches.</summary>
internal sealed class World
{
    // Mostly four; three and six because two thirds of them are whole numbers, seven for two liars at once.
    private static readonly int[] Sizes = [4, 4, 4, 4, 4, 4, 3, 5, 6, 7];

    // One seed in so many has its seals made by the library that the product signs with.
    private const ulong LibrarySeeds = 20;

    private readonly bool _signsByLibrary;

    public World(SimulationOptions options)
    {
        _signsByLibrary = options.Seed % LibrarySeeds == 0;
        Dice root = new(options.Seed);
        Dice = root.Fork(1);
        int validators = options.Validators ?? (options.HasFaults ? Dice.OneOf(Sizes) : Sizes[0]);
        Genesis = Keys.Genesis(validators);
        Trace = new Trace(Time, options.OnStep);
        Weather = new Weather(root.Fork(2), validators + 1);
        Wire = new Wire(Time, Weather, Trace, Seals);
        Referee = new Referee(this, Seals);
        Machines = [.. Enumerable.Range(0, validators).Select(index => new Machine(index, this))];
        Troubles = options.HasFaults ? new Troubles(this, root.Fork(3)) : null;
        if (options.HasFaults && Dice.PerMille(650)) Corrupt(validators, root.Fork(4));
        Machine? newcomer = options.HasFaults && Dice.PerMille(300) ? new Machine(validators, this) : null;
        if (newcomer is not null) Machines.Add(newcomer);
        Workload = new Workload(this, root.Fork(5)) { Newcomer = newcomer };
    }

    public GenesisDocument Genesis { get; }

    public VirtualTime Time { get; } = new();

    public Dice Dice { get; }

    /// <summary>Whose seals are whose.</summary>
    public SealBook Seals { get; } = new(Keys.ChainId);

    public Trace Trace { get; }

    public Weather Weather { get; }

    public Wire Wire { get; }

    public Referee Referee { get; }

    public List<Machine> Machines { get; }

    /// <summary>Null in a perfect world.</summary>
    public Troubles? Troubles { get; }

    public Workload Workload { get; }

    /// <summary>No more trouble comes; what is left is what the liars do.</summary>
    public bool IsHealed { get; set; }

    public IEnumerable<Machine> Honest => Machines.Where(machine => machine.IsHonest);

    /// <summary>An honest machine's seal.</summary>
    public Signature Seal(int machine, in Hash256 digest)
    {
        if (!_signsByLibrary) return Keys.Seals(machine).Sign(digest);
        using PrivateKey key = Keys.Signing(machine);
        return key.Sign(digest);
    }

    // Fewer than a third: equal powers at genesis, and only honest ones grow.
    private void Corrupt(int validators, Dice dice)
    {
        for (int left = Math.Min((validators - 1) / 3, dice.Between(1, 2)); left > 0; left--)
        {
            Machine machine = dice.OneOf([.. Honest]);
            machine.Conduct = Byzantine.Conducts.Choose(machine, this, dice.Fork((ulong)left));
        }
    }
}
