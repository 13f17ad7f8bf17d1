using System.Buffers.Binary;
using System.Numerics;
using System.Security.Cryptography;
using System.Text;
using DePinChain.Primitives;
using DePinChain.Proofs.Availability;

namespace DePinChain.Proofs.Devices;

/// <summary>How much memory a device shows: lanes that are filled at once, each one block after the other.</summary>
public sealed record MemoryShape
{
    /// <summary>Blocks of a lane of 64 MiB.</summary>
    public const int UsualBlocks = 65_536;

    private const int LanesMax = 1 << 16;

    /// <param name="lanes">A power of two up to 65,536.</param>
    /// <param name="blocks">Blocks of 1 KiB in each: a power of two from 4 to 65,536.</param>
    /// <exception cref="ArgumentOutOfRangeException">There is no such shape.</exception>
    public MemoryShape(int lanes, int blocks)
    {
        if (lanes is < 1 or > LanesMax || !BitOperations.IsPow2(lanes)) throw new ArgumentOutOfRangeException(nameof(lanes));
        if (blocks is < 4 or > UsualBlocks || !BitOperations.IsPow2(blocks)) throw new ArgumentOutOfRangeException(nameof(blocks));
        (Lanes, Blocks) = (lanes, blocks);
    }

    /// <summary>Lanes.</summary>
    public int Lanes { get; }

    /// <summary>Blocks of a lane.</summary>
    public int Blocks { get; }

    /// <summary>All blocks.</summary>
    public ulong Total => (ulong)Lanes * (ulong)Blocks;
}

/// <summary>A step of a chase that is shown: the block that it read.</summary>
/// <param name="Step">Which, from 0.</param>
/// <param name="Block">1,024 bytes.</param>
/// <param name="Path">Its path in its lane.</param>
/// <param name="LanePath">The lane's path.</param>
public sealed record StepOpening(int Step, byte[] Block, Hash256[] Path, Hash256[] LanePath);

/// <summary>What is found of a lane or a step.</summary>
public enum MemoryVerdict
{
    /// <summary>It is right.</summary>
    Right,

    /// <summary>Something has another length than it must have, or there is no such step.</summary>
    WrongShape,

    /// <summary>The block or lane does not stand under the root.</summary>
    WrongPath,

    /// <summary>The next state does not follow from the block.</summary>
    WrongState,
}

/// <summary>
/// Memory that a device has: lanes of blocks, each out of the last and one that the last one names, are filled and committed to; then a
/// key is given, and a chase of dependent reads has to come to its end in the time that reads from memory take. A block that was not kept
/// costs all of its lane up to it, one after the other; a lane that is kept in parts suffers what Argon2d has partial storage suffer.
/// </summary>
/// <remarks>Sources: RFC 9106 (Argon2d's fill and compression); the chase is our own.</remarks>
public sealed class ResidentMemory
{
    /// <summary>Dependent reads of a chase.</summary>
    public const int ChaseSteps = 4_096;

    /// <summary>Lanes that a verifier fills again, and steps that are shown to it.</summary>
    public const int ShownLanes = 8, ShownSteps = 64;

    private readonly MemoryShape _shape;
    private readonly byte[][] _lanes;
    private readonly Hash256[][] _leaves;
    private readonly Hash256[] _roots;

    /// <summary>Takes lanes as they are; an honest device has them of <see cref="FillLane"/>.</summary>
    public ResidentMemory(MemoryShape shape, byte[][] lanes)
    {
        (_shape, _lanes) = (shape, lanes);
        _leaves = [.. lanes.Select(static lane => BlobTree.LeavesOf(lane, MemoryMix.BlockSize))];
        _roots = [.. _leaves.Select(static leaves => BlobTree.RootOf(leaves))];
        Root = BlobTree.RootOf(_roots);
    }

    /// <summary>What is sent before the key is known.</summary>
    public Hash256 Root { get; }

    /// <summary>Fills all lanes.</summary>
    public static ResidentMemory Fill(MemoryShape shape, Hash256 seed) =>
        new(shape, [.. Enumerable.Range(0, shape.Lanes).Select(lane => FillLane(shape, seed, lane))]);

    /// <summary>One lane: block i is the mix of block i − 1 and the block that its first eight bytes name among those before it.</summary>
    public static byte[] FillLane(MemoryShape shape, in Hash256 seed, int lane)
    {
        byte[] bytes = new byte[shape.Blocks * MemoryMix.BlockSize], counter = new byte[sizeof(uint)];
        BinaryPrimitives.WriteUInt32BigEndian(counter, (uint)lane);
        byte[] key = Hashed("depin-memory/lane", [.. seed.ToArray(), .. counter]);
        for (int part = 0; part < MemoryMix.BlockSize / Hash256.Size; part++)
            SHA256.HashData([.. key, (byte)part]).CopyTo(bytes, part * Hash256.Size);
        for (int block = 1; block < shape.Blocks; block++)
        {
            Span<byte> before = bytes.AsSpan((block - 1) * MemoryMix.BlockSize, MemoryMix.BlockSize);
            int named = block == 1 ? 0 : (int)(BinaryPrimitives.ReadUInt64LittleEndian(before) % (ulong)(block - 1));
            MemoryMix.Blocks(
                before, bytes.AsSpan(named * MemoryMix.BlockSize, MemoryMix.BlockSize),
                bytes.AsSpan(block * MemoryMix.BlockSize, MemoryMix.BlockSize));
        }

        return bytes;
    }

    /// <summary>The block that a state reads.</summary>
    public static ulong PlaceOf(MemoryShape shape, in Hash256 state) =>
        BinaryPrimitives.ReadUInt64BigEndian(state.ToArray()) % shape.Total;

    /// <summary>The states of a chase, the one that it starts from first: this is what is timed.</summary>
    public Hash256[] Chase(in Hash256 key)
    {
        Hash256[] states = new Hash256[ChaseSteps + 1];
        states[0] = StartOf(Root, key);
        for (int step = 0; step < ChaseSteps; step++) states[step + 1] = After(states[step], BlockAt(PlaceOf(_shape, states[step])));
        return states;
    }

    /// <summary>The path of a lane, for a verifier that fills it again.</summary>
    public Hash256[] ShowLane(int lane) => BlobTree.PathOf(_roots, (ulong)lane);

    /// <summary>Shows what a step read.</summary>
    public StepOpening ShowStep(ReadOnlySpan<Hash256> states, int step)
    {
        ulong place = PlaceOf(_shape, states[step]), lane = place / (ulong)_shape.Blocks, block = place % (ulong)_shape.Blocks;
        return new StepOpening(
            step, BlockAt(place).ToArray(), BlobTree.PathOf(_leaves[lane], block), BlobTree.PathOf(_roots, lane));
    }

    /// <summary>Fills a drawn lane again and looks for it under the root.</summary>
    public static MemoryVerdict CheckLane(MemoryShape shape, in Hash256 seed, in Hash256 root, int lane, ReadOnlySpan<Hash256> path)
    {
        if (lane < 0 || lane >= shape.Lanes) return MemoryVerdict.WrongShape;
        Hash256 own = BlobTree.RootOf(FillLane(shape, seed, lane), MemoryMix.BlockSize);
        return BlobTree.Verify(root, (ulong)shape.Lanes, (ulong)lane, own, path) ? MemoryVerdict.Right : MemoryVerdict.WrongPath;
    }

    /// <summary>Judges a step of a chase.</summary>
    /// <param name="shape">The memory.</param>
    /// <param name="root">What was committed to.</param>
    /// <param name="key">What was given then.</param>
    /// <param name="states">What came in time.</param>
    /// <param name="opening">The step.</param>
    public static MemoryVerdict CheckStep(
        MemoryShape shape, in Hash256 root, in Hash256 key, ReadOnlySpan<Hash256> states, StepOpening opening)
    {
        int step = opening.Step;
        bool isWhole = states.Length == ChaseSteps + 1 && step is >= 0 and < ChaseSteps
            && opening.Block.Length == MemoryMix.BlockSize && opening.Path.Length == BitOperations.Log2((uint)shape.Blocks);
        if (!isWhole) return MemoryVerdict.WrongShape;
        if (states[0] != StartOf(root, key)) return MemoryVerdict.WrongState;
        ulong place = PlaceOf(shape, states[step]), lane = place / (ulong)shape.Blocks, block = place % (ulong)shape.Blocks;
        Hash256 node = BlobTree.LeafOf(opening.Block);
        for (int level = 0; level < opening.Path.Length; level++)
        {
            node = ((block >> level) & 1) == 1
                ? BlobTree.NodeOf(opening.Path[level], node) : BlobTree.NodeOf(node, opening.Path[level]);
        }

        if (!BlobTree.Verify(root, (ulong)shape.Lanes, lane, node, opening.LanePath)) return MemoryVerdict.WrongPath;
        return After(states[step], opening.Block) == states[step + 1] ? MemoryVerdict.Right : MemoryVerdict.WrongState;
    }

    /// <summary>Numbers below a bound that nobody knew before a secret was: lanes or steps to look at.</summary>
    public static int[] Drawn(in Hash256 secret, int count, int bound)
    {
        int[] drawn = new int[count];
        for (int at = 0; at < count; at++)
        {
            byte[] hash = Hashed("depin-memory/show", [.. secret.ToArray(), (byte)at]);
            drawn[at] = (int)(BinaryPrimitives.ReadUInt64BigEndian(hash) % (ulong)bound);
        }

        return drawn;
    }

    private static Hash256 StartOf(in Hash256 root, in Hash256 key) =>
        new(Hashed("depin-memory/chase", [.. root.ToArray(), .. key.ToArray()]));

    private static Hash256 After(in Hash256 state, ReadOnlySpan<byte> block) => new(SHA256.HashData([.. state.ToArray(), .. block]));

    private static byte[] Hashed(string tag, byte[] message) => SHA256.HashData([.. Encoding.ASCII.GetBytes(tag), .. message]);

    private ReadOnlySpan<byte> BlockAt(ulong place) => _lanes[place / (ulong)_shape.Blocks]
        .AsSpan((int)(place % (ulong)_shape.Blocks) * MemoryMix.BlockSize, MemoryMix.BlockSize);
}
