using DePinChain.Client.Committees;
using DePinChain.Primitives;
using DePinChain.Proofs.Availability;

namespace DePinChain.Client.Rendering;

/// <summary>Scenes and pictures in the blobs of a node on this machine, which other nodes fetch from it.</summary>
public sealed class ContentDesk(BlobDesk blobs)
{
    /// <summary>Brings content and its note to the node.</summary>
    /// <param name="content">The bytes.</param>
    /// <param name="settings">How a scene is rendered; null for a picture.</param>
    /// <param name="until">The height from which it may be forgotten.</param>
    /// <param name="cancellation">Ends the wait.</param>
    /// <returns>What the chain keeps.</returns>
    /// <exception cref="NodeRefusedException">The node's store is full, or it takes blobs from its own machine only.</exception>
    public async Task<Hash256> PutAsync(ReadOnlyMemory<byte> content, string? settings, ulong until, CancellationToken cancellation)
    {
        ContentNote note = ContentNote.Of(content.Span, settings);
        for (int part = 0; part < note.Parts.Count; part++)
        {
            BlobName name = note.PartOf(part);
            await blobs.PutAsync(name, content.Slice(part * ContentNote.PartBytes, (int)name.Bytes), until, cancellation);
        }

        Hash256 root = note.RootOf();
        await blobs.PutAsync(ContentNote.NameOf(root), note.Encode(), until, cancellation);
        return root;
    }

    /// <summary>Content by what the chain keeps, checked against it.</summary>
    /// <param name="root">What the chain keeps.</param>
    /// <param name="bytesMax">The most that is taken.</param>
    /// <param name="cancellation">Ends the wait.</param>
    /// <exception cref="NodeRefusedException">It is not to be had.</exception>
    /// <exception cref="ContentFaultException">It is not what was named, or longer than is taken.</exception>
    public async Task<(byte[] Content, string? Settings)> GetAsync(Hash256 root, ulong bytesMax, CancellationToken cancellation)
    {
        byte[] encoded = await blobs.GetAsync(ContentNote.NameOf(root), cancellation);
        if (BlobTree.RootOf(encoded, ContentNote.NoteBytes) != root) throw new ContentFaultException($"what came is not {root}");
        ContentNote note = ContentNote.Decode(encoded);
        if (note.Bytes > bytesMax) throw new ContentFaultException($"{root} has {note.Bytes} bytes; at most {bytesMax} are taken here");
        byte[] content = new byte[note.Bytes];
        for (int part = 0; part < note.Parts.Count; part++)
        {
            BlobName name = note.PartOf(part);
            byte[] bytes = await blobs.GetAsync(name, cancellation);
            if (BlobTree.RootOf(bytes, name.ChunkBytes) != name.Root) throw new ContentFaultException($"part {part} of {root} is another");
            bytes.CopyTo(content, part * ContentNote.PartBytes);
        }

        return (content, note.Settings);
    }
}
