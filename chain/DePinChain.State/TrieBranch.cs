using System.Buffers;
using System.Buffers.Binary;
using System.Numerics;
using DePinChain.Primitives;

namespace DePinChain.State;

/// <summary>A branch node in memory.</summary>
internal sealed class TrieBranch
{
    public const int Width = 16;

    public TrieEntry[] Children { get; } = new TrieEntry[Width];

    /// <summary>Children in use, and the nibble of the last of them.</summary>
    public int CountChildren(out int last)
    {
        int count = 0;
        last = -1;
        for (int nibble = 0; nibble < Width; nibble++)
        {
            if (Children[nibble].Kind != TrieEntryKind.Empty)
            {
                count++;
                last = nibble;
            }
        }

        return count;
    }

    /// <summary>The branch's RLP: sixteen references and an empty value, since all keys have one length.</summary>
    public void WriteNode(RlpWriter writer, RlpWriter scratch)
    {
        int list = writer.BeginList();
        for (int nibble = 0; nibble < Width; nibble++)
        {
            if (Children[nibble].Kind == TrieEntryKind.Empty)
            {
                writer.Write(ReadOnlySpan<byte>.Empty);
            }
            else
            {
                Children[nibble].NameForParent(scratch).WriteTo(writer);
            }
        }

        writer.Write(ReadOnlySpan<byte>.Empty);
        writer.EndList(list);
    }

    /// <summary>
    /// The stored form: masks of children, of branches among them and of those in long form, then 32 bytes or the long form each.
    /// </summary>
    public void WriteTo(IBufferWriter<byte> writer)
    {
        int children = 0;
        int branches = 0;
        int longs = 0;
        for (int nibble = 0; nibble < Width; nibble++)
        {
            ref TrieEntry child = ref Children[nibble];
            children |= child.Kind != TrieEntryKind.Empty ? 1 << nibble : 0;
            branches |= child.Kind == TrieEntryKind.Branch ? 1 << nibble : 0;
            longs |= !child.IsPlain ? 1 << nibble : 0;
        }

        Span<byte> masks = writer.GetSpan(6);
        BinaryPrimitives.WriteUInt16BigEndian(masks, (ushort)children);
        BinaryPrimitives.WriteUInt16BigEndian(masks[2..], (ushort)branches);
        BinaryPrimitives.WriteUInt16BigEndian(masks[4..], (ushort)longs);
        writer.Advance(6);
        for (int rest = children; rest != 0; rest &= rest - 1)
        {
            int nibble = BitOperations.TrailingZeroCount(rest);
            if ((longs & (1 << nibble)) != 0)
            {
                Children[nibble].WriteTo(writer);
            }
            else
            {
                Children[nibble].Reference.Hash.CopyTo(writer.GetSpan(Hash256.Size));
                writer.Advance(Hash256.Size);
            }
        }
    }

    /// <summary>Takes the children of a stored branch; this one must be empty.</summary>
    public void Read(ReadOnlySpan<byte> stored)
    {
        int children = BinaryPrimitives.ReadUInt16BigEndian(stored);
        int branches = BinaryPrimitives.ReadUInt16BigEndian(stored[2..]);
        int longs = BinaryPrimitives.ReadUInt16BigEndian(stored[4..]);
        stored = stored[6..];
        for (int rest = children; rest != 0; rest &= rest - 1)
        {
            int nibble = BitOperations.TrailingZeroCount(rest);
            ref TrieEntry child = ref Children[nibble];
            if ((longs & (1 << nibble)) != 0)
            {
                child = TrieEntry.Read(ref stored);
                continue;
            }

            child.Kind = (branches & (1 << nibble)) != 0 ? TrieEntryKind.Branch : TrieEntryKind.Leaf;
            child.Reference = TrieNodeRef.Of(new Hash256(stored[..Hash256.Size]));
            stored = stored[Hash256.Size..];
        }
    }
}
