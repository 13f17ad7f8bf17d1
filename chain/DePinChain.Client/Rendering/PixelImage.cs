using System.Buffers.Binary;
using System.IO.Compression;
using DePinChain.Primitives;

namespace DePinChain.Client.Rendering;

/// <summary>Decoded pixels: eight bits a sample, row by row.</summary>
/// <param name="Width">Pixels of a row.</param>
/// <param name="Height">Rows.</param>
/// <param name="Channels">Samples of a pixel: 1 grey, 2 grey and alpha, 3 colours, 4 colours and alpha.</param>
/// <param name="Samples">The samples.</param>
/// <remarks>
/// Source: PNG specification (third edition), 5 (chunks), 9 (filters), 10 (compression). What renderers here write is read: eight bits a
/// sample, no palette, not interlaced. A checksum of chunks is not looked at: what the pixels must be, the chain says.
/// </remarks>
public sealed record PixelImage(uint Width, uint Height, uint Channels, byte[] Samples)
{
    /// <summary>Samples of the largest picture that is decoded.</summary>
    public const ulong SamplesMax = 8_192UL * 8_192 * 4;

    private static ReadOnlySpan<byte> Signature => [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a];

    /// <summary>keccak256(width ‖ height ‖ channels ‖ samples), numbers in four bytes, big-endian: what the chain compares.</summary>
    public Hash256 HashOf()
    {
        byte[] preimage = new byte[12 + Samples.Length];
        BinaryPrimitives.WriteUInt32BigEndian(preimage, Width);
        BinaryPrimitives.WriteUInt32BigEndian(preimage.AsSpan(4), Height);
        BinaryPrimitives.WriteUInt32BigEndian(preimage.AsSpan(8), Channels);
        Samples.CopyTo(preimage, 12);
        return Keccak256.Hash(preimage);
    }

    /// <summary>Decodes a PNG.</summary>
    /// <exception cref="ContentFaultException">It is none, or of a sort that is not read.</exception>
    public static PixelImage FromPng(ReadOnlySpan<byte> file)
    {
        if (!file.StartsWith(Signature)) throw new ContentFaultException("a picture is no PNG");
        ReadOnlySpan<byte> rest = file[Signature.Length..];
        PixelImage? image = null;
        using var packed = new MemoryStream();
        while (Take(ref rest, out string name, out ReadOnlySpan<byte> body))
        {
            if (name == "IHDR" && image is null) image = Head(body);
            else if (name == "IDAT") packed.Write(body);
            else if (name == "IEND") break;
        }

        if (image is null) throw new ContentFaultException("a PNG has no head");
        int row = (int)(image.Width * image.Channels);
        byte[] filtered = Unpacked(packed, (row + 1) * (int)image.Height);
        for (int line = 0; line < image.Height; line++)
        {
            Span<byte> at = image.Samples.AsSpan(line * row, row);
            filtered.AsSpan((line * (row + 1)) + 1, row).CopyTo(at);
            ReadOnlySpan<byte> above = line == 0 ? [] : image.Samples.AsSpan((line - 1) * row, row);
            Unfilter(filtered[line * (row + 1)], at, above, (int)image.Channels);
        }

        return image;
    }

    private static bool Take(ref ReadOnlySpan<byte> rest, out string name, out ReadOnlySpan<byte> body)
    {
        name = "";
        body = default;
        if (rest.Length == 0) return false;
        if (rest.Length < 12) throw new ContentFaultException("a PNG ends in a chunk");
        uint length = BinaryPrimitives.ReadUInt32BigEndian(rest);
        if (length > rest.Length - 12) throw new ContentFaultException("a PNG ends in a chunk");
        name = System.Text.Encoding.Latin1.GetString(rest.Slice(4, 4));
        body = rest.Slice(8, (int)length);
        rest = rest[(12 + (int)length)..];
        return true;
    }

    private static PixelImage Head(ReadOnlySpan<byte> body)
    {
        if (body.Length != 13) throw new ContentFaultException("a PNG's head has 13 bytes");
        uint width = BinaryPrimitives.ReadUInt32BigEndian(body), height = BinaryPrimitives.ReadUInt32BigEndian(body[4..]);
        uint channels = body[9] switch { 0 => 1u, 2 => 3, 4 => 2, 6 => 4, _ => 0 };
        if (body[8] != 8 || channels == 0 || body[12] != 0)
            throw new ContentFaultException($"a PNG of {body[8]} bits, colour type {body[9]}, interlace {body[12]} is not read");
        UInt128 samples = (UInt128)width * height * channels;
        if (samples == 0 || samples > SamplesMax) throw new ContentFaultException($"a picture of {width} by {height} is not decoded");
        return new PixelImage(width, height, channels, new byte[(int)samples]);
    }

    private static byte[] Unpacked(MemoryStream packed, int length)
    {
        packed.Position = 0;
        byte[] filtered = new byte[length];
        try
        {
            using var zlib = new ZLibStream(packed, CompressionMode.Decompress);
            if (zlib.ReadAtLeast(filtered, length, throwOnEndOfStream: false) < length)
                throw new ContentFaultException("a PNG has fewer pixels than it says");
        }
        catch (InvalidDataException broken)
        {
            throw new ContentFaultException($"a PNG cannot be decompressed: {broken.Message}");
        }

        return filtered;
    }

    private static void Unfilter(byte filter, Span<byte> line, ReadOnlySpan<byte> above, int step)
    {
        for (int at = 0; at < line.Length; at++)
        {
            int left = at < step ? 0 : line[at - step], up = above.IsEmpty ? 0 : above[at];
            int corner = at < step || above.IsEmpty ? 0 : above[at - step];
            int guess = filter switch
            {
                0 => 0,
                1 => left,
                2 => up,
                3 => (left + up) / 2,
                4 => Paeth(left, up, corner),
                _ => throw new ContentFaultException($"a PNG's line has filter {filter}"),
            };
            line[at] = unchecked((byte)(line[at] + guess));
        }
    }

    private static int Paeth(int left, int up, int corner)
    {
        int guess = left + up - corner;
        int byLeft = Math.Abs(guess - left), byUp = Math.Abs(guess - up), byCorner = Math.Abs(guess - corner);
        return byLeft <= byUp && byLeft <= byCorner ? left : byUp <= byCorner ? up : corner;
    }
}
