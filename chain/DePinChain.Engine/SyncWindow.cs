using DePinChain.Network;

namespace DePinChain.Engine;

/// <summary>The heights that a catch-up is fetching: ranges that are wanted, asked for, or ready to be executed.</summary>
/// <remarks>Used by the consensus loop only.</remarks>
internal sealed class SyncWindow
{
    /// <summary>Heights in one question.</summary>
    public const uint RangeBlocks = 16;

    /// <summary>Bytes of one answer; a shorter one is taken, and the rest asked for again.</summary>
    public const uint RangeBytesMax = 4 * 1024 * 1024;

    // With 100 ms to each of four peers, sixteen questions of 16 keep up with 2,000 blocks a second; at most 64 MiB wait.
    private const int RangesMax = 16;

    private readonly SortedDictionary<ulong, SyncRange> _ranges = [];

    public bool IsEmpty => _ranges.Count == 0;

    /// <summary>The ranges that nobody is being asked for, lowest first.</summary>
    public IReadOnlyList<SyncRange> Wanted => [.. _ranges.Values.Where(range => range.IsWanted)];

    /// <summary>Adds ranges from <paramref name="next"/> up to <paramref name="best"/> as far as there is room.</summary>
    public void Extend(ulong next, ulong best)
    {
        ulong from = _ranges.Count == 0 ? next : Math.Max(next, _ranges.Values.Last().End);
        for (; from <= best && _ranges.Count < RangesMax; from += RangeBlocks)
        {
            uint count = (uint)Math.Min(RangeBlocks, best - from + 1);
            _ranges.Add(from, new SyncRange(from, count));
        }
    }

    public SyncRange? Find(ulong question) => _ranges.Values.FirstOrDefault(range => range.Question == question);

    /// <summary>How many questions a peer has to answer.</summary>
    public int CountAsked(PeerId peer) => _ranges.Values.Count(range => range.Prepared is null && range.Peer == peer);

    /// <summary>Puts an answer in its place. What a shorter answer lacks is wanted again.</summary>
    public void Place(SyncRange range, PreparedRange prepared)
    {
        uint given = (uint)prepared.Blocks.Count;
        if (given < range.Count)
        {
            SyncRange rest = new(range.From + given, range.Count - given);
            _ranges.Add(rest.From, rest);
            range.Count = given;
        }

        range.Prepared = prepared;
    }

    /// <summary>The range that holds <paramref name="next"/>, when it is ready.</summary>
    public SyncRange? Ready(ulong next)
    {
        DropBelow(next);
        return _ranges.Count > 0 && _ranges.Values.First() is { Prepared: not null } first && first.From <= next ? first : null;
    }

    public void Remove(SyncRange range) => _ranges.Remove(range.From);

    public void Clear() => _ranges.Clear();

    // Consensus may have decided heights while they were being fetched.
    private void DropBelow(ulong next)
    {
        foreach (SyncRange range in _ranges.Values.Where(range => range.End <= next).ToArray()) _ranges.Remove(range.From);
    }
}

/// <summary>Some heights in a row, and where they are to come from.</summary>
internal sealed class SyncRange(ulong from, uint count)
{
    public ulong From => from;

    public uint Count { get; set; } = count;

    /// <summary>The height after the last.</summary>
    public ulong End => from + Count;

    /// <summary>Who is asked, or has answered.</summary>
    public PeerId? Peer { get; private set; }

    public ulong? Question { get; private set; }

    public PreparedRange? Prepared { get; set; }

    public bool IsWanted => Question is null;

    public void Ask(PeerId peer, ulong question) => (Peer, Question) = (peer, question);

    public void Release() => (Peer, Question, Prepared) = (null, null, null);
}
