using System.Globalization;
using DePinChain.Network;
using DePinChain.Primitives;
using DePinChain.Proofs.Availability;

namespace DePinChain.Engine.Blobs;

/// <summary>
/// The shards that a node keeps, on disk beside its database and outside the state: bounded in bytes, each set to a height. A set has a
/// folder of its own; its file <c>set</c> is written last, so a folder without it is what a crash left and goes at the next start.
/// </summary>
/// <remarks>Safe for many threads. What is read is checked against its root again, so a rotten disk serves nothing wrong.</remarks>
public sealed class BlobFolder
{
    /// <summary>Bytes of the largest blob: the padded proof of a 64 GiB sector has 5.77 MB, and a whole one fits an answer.</summary>
    public const ulong BlobBytesMax = 7 * 1024 * 1024;

    /// <summary>How far ahead something may be kept: mainnet's longest job with its window is below 7,500 blocks.</summary>
    public const ulong BlocksAheadMax = 20_000;

    /// <summary>Sets at a time: each costs an entry in memory.</summary>
    public const int SetsMax = 65_536;

    // Two of each custodian, so that one peer's forgery does not keep the right one out.
    private const int ReceiptsPerJobMax = BlobReceipts.CountMax;
    private const int ReceiptJobsMax = 16;
    private const string SetFile = "set";
    private const string CopyFile = "copy";

    private readonly string _path;
    private readonly ulong _quota;
    private readonly Lock _gate = new();
    private readonly SortedDictionary<string, BlobSet> _sets = new(StringComparer.Ordinal);
    private readonly Dictionary<(string Set, ulong Job), List<SignedReceipt>> _receipts = [];

    private BlobFolder(string path, ulong quota) => (_path, _quota) = (path, quota);

    /// <summary>Bytes that may lie here.</summary>
    public ulong Quota => _quota;

    /// <summary>Bytes that lie here.</summary>
    public ulong Size
    {
        get
        {
            lock (_gate) return _sets.Values.Aggregate(0UL, static (sum, set) => sum + set.Size);
        }
    }

    /// <summary>What lies here.</summary>
    public IReadOnlyList<BlobSet> Sets
    {
        get
        {
            lock (_gate) return [.. _sets.Values];
        }
    }

    /// <summary>Opens a folder and forgets what a crash left half-written.</summary>
    /// <exception cref="RefusalException">The disk refuses.</exception>
    public static BlobFolder Open(string path, ulong quota)
    {
        BlobFolder folder = new(path, quota);
        try
        {
            Directory.CreateDirectory(path);
            foreach (string one in Directory.EnumerateDirectories(path))
            {
                string file = Path.Combine(one, SetFile);
                BlobSet? set = File.Exists(file) ? BlobSet.Decode(File.ReadAllBytes(file)) : null;
                bool isWhole = set is not null && KeyOf(set.Name.Root, set.Name.Custodians) == Path.GetFileName(one);
                if (isWhole) folder._sets[Path.GetFileName(one)] = set!;
                else Directory.Delete(one, recursive: true);
            }

            return folder;
        }
        catch (Exception trouble) when (trouble is IOException or UnauthorizedAccessException)
        {
            throw new RefusalException(ExitCode.LocalState, $"The blobs in {path} cannot be opened ({trouble.Message}).", trouble);
        }
    }

    /// <summary>What is kept of a blob, or null.</summary>
    public BlobSet? Find(in Hash256 root, byte custodians)
    {
        lock (_gate) return _sets.GetValueOrDefault(KeyOf(root, custodians));
    }

    /// <summary>Keeps shards of a whole blob.</summary>
    /// <param name="name">Which blob it must be.</param>
    /// <param name="blob">Its bytes.</param>
    /// <param name="shard">The one to keep; null keeps all.</param>
    /// <param name="until">The height from which it may be forgotten; a later one than before is taken.</param>
    /// <param name="fault">Why it is not kept.</param>
    /// <returns>What is kept now, or null.</returns>
    public BlobSet? Keep(in BlobName name, byte[] blob, int? shard, ulong until, out string? fault)
    {
        fault = FaultOf(name);
        if (fault is null && ((ulong)blob.Length != name.Bytes || BlobTree.RootOf(blob, name.ChunkBytes) != name.Root))
            fault = $"these bytes do not have the root {name.Root}";
        if (fault is not null) return null;
        ShardSet shards = ShardSet.Encode(blob, name.Custodians);
        string key = KeyOf(name.Root, name.Custodians);
        lock (_gate)
        {
            BlobSet set = _sets.GetValueOrDefault(key) ?? BlobSet.Of(name, shards, until);
            BlobSet wanted = set with { Until = Math.Max(set.Until, until) };
            foreach (int index in Enumerable.Range(0, name.Custodians))
                if (shard is null || shard == index) wanted = wanted.With(index, isHeld: true);
            ulong others = _sets.Values.Aggregate(0UL, static (sum, one) => sum + one.Size) - (_sets.ContainsKey(key) ? set.Size : 0);
            if (others + wanted.Size > _quota || (_sets.Count >= SetsMax && !_sets.ContainsKey(key)))
            {
                fault = string.Create(
                    CultureInfo.InvariantCulture,
                    $"the blobs' quota is used up: {others} of {_quota} bytes; wait until some expire, or raise \"blobBytesMax\"");
                return null;
            }

            return TryWrite(key, set, wanted, shards, out fault) ? wanted : null;
        }
    }

    /// <summary>Keeps what lies here already for longer; false when nothing does.</summary>
    public bool TryExtend(in Hash256 root, byte custodians, ulong until)
    {
        string key = KeyOf(root, custodians);
        lock (_gate)
        {
            if (!_sets.TryGetValue(key, out BlobSet? set)) return false;
            if (set.Until < until) Save(Path.Combine(_path, key), key, set with { Until = until });
            return true;
        }
    }

    /// <summary>A shard that lies here and is what it must be, or null.</summary>
    public byte[]? FindShard(in Hash256 root, byte custodians, int shard)
    {
        if (Find(root, custodians) is not { } set || shard >= custodians || !set.Has(shard)) return null;
        string key = KeyOf(root, custodians);
        try
        {
            byte[] bytes = File.ReadAllBytes(FileOf(Path.Combine(_path, key), set, shard));
            if (BlobTree.RootOf(bytes, ShardSet.PieceBytes) == set.Roots[shard]) return bytes;
        }
        catch (Exception missing) when (missing is IOException or UnauthorizedAccessException)
        {
            // Then it does not lie here, whatever the set says.
        }

        lock (_gate)
        {
            if (_sets.TryGetValue(key, out BlobSet? now)) Save(Path.Combine(_path, key), key, now.With(shard, isHeld: false));
        }

        return null;
    }

    /// <summary>A piece of a shard that lies here with its path to the root over all shards, or null.</summary>
    public (byte[] Piece, Hash256[] Path)? FindPiece(in Hash256 root, byte custodians, int shard, ulong piece)
    {
        if (Find(root, custodians) is not { } set || piece >= ShardSet.PiecesOf(set.Name.Bytes, custodians)) return null;
        if (FindShard(root, custodians, shard) is not { } bytes) return null;
        int start = (int)(piece * ShardSet.PieceBytes);
        byte[] part = bytes[start..Math.Min(bytes.Length, start + (int)ShardSet.PieceBytes)];
        return (part, ShardSet.PiecePath(set.Roots, bytes, shard, piece));
    }

    /// <summary>The blob from shards that lie here, or null when they are too few.</summary>
    public byte[]? Restore(in BlobName name)
    {
        if (Find(name.Root, name.Custodians) is not { } set) return null;
        List<(byte Index, byte[] Shard)> shards = [];
        foreach (int index in set.Shards)
        {
            if (shards.Count == set.DataShards) break;
            if (FindShard(name.Root, name.Custodians, index) is { } bytes) shards.Add(((byte)index, bytes));
        }

        return ShardSet.TryDecode(name.Custodians, name.Bytes, shards, out byte[] blob) ? blob : null;
    }

    /// <summary>Keeps receipts for a job in memory: whoever signed them can sign them again.</summary>
    /// <returns>False when the blob is not known here, or there are too many.</returns>
    public bool AddReceipt(in Hash256 root, byte custodians, ulong job, SignedReceipt receipt)
    {
        string key = KeyOf(root, custodians);
        lock (_gate)
        {
            if (!_sets.ContainsKey(key)) return false;
            if (!_receipts.TryGetValue((key, job), out List<SignedReceipt>? list))
            {
                if (_receipts.Keys.Count(one => one.Set == key) >= ReceiptJobsMax) return false;
                _receipts[(key, job)] = list = [];
            }

            if (list.Any(one => one.Index == receipt.Index && one.Signature.AsSpan().SequenceEqual(receipt.Signature))) return true;
            if (list.Count >= ReceiptsPerJobMax) return false;
            list.Add(receipt);
            return true;
        }
    }

    /// <summary>Receipts for a job that were left here.</summary>
    public IReadOnlyList<SignedReceipt> ReceiptsOf(in Hash256 root, byte custodians, ulong job)
    {
        lock (_gate) return _receipts.TryGetValue((KeyOf(root, custodians), job), out List<SignedReceipt>? list) ? [.. list] : [];
    }

    /// <summary>Forgets what is kept only to a height that is reached.</summary>
    public void Sweep(ulong height)
    {
        lock (_gate)
        {
            foreach (string key in _sets.Where(entry => entry.Value.Until <= height).Select(static entry => entry.Key).ToList())
            {
                _sets.Remove(key);
                foreach ((string Set, ulong Job) at in _receipts.Keys.Where(one => one.Set == key).ToList()) _receipts.Remove(at);

                Delete(Path.Combine(_path, key));
            }
        }
    }

    /// <summary>What is wrong with a name, or null.</summary>
    public static string? FaultOf(in BlobName name)
    {
        if (name.Custodians == 0) return "a blob is cut into 1 to 255 shards";
        if (name.Bytes is 0 or > BlobBytesMax)
            return string.Create(CultureInfo.InvariantCulture, $"a blob has 1 to {BlobBytesMax} bytes, not {name.Bytes}");
        return name.ChunkBytes == 0 ? "a chunk has no bytes" : null;
    }

    private bool TryWrite(string key, BlobSet set, BlobSet wanted, ShardSet shards, out string? fault)
    {
        string folder = Path.Combine(_path, key);
        try
        {
            Directory.CreateDirectory(folder);
            foreach (int index in wanted.Shards.Where(index => !set.Has(index)))
            {
                string file = FileOf(folder, wanted, index);
                if (set.DataShards > 1 || !set.Shards.Any()) Replace(file, shards.Shards[index]);
                if (set.DataShards == 1) break;
            }

            Save(folder, key, wanted);
            fault = null;
            return true;
        }
        catch (Exception trouble) when (trouble is IOException or UnauthorizedAccessException)
        {
            fault = $"the disk refuses: {trouble.Message}";
            return false;
        }
    }

    // The set first: what is left of the rest without it goes at the next start.
    private static void Delete(string folder)
    {
        try
        {
            File.Delete(Path.Combine(folder, SetFile));
            Directory.Delete(folder, recursive: true);
        }
        catch (Exception trouble) when (trouble is IOException or UnauthorizedAccessException)
        {
            // Nothing reads it any more.
        }
    }

    private void Save(string folder, string key, BlobSet set)
    {
        Replace(Path.Combine(folder, SetFile), set.Encode());
        _sets[key] = set;
    }

    private static void Replace(string path, byte[] content)
    {
        string next = path + ".next";
        using (FileStream stream = new(next, FileMode.Create, FileAccess.Write))
        {
            stream.Write(content);
            stream.Flush(flushToDisk: true); // a custodian signs for what lies here
        }

        File.Move(next, path, overwrite: true);
    }

    private static string FileOf(string folder, BlobSet set, int shard) =>
        Path.Combine(folder, set.DataShards == 1 ? CopyFile : shard.ToString(CultureInfo.InvariantCulture));

    private static string KeyOf(in Hash256 root, byte custodians) =>
        string.Create(CultureInfo.InvariantCulture, $"{root.ToString()[2..]}-{custodians}");
}
