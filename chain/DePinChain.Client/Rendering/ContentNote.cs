using System.Text.Json;
using System.Text.Json.Serialization;
using DePinChain.Primitives;
using DePinChain.Proofs.Availability;

namespace DePinChain.Client.Rendering;

/// <summary>
/// What names a scene or a picture on the chain: a text of fixed length whose root is the 32 bytes that the chain keeps, and that says in
/// which blobs the bytes lie. Its own blob can therefore be asked for with nothing but that root.
/// </summary>
/// <param name="Format">1.</param>
/// <param name="Bytes">Length of the content.</param>
/// <param name="Parts">Roots of its parts, each of <see cref="PartBytes"/> but the last.</param>
/// <param name="Settings">How a scene is rendered, in canonical text; null for a picture.</param>
public sealed record ContentNote(int Format, ulong Bytes, IReadOnlyList<string> Parts, string? Settings)
{
    /// <summary>Length of an encoded note: JSON, filled up with spaces.</summary>
    public const int NoteBytes = 4_096;

    /// <summary>Bytes of a part: what a node takes as one blob.</summary>
    public const int PartBytes = 7 << 20;

    /// <summary>Parts that a note names: 336 MiB.</summary>
    public const int PartsMax = 48;

    private const uint ChunkBytes = 32_768;
    private const int CurrentFormat = 1;

    /// <summary>The note of some content.</summary>
    /// <exception cref="ContentFaultException">It is empty or too long.</exception>
    public static ContentNote Of(ReadOnlySpan<byte> content, string? settings)
    {
        if (content.Length is 0 or > PartsMax * PartBytes)
            throw new ContentFaultException($"content has 1 to {PartsMax * PartBytes} bytes, not {content.Length}");
        var parts = new List<string>();
        for (int start = 0; start < content.Length; start += PartBytes)
            parts.Add(BlobTree.RootOf(content.Slice(start, Math.Min(PartBytes, content.Length - start)), ChunkBytes).ToString());
        return new ContentNote(CurrentFormat, (ulong)content.Length, parts, settings);
    }

    /// <summary>The blob of an encoded note, by its root.</summary>
    public static BlobName NameOf(Hash256 root) => new(root, NoteBytes, NoteBytes, 1);

    /// <summary>Reads a note that came from anywhere.</summary>
    /// <exception cref="ContentFaultException">It is none, or says what cannot be.</exception>
    public static ContentNote Decode(ReadOnlySpan<byte> encoded)
    {
        if (encoded.Length != NoteBytes) throw new ContentFaultException($"a note has {NoteBytes} bytes, not {encoded.Length}");
        ContentNote? note;
        try
        {
            note = JsonSerializer.Deserialize(encoded, RenderingJson.Default.ContentNote);
        }
        catch (JsonException broken)
        {
            throw new ContentFaultException($"a note cannot be read: {broken.Message}");
        }

        if (note is not { Format: CurrentFormat, Parts: not null })
            throw new ContentFaultException($"a note has format {note?.Format}, not {CurrentFormat}");
        bool isRight = note.Bytes is > 0 and <= (ulong)PartsMax * PartBytes
            && (ulong)note.Parts.Count == (note.Bytes + PartBytes - 1) / PartBytes
            && note.Parts.All(static part => Hash256.TryParse(part, out _));
        return isRight ? note : throw new ContentFaultException($"a note names {note.Parts.Count} parts of {note.Bytes} bytes");
    }

    /// <summary>The note's bytes.</summary>
    public byte[] Encode()
    {
        byte[] encoded = new byte[NoteBytes], text = JsonSerializer.SerializeToUtf8Bytes(this, RenderingJson.Default.ContentNote);
        if (text.Length > NoteBytes) throw new ContentFaultException($"settings make a note of {text.Length} bytes; shorten them");
        encoded.AsSpan().Fill((byte)' ');
        text.CopyTo(encoded, 0);
        return encoded;
    }

    /// <summary>What the chain keeps.</summary>
    public Hash256 RootOf() => BlobTree.RootOf(Encode(), NoteBytes);

    /// <summary>The blob of a part.</summary>
    public BlobName PartOf(int index) => new(
        Hash256.Parse(Parts[index]), Math.Min(PartBytes, Bytes - ((ulong)index * PartBytes)), ChunkBytes, 1);
}

/// <summary>Content that is not what was named, or cannot be read.</summary>
public sealed class ContentFaultException(string sentence) : Exception(sentence);

/// <summary>How notes and settings are read and written.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow)]
[JsonSerializable(typeof(ContentNote))]
[JsonSerializable(typeof(SceneSettings))]
internal sealed partial class RenderingJson : JsonSerializerContext;
