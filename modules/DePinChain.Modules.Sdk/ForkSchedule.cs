namespace DePinChain.Modules.Sdk;

/// <summary>The heights at which named forks become active, from the genesis document.</summary>
public sealed class ForkSchedule
{
    private readonly SortedDictionary<string, ulong> _heights = new(StringComparer.Ordinal);

    /// <param name="heights">Fork names and heights.</param>
    /// <exception cref="ArgumentException">A name occurs twice.</exception>
    public ForkSchedule(IEnumerable<KeyValuePair<string, ulong>> heights)
    {
        foreach ((string name, ulong height) in heights) _heights.Add(name, height);
    }

    /// <summary>No fork at all.</summary>
    public static ForkSchedule None { get; } = new([]);

    /// <summary>True from the fork's height on; a fork the genesis document does not name is never active.</summary>
    public bool IsActive(string fork, ulong height) => _heights.TryGetValue(fork, out ulong start) && height >= start;

    /// <summary>The active fork that started last, in order of height and then name; null before the first.</summary>
    public string? Latest(ulong height)
    {
        string? latest = null;
        ulong latestStart = 0;
        foreach ((string name, ulong start) in _heights)
        {
            if (start > height || (latest is not null && start < latestStart)) continue;
            (latest, latestStart) = (name, start);
        }

        return latest;
    }
}
