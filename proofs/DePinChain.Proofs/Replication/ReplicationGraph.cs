using System.Buffers.Binary;
using System.Numerics;
using System.Security.Cryptography;
using System.Text;
using DePinChain.Primitives;

namespace DePinChain.Proofs.Replication;

/// <summary>
/// Which labels a label is made of: six parents in its own layer (depth-robust), eight in the layer below (expander). The same for every
/// sector of a shape.
/// </summary>
/// <remarks>
/// rust-fil-proofs storage-proofs-core/src/drgraph.rs (bucket sampling after Alwen, Blocki and Harsha, "Practical Graphs for Optimal
/// Side-Channel Resistant Memory-Hard Functions") and storage-proofs-porep/src/stacked/vanilla/graph.rs, API version 1.1: the direct
/// predecessor is the first parent, so that no label can be begun early.
/// </remarks>
public sealed class ReplicationGraph
{
    /// <summary>Parents in the same layer.</summary>
    public const int DrgDegree = 6;

    /// <summary>Parents in the layer below.</summary>
    public const int ExpanderDegree = 8;

    private const int DrgSampled = DrgDegree - 1;
    private const int DrgSeedSize = 28;

    private readonly byte[] _drgSeed;
    private readonly FeistelPermutation _permutation;
    private readonly bool _predecessorFirst;

    /// <param name="porepId">Selects the graph.</param>
    /// <param name="nodes">Nodes of a layer.</param>
    public ReplicationGraph(in Hash256 porepId, ulong nodes)
        : this(porepId, nodes, predecessorFirst: true)
    {
    }

    internal ReplicationGraph(in Hash256 porepId, ulong nodes, bool predecessorFirst)
    {
        Nodes = nodes;
        _predecessorFirst = predecessorFirst;
        _drgSeed = Seed("Filecoin_DRSample", porepId).AsSpan(0, DrgSeedSize).ToArray();
        byte[] keys = Seed("Filecoin_Feistel", porepId);
        Span<ulong> words = stackalloc ulong[4];
        for (int word = 0; word < words.Length; word++) words[word] = BinaryPrimitives.ReadUInt64LittleEndian(keys.AsSpan(8 * word));
        _permutation = new FeistelPermutation(nodes * ExpanderDegree, words);
    }

    /// <summary>Nodes of a layer.</summary>
    public ulong Nodes { get; }

    /// <summary>Prepares for asking about every node.</summary>
    public void Tabulate() => _permutation.Tabulate();

    /// <summary>The six parents of a node in its own layer.</summary>
    public void DrgParents(ulong node, Span<ulong> parents)
    {
        parents = parents[..DrgDegree];
        if (node < 2)
        {
            parents.Clear();
            return;
        }

        Span<byte> key = stackalloc byte[32];
        _drgSeed.CopyTo(key);
        BinaryPrimitives.WriteUInt32LittleEndian(key[DrgSeedSize..], (uint)node);
        ChaCha8 random = new(key, stackalloc uint[32]);
        ulong meta = node * DrgSampled;
        ulong buckets = (ulong)CeilingLog2(meta);
        Span<ulong> sampled = _predecessorFirst ? parents[1..] : parents;
        for (int at = 0; at < DrgSampled; at++)
        {
            int bucket = (int)(random.NextUInt64() % buckets) + 1;
            ulong largest = Math.Min(meta, 1UL << bucket);
            ulong smallest = Math.Max(2, largest >> 1);
            ulong distance = smallest + (random.NextUInt64() % (largest - smallest + 1));
            ulong parent = (meta - distance) / DrgSampled;
            sampled[at] = parent == node ? node - 1 : parent;
        }

        parents[_predecessorFirst ? 0 : DrgSampled] = node - 1;
    }

    /// <summary>The eight parents of a node in the layer below.</summary>
    public void ExpanderParents(ulong node, Span<ulong> parents)
    {
        for (int at = 0; at < ExpanderDegree; at++)
            parents[at] = _permutation.Permute((node * ExpanderDegree) + (ulong)at) / ExpanderDegree;
    }

    // Integers only: floating logarithms are off at powers of two.
    internal static int CeilingLog2(ulong value) => value <= 1 ? 0 : 64 - BitOperations.LeadingZeroCount(value - 1);

    private static byte[] Seed(string tag, in Hash256 porepId)
    {
        byte[] preimage = [.. Encoding.ASCII.GetBytes(tag), .. porepId.ToArray()];
        return SHA256.HashData(preimage);
    }
}
