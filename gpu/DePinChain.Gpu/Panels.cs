using System.Buffers.Binary;

namespace DePinChain.Gpu;

/// <summary>
/// The layout of weights that all backends share: panels of 16 columns, so that one vector or one half warp holds the same element of
/// sixteen columns. Columns beyond the last are zeros.
/// </summary>
public static class Panels
{
    /// <summary>Columns of a panel.</summary>
    public const int Width = 16;

    /// <summary>A sum over a dot product is cut into segments of this length.</summary>
    public const int Segment = 512;

    /// <summary>A sum over a row is cut into blocks of this length.</summary>
    public const int Block = 64;

    /// <summary>Rows of [columns × depth] into [panel][depth][16].</summary>
    public static float[] PackSingles(ReadOnlySpan<float> weight, int columns, int depth)
    {
        float[] packed = new float[checked((columns + Width - 1) / Width * Width * (long)depth)];
        for (int column = 0; column < columns; column++)
        {
            ReadOnlySpan<float> row = weight.Slice(column * depth, depth);
            long at = ((long)(column / Width) * depth * Width) + (column % Width);
            for (int k = 0; k < depth; k++, at += Width) packed[at] = row[k];
        }

        return packed;
    }

    /// <summary>Rows of [columns × depth] signed bytes into [panel][depth / 4][16] words of four, zeros behind a row's end.</summary>
    public static uint[] PackBytes(ReadOnlySpan<sbyte> weight, int columns, int depth)
    {
        int words = (depth + 3) / 4;
        uint[] packed = new uint[checked((columns + Width - 1) / Width * Width * (long)words)];
        Span<byte> four = stackalloc byte[4];
        for (int column = 0; column < columns; column++)
        {
            long at = ((long)(column / Width) * words * Width) + (column % Width);
            for (int word = 0; word < words; word++, at += Width)
            {
                four.Clear();
                for (int k = 4 * word; k < Math.Min(depth, (4 * word) + 4); k++)
                    four[k & 3] = unchecked((byte)weight[(column * depth) + k]);
                packed[at] = BinaryPrimitives.ReadUInt32LittleEndian(four);
            }
        }

        return packed;
    }
}
