using System.Buffers.Binary;
using DePinChain.Primitives;

namespace DePinChain.State;

/// <summary>The one row that says which block the state belongs to and how far its past reaches. Written with every block.</summary>
/// <param name="Height">The block whose state this is.</param>
/// <param name="Root">Its state root.</param>
/// <param name="FirstHeight">The lowest height that can be read.</param>
/// <param name="FirstProofHeight">The lowest height that can be proved.</param>
/// <param name="EraBlocks">Heights that share an era of the history index; fixed when the database is made.</param>
internal readonly record struct StateMark(ulong Height, Hash256 Root, ulong FirstHeight, ulong FirstProofHeight, ulong EraBlocks)
{
    /// <summary>Changes with every change of a row's layout.</summary>
    private const byte Format = 1;

    private const int Bytes = 1 + (4 * 8) + Hash256.Size;

    public static ReadOnlySpan<byte> Key => "state"u8;

    public ulong EraOf(ulong height) => height / EraBlocks;

    public byte[] ToRow()
    {
        byte[] row = new byte[Bytes];
        row[0] = Format;
        BinaryPrimitives.WriteUInt64BigEndian(row.AsSpan(1), Height);
        BinaryPrimitives.WriteUInt64BigEndian(row.AsSpan(9), FirstHeight);
        BinaryPrimitives.WriteUInt64BigEndian(row.AsSpan(17), FirstProofHeight);
        BinaryPrimitives.WriteUInt64BigEndian(row.AsSpan(25), EraBlocks);
        Root.CopyTo(row.AsSpan(33));
        return row;
    }

    public static StateMark Read(byte[] row)
    {
        if (row.Length != Bytes || row[0] != Format)
        {
            throw new StateCorruptException(
                $"its mark has format {(row.Length == 0 ? 0 : row[0])} with {row.Length} bytes, this program reads format {Format}");
        }

        return new StateMark(
            BinaryPrimitives.ReadUInt64BigEndian(row.AsSpan(1)),
            new Hash256(row.AsSpan(33)),
            BinaryPrimitives.ReadUInt64BigEndian(row.AsSpan(9)),
            BinaryPrimitives.ReadUInt64BigEndian(row.AsSpan(17)),
            BinaryPrimitives.ReadUInt64BigEndian(row.AsSpan(25)));
    }
}
