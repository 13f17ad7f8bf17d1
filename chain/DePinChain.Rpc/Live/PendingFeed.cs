using DePinChain.Primitives;

namespace DePinChain.Rpc.Live;

/// <summary>The hashes of the latest admissions, numbered: what pending-transaction filters are read from.</summary>
/// <remarks>One ring for all filters, so that a filter costs a number and not a list. Who polls too rarely misses the oldest.</remarks>
internal sealed class PendingFeed
{
    public const int Capacity = 16_384;

    private readonly Lock _gate = new();
    private readonly Hash256[] _ring = new Hash256[Capacity];
    private ulong _count;

    /// <summary>The number that the next admission gets.</summary>
    public ulong Next
    {
        get { lock (_gate) return _count; }
    }

    public void Add(Hash256 hash)
    {
        lock (_gate) _ring[_count++ % Capacity] = hash;
    }

    /// <summary>What was added from a number on, oldest first.</summary>
    public Hash256[] Since(ulong from, out ulong next)
    {
        lock (_gate)
        {
            next = _count;
            ulong first = Math.Max(from, _count > Capacity ? _count - Capacity : 0);
            var hashes = new Hash256[_count - Math.Min(first, _count)];
            for (int i = 0; i < hashes.Length; i++) hashes[i] = _ring[(first + (ulong)i) % Capacity];
            return hashes;
        }
    }
}
