using DePinChain.Blocks;

namespace DePinChain.LightClient;

/// <summary>
/// The way from a trusted header to another height: forward by skipping, and by halving where a skip is too wide; backward along the
/// parent hashes. Asks for heights and is offered headers; who fetches them, and how, is the caller's.
/// </summary>
public sealed class HeaderSearch
{
    /// <summary>Headers fetched in one search; a search for more would have to cross as many changes of the whole validator set.</summary>
    public const int FetchesMax = 20_000;

    private readonly TrustRules _rules;
    private readonly List<LightBlock> _waiting = [];
    private ulong _wanted;

    /// <param name="rules">Whose chain, and how far to trust.</param>
    /// <param name="trusted">Believed already, and without a <see cref="LightBlock.Fault"/>.</param>
    /// <param name="target">The height to be believed.</param>
    public HeaderSearch(TrustRules rules, LightBlock trusted, ulong target)
    {
        _rules = rules;
        Trusted = trusted;
        Target = target;
        _wanted = target > trusted.Height ? target : trusted.Height - (trusted.Height > target ? 1UL : 0);
    }

    public ulong Target { get; }

    /// <summary>The header that is believed so far; the one of <see cref="Target"/> when the search is done.</summary>
    public LightBlock Trusted { get; private set; }

    public bool IsDone => Trusted.Height == Target;

    /// <summary>Why the search cannot go on, or null.</summary>
    public LightVerdict? Failure { get; private set; }

    /// <summary>The height of the header that is needed next; null when the search has ended.</summary>
    public ulong? Wanted => IsDone || Failure is not null ? null : _wanted;

    /// <summary>Headers looked at, and how many of them were believed by which rule.</summary>
    public int Fetched { get; private set; }

    /// <summary>Takes the header of the wanted height.</summary>
    /// <param name="block">From anyone.</param>
    /// <param name="now">Unix seconds.</param>
    public void Offer(LightBlock block, ulong now)
    {
        if (Wanted is not { } wanted) return;
        Fetched++;
        if (block.Height != wanted) Fail(LightVerdict.Refused($"height {block.Height} was given for height {wanted}"));
        else if (Fetched > FetchesMax) Fail(LightVerdict.Refused($"height {Target} is not reached within {FetchesMax} headers"));
        else if (wanted < Trusted.Height) StepBack(block);
        else StepForward(block, now);
    }

    // A header behind a trusted one is vouched for by its hash alone, however old it is.
    private void StepBack(LightBlock block)
    {
        if (block.Hash != Trusted.Header.ParentHash)
        {
            Fail(LightVerdict.Refused($"height {block.Height} is not the parent of block {Trusted.Hash}"));
            return;
        }

        if (block.Fault(_rules.ChainId) is { } fault)
        {
            Fail(LightVerdict.Refused(fault));
            return;
        }

        Trusted = block;
        _wanted = block.Height - (block.Height > Target ? 1UL : 0);
    }

    private void StepForward(LightBlock block, ulong now)
    {
        _waiting.Add(block);
        while (_waiting.Count > 0)
        {
            LightBlock next = _waiting[^1];
            LightVerdict verdict = HeaderRules.Judge(_rules, Trusted, next, now);
            if (verdict.Outcome == LightOutcome.TooFarAhead)
            {
                // With the list of the next set unknown only the next height helps; else the middle halves the change.
                ulong distance = Trusted.NextValidators is null ? 1 : (next.Height - Trusted.Height) / 2;
                _wanted = Trusted.Height + Math.Max(1, distance);
                return;
            }

            if (!verdict.IsTrusted)
            {
                Fail(verdict);
                return;
            }

            Trusted = next;
            _waiting.RemoveAt(_waiting.Count - 1);
        }
    }

    private void Fail(LightVerdict verdict) => Failure = verdict;
}
