using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using DePinChain.Primitives;
using DePinChain.Proofs.Availability;

namespace DePinChain.Proofs.Devices;

/// <summary>A piece of a time lock that is shown.</summary>
/// <param name="Segment">Which, from 0.</param>
/// <param name="Start">The state that it starts from.</param>
/// <param name="StartPath">That state's path.</param>
/// <param name="End">The state that it ends with.</param>
/// <param name="EndPath">That state's path.</param>
public sealed record SegmentOpening(int Segment, Hash256 Start, Hash256[] StartPath, Hash256 End, Hash256[] EndPath);

/// <summary>What is found of a segment.</summary>
public enum TimeVerdict
{
    /// <summary>It is right.</summary>
    Right,

    /// <summary>There is no such segment.</summary>
    WrongShape,

    /// <summary>A state does not stand under the root, or the first one is not the seed's.</summary>
    WrongPath,

    /// <summary>Hashing so often does not lead from one to the other.</summary>
    WrongEnd,
}

/// <summary>
/// Time that a host was awake: SHA-256 over and over through the whole window, a state kept every so many. Nothing makes one chain faster
/// but a faster core. A verifier hashes some segments again; a share f of segments that were made up is not found with (1 − f)^3.
/// </summary>
/// <remarks>Sources: Lamport (1981) for chains of hashes; Yakovenko, "Solana" (2017) for one as a clock.</remarks>
public sealed class TimeLock
{
    /// <summary>Hashes between two states that are kept, and segments that are shown.</summary>
    public const int UsualLength = 1 << 20, ShownSegments = 3;

    private readonly Hash256[] _states;

    /// <summary>Takes states as they are.</summary>
    public TimeLock(Hash256[] states) => (_states, Root) = (states, BlobTree.RootOf(states));

    /// <summary>What is sent when the window ends.</summary>
    public Hash256 Root { get; }

    /// <summary>Segments.</summary>
    public int Segments => _states.Length - 1;

    /// <summary>Hashes until it has so many segments, or is told that the window ends.</summary>
    /// <param name="seed">What the chain drew.</param>
    /// <param name="segments">Segments at most.</param>
    /// <param name="length">Hashes of each.</param>
    /// <param name="isOver">Whether the window has ended; asked after each segment.</param>
    public static TimeLock Run(in Hash256 seed, int segments, int length, Func<bool>? isOver = null)
    {
        List<Hash256> states = [StartOf(seed)];
        while (states.Count <= segments && isOver?.Invoke() != true) states.Add(After(states[^1], length));
        return new TimeLock([.. states]);
    }

    /// <summary>Shows a segment.</summary>
    public SegmentOpening Show(int segment) => new(
        segment, _states[segment], BlobTree.PathOf(_states, (ulong)segment), _states[segment + 1],
        BlobTree.PathOf(_states, (ulong)segment + 1));

    /// <summary>Which segments are shown: drawn when the root was sent.</summary>
    public static int[] Drawn(in Hash256 secret, int segments)
    {
        int[] drawn = new int[ShownSegments];
        for (int at = 0; at < drawn.Length; at++)
        {
            byte[] hash = SHA256.HashData([.. Encoding.ASCII.GetBytes("depin-time/show"), .. secret.ToArray(), (byte)at]);
            drawn[at] = (int)(BinaryPrimitives.ReadUInt64BigEndian(hash) % (ulong)segments);
        }

        return drawn;
    }

    /// <summary>Judges a segment by hashing it again.</summary>
    public static TimeVerdict Check(in Hash256 seed, in Hash256 root, int segments, int length, SegmentOpening opening)
    {
        if (opening.Segment < 0 || opening.Segment >= segments) return TimeVerdict.WrongShape;
        ulong count = (ulong)segments + 1, at = (ulong)opening.Segment;
        bool isUnder = BlobTree.Verify(root, count, at, opening.Start, opening.StartPath)
            && BlobTree.Verify(root, count, at + 1, opening.End, opening.EndPath)
            && (at != 0 || opening.Start == StartOf(seed));
        if (!isUnder) return TimeVerdict.WrongPath;
        return After(opening.Start, length) == opening.End ? TimeVerdict.Right : TimeVerdict.WrongEnd;
    }

    private static Hash256 StartOf(in Hash256 seed) =>
        new(SHA256.HashData([.. Encoding.ASCII.GetBytes("depin-time/start"), .. seed.ToArray()]));

    private static Hash256 After(in Hash256 start, int length)
    {
        Span<byte> state = stackalloc byte[Hash256.Size];
        start.CopyTo(state);
        for (int at = 0; at < length; at++) SHA256.HashData(state, state);
        return new Hash256(state);
    }
}
