using System.Buffers.Binary;
using DePinChain.Miners.Homes;
using DePinChain.Primitives;

namespace DePinChain.Miners.Serving;

/// <summary>
/// The highest nonce of each sender, on disk before its request is answered: what was answered once is not answered again, not even after
/// a crash. A record that a crash tore belongs to a request that was never answered.
/// </summary>
internal sealed class NonceBook : IDisposable
{
    private const int RecordSize = Address.Size + sizeof(ulong);
    private const int SendersMax = 4_096;
    private const int RecordsBeforeCompaction = 16_384;

    private readonly string _path;
    private readonly Lock _gate = new();
    private readonly Dictionary<Address, ulong> _last = [];
    private FileStream _file;
    private int _records;

    public NonceBook(string path)
    {
        _path = path;
        byte[] bytes = File.Exists(path) ? File.ReadAllBytes(path) : [];
        for (int at = 0; at + RecordSize <= bytes.Length; at += RecordSize)
        {
            _last[new Address(bytes.AsSpan(at, Address.Size))] =
                BinaryPrimitives.ReadUInt64BigEndian(bytes.AsSpan(at + Address.Size));
        }

        _file = Compact();
    }

    /// <summary>Takes a nonce that is higher than the sender's last; false when it is not.</summary>
    public bool TryTake(Address sender, ulong nonce)
    {
        lock (_gate)
        {
            if (_last.TryGetValue(sender, out ulong last) && nonce <= last) return false;
            _last[sender] = nonce;
            if (_records >= RecordsBeforeCompaction || _last.Count > SendersMax)
            {
                _file.Dispose();
                _file = Compact();
            }
            else
            {
                Span<byte> record = stackalloc byte[RecordSize];
                sender.CopyTo(record);
                BinaryPrimitives.WriteUInt64BigEndian(record[Address.Size..], nonce);
                _file.Write(record);
                _file.Flush(flushToDisk: true);
                _records++;
            }

            return true;
        }
    }

    public void Dispose() => _file.Dispose();

    // Nonces are times: the senders that were silent longest are forgotten, and the window keeps out what they sent then.
    private FileStream Compact()
    {
        foreach (Address sender in _last.OrderByDescending(static entry => entry.Value).Skip(SendersMax / 2)
            .Select(static entry => entry.Key).Where(_ => _last.Count > SendersMax).ToArray())
        {
            _last.Remove(sender);
        }

        byte[] bytes = new byte[_last.Count * RecordSize];
        int at = 0;
        foreach ((Address sender, ulong nonce) in _last)
        {
            sender.CopyTo(bytes.AsSpan(at));
            BinaryPrimitives.WriteUInt64BigEndian(bytes.AsSpan(at + Address.Size), nonce);
            at += RecordSize;
        }

        DurableFile.Replace(_path, bytes);
        _records = _last.Count;
        return new FileStream(_path, FileMode.Append, FileAccess.Write);
    }
}
