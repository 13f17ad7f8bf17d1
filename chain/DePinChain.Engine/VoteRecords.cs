using System.Buffers.Binary;
using DePinChain.Blocks;
using DePinChain.Database;

namespace DePinChain.Engine;

/// <summary>The votes of the heights that took several rounds, for as long as anybody could be called to account for them.</summary>
/// <remarks>A height decided in its first round has no earlier lock that anybody could have forgotten: its certificate is all.</remarks>
public sealed class VoteRecords(IKeyValueStore store)
{
    /// <summary>Blocks that a record is kept for: 14 days of twelve seconds, the unbonding period.</summary>
    public const ulong BlocksKept = 100_800;

    private static ReadOnlySpan<byte> Prefix => "votes-of-"u8;

    /// <summary>Writes a height's votes down and forgets what is too old.</summary>
    public void Keep(VoteRecord record)
    {
        using IWriteBatch batch = store.CreateBatch();
        batch.Put(Table.Consensus, Key(record.Height), record.Encode());
        if (record.Height > BlocksKept) batch.DeleteRange(Table.Consensus, Key(0), Key(record.Height - BlocksKept));
        store.Write(batch, sync: false);
    }

    /// <summary>A height's record, or null. Safe for many threads.</summary>
    public VoteRecord? Find(ulong height) => store.Get(Table.Consensus, Key(height)) is { } row
        && VoteRecord.TryDecode(row, out VoteRecord? record, out _) ? record : null;

    /// <summary>The heights that there are records of, the newest first.</summary>
    public IReadOnlyList<ulong> Heights(int most)
    {
        List<ulong> heights = [];
        using IKeyValueCursor cursor = store.Scan(Table.Consensus, Key(ulong.MaxValue), reverse: true);
        while (heights.Count < most && cursor.MoveNext() && cursor.Key.StartsWith(Prefix))
            heights.Add(BinaryPrimitives.ReadUInt64BigEndian(cursor.Key[Prefix.Length..]));
        return heights;
    }

    private static byte[] Key(ulong height)
    {
        byte[] key = [.. Prefix, .. new byte[sizeof(ulong)]];
        BinaryPrimitives.WriteUInt64BigEndian(key.AsSpan(Prefix.Length), height);
        return key;
    }
}
