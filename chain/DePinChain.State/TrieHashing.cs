using DePinChain.Primitives;

namespace DePinChain.State;

/// <summary>
/// Computes pending references level by level from the deepest: all nodes of a level are independent, so they go through the hash lanes
/// together. Not for several threads.
/// </summary>
internal sealed class TrieHashing
{
    // Nodes encoded at a time; 64 branches are 34 KiB and stay in the first-level cache's reach.
    private const int Lane = 64;

    // Made when first used: most tries are a few levels deep.
    private readonly List<(TrieBranch Parent, int Nibble)>?[] _levels = new List<(TrieBranch, int)>?[TrieNodeCodec.KeyNibbles + 1];
    private readonly RlpWriter _writer = new(1024);
    private readonly RlpWriter _scratch = new(128);
    private readonly ReadOnlyMemory<byte>[] _messages = new ReadOnlyMemory<byte>[Lane];
    private readonly Hash256[] _digests = new Hash256[Lane];
    private readonly int[] _ends = new int[Lane];

    public void Compute(TrieBranch parent, int nibble, int depth)
    {
        Collect(parent, nibble, depth);
        for (int level = TrieNodeCodec.KeyNibbles; level >= depth; level--)
        {
            List<(TrieBranch Parent, int Nibble)>? nodes = _levels[level];
            if (nodes is null)
            {
                continue;
            }

            for (int start = 0; start < nodes.Count; start += Lane)
            {
                ComputeLane(nodes, start, Math.Min(nodes.Count, start + Lane), level);
            }

            nodes.Clear();
        }
    }

    private void Collect(TrieBranch parent, int nibble, int depth)
    {
        ref TrieEntry entry = ref parent.Children[nibble];
        if (entry.Pending is null)
        {
            return;
        }

        (_levels[depth] ??= []).Add((parent, nibble));
        if (entry.Pending is TrieBranch branch)
        {
            int below = depth + (entry.Extension?.Length ?? 0) + 1;
            for (int child = 0; child < TrieBranch.Width; child++)
            {
                Collect(branch, child, below);
            }
        }
    }

    private void ComputeLane(List<(TrieBranch Parent, int Nibble)> nodes, int start, int end, int depth)
    {
        _writer.Clear();
        for (int i = start; i < end; i++)
        {
            if (nodes[i].Parent.Children[nodes[i].Nibble].Pending is TrieBranch branch)
            {
                branch.WriteNode(_writer, _scratch);
            }
            else
            {
                ((TrieLeaf)nodes[i].Parent.Children[nodes[i].Nibble].Pending!).WriteTo(_writer, depth); // Pending is one or the other.
            }

            _ends[i - start] = _writer.Written.Length;
        }

        ReadOnlyMemory<byte> encoded = _writer.WrittenMemory;
        int from = 0;
        for (int i = 0; i < end - start; i++)
        {
            _messages[i] = encoded[from.._ends[i]];
            from = _ends[i];
        }

        Keccak256.HashMany(_messages.AsSpan(0, end - start), _digests);
        for (int i = start; i < end; i++)
        {
            ReadOnlySpan<byte> node = _messages[i - start].Span;
            ref TrieEntry entry = ref nodes[i].Parent.Children[nodes[i].Nibble];
            entry.Reference = node.Length < Hash256.Size ? TrieNodeRef.OfEmbedded(node.ToArray()) : TrieNodeRef.Of(_digests[i - start]);
            entry.Pending = null;
        }
    }
}
