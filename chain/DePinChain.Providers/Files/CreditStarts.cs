namespace DePinChain.Providers.Files;

/// <summary>
/// Lanes that begin on credit: the first chunk comes before the first voucher that is worth something. From one machine so many begin in
/// ten minutes, so that nobody fetches all of a file by its first chunks.
/// </summary>
internal sealed class CreditStarts(TimeProvider clock)
{
    public const int StartsMax = 64;
    public const int OriginsMax = 4_096;
    public static readonly TimeSpan Span = TimeSpan.FromMinutes(10);

    private readonly Dictionary<string, (DateTimeOffset Since, int Starts)> _origins = [];

    /// <summary>Begins a lane for a machine; false when it has begun too many.</summary>
    /// <param name="origin">Whose machine asks.</param>
    /// <param name="isForgotten">All machines were forgotten, because there were too many; so may be lanes that were never paid.</param>
    public bool TryBegin(string origin, out bool isForgotten)
    {
        isForgotten = false;
        DateTimeOffset now = clock.GetUtcNow();
        (DateTimeOffset since, int starts) = _origins.GetValueOrDefault(origin, (now, 0));
        if (now - since >= Span) (since, starts) = (now, 0);
        if (starts >= StartsMax) return false;
        if (_origins.Count >= OriginsMax && !_origins.ContainsKey(origin))
        {
            _origins.Clear();
            isForgotten = true;
        }

        _origins[origin] = (since, starts + 1);
        return true;
    }
}
