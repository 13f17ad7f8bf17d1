namespace DePinChain.Simulation.Byzantine;

/// <summary>Every way to misbehave that is simulated.</summary>
internal static class Conducts
{
    private static readonly Func<Machine, World, Dice, Conduct>[] All =
    [
        static (machine, world, dice) => new TwoBlocks(machine, world, dice),
        static (machine, world, dice) => new DoubleVoter(machine, world, dice),
        static (machine, world, dice) => new Withholder(machine, world, dice),
        static (machine, world, dice) => new LockDropper(machine, world, dice),
        static (machine, world, dice) => new FarRounds(machine, world, dice),
        static (machine, world, dice) => new WrongTime(machine, world, dice),
        static (machine, world, dice) => new BadBlocks(machine, world, dice),
        static (machine, world, dice) => new SilentPartner(machine, world, dice),
        static (machine, world, dice) => new Parrot(machine, world, dice),
        static (machine, world, dice) => new LyingPeer(machine, world, dice),
        static (machine, world, dice) => new FalseCertifier(machine, world, dice),
        static (machine, world, dice) => new NilVoter(machine, world, dice),
        static (machine, world, dice) => new Usurper(machine, world, dice),
        static (machine, world, dice) => new SplitPolka(machine, world, dice),
    ];

    /// <summary>How many there are.</summary>
    public static int Count => All.Length;

    public static Conduct Choose(Machine machine, World world, Dice dice) => dice.OneOf(All)(machine, world, dice);
}
