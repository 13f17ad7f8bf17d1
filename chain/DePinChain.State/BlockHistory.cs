using DePinChain.Database;
using DePinChain.Primitives;

namespace DePinChain.State;

/// <summary>The history row of a height: its state root, then the blobs that lost their last live reference there, 32 bytes each.</summary>
internal static class BlockHistory
{
    public static Row RowOf(StateDelta delta)
    {
        byte[] value = new byte[Hash256.Size * (1 + delta.Released.Count)];
        delta.Root.CopyTo(value);
        for (int i = 0; i < delta.Released.Count; i++)
        {
            delta.Released[i].CopyTo(value.AsSpan(Hash256.Size * (i + 1)));
        }

        return new Row(Table.History, FlatCodec.BigEndian(delta.Height), value);
    }

    public static Hash256 ReadRoot(IKeyValueReader reader, ulong height) => new(Get(reader, height).AsSpan(0, Hash256.Size));

    public static List<Hash256> ReadReleased(IKeyValueReader reader, ulong height)
    {
        byte[] row = Get(reader, height);
        var released = new List<Hash256>();
        for (int start = Hash256.Size; start < row.Length; start += Hash256.Size)
        {
            released.Add(new Hash256(row.AsSpan(start, Hash256.Size)));
        }

        return released;
    }

    private static byte[] Get(IKeyValueReader reader, ulong height) =>
        reader.Get(Table.History, FlatCodec.BigEndian(height))
        ?? throw new StateCorruptException($"the history of height {height} is missing");
}
