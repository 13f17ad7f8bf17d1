using DePinChain.Primitives;
using DePinChain.Worker.Following;

namespace DePinChain.Worker.Duties;

/// <summary>What the worker does about one live job.</summary>
internal sealed class JobWork(ulong job)
{
    public ulong Job => job;

    /// <summary>As it was when last looked at.</summary>
    public JobFacts? Facts { get; set; }

    /// <summary>Something happened to it since then.</summary>
    public bool IsTouched { get; set; } = true;

    /// <summary>The judging that runs or is done; null before it begins, and once nothing needs it.</summary>
    public Task<Judgement>? Judging { get; set; }

    /// <summary>Who keeps its shards; null before it was asked for.</summary>
    public Address[]? Custodians { get; set; }

    /// <summary>The keeping of shards that runs or is done, by custodian.</summary>
    public SortedDictionary<int, Task<bool>> Keeping { get; } = [];

    /// <summary>It was accepted, and this worker has looked for a fraud in it.</summary>
    public bool IsWatched { get; set; }

    /// <summary>Nothing of it is left to do until something happens.</summary>
    public bool IsQuiet { get; set; }
}
