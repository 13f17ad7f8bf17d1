using System.Buffers.Binary;
using System.Text;
using DePinChain.Primitives;

namespace DePinChain.Modules.Sdk;

/// <summary>
/// Where state lies, by Solidity's rule for state variables and mappings (documentation, "Layout of State Variables in Storage").
/// </summary>
public static class StorageLocation
{
    // Solidity has no set. Its positions lie at a slot no declaration can reach: the set's own slot + 2^128.
    private static readonly UInt256 PositionsOffset = new(1, 0);

    /// <summary>A declared slot as a location.</summary>
    public static Hash256 OfSlot(ulong number)
    {
        Span<byte> bytes = stackalloc byte[Hash256.Size];
        bytes.Clear();
        BinaryPrimitives.WriteUInt64BigEndian(bytes[(Hash256.Size - sizeof(ulong))..], number);
        return new Hash256(bytes);
    }

    /// <summary>The value of a key of at most 32 bytes: keccak256(pad32(key) ‖ slot).</summary>
    /// <param name="key">The key's big-endian bytes; padded at the left.</param>
    /// <param name="slot">The mapping's slot, itself a location when mappings nest.</param>
    public static Hash256 OfWordKey(ReadOnlySpan<byte> key, in Hash256 slot)
    {
        Span<byte> preimage = stackalloc byte[2 * Hash256.Size];
        preimage.Clear();
        key.CopyTo(preimage[(Hash256.Size - key.Length)..]);
        slot.CopyTo(preimage[Hash256.Size..]);
        return Keccak256.Hash(preimage);
    }

    /// <summary>The value of a number: keccak256(pad32(key) ‖ slot).</summary>
    public static Hash256 OfNumberKey(ulong key, in Hash256 slot)
    {
        Span<byte> bytes = stackalloc byte[sizeof(ulong)];
        BinaryPrimitives.WriteUInt64BigEndian(bytes, key);
        return OfWordKey(bytes, slot);
    }

    /// <summary>The value of a text: keccak256(UTF-8 ‖ slot), unpadded.</summary>
    public static Hash256 OfTextKey(string key, in Hash256 slot)
    {
        int size = Encoding.UTF8.GetByteCount(key);
        byte[] preimage = new byte[size + Hash256.Size];
        Encoding.UTF8.GetBytes(key, preimage);
        slot.CopyTo(preimage.AsSpan(size));
        return Keccak256.Hash(preimage);
    }

    /// <summary>The slot of a set's positions: where each member's place, counted from one, is kept.</summary>
    public static Hash256 OfPositions(in Hash256 slot) => UInt256.AddWrapping(slot.ToUInt256(), PositionsOffset).ToHash256();
}
