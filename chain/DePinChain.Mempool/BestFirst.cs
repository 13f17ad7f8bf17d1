using System.Collections;
using DePinChain.Blocks;
using DePinChain.Primitives;

namespace DePinChain.Mempool;

/// <summary>Merges the accounts' runs by tip: always the best of the transactions that are next for their account.</summary>
internal sealed class BestFirst(List<SignedTransaction[]> runs, List<long> arrivals, UInt256 baseFee) : IEnumerable<SignedTransaction>
{
    public IEnumerator<SignedTransaction> GetEnumerator()
    {
        var next = new PriorityQueue<(int Run, int Index), Offer>(runs.Count);
        for (int run = 0; run < runs.Count; run++) next.Enqueue((run, 0), OfferOf(run, 0));
        while (next.TryDequeue(out (int Run, int Index) best, out _))
        {
            (int run, int index) = best;
            if (index + 1 < runs[run].Length) next.Enqueue((run, index + 1), OfferOf(run, index + 1));
            yield return runs[run][index];
        }
    }

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    private Offer OfferOf(int run, int index) => new(PooledTransaction.TipAt(runs[run][index].Transaction, baseFee), arrivals[run]);

    /// <summary>Higher tip first; of equals the account that came earlier.</summary>
    private readonly record struct Offer(UInt256 Tip, long Arrival) : IComparable<Offer>
    {
        public int CompareTo(Offer other)
        {
            int order = other.Tip.CompareTo(Tip);
            return order != 0 ? order : Arrival.CompareTo(other.Arrival);
        }
    }
}
