using DePinChain.Primitives;

namespace DePinChain.Modules.Storage;

/// <summary>What always holds of data sets.</summary>
internal static class DataSetsInvariants
{
    /// <summary>The module holds the deposits of all sets and nothing else.</summary>
    public static IEnumerable<string> OfDeposits(Amount held, Amount deposits)
    {
        if (held != deposits) yield return $"data sets: {deposits} of deposits, but {held} held";
    }

    /// <summary>The leaves of a set's pieces are what its sum tree and its record count.</summary>
    public static IEnumerable<string> OfLeaves(ulong set, DataSetRecord record, ulong ofPieces, ulong ofSums)
    {
        if (record.Leaves != ofPieces || ofPieces != ofSums)
            yield return $"data sets: set {set} counts {record.Leaves} leaves, its pieces {ofPieces}, its sums {ofSums}";
    }
}
