using System.Buffers.Binary;

namespace DePinChain.Proofs.Pieces;

/// <summary>
/// Fr32: 127 bytes of payload become four nodes of 32 bytes, each with 254 bits of payload and two zero bits on top, bits counted from the
/// least significant of the first byte.
/// </summary>
/// <remarks>rust-fil-proofs fr32/src/padding.rs; go-fil-commp-hashhash, digestQuads.</remarks>
public static class Fr32
{
    /// <summary>Payload bytes of one quad.</summary>
    public const int RawQuadSize = 127;

    /// <summary>Bytes of the quad's four nodes.</summary>
    public const int PaddedQuadSize = 128;

    private const ulong TopWordMask = ulong.MaxValue >> 2;

    /// <summary>Pads whole quads.</summary>
    /// <param name="raw">A multiple of 127 bytes.</param>
    /// <param name="padded">128 bytes for each.</param>
    public static void Pad(ReadOnlySpan<byte> raw, Span<byte> padded)
    {
        int quads = Quads(raw.Length, RawQuadSize);
        for (int quad = 0; quad < quads; quad++)
            PadQuad(raw.Slice(quad * RawQuadSize, RawQuadSize), padded.Slice(quad * PaddedQuadSize, PaddedQuadSize));
    }

    /// <summary>Restores the payload of whole quads.</summary>
    /// <param name="padded">A multiple of 128 bytes.</param>
    /// <param name="raw">127 bytes for each.</param>
    /// <returns>False when one of the zero bits is set: these are no padded bytes.</returns>
    public static bool TryUnpad(ReadOnlySpan<byte> padded, Span<byte> raw)
    {
        int quads = Quads(padded.Length, PaddedQuadSize);
        for (int quad = 0; quad < quads; quad++)
        {
            if (!TryUnpadQuad(padded.Slice(quad * PaddedQuadSize, PaddedQuadSize), raw.Slice(quad * RawQuadSize, RawQuadSize)))
                return false;
        }

        return true;
    }

    private static int Quads(int length, int size) => length % size == 0
        ? length / size
        : throw new ArgumentException($"{length} bytes are no multiple of {size}.");

    private static void PadQuad(ReadOnlySpan<byte> raw, Span<byte> padded)
    {
        // Node k is the payload moved up by 2k bits: word i takes the low bits of payload word i and the high bits of the one before.
        ulong before = 0;
        for (int node = 0; node < 4; node++)
        {
            int shift = 2 * node;
            for (int word = 4 * node; word < (4 * node) + 4; word++)
            {
                ulong payload = word < 15
                    ? BinaryPrimitives.ReadUInt64LittleEndian(raw[(8 * word)..])
                    : BinaryPrimitives.ReadUInt64LittleEndian(raw[119..]) >> 8;
                ulong moved = node == 0 ? payload : (payload << shift) | (before >> (64 - shift));
                BinaryPrimitives.WriteUInt64LittleEndian(padded[(8 * word)..], word % 4 == 3 ? moved & TopWordMask : moved);
                before = payload;
            }
        }
    }

    private static bool TryUnpadQuad(ReadOnlySpan<byte> padded, Span<byte> raw)
    {
        Span<ulong> words = stackalloc ulong[17];
        words[16] = 0;
        for (int word = 0; word < 16; word++) words[word] = BinaryPrimitives.ReadUInt64LittleEndian(padded[(8 * word)..]);
        for (int word = 0; word < 16; word++)
        {
            int shift = 2 * (word / 4);
            bool top = word % 4 == 3;
            if (top && words[word] > TopWordMask) return false;

            // The top word of a node holds 62 bits, so the next node's first bits come two places lower.
            int upper = top ? 62 - shift : 64 - shift;
            ulong payload = (words[word] >> shift) | (upper == 64 ? 0 : words[word + 1] << upper);
            if (word < 15) BinaryPrimitives.WriteUInt64LittleEndian(raw[(8 * word)..], payload);
            else WriteLast(raw[120..], payload);
        }

        return true;
    }

    private static void WriteLast(Span<byte> raw, ulong payload)
    {
        for (int at = 0; at < 7; at++) raw[at] = (byte)((payload >> (8 * at)) & 0xff);
    }
}
