using System.Buffers.Binary;
using DePinChain.Database;
using DePinChain.Primitives;

namespace DePinChain.State;

/// <summary>Why a blob's body is kept.</summary>
/// <param name="Live">Leaves of the live state that name it.</param>
/// <param name="Retained">Retained blocks that released it last; their past still shows it.</param>
internal readonly record struct BlobCount(ulong Live, ulong Retained)
{
    public bool IsNeeded => Live > 0 || Retained > 0;

    public static BlobCount Find(IKeyValueReader reader, in Hash256 bodyHash)
    {
        byte[]? row = reader.Get(Table.BlobCount, bodyHash.ToArray());
        return row is null
            ? default
            : new BlobCount(BinaryPrimitives.ReadUInt64BigEndian(row), BinaryPrimitives.ReadUInt64BigEndian(row.AsSpan(8)));
    }

    public byte[] ToRow()
    {
        byte[] row = new byte[16];
        BinaryPrimitives.WriteUInt64BigEndian(row, Live);
        BinaryPrimitives.WriteUInt64BigEndian(row.AsSpan(8), Retained);
        return row;
    }
}
