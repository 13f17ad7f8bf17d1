using System.Buffers;
using System.Buffers.Binary;
using DePinChain.Primitives;

namespace DePinChain.Engine;

/// <summary>What reading a write-ahead log found.</summary>
public enum LogCondition : byte
{
    /// <summary>No file, or a file without a whole first record.</summary>
    Missing,

    /// <summary>Every record is whole; a torn last one, if any, was cut.</summary>
    Whole,

    /// <summary>A record before the last one is damaged: what follows cannot be trusted.</summary>
    Damaged,
}

/// <summary>One record: an input of consensus in the host's encoding.</summary>
public readonly record struct LogRecord(byte Kind, ReadOnlyMemory<byte> Payload);

/// <summary>The inputs of one height, kept so that a restarted validator remembers what it saw and its lock.</summary>
/// <remarks>
/// A record is u32 length of the payload, u32 CRC-32C over kind and payload, the kind, the payload; integers big-endian.
/// The first record names the height. Appends gather in memory until <see cref="Flush"/>, which returns when they are durable;
/// it is called before any effect leaves the process (CometBFT spec/consensus/wal). Used by the consensus loop only.
/// </remarks>
public sealed class WriteAheadLog : IDisposable
{
    /// <summary>The kind of the first record; its payload is the height.</summary>
    public const byte HeightKind = 0;

    private const string FileName = "consensus.wal";
    private const int HeaderSize = 4 + 4 + 1;

    // A record holds at most one proposal with its block: 2 MiB of RLP and a little.
    private const uint PayloadSizeMax = 4 * 1024 * 1024;

    private readonly IAppendFile _file;
    private readonly ArrayBufferWriter<byte> _pending = new();
    private readonly List<LogRecord> _records = [];

    private WriteAheadLog(IAppendFile file) => _file = file;

    /// <summary>The height the log is of; meaningless when <see cref="Condition"/> is Missing.</summary>
    public ulong Height { get; private set; }

    /// <summary>Whether there was no such file at all: no node ever ran in this folder.</summary>
    public bool IsNew { get; private init; }

    /// <summary>What opening found.</summary>
    public LogCondition Condition { get; private set; }

    /// <summary>Bytes cut off a torn end when opening.</summary>
    public long TornBytes { get; private set; }

    /// <summary>The records found when opening, without the height record; empty after <see cref="Reset"/>.</summary>
    public IReadOnlyList<LogRecord> Records => _records;

    /// <summary>Opens the log of a node's folder, reads it, and cuts a torn end.</summary>
    public static WriteAheadLog Open(IFolder folder)
    {
        byte[]? content = folder.Read(FileName);
        WriteAheadLog log = new(folder.OpenAppend(FileName)) { IsNew = content is null };
        log.Load(content ?? []);
        return log;
    }

    /// <summary>Adds a record; durable only after <see cref="Flush"/>.</summary>
    public void Append(byte kind, ReadOnlySpan<byte> payload)
    {
        Invariant.Assert(kind != HeightKind && payload.Length <= PayloadSizeMax, "a log record is of a known kind and bounded");
        Write(kind, payload);
    }

    /// <summary>Returns when every record appended before is durable.</summary>
    public void Flush()
    {
        if (_pending.WrittenCount == 0) return;
        _file.Append(_pending.WrittenSpan);
        _pending.ResetWrittenCount();
        _file.Sync();
    }

    /// <summary>Starts the log of the next height; the block and state of the one before must be durable.</summary>
    public void Reset(ulong height)
    {
        _file.Truncate(0);
        _pending.ResetWrittenCount();
        _records.Clear();
        Height = height;
        Condition = LogCondition.Whole;
        Span<byte> payload = stackalloc byte[sizeof(ulong)];
        BinaryPrimitives.WriteUInt64BigEndian(payload, height);

        // Not synced: nothing was said at this height yet, and the first Flush carries it to the disk.
        Write(HeightKind, payload);
    }

    /// <inheritdoc/>
    public void Dispose() => _file.Dispose();

    private void Write(byte kind, ReadOnlySpan<byte> payload)
    {
        Span<byte> header = _pending.GetSpan(HeaderSize + payload.Length);
        BinaryPrimitives.WriteUInt32BigEndian(header, (uint)payload.Length);
        header[8] = kind;
        payload.CopyTo(header[HeaderSize..]);
        BinaryPrimitives.WriteUInt32BigEndian(header[4..], Crc32C.Of(header.Slice(8, 1), payload));
        _pending.Advance(HeaderSize + payload.Length);
    }

    private void Load(byte[] content)
    {
        int position = 0;
        while (TryReadRecord(content, position, out LogRecord record))
        {
            if (position == 0)
            {
                if (record.Kind != HeightKind || record.Payload.Length != sizeof(ulong)) break;
                Height = BinaryPrimitives.ReadUInt64BigEndian(record.Payload.Span);
            }
            else
            {
                _records.Add(record);
            }

            position += HeaderSize + record.Payload.Length;
        }

        bool isDamaged = HoldsRecordBehind(content, position);
        Condition = isDamaged ? LogCondition.Damaged : position == 0 ? LogCondition.Missing : LogCondition.Whole;
        if (isDamaged || position == content.Length) return;
        TornBytes = content.Length - position;
        _file.Truncate(position);
        _file.Sync();
    }

    private static bool TryReadRecord(byte[] content, int position, out LogRecord record)
    {
        record = default;
        ReadOnlySpan<byte> rest = content.AsSpan(position);
        if (rest.Length < HeaderSize) return false;
        uint length = BinaryPrimitives.ReadUInt32BigEndian(rest);
        if (length > PayloadSizeMax || length > rest.Length - HeaderSize) return false;
        ReadOnlySpan<byte> payload = rest.Slice(HeaderSize, (int)length);
        if (Crc32C.Of(rest.Slice(8, 1), payload) != BinaryPrimitives.ReadUInt32BigEndian(rest[4..])) return false;
        record = new LogRecord(rest[8], content.AsMemory(position + HeaderSize, (int)length));
        return true;
    }

    // A write that the power loss cut, or left as zeros, is the last thing in the file. A whole record behind a bad one means
    // that the bad one was whole once. Where the last record itself rotted, the signer's mark tells (see VotingGate).
    private static bool HoldsRecordBehind(byte[] content, int position)
    {
        for (int start = position + 1; start <= content.Length - HeaderSize; start++)
        {
            if (TryReadRecord(content, start, out _)) return true;
        }

        return false;
    }
}
