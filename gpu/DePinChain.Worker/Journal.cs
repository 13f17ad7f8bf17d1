using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using DePinChain.Client.Programs;
using DePinChain.Primitives;
using DePinChain.Worker.Homes;

namespace DePinChain.Worker;

/// <summary>
/// What the worker has signed or is about to: one line an entry, a checksum before it, on the disk before any signature leaves. What a kill
/// left half-written at the end is cut off; damage before it is refused, because what is missing there might have been signed.
/// </summary>
internal sealed class Journal : IDisposable
{
    private const int ChecksumLength = 16;

    private readonly Lock _gate = new();
    private readonly List<JournalEntry> _entries;
    private FileStream _file;

    private Journal(FileStream file, List<JournalEntry> entries) => (_file, _entries) = (file, entries);

    /// <summary>Everything written, oldest first.</summary>
    public IReadOnlyList<JournalEntry> Entries
    {
        get
        {
            lock (_gate) return [.. _entries];
        }
    }

    /// <summary>Opens a journal, or begins one.</summary>
    /// <exception cref="ExitException">It is damaged, or the disk refuses.</exception>
    public static Journal Open(string path)
    {
        try
        {
            FileStream file = new(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.Read);
            byte[] bytes = new byte[file.Length];
            file.ReadExactly(bytes);
            List<JournalEntry> entries = [];
            int good = 0;
            while (good < bytes.Length)
            {
                int end = Array.IndexOf(bytes, (byte)'\n', good);
                JournalEntry? entry = end < 0 ? null : Decode(bytes.AsSpan(good, end - good));
                if (end < 0) break; // a line is written with its end: without one it was never whole
                if (entry is null)
                {
                    file.Dispose();
                    throw Damaged(path, entries.Count + 1);
                }

                entries.Add(entry);
                good = end + 1;
            }

            file.SetLength(good);
            file.Position = good;
            return new Journal(file, entries);
        }
        catch (Exception trouble) when (trouble is IOException or UnauthorizedAccessException)
        {
            throw new ExitException(ExitException.LocalState, $"The journal {path} cannot be opened: {trouble.Message}");
        }
    }

    /// <summary>Writes an entry and waits until the disk has it.</summary>
    public void Append(JournalEntry entry)
    {
        byte[] line = LineOf(entry);
        lock (_gate)
        {
            _file.Write(line);
            _file.Flush(flushToDisk: true);
            _entries.Add(entry);
        }
    }

    /// <summary>
    /// Fixes a seat's verdict: the first one that was written stays for ever, whatever is found later, so that no seat commits to two.
    /// </summary>
    /// <returns>The verdict that holds.</returns>
    public JournalEntry Fix(
        ulong job, ushort seat, Address verifier, byte verdict, in Hash256 answer, in Hash256 salt, ulong[]? numbers = null)
    {
        if (FindVerdict(job, seat, verifier) is { } fixedAlready) return fixedAlready;
        JournalEntry entry = new()
        {
            Kind = JournalKind.Verdict,
            Job = job,
            Seat = seat,
            Verifier = verifier.ToString(),
            Verdict = verdict,
            Answer = answer.ToString(),
            Numbers = numbers,
            Salt = salt.ToString(),
        };
        Append(entry);
        return entry;
    }

    /// <summary>A seat's verdict, or null.</summary>
    public JournalEntry? FindVerdict(ulong job, ushort seat, Address verifier)
    {
        string name = verifier.ToString();
        lock (_gate)
        {
            return _entries.Find(entry =>
                entry.Kind == JournalKind.Verdict && entry.Job == job && entry.Seat == seat && entry.Verifier == name);
        }
    }

    /// <summary>Fixes the root that a verifier signs for in a job; false when it signed for another one before.</summary>
    public bool TryFixReceipt(ulong job, Address verifier, byte index, in Hash256 shardRoot)
    {
        string name = verifier.ToString(), root = shardRoot.ToString();
        lock (_gate)
        {
            JournalEntry? before = _entries.Find(entry =>
                entry.Kind == JournalKind.Receipt && entry.Job == job && entry.Verifier == name);
            if (before is not null) return before.ShardRoot == root && before.Index == index;
        }

        Append(new JournalEntry { Kind = JournalKind.Receipt, Job = job, Verifier = name, Index = index, ShardRoot = root });
        return true;
    }

    /// <summary>Doubts that nothing has settled, oldest first.</summary>
    public IReadOnlyList<JournalEntry> Doubts
    {
        get
        {
            lock (_gate)
            {
                SortedSet<ulong> settled =
                    [.. _entries.Where(static entry => entry.Kind == JournalKind.Settled).Select(static one => one.Job)];
                return [.. _entries.Where(entry => entry.Kind == JournalKind.Doubt && !settled.Contains(entry.Job))];
            }
        }
    }

    /// <summary>Fixes a doubt; the first one about a job stays.</summary>
    /// <returns>False when there is one already, settled or not.</returns>
    public bool TryDoubt(ulong job, Doubt doubt, Address worker)
    {
        lock (_gate)
            if (_entries.Exists(entry => entry.Kind == JournalKind.Doubt && entry.Job == job)) return false;
        Append(new JournalEntry { Kind = JournalKind.Doubt, Job = job, Doubt = doubt, Worker = worker.ToString() });
        return true;
    }

    /// <summary>Nothing is left to do about a doubt.</summary>
    public void Settle(ulong job) => Append(new JournalEntry { Kind = JournalKind.Settled, Job = job });

    /// <summary>Forgets jobs that are over, unless a transaction about them may still land.</summary>
    public void Compact(IReadOnlySet<ulong> liveJobs)
    {
        // A dispute goes on when its job is over.
        HashSet<ulong> live = [.. liveJobs, .. Doubts.Select(static doubt => doubt.Job)];
        lock (_gate)
        {
            HashSet<string?> done = [.. _entries.Where(static entry => entry.Kind is JournalKind.Landed or JournalKind.Void)
                .Select(static entry => entry.Hash)];
            List<JournalEntry> kept = [.. _entries.Where(entry => entry.Kind switch
            {
                JournalKind.Call => !done.Contains(entry.Hash) || entry.Acts!.Any(act => live.Contains(Act.JobOf(act))),
                JournalKind.Landed or JournalKind.Void => false,
                _ => live.Contains(entry.Job),
            })];
            HashSet<string?> calls = [.. kept.Where(static entry => entry.Kind == JournalKind.Call).Select(static entry => entry.Hash)];
            kept.AddRange(_entries.Where(entry =>
                entry.Kind is JournalKind.Landed or JournalKind.Void && calls.Contains(entry.Hash)));
            if (kept.Count == _entries.Count) return;
            string path = _file.Name, next = path + ".next";
            FileStream shorter = new(next, FileMode.Create, FileAccess.ReadWrite, FileShare.Read);
            foreach (JournalEntry entry in kept) shorter.Write(LineOf(entry));
            shorter.Flush(flushToDisk: true);
            File.Move(next, path, overwrite: true);
            _file.Dispose();
            _file = new FileStream(path, FileMode.Append, FileAccess.Write, FileShare.Read);
            shorter.Dispose();
            _entries.Clear();
            _entries.AddRange(kept);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _file.Dispose();

    private static byte[] LineOf(JournalEntry entry)
    {
        byte[] json = JsonSerializer.SerializeToUtf8Bytes(entry, WorkerJson.Default.JournalEntry);
        return [.. Encoding.ASCII.GetBytes(ChecksumOf(json)), (byte)' ', .. json, (byte)'\n'];
    }

    private static JournalEntry? Decode(ReadOnlySpan<byte> line)
    {
        if (line.Length < ChecksumLength + 2) return null;
        ReadOnlySpan<byte> json = line[(ChecksumLength + 1)..];
        if (!Encoding.ASCII.GetString(line[..ChecksumLength]).Equals(ChecksumOf(json), StringComparison.Ordinal)) return null;
        try
        {
            return JsonSerializer.Deserialize(json, WorkerJson.Default.JournalEntry);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static string ChecksumOf(ReadOnlySpan<byte> json) => Convert.ToHexStringLower(SHA256.HashData(json))[..ChecksumLength];

    private static ExitException Damaged(string path, int line) => new(
        ExitException.LocalState,
        FormattableString.Invariant($"The journal {path} is damaged at line {line}; stop, keep a copy, and remove it only once no seat ")
        + "of this worker is open ('depin-worker status'): a verdict that it fixed would be forgotten.");
}
