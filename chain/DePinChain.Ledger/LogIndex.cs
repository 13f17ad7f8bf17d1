using System.Buffers.Binary;
using DePinChain.Blocks;
using DePinChain.Database;
using DePinChain.Primitives;

namespace DePinChain.Ledger;

/// <summary>
/// For every emitter and every topic at its position, the heights that hold it. Rows are the first 16 bytes of
/// keccak(position ‖ value), then the height, so one criterion is one ascending run of rows.
/// </summary>
internal static class LogIndex
{
    private const int PrefixSize = 16;
    private const int KeySize = PrefixSize + sizeof(ulong);
    private const byte EmitterPosition = 0xff;

    public static void Append(IWriteBatch batch, ulong height, IReadOnlyList<Receipt> receipts)
    {
        // A block of transfers of one token repeats its keys: writing each once keeps the batch small.
        var written = new HashSet<UInt128>();
        Span<byte> key = stackalloc byte[KeySize];
        BinaryPrimitives.WriteUInt64BigEndian(key[PrefixSize..], height);
        foreach (LogEntry log in receipts.SelectMany(receipt => receipt.Logs))
        {
            Put(batch, written, key, EmitterPosition, log.Address.ToArray());
            for (int position = 0; position < log.Topics.Count; position++)
                Put(batch, written, key, (byte)position, log.Topics[position].ToArray());
        }
    }

    /// <summary>Whether every log of a block has its rows.</summary>
    public static bool Holds(IKeyValueStore store, ulong height, IReadOnlyList<Receipt> receipts)
    {
        byte[] key = new byte[KeySize];
        BinaryPrimitives.WriteUInt64BigEndian(key.AsSpan(PrefixSize), height);
        foreach (LogEntry log in receipts.SelectMany(receipt => receipt.Logs))
        {
            Prefix(EmitterPosition, log.Address.ToArray()).CopyTo(key, 0);
            if (!store.Contains(Table.LogIndex, key)) return false;
            for (int position = 0; position < log.Topics.Count; position++)
            {
                Prefix((byte)position, log.Topics[position].ToArray()).CopyTo(key, 0);
                if (!store.Contains(Table.LogIndex, key)) return false;
            }
        }

        return true;
    }

    /// <summary>
    /// The heights in [from, to] that may hold a match, ascending; null when the filter names nothing and every height may.
    /// </summary>
    public static IEnumerable<ulong>? Candidates(IKeyValueStore store, LogFilter filter, ulong from, ulong to)
    {
        var criteria = new List<byte[][]>();
        if (filter.Addresses.Count > 0)
            criteria.Add(filter.Addresses.Select(address => Prefix(EmitterPosition, address.ToArray())).ToArray());
        for (int position = 0; position < filter.Topics.Count; position++)
        {
            byte at = (byte)position;
            if (filter.Topics[position].Count > 0)
                criteria.Add(filter.Topics[position].Select(topic => Prefix(at, topic.ToArray())).ToArray());
        }

        return criteria.Count == 0 ? null : Intersect(store, criteria, from, to);
    }

    /// <summary>Leapfrogs: every criterion moves to the highest candidate of the others until all agree.</summary>
    private static IEnumerable<ulong> Intersect(IKeyValueStore store, List<byte[][]> criteria, ulong from, ulong to)
    {
        var streams = new List<HeightStream>();
        try
        {
            foreach (byte[][] prefixes in criteria)
                streams.Add(new HeightStream(store, prefixes));
            ulong height = from;
            while (height <= to)
            {
                ulong highest = height;
                foreach (HeightStream stream in streams)
                {
                    if (stream.FirstFrom(highest) is not { } next)
                        yield break;
                    highest = next;
                }

                if (highest == height)
                {
                    yield return height;
                    if (height == ulong.MaxValue)
                        yield break;
                    height++;
                }
                else
                {
                    height = highest;
                }
            }
        }
        finally
        {
            foreach (HeightStream stream in streams)
                stream.Dispose();
        }
    }

    private static void Put(IWriteBatch batch, HashSet<UInt128> written, Span<byte> key, byte position, byte[] value)
    {
        byte[] prefix = Prefix(position, value);
        if (!written.Add(BinaryPrimitives.ReadUInt128BigEndian(prefix)))
            return;
        prefix.CopyTo(key);
        batch.Put(Table.LogIndex, key, []);
    }

    private static byte[] Prefix(byte position, byte[] value)
    {
        Span<byte> digest = stackalloc byte[Hash256.Size];
        Keccak256.Hash([position, .. value], digest);
        return digest[..PrefixSize].ToArray();
    }

    /// <summary>The heights of one criterion: the union of the runs of its alternatives.</summary>
    private sealed class HeightStream(IKeyValueStore store, byte[][] prefixes) : IDisposable
    {
        private readonly IKeyValueCursor?[] _cursors = new IKeyValueCursor?[prefixes.Length];
        private readonly ulong?[] _heads = new ulong?[prefixes.Length];

        /// <summary>The lowest height at or above <paramref name="height"/>; null when there is none.</summary>
        public ulong? FirstFrom(ulong height)
        {
            ulong? lowest = null;
            for (int index = 0; index < prefixes.Length; index++)
            {
                if (_cursors[index] is null || _heads[index] < height)
                    _heads[index] = Seek(index, height);
                if (_heads[index] is { } head && (lowest is null || head < lowest))
                    lowest = head;
            }

            return lowest;
        }

        public void Dispose()
        {
            foreach (IKeyValueCursor? cursor in _cursors)
                cursor?.Dispose();
        }

        private ulong? Seek(int index, ulong height)
        {
            Span<byte> key = stackalloc byte[KeySize];
            prefixes[index].CopyTo(key);
            BinaryPrimitives.WriteUInt64BigEndian(key[PrefixSize..], height);
            if (_cursors[index] is { } existing)
                existing.Seek(key);
            else
                _cursors[index] = store.Scan(Table.LogIndex, key);
            IKeyValueCursor cursor = _cursors[index]!; // Just set.
            return cursor.MoveNext() && cursor.Key.StartsWith(prefixes[index])
                ? BinaryPrimitives.ReadUInt64BigEndian(cursor.Key[PrefixSize..])
                : null;
        }
    }
}
