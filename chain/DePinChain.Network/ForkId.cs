using System.Buffers.Binary;
using DePinChain.Primitives;

namespace DePinChain.Network;

/// <summary>Which rules a node follows, in twelve bytes (the idea of EIP-2124).</summary>
/// <param name="Digest">First four bytes of keccak(genesisHash ‖ heights of the forks passed, 8 bytes each, big-endian).</param>
/// <param name="Next">The height of the next fork it knows; 0 when there is none.</param>
public readonly record struct ForkId(uint Digest, ulong Next);

/// <summary>A network's forks as one node knows them, and whether a peer's view of them can be of the same chain.</summary>
public sealed class ForkCalendar
{
    private readonly ulong[] _heights;
    private readonly uint[] _digests;

    /// <param name="genesis">Hash of block 0.</param>
    /// <param name="heights">Heights at which rules change, ascending; a change at 0 is part of genesis.</param>
    public ForkCalendar(Hash256 genesis, IEnumerable<ulong> heights)
    {
        _heights = [.. heights.Where(height => height > 0).Distinct().Order()];
        _digests = new uint[_heights.Length + 1];
        List<byte> message = [.. genesis.ToArray()];
        for (int passed = 0; passed < _digests.Length; passed++)
        {
            if (passed > 0)
            {
                byte[] height = new byte[sizeof(ulong)];
                BinaryPrimitives.WriteUInt64BigEndian(height, _heights[passed - 1]);
                message.AddRange(height);
            }

            _digests[passed] = BinaryPrimitives.ReadUInt32BigEndian(Keccak256.Hash(message.ToArray()).ToArray());
        }
    }

    /// <summary>What a node at a head says of itself.</summary>
    public ForkId At(ulong head)
    {
        int passed = PassedAt(head);
        return new ForkId(_digests[passed], NextAfter(passed));
    }

    /// <summary>Whether a peer with this id can follow the chain of a node at <paramref name="head"/>, or the other way round.</summary>
    public bool IsCompatible(ForkId peer, ulong head)
    {
        int ours = PassedAt(head);
        int theirs = Array.IndexOf(_digests, peer.Digest);

        // Neither our past nor our future: another set of rules.
        if (theirs < 0) return false;

        // The same past: a fork that the peer expects and we have not seen must not lie behind us.
        if (theirs == ours) return peer.Next == 0 || peer.Next > head;

        // The peer is behind: it must know the fork that comes next for it. Ahead of us: it shows that we are behind, which is fine.
        return theirs > ours || peer.Next == _heights[theirs];
    }

    private ulong NextAfter(int passed) => passed < _heights.Length ? _heights[passed] : 0;

    private int PassedAt(ulong head) => _heights.Count(height => height <= head);
}
