using System.Diagnostics.CodeAnalysis;
using DePinChain.Primitives;

namespace DePinChain.State;

/// <summary>What a chunk of a state snapshot holds.</summary>
public enum SnapshotPart : byte
{
    /// <summary>Leaves of the account trie.</summary>
    Accounts = 1,

    /// <summary>Leaves of one account's storage trie.</summary>
    Records = 2,

    /// <summary>Bodies that leaves name by their hash.</summary>
    Blobs = 3,
}

/// <summary>Some of a state in the order of its keys, with the proof that nothing in between is missing.</summary>
/// <param name="Part">What it holds.</param>
/// <param name="Owner">keccak of the address whose records these are; zero otherwise.</param>
/// <param name="Entries">Key and leaf value, or hash and body, ascending.</param>
/// <param name="Nodes">The two edges of the range; none for blobs, which prove themselves.</param>
public sealed record SnapshotChunk(
    SnapshotPart Part, Hash256 Owner, IReadOnlyList<(Hash256 Key, byte[] Value)> Entries, IReadOnlyList<byte[]> Nodes)
{
    /// <summary>Bytes of entries after which a chunk is closed.</summary>
    public const int BytesWanted = 1024 * 1024;

    /// <summary>Bytes of the largest chunk that is read: one body or two edges more than wanted.</summary>
    public const int BytesMax = 2 * 1024 * 1024;

    private const int NodesMax = 130;

    /// <summary>RLP [part, owner, [[key, value]…], [node…]].</summary>
    public byte[] Encode()
    {
        int size = 64 + Entries.Sum(entry => 48 + entry.Value.Length) + Nodes.Sum(node => 4 + node.Length);
        RlpWriter writer = new(Math.Min(BytesWanted, size));
        int mark = writer.BeginList();
        writer.Write((ulong)Part);
        writer.Write(Owner);
        int entries = writer.BeginList();
        foreach ((Hash256 key, byte[] value) in Entries)
        {
            int entry = writer.BeginList();
            writer.Write(key);
            writer.Write(value);
            writer.EndList(entry);
        }

        writer.EndList(entries);
        int nodes = writer.BeginList();
        foreach (byte[] node in Nodes) writer.Write(node);
        writer.EndList(nodes);
        writer.EndList(mark);
        return writer.ToArray();
    }

    /// <summary>Reads a chunk from anyone; nothing but its form is checked.</summary>
    public static bool TryDecode(
        ReadOnlySpan<byte> encoded, [NotNullWhen(true)] out SnapshotChunk? chunk, [NotNullWhen(false)] out string? why)
    {
        chunk = null;
        why = null;
        if (encoded.Length > BytesMax)
        {
            why = $"a chunk has {encoded.Length} bytes, more than {BytesMax}";
            return false;
        }

        try
        {
            RlpReader reader = new(encoded);
            RlpReader fields = reader.ReadList();
            reader.ExpectEnd();
            chunk = Read(ref fields);
            return true;
        }
        catch (RlpException fault)
        {
            why = fault.Message;
            return false;
        }
    }

    private static SnapshotChunk Read(ref RlpReader fields)
    {
        byte part = fields.ReadByte();
        bool isPart = part is >= (byte)SnapshotPart.Accounts and <= (byte)SnapshotPart.Blobs;
        if (!isPart) throw new RlpException($"A chunk of kind {part} does not exist.");
        Hash256 owner = fields.ReadHash256();
        RlpReader items = fields.ReadList();
        RlpReader rawNodes = fields.ReadList();
        fields.ExpectEnd();
        List<(Hash256, byte[])> entries = [];
        while (!items.AtEnd)
        {
            RlpReader entry = items.ReadList();
            entries.Add((entry.ReadHash256(), entry.ReadBytes().ToArray()));
            entry.ExpectEnd();
        }

        if (rawNodes.CountItems() > NodesMax) throw new RlpException($"A chunk's edges have at most {NodesMax} nodes.");
        List<byte[]> nodes = [];
        while (!rawNodes.AtEnd) nodes.Add(rawNodes.ReadBytes().ToArray());
        return new SnapshotChunk((SnapshotPart)part, owner, entries, nodes);
    }
}
