using System.Numerics;

namespace DePinChain.Simulation;

/// <summary>The one source of chance: SplitMix64, so that a seed means the same on every machine and runtime for ever.</summary>
/// <remarks>Steele, Lea, Flood: Fast splittable pseudorandom number generators, OOPSLA 2014.</remarks>
internal sealed class Dice
{
    private const ulong Gamma = 0x9E3779B97F4A7C15;

    private readonly ulong _seed;
    private ulong _state;

    public Dice(ulong seed)
    {
        _seed = seed;
        _state = seed;
    }

    public ulong Next()
    {
        unchecked
        {
            ulong mixed = _state += Gamma;
            mixed = (mixed ^ (mixed >> 30)) * 0xBF58476D1CE4E5B9;
            mixed = (mixed ^ (mixed >> 27)) * 0x94D049BB133111EB;
            return mixed ^ (mixed >> 31);
        }
    }

    /// <summary>Dice of their own for a part of the simulation: what one part throws does not move the others.</summary>
    public Dice Fork(ulong part) => new(unchecked((BitOperations.RotateLeft(_seed, 17) ^ part) * 0xD1342543DE82EF95));

    /// <summary>0 to <paramref name="bound"/> − 1.</summary>
    public int Below(int bound) => (int)(Next() % (ulong)bound);

    /// <summary>Both ends included.</summary>
    public int Between(int low, int high) => low + Below(high - low + 1);

    /// <summary>True in so many of a thousand throws.</summary>
    public bool PerMille(int chances) => Below(1000) < chances;

    public T OneOf<T>(IReadOnlyList<T> choices) => choices[Below(choices.Count)];
}
