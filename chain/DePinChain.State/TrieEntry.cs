using System.Buffers;
using DePinChain.Primitives;

namespace DePinChain.State;

internal enum TrieEntryKind : byte
{
    Empty = 0,
    Leaf = 1,
    Branch = 2,
}

/// <summary>
/// What lies under one of a branch's sixteen nibbles, or at a trie's root. Leaves are not stored as nodes: their value is in the flat
/// table, and the entry holds their reference. Extensions are not stored either: a branch lies under its full path and the entry says how
/// many nibbles lead to it.
/// </summary>
internal struct TrieEntry
{
    private const byte EmbeddedFlag = 0x80;

    public TrieEntryKind Kind;

    /// <summary>Of the leaf, or of the branch without its extension. Stale while <see cref="Pending"/> is set.</summary>
    public TrieNodeRef Reference;

    /// <summary>Nibbles between the entry and its branch, or null for none.</summary>
    public byte[]? Extension;

    /// <summary>The <see cref="TrieLeaf"/> or <see cref="TrieBranch"/> that the reference has still to be computed from.</summary>
    public object? Pending;

    public static TrieEntry OfLeaf(TrieLeaf leaf) => new() { Kind = TrieEntryKind.Leaf, Pending = leaf };

    public static TrieEntry OfBranch(ReadOnlySpan<byte> extension, TrieBranch branch) =>
        new() { Kind = TrieEntryKind.Branch, Extension = extension.IsEmpty ? null : extension.ToArray(), Pending = branch };

    /// <summary>Whether the plain form is enough: a hash, and nothing between.</summary>
    public readonly bool IsPlain => Extension is null && Reference.Embedded is null;

    /// <summary>How the parent names what is here: the leaf, the branch, or the extension before the branch.</summary>
    public readonly TrieNodeRef NameForParent(RlpWriter scratch)
    {
        if (Extension is null)
        {
            return Reference;
        }

        scratch.Clear();
        TrieNodeCodec.WriteExtension(scratch, Extension, Reference);
        return TrieNodeRef.To(scratch.Written);
    }

    public readonly bool SameAs(in TrieEntry other) =>
        Kind == other.Kind && Reference.Equals(other.Reference) && Extension.AsSpan().SequenceEqual(other.Extension);

    /// <summary>Writes: kind (with a flag for an embedded node), extension length, extension, then 32 bytes or length and node.</summary>
    public readonly void WriteTo(IBufferWriter<byte> writer)
    {
        byte[]? embedded = Reference.Embedded;
        writer.Write([(byte)((byte)Kind | (embedded is null ? 0 : EmbeddedFlag)), (byte)(Extension?.Length ?? 0)]);
        writer.Write(Extension.AsSpan());
        if (Kind == TrieEntryKind.Empty)
        {
            return;
        }

        if (embedded is not null)
        {
            writer.Write([(byte)embedded.Length]);
            writer.Write(embedded);
        }
        else
        {
            Reference.Hash.CopyTo(writer.GetSpan(Hash256.Size));
            writer.Advance(Hash256.Size);
        }
    }

    /// <summary>Reads what <see cref="WriteTo"/> wrote and moves <paramref name="bytes"/> behind it.</summary>
    public static TrieEntry Read(ref ReadOnlySpan<byte> bytes)
    {
        var entry = new TrieEntry { Kind = (TrieEntryKind)(bytes[0] & ~EmbeddedFlag) };
        bool embedded = (bytes[0] & EmbeddedFlag) != 0;
        int extension = bytes[1];
        entry.Extension = extension == 0 ? null : bytes.Slice(2, extension).ToArray();
        bytes = bytes[(2 + extension)..];
        if (entry.Kind == TrieEntryKind.Empty)
        {
            return entry;
        }

        int start = embedded ? 1 : 0;
        int length = embedded ? bytes[0] : Hash256.Size;
        ReadOnlySpan<byte> reference = bytes.Slice(start, length);
        entry.Reference = embedded ? TrieNodeRef.OfEmbedded(reference.ToArray()) : TrieNodeRef.Of(new Hash256(reference));
        bytes = bytes[(start + length)..];
        return entry;
    }
}
