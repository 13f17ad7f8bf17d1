using DePinChain.Blocks;
using DePinChain.Primitives;

namespace DePinChain.LightClient;

/// <summary>Whether transactions and receipts are exactly those of a block that is believed.</summary>
/// <remarks>A block is at most 2 MiB, so the whole list is taken and its root computed; a branch would save little.</remarks>
public static class ProvenBody
{
    /// <summary>Whether a header's block holds exactly these transactions.</summary>
    /// <param name="header">Believed.</param>
    /// <param name="transactions">Raw, in the block's order.</param>
    public static bool HasTransactions(BlockHeader header, IReadOnlyList<byte[]> transactions) =>
        MerkleTrie.RootOf(transactions) == header.TransactionsRoot;

    /// <summary>Whether executing the block gave exactly these receipts.</summary>
    /// <param name="header">Believed.</param>
    /// <param name="receipts">In their consensus encoding, in the block's order.</param>
    public static bool HasReceipts(BlockHeader header, IReadOnlyList<byte[]> receipts) =>
        MerkleTrie.RootOf(receipts) == header.ReceiptsRoot;
}
