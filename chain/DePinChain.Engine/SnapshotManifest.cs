using System.Diagnostics.CodeAnalysis;
using DePinChain.Blocks;
using DePinChain.Network;
using DePinChain.Primitives;

namespace DePinChain.Engine;

/// <summary>What a state snapshot is of, and the names of its chunks.</summary>
/// <param name="Light">The header whose state it is, with who decided it.</param>
/// <param name="Decided">That block as <c>/dpc/blocks/1</c> gives it: the node goes on from it.</param>
/// <param name="Chunks">keccak of each chunk, in order.</param>
public sealed record SnapshotManifest(LightBlock Light, ReadOnlyMemory<byte> Decided, IReadOnlyList<Hash256> Chunks)
{
    // A hundred thousand chunks of a mebibyte: more than any state of this chain.
    private const int ChunksMax = 100_000;

    public ulong Height => Light.Height;

    public Hash256 StateRoot => Light.Header.StateRoot;

    /// <summary>One name for all chunks: the hash of their hashes. Honest nodes cut one state alike.</summary>
    public Hash256 Cut
    {
        get
        {
            byte[] hashes = new byte[Chunks.Count * Hash256.Size];
            for (int index = 0; index < Chunks.Count; index++) Chunks[index].CopyTo(hashes.AsSpan(index * Hash256.Size));
            return Keccak256.Hash(hashes);
        }
    }

    /// <summary>RLP [light, decided, [hash…]].</summary>
    public byte[] Encode()
    {
        RlpWriter writer = new();
        int mark = writer.BeginList();
        writer.WriteEncoded(Light.Encode());
        writer.WriteEncoded(Decided.Span);
        int chunks = writer.BeginList();
        foreach (Hash256 chunk in Chunks) writer.Write(chunk);
        writer.EndList(chunks);
        writer.EndList(mark);
        return writer.ToArray();
    }

    /// <summary>Reads a manifest from anyone; it is not verified.</summary>
    public static bool TryDecode(
        ReadOnlySpan<byte> encoded, [NotNullWhen(true)] out SnapshotManifest? manifest, [NotNullWhen(false)] out string? why)
    {
        manifest = null;
        if (encoded.Length > RequestLimits.ChunkBytesMax)
        {
            why = $"{encoded.Length} bytes are more than a manifest has";
            return false;
        }

        return RlpDecoding.TryDecode(encoded, Read, out manifest, out why);
    }

    private static SnapshotManifest Read(ref RlpReader reader)
    {
        RlpReader fields = reader.ReadList();
        if (!LightBlock.TryDecode(fields.ReadRawItem(), out LightBlock? light, out string? why)) throw new RlpException(why);
        byte[] decided = fields.ReadRawItem().ToArray();
        RlpReader items = fields.ReadList();
        fields.ExpectEnd();
        int count = items.CountItems();
        if (count is 0 or > ChunksMax) throw new RlpException($"A snapshot has 1 to {ChunksMax} chunks, not {count}.");
        Hash256[] chunks = new Hash256[count];
        for (int index = 0; index < count; index++) chunks[index] = items.ReadHash256();
        return new SnapshotManifest(light, decided, chunks);
    }

    /// <summary>The block the snapshot is of with its certificate, or why the manifest contradicts itself.</summary>
    public string? TryOpen(ulong chainId, out DecidedBlock? decided)
    {
        decided = null;
        if (Light.Fault(chainId) is { } fault) return fault;
        if (!DecidedBlock.TryDecode(Decided, out DecidedBlock? read)) return "the manifest's block cannot be read";
        if (read.Block.Hash != Light.Hash || read.Certificate.Hash != Light.Commit.Hash)
            return "the manifest's block is not that of its header";
        decided = read;
        return null;
    }
}
