using DePinChain.Primitives;

namespace DePinChain.Rpc;

/// <summary>Suggests a tip from what the last blocks took: geth's method, the 60th percentile of the cheapest tips of 20 blocks.</summary>
/// <remarks>The answer is computed once per head; each block is read once.</remarks>
internal sealed class FeeOracle(ChainView chain)
{
    private const ulong BlocksMax = 20;
    private const int SamplesPerBlock = 3;
    private const int Percentile = 60;

    /// <summary>Never less than this, so that a suggestion is a number a wallet accepts; geth's own minimum, 0.001 gwei.</summary>
    private static readonly UInt256 TipMin = 1_000_000;

    /// <summary>Never more than this: a few absurd tips must not become everybody's (geth's bound, 500 gwei).</summary>
    private static readonly UInt256 TipMax = 500_000_000_000;

    private readonly Lock _gate = new();
    private readonly SortedDictionary<ulong, UInt256[]> _samples = [];
    private ulong _height = ulong.MaxValue;
    private UInt256 _tip = TipMin;

    /// <summary>Wei per gas above the base fee.</summary>
    public UInt256 SuggestTip()
    {
        lock (_gate)
        {
            ulong head = chain.HeadNumber;
            if (head == _height) return _tip;
            _tip = Compute(head);
            _height = head;
            return _tip;
        }
    }

    private UInt256 Compute(ulong head)
    {
        ulong first = head >= BlocksMax ? head - BlocksMax + 1 : 0;
        foreach (ulong old in _samples.Keys.TakeWhile(height => height < first).ToArray()) _samples.Remove(old);
        var tips = new List<UInt256>();
        for (ulong height = first; height <= head; height++)
        {
            if (!_samples.TryGetValue(height, out UInt256[]? sample))
            {
                sample = SampleOf(height);
                _samples[height] = sample;
            }

            tips.AddRange(sample);
        }

        if (tips.Count == 0) return TipMin;
        tips.Sort();
        return UInt256.Min(UInt256.Max(tips[(tips.Count - 1) * Percentile / 100], TipMin), TipMax);
    }

    private UInt256[] SampleOf(ulong height)
    {
        if (chain.Recent.FindBlock(height) is not { } block) return [];
        UInt256 baseFee = block.Header.BaseFeePerGas;
        return [.. block.Transactions.Where(transaction => !transaction.IsSystem)
            .Select(transaction => transaction.EffectiveGasPrice(baseFee) - baseFee)
            .Order().Take(SamplesPerBlock)];
    }
}
