using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using DePinChain.Network.Identify;
using DePinChain.Network.Swarming;

namespace DePinChain.Network.Peers;

/// <summary>Peers that may be dialled, in buckets that one owner of many addresses cannot fill.</summary>
/// <remarks>
/// Bitcoin Core's address manager in small (Heilman et al., "Eclipse Attacks on Bitcoin's Peer-to-Peer Network", 2015): <i>new</i> entries
/// lie in a bucket by a secret, their group and their teller's group, <i>tried</i> ones by the secret and their group. A teller reaches 16
/// of 128 new buckets, a group 4 of 32 tried ones.
/// </remarks>
public sealed class AddressBook
{
    private const int NewBuckets = 128;
    private const int NewBucketsOfTeller = 16;
    private const int TriedBuckets = 32;
    private const int TriedBucketsOfGroup = 4;
    private const int BucketSize = 32;

    private static readonly TimeSpan RetryAfter = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan RetryAtMost = TimeSpan.FromHours(1);

    private readonly Lock _gate = new();
    private readonly byte[] _secret;
    private readonly TimeProvider _time;
    private readonly Random _random;
    private readonly SortedDictionary<PeerId, BookEntry> _entries = [];
    private readonly SortedDictionary<int, SortedSet<PeerId>> _new = [];
    private readonly SortedDictionary<int, SortedSet<PeerId>> _tried = [];

    /// <param name="secret">32 bytes that others do not know: they could aim at buckets.</param>
    public AddressBook(byte[] secret, TimeProvider time, Random random)
    {
        _secret = secret;
        _time = time;
        _random = random;
    }

    public ReadOnlyMemory<byte> Secret => _secret;

    public IReadOnlyList<BookEntry> Entries
    {
        get
        {
            lock (_gate) return [.. _entries.Values];
        }
    }

    public BookEntry? Find(PeerId peer)
    {
        lock (_gate) return _entries.GetValueOrDefault(peer);
    }

    /// <summary>Learns of a peer. False when it is known at least as well, or no place is left for what this teller says.</summary>
    public bool Add(BookEntry entry)
    {
        lock (_gate)
        {
            if (_entries.TryGetValue(entry.Peer, out BookEntry? known))
            {
                // A newer record of the peer itself replaces its address; it is not tried there yet.
                if (entry.Sequence <= known.Sequence) return false;
                bool same = entry.Address == known.Address;
                entry = same ? known with { Sequence = entry.Sequence, Envelope = entry.Envelope } : entry;
                Remove(known);
            }

            return Place(entry);
        }
    }

    /// <summary>Puts back an entry that was written down.</summary>
    internal void Restore(BookEntry entry)
    {
        lock (_gate)
        {
            if (!_entries.ContainsKey(entry.Peer)) Place(entry);
        }
    }

    /// <summary>A record that a peer signed, as told by somebody at an address.</summary>
    public bool Add(PeerRecord record, ReadOnlyMemory<byte> envelope, System.Net.IPAddress teller)
    {
        // Strangers from the net cannot send us to addresses of our own site.
        bool siteOnly = !AddressGroup.IsPublic(teller);
        Multiaddress? usable = record.Addresses.FirstOrDefault(address =>
            address.Port != 0 && (address.Peer is null || address.Peer == record.Peer)
            && (address.Address is not { } ip || siteOnly || AddressGroup.IsPublic(ip)));
        if (usable is null) return false;
        return Add(new BookEntry(usable with { Peer = record.Peer }, AddressGroup.Wide(teller))
        {
            Sequence = record.Sequence,
            Envelope = envelope,
        });
    }

    /// <summary>We were connected to a peer at an address.</summary>
    public void Succeeded(PeerId peer, Multiaddress address)
    {
        lock (_gate)
        {
            DateTimeOffset now = _time.GetUtcNow();
            BookEntry entry = _entries.TryGetValue(peer, out BookEntry? known)
                ? known with { Address = address with { Peer = peer } }
                : new BookEntry(address with { Peer = peer }, GroupOf(address));
            if (known is not null) Remove(known);
            Place(entry with { IsTried = true, LastSuccess = now, LastAttempt = now, Failures = 0 });
        }
    }

    /// <summary>A peer was not there; one that never was is dropped after three times.</summary>
    public void Failed(PeerId peer)
    {
        lock (_gate)
        {
            if (!_entries.TryGetValue(peer, out BookEntry? known)) return;
            BookEntry entry = known with { LastAttempt = _time.GetUtcNow(), Failures = known.Failures + 1 };
            if (entry is { IsTried: false, Failures: >= 3 } || entry.Failures >= 20) Remove(known);
            else _entries[peer] = entry;
        }
    }

    /// <summary>Somebody to dial, of either kind with equal chance, each bucket with equal chance; null when nobody is due.</summary>
    public BookEntry? Pick(Func<BookEntry, bool> isWanted, bool onlyNew = false)
    {
        lock (_gate)
        {
            bool triedFirst = !onlyNew && _random.Next(2) == 0;
            BookEntry? picked = triedFirst ? PickFrom(_tried, isWanted) ?? PickFrom(_new, isWanted) : PickFrom(_new, isWanted);
            return picked ?? (onlyNew || triedFirst ? null : PickFrom(_tried, isWanted));
        }
    }

    /// <summary>Signed records to pass on, tried peers first.</summary>
    public IReadOnlyList<ReadOnlyMemory<byte>> Share(int countMax, Func<PeerId, bool> mayShare)
    {
        lock (_gate)
        {
            BookEntry[] shared = [.. _entries.Values.Where(entry => !entry.Envelope.IsEmpty && mayShare(entry.Peer))];
            _random.Shuffle(shared);
            return [.. shared.OrderByDescending(entry => entry.IsTried).Take(countMax).Select(entry => entry.Envelope)];
        }
    }

    internal static string GroupOf(Multiaddress address) => address.Address is { } ip ? AddressGroup.Wide(ip) : address.Host;

    private BookEntry? PickFrom(SortedDictionary<int, SortedSet<PeerId>> table, Func<BookEntry, bool> isWanted)
    {
        SortedSet<PeerId>[] buckets = [.. table.Values];
        _random.Shuffle(buckets);
        foreach (SortedSet<PeerId> bucket in buckets)
        {
            PeerId[] peers = [.. bucket];
            _random.Shuffle(peers);
            BookEntry? entry = peers.Select(peer => _entries[peer]).FirstOrDefault(candidate => IsDue(candidate) && isWanted(candidate));
            if (entry is not null) return entry;
        }

        return null;
    }

    private bool IsDue(BookEntry entry)
    {
        if (entry.Failures == 0) return true;
        TimeSpan wait = RetryAfter * Math.Pow(2, Math.Min(entry.Failures - 1, 10));
        return _time.GetUtcNow() - entry.LastAttempt > (wait > RetryAtMost ? RetryAtMost : wait);
    }

    private bool Place(BookEntry entry)
    {
        SortedSet<PeerId> bucket = BucketOf(entry);
        if (bucket.Count >= BucketSize)
        {
            BookEntry worst = bucket.Select(peer => _entries[peer])
                .MinBy(known => (-known.Failures, known.LastSuccess, known.LastAttempt))!; // a full bucket is not empty
            // A new name does not push out one that was not found wanting.
            if (!entry.IsTried && worst.Failures == 0) return false;
            Remove(worst);
            // A tried peer that makes room is new again.
            if (worst.IsTried && worst.Failures == 0) Place(worst with { IsTried = false });
            bucket = BucketOf(entry);
        }

        bucket.Add(entry.Peer);
        _entries[entry.Peer] = entry;
        return true;
    }

    private void Remove(BookEntry entry)
    {
        SortedDictionary<int, SortedSet<PeerId>> table = entry.IsTried ? _tried : _new;
        int index = IndexOf(entry);
        if (table.TryGetValue(index, out SortedSet<PeerId>? bucket) && bucket.Remove(entry.Peer) && bucket.Count == 0) table.Remove(index);
        _entries.Remove(entry.Peer);
    }

    private SortedSet<PeerId> BucketOf(BookEntry entry)
    {
        SortedDictionary<int, SortedSet<PeerId>> table = entry.IsTried ? _tried : _new;
        int index = IndexOf(entry);
        if (!table.TryGetValue(index, out SortedSet<PeerId>? bucket)) table[index] = bucket = [];
        return bucket;
    }

    private int IndexOf(BookEntry entry)
    {
        string group = GroupOf(entry.Address);
        if (entry.IsTried)
            return Hash("tried", group, (Hash("peer", entry.Peer.Value, "") % TriedBucketsOfGroup).ToString("x2", null)) % TriedBuckets;
        int ofTeller = Hash("address", group, entry.SourceGroup) % NewBucketsOfTeller;
        return Hash("new", entry.SourceGroup, ofTeller.ToString("x2", null)) % NewBuckets;
    }

    private int Hash(string purpose, string first, string second)
    {
        byte[] hash = HMACSHA256.HashData(_secret, Encoding.UTF8.GetBytes($"{purpose}\n{first}\n{second}"));
        return BinaryPrimitives.ReadInt32BigEndian(hash) & int.MaxValue;
    }
}
