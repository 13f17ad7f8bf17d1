using System.Buffers.Binary;
using DePinChain.Primitives;

namespace DePinChain.Engine;

/// <summary>Transactions that this node's RPC accepted and that may not be final yet, so that a restart does not forget them.</summary>
/// <remarks>
/// A record is u32 length, u32 CRC-32C, the raw transaction. Nothing is synced: the promise is against a killed process, not
/// a lost machine. Thread-safe: RPC threads append while consensus compacts.
/// </remarks>
public sealed class PoolJournal : IDisposable
{
    private const string FileName = "pool.journal";
    private const int HeaderSize = 8;

    private readonly IFolder _folder;
    private readonly Lock _gate = new();
    private readonly List<ReadOnlyMemory<byte>> _found = [];
    private IAppendFile _file;

    private PoolJournal(IFolder folder)
    {
        _folder = folder;
        byte[] content = folder.Read(FileName) ?? [];
        int whole = ReadRecords(content, _found);
        _file = folder.OpenAppend(FileName);
        if (whole < content.Length) _file.Truncate(whole);
    }

    /// <summary>The transactions found when opening, oldest first; the caller admits them again.</summary>
    public IReadOnlyList<ReadOnlyMemory<byte>> Found => _found;

    /// <summary>Where a person finds it.</summary>
    public string Path => _folder.Describe(FileName);

    /// <summary>Bytes in the file.</summary>
    public long Length
    {
        get
        {
            lock (_gate) return _file.Length;
        }
    }

    /// <summary>Opens the journal of a node's folder; a torn or damaged end is dropped.</summary>
    public static PoolJournal Open(IFolder folder) => new(folder);

    /// <summary>Bytes that a transaction takes up.</summary>
    public static int SizeOf(Blocks.Transaction transaction) => HeaderSize + transaction.Size;

    /// <summary>Adds a transaction; it survives a killed process when this returns.</summary>
    /// <exception cref="RefusalException">The disk refuses it; nothing has changed.</exception>
    public void Append(ReadOnlySpan<byte> raw)
    {
        byte[] record = Encode(raw);
        lock (_gate) _file.Append(record);
    }

    /// <summary>Replaces the content by the transactions that still wait.</summary>
    /// <param name="waiting">Read under the journal's lock, so that what is accepted meanwhile is not lost: it is appended after.</param>
    public void Compact(Func<IEnumerable<ReadOnlyMemory<byte>>> waiting)
    {
        lock (_gate)
        {
            byte[] content = [.. waiting().SelectMany(raw => Encode(raw.Span))];
            _file.Dispose();
            _folder.Replace(FileName, content);
            _file = _folder.OpenAppend(FileName);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _file.Dispose();

    private static byte[] Encode(ReadOnlySpan<byte> raw)
    {
        byte[] record = new byte[HeaderSize + raw.Length];
        BinaryPrimitives.WriteUInt32BigEndian(record, (uint)raw.Length);
        BinaryPrimitives.WriteUInt32BigEndian(record.AsSpan(4), Crc32C.Of(raw));
        raw.CopyTo(record.AsSpan(HeaderSize));
        return record;
    }

    private static int ReadRecords(byte[] content, List<ReadOnlyMemory<byte>> records)
    {
        int position = 0;
        while (content.Length - position >= HeaderSize)
        {
            uint length = BinaryPrimitives.ReadUInt32BigEndian(content.AsSpan(position));
            if (length > content.Length - position - HeaderSize) break;
            ReadOnlyMemory<byte> raw = content.AsMemory(position + HeaderSize, (int)length);
            if (Crc32C.Of(raw.Span) != BinaryPrimitives.ReadUInt32BigEndian(content.AsSpan(position + 4))) break;
            records.Add(raw);
            position += HeaderSize + (int)length;
        }

        Invariant.Assert(position <= content.Length, "records lie inside the file");
        return position;
    }
}
