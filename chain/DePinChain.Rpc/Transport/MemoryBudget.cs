namespace DePinChain.Rpc.Transport;

/// <summary>
/// Memory that large bodies and responses share over all connections: a thousand callers with five megabytes each would
/// otherwise be five gigabytes.
/// </summary>
internal sealed class MemoryBudget(long bytesMax)
{
    /// <summary>Smaller amounts are not counted.</summary>
    public const int Threshold = 64 * 1024;

    private long _taken;

    public bool TryTake(long bytes)
    {
        if (bytes <= Threshold) return true;
        if (Interlocked.Add(ref _taken, bytes) <= bytesMax) return true;
        Interlocked.Add(ref _taken, -bytes);
        return false;
    }

    public void Return(long bytes)
    {
        if (bytes > Threshold) Interlocked.Add(ref _taken, -bytes);
    }
}
