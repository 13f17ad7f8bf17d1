namespace DePinChain.Network.Peers;

/// <summary>Bad weather on a development network: peers that cannot be reached, and links that are slow.</summary>
/// <remarks>For trying out what a partition does. A transport of a public network does not accept one.</remarks>
public sealed class DevelopmentWeather(TimeProvider time)
{
    private readonly Lock _gate = new();
    private HashSet<PeerId> _cut = [];
    private Dictionary<PeerId, TimeSpan> _delays = [];
    private TimeSpan _delayOfAll;

    /// <summary>The weather has changed: connections that are cut must end.</summary>
    public event Action? Changed;

    public DevelopmentWeather()
        : this(TimeProvider.System)
    {
    }

    /// <summary>Cuts this node off from exactly these peers; everybody else can be reached.</summary>
    public void Partition(IEnumerable<PeerId> unreachable)
    {
        lock (_gate) _cut = [.. unreachable];
        Changed?.Invoke();
    }

    /// <summary>Slows what is sent to one peer, or to all when null; zero ends it.</summary>
    public void Delay(PeerId? peer, TimeSpan delay)
    {
        lock (_gate)
        {
            if (peer is { } one) _delays = new Dictionary<PeerId, TimeSpan>(_delays) { [one] = delay };
            else _delayOfAll = delay;
        }
    }

    /// <summary>Ends every partition and delay.</summary>
    public void Heal()
    {
        lock (_gate) (_cut, _delays, _delayOfAll) = ([], [], TimeSpan.Zero);
        Changed?.Invoke();
    }

    public bool IsCut(PeerId peer)
    {
        lock (_gate) return _cut.Contains(peer);
    }

    /// <summary>Waits until something made at a time may leave for a peer.</summary>
    internal Task DelayAsync(PeerId peer, long madeAt, CancellationToken cancellation)
    {
        TimeSpan delay;
        lock (_gate) delay = _delays.TryGetValue(peer, out TimeSpan own) ? own : _delayOfAll;
        TimeSpan left = delay - time.GetElapsedTime(madeAt);
        return left > TimeSpan.Zero ? Task.Delay(left, time, cancellation) : Task.CompletedTask;
    }
}
