namespace DePinChain.Indexer.Rows;

/// <summary>Ids that say where something stands: the block in the upper bits, its number in the block in the lower 20.</summary>
/// <remarks>
/// So an id is the same in every index of a chain, orders as the chain does, and is a page's key. A block holds far fewer than 2^20
/// transactions, logs or movements of money: a log costs at least 375 gas, and a block's gas is below 2^28.
/// </remarks>
public static class RowId
{
    private const int NumberBits = 20;

    /// <summary>The id of number <paramref name="number"/> in block <paramref name="block"/>.</summary>
    public static long Of(long block, int number) => (block << NumberBits) | (long)number;

    public static long BlockOf(long id) => id >> NumberBits;

    public static int NumberOf(long id) => (int)(id & ((1L << NumberBits) - 1));
}
