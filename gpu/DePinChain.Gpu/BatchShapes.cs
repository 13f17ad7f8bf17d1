namespace DePinChain.Gpu;

/// <summary>What the arguments of a batch must fit together like; every backend asks the same.</summary>
internal static class BatchShapes
{
    private const int NodeSize = 32;

    internal static int CountFixed(ReadOnlySpan<byte> messages, int size, ReadOnlySpan<byte> digests)
    {
        Require(size >= 0 && digests.Length % NodeSize == 0, "digests have 32 bytes each and messages no negative size");
        int count = digests.Length / NodeSize;
        Require((long)count * size == messages.Length, "there is one digest for each message");
        return count;
    }

    internal static int CountVariable(ReadOnlySpan<byte> messages, ReadOnlySpan<uint> offsets, ReadOnlySpan<byte> digests)
    {
        Require(offsets.Length > 0 && digests.Length == (offsets.Length - 1) * NodeSize, "there is one digest for each message");
        Require(offsets[^1] <= messages.Length, "the last message ends inside the bytes");
        for (int at = 1; at < offsets.Length; at++) Require(offsets[at - 1] <= offsets[at], "offsets ascend");
        return offsets.Length - 1;
    }

    internal static int CountPairs(ReadOnlySpan<byte> pairs, ReadOnlySpan<byte> parents)
    {
        int count = parents.Length / NodeSize;
        Require(parents.Length % NodeSize == 0 && pairs.Length == parents.Length * 2L, "there is one parent for each pair");
        return count;
    }

    internal static int CountTrees(ReadOnlySpan<byte> leaves, int leavesPerTree, ReadOnlySpan<byte> roots)
    {
        Require(int.IsPow2(leavesPerTree) && roots.Length % NodeSize == 0, "a tree has a power of two of leaves");
        int trees = roots.Length / NodeSize;
        Require((long)trees * leavesPerTree * NodeSize == leaves.Length, "there is one root for each tree");
        return trees;
    }

    internal static int CountPieces(ReadOnlySpan<byte> payload, int quadsPerTree, ReadOnlySpan<byte> roots)
    {
        Require(int.IsPow2(quadsPerTree) && roots.Length % NodeSize == 0, "a tree has a power of two of quads");
        int trees = roots.Length / NodeSize;
        Require((long)trees * quadsPerTree * 127 == payload.Length, "there is one root for each tree");
        return trees;
    }

    internal static int CountPaths(
        ReadOnlySpan<byte> leaves, ReadOnlySpan<ulong> places, ReadOnlySpan<byte> siblings, int levels, ReadOnlySpan<byte> roots)
    {
        Require(levels is >= 0 and <= 64, "a path has at most 64 levels");
        int count = places.Length;
        Require(leaves.Length == (long)count * NodeSize && roots.Length == leaves.Length, "there is a leaf and a root for each place");
        Require(siblings.Length == (long)count * levels * NodeSize, "there is one sibling for each level of each path");
        return count;
    }

    internal static int CountLabels(ReadOnlySpan<byte> headers, ReadOnlySpan<byte> parents, int parentsPerLabel, ReadOnlySpan<byte> labels)
    {
        int count = labels.Length / NodeSize;
        Require(parentsPerLabel is > 0 and <= 37, "a label has 1 to 37 distinct parents");
        Require(labels.Length % NodeSize == 0 && headers.Length == (long)count * 64, "there is one header for each label");
        Require(parents.Length == (long)count * parentsPerLabel * NodeSize, "every label has its parents");
        return count;
    }

    internal static void Require(bool condition, string what)
    {
        if (!condition) throw new ArgumentException($"A batch whose parts do not fit together: {what}.");
    }

    /// <summary>The shape of a round's product.</summary>
    internal static ProductShape RoundOf(int size)
    {
        Require(size is >= 16 and <= 8_192 && size % 16 == 0, "a round's matrices have a multiple of 16 rows, 8,192 at most");
        return new ProductShape(size, size, size);
    }
}
