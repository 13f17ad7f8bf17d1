using System.Net;
using System.Security.Cryptography;
using DePinChain.Primitives;
using DePinChain.Rpc.Protocol;

namespace DePinChain.Rpc.Live;

/// <summary>What a polled filter delivers.</summary>
internal enum FilterKind : byte
{
    Blocks,
    Logs,
    Pending,
}

/// <summary>Filters that are polled over HTTP: counted by the caller's address, forgotten when nobody polls.</summary>
/// <remarks>
/// A filter is a cursor into the chain or the pending feed and keeps nothing else: there are no forks to report, so what is new
/// since the last poll can be read from the archive when somebody asks.
/// </remarks>
internal sealed class FilterRegistry(RpcOptions options)
{
    private const int IdBytes = 16;

    private readonly Lock _gate = new();
    private readonly Dictionary<string, PolledFilter> _filters = new(StringComparer.Ordinal);

    /// <summary>The new filter, or null when the caller or the server has too many.</summary>
    public PolledFilter? Add(IPAddress owner, FilterKind kind, LogQuery? logs, ulong cursor)
    {
        lock (_gate)
        {
            long now = Environment.TickCount64;
            if (_filters.Count >= options.FiltersMax || CountOf(owner) >= options.FiltersPerIpMax) Sweep(now);
            if (_filters.Count >= options.FiltersMax || CountOf(owner) >= options.FiltersPerIpMax) return null;
            var filter = new PolledFilter(Hex.Encode(RandomNumberGenerator.GetBytes(IdBytes)), owner, kind, logs, cursor)
            {
                PolledAtMs = now,
            };
            _filters.Add(filter.Id, filter);
            return filter;
        }
    }

    /// <summary>A live filter, whose life begins anew; null when it has expired or never was.</summary>
    public PolledFilter? Poll(string id)
    {
        lock (_gate)
        {
            long now = Environment.TickCount64;
            if (!_filters.TryGetValue(id, out PolledFilter? filter)) return null;
            if (IsExpired(filter, now))
            {
                _filters.Remove(id);
                return null;
            }

            filter.PolledAtMs = now;
            return filter;
        }
    }

    public bool Remove(string id)
    {
        lock (_gate) return _filters.Remove(id);
    }

    private int CountOf(IPAddress owner)
    {
        int count = 0;
        foreach (PolledFilter filter in _filters.Values)
        {
            if (filter.Owner.Equals(owner)) count++;
        }

        return count;
    }

    private void Sweep(long now)
    {
        foreach (string id in _filters.Values.Where(filter => IsExpired(filter, now)).Select(filter => filter.Id).ToArray())
            _filters.Remove(id);
    }

    private bool IsExpired(PolledFilter filter, long now) => now - filter.PolledAtMs > options.FilterLifeMs;
}

/// <summary>One filter. Its cursor belongs to whoever holds the filter's lock.</summary>
internal sealed class PolledFilter(string id, IPAddress owner, FilterKind kind, LogQuery? logs, ulong cursor)
{
    /// <summary>Not guessable, so that one caller cannot drain another's.</summary>
    public string Id { get; } = id;

    public IPAddress Owner { get; } = owner;

    public FilterKind Kind { get; } = kind;

    /// <summary>What a log filter looks for.</summary>
    public LogQuery? Logs { get; } = logs;

    /// <summary>The first height, or the first number of the pending feed, that has not been delivered.</summary>
    public ulong Cursor { get; set; } = cursor;

    public long PolledAtMs { get; set; }

    /// <summary>Two polls at once must not deliver the same twice.</summary>
    public Lock Gate { get; } = new();
}
