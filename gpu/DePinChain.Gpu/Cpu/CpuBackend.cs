using System.Buffers;
using DePinChain.Proofs.Hashing;
using DePinChain.Proofs.Pieces;

namespace DePinChain.Gpu.Cpu;

/// <summary>The backend that is always there: vector instructions of one width, shared out over a fixed crew of threads.</summary>
public sealed class CpuBackend : IBackend
{
    internal const int NodeSize = 32;
    internal const int LabelSize = 1248;
    internal const int HeaderSize = 64;

    // Leaves of a subtree that one part reduces while it lies in the cache.
    private const int SubtreeLeaves = 4096;
    private const int MessagesPerPart = 1024;

    private readonly WorkCrew _crew;
    private readonly Lock _gate = new();

    /// <param name="width">The width; the widest of this machine by default.</param>
    /// <param name="workers">Threads; one for each core by default.</param>
    /// <exception cref="GpuException">The processor has no such width.</exception>
    public CpuBackend(CpuWidth? width = null, int? workers = null)
    {
        Width = width ?? CpuWidths.Widest;
        if (!CpuWidths.IsSupported(Width))
            throw new GpuException(GpuFault.Configuration, $"This processor has no vectors of {(int)Width} bits; use {CpuWidths.Widest}.");
        _crew = new WorkCrew(Math.Max(1, workers ?? Environment.ProcessorCount));
        string name = Width == CpuWidth.Scalar ? "scalar" : $"{(int)Width}-bit vectors";
        Device = new DeviceDescription(
            $"cpu:{(int)Width}", BackendKind.Cpu, name, Environment.Version.ToString(),
            GC.GetGCMemoryInfo().TotalAvailableMemoryBytes, _crew.Workers, IsProcessor: true, Exact: true);
        Tensors = new CpuTensors(Width, _crew, _gate);
    }

    /// <summary>The width in use.</summary>
    public CpuWidth Width { get; }

    /// <inheritdoc/>
    public DeviceDescription Device { get; }

    /// <inheritdoc/>
    public ITensorKernels Tensors { get; }

    /// <inheritdoc/>
    public unsafe void HashFixed(ReadOnlySpan<byte> messages, int messageSize, Span<byte> digests)
    {
        int count = BatchShapes.CountFixed(messages, messageSize, digests);
        fixed (byte* from = messages, to = digests)
        {
            nint source = (nint)from, target = (nint)to;
            Share(count, MessagesPerPart, (first, part) => LaneHasher.HashFixed(
                Width, new ReadOnlySpan<byte>((byte*)source + ((long)first * messageSize), part * messageSize), messageSize,
                new Span<byte>((byte*)target + ((long)first * NodeSize), part * NodeSize)));
        }
    }

    /// <inheritdoc/>
    public unsafe void HashVariable(ReadOnlySpan<byte> messages, ReadOnlySpan<uint> offsets, Span<byte> digests)
    {
        int count = BatchShapes.CountVariable(messages, offsets, digests);

        // Lanes hold messages of the same number of blocks: sorted by it, whole batches are the rule.
        int[] starts = new int[count], sizes = new int[count], order = new int[count], blocks = new int[count];
        for (int at = 0; at < count; at++)
        {
            (starts[at], sizes[at], order[at]) = ((int)offsets[at], (int)(offsets[at + 1] - offsets[at]), at);
            blocks[at] = LaneHasher.BlocksOf(sizes[at]);
        }

        Array.Sort(blocks, order);
        List<(int First, int Count)> batches = [];
        int lanes = LaneHasher.LanesOf(Width);
        for (int first = 0; first < count;)
        {
            int end = first + 1;
            while (end < count && end - first < lanes && blocks[end] == blocks[first]) end++;
            batches.Add((first, end - first));
            first = end;
        }

        fixed (byte* from = messages, to = digests)
        {
            nint source = (nint)from, target = (nint)to;
            int length = messages.Length;
            Share(batches.Count, 32, (first, part) =>
            {
                Span<int> start = stackalloc int[Sha256Lanes16.Lanes], size = stackalloc int[Sha256Lanes16.Lanes];
                for (int batch = first; batch < first + part; batch++)
                {
                    ReadOnlySpan<int> members = order.AsSpan(batches[batch].First, batches[batch].Count);
                    for (int lane = 0; lane < members.Length; lane++)
                        (start[lane], size[lane]) = (starts[members[lane]], sizes[members[lane]]);
                    LaneHasher.HashLanes(
                        Width, new ReadOnlySpan<byte>((byte*)source, length), start[..members.Length], size[..members.Length], members,
                        new Span<byte>((byte*)target, count * NodeSize));
                }
            });
        }
    }

    /// <inheritdoc/>
    public unsafe void HashPairs(ReadOnlySpan<byte> pairs, Span<byte> parents, byte mask)
    {
        int count = BatchShapes.CountPairs(pairs, parents);
        fixed (byte* from = pairs, to = parents)
        {
            nint source = (nint)from, target = (nint)to;
            Share(count, MessagesPerPart, (first, part) => LaneHasher.HashPairs(
                Width, new ReadOnlySpan<byte>((byte*)source + ((long)first * 2 * NodeSize), part * 2 * NodeSize),
                new Span<byte>((byte*)target + ((long)first * NodeSize), part * NodeSize), mask));
        }
    }

    /// <inheritdoc/>
    public void HashTrees(ReadOnlySpan<byte> leaves, int leavesPerTree, Span<byte> roots, byte mask)
    {
        int trees = BatchShapes.CountTrees(leaves, leavesPerTree, roots);
        int subtree = Math.Min(leavesPerTree, SubtreeLeaves);
        int subtrees = trees * (leavesPerTree / subtree);
        if (subtree == leavesPerTree)
        {
            Reduce(leaves, subtree, subtrees, NodeSize, roots, mask, raw: false);
            return;
        }

        byte[] above = ArrayPool<byte>.Shared.Rent(subtrees * NodeSize);
        Reduce(leaves, subtree, subtrees, NodeSize, above, mask, raw: false);
        HashTrees(above.AsSpan(0, subtrees * NodeSize), leavesPerTree / subtree, roots, mask);
        ArrayPool<byte>.Shared.Return(above);
    }

    /// <inheritdoc/>
    public void HashPieces(ReadOnlySpan<byte> payload, int quadsPerTree, Span<byte> roots)
    {
        int trees = BatchShapes.CountPieces(payload, quadsPerTree, roots);
        int subtree = Math.Min(quadsPerTree, SubtreeLeaves / 4);
        int subtrees = trees * (quadsPerTree / subtree);
        if (subtree == quadsPerTree)
        {
            Reduce(payload, subtree, subtrees, Fr32.RawQuadSize, roots, NodeHash.LastByteMask, raw: true);
            return;
        }

        byte[] above = ArrayPool<byte>.Shared.Rent(subtrees * NodeSize);
        Reduce(payload, subtree, subtrees, Fr32.RawQuadSize, above, NodeHash.LastByteMask, raw: true);
        HashTrees(above.AsSpan(0, subtrees * NodeSize), quadsPerTree / subtree, roots, NodeHash.LastByteMask);
        ArrayPool<byte>.Shared.Return(above);
    }

    /// <inheritdoc/>
    public unsafe void FoldPaths(
        ReadOnlySpan<byte> leaves, ReadOnlySpan<ulong> places, ReadOnlySpan<byte> siblings, int levels, Span<byte> roots, byte mask)
    {
        int count = BatchShapes.CountPaths(leaves, places, siblings, levels, roots);
        fixed (byte* nodes = leaves, others = siblings, to = roots)
        fixed (ulong* where = places)
        {
            nint source = (nint)nodes, besides = (nint)others, target = (nint)to, at = (nint)where;
            Share(count, MessagesPerPart, (first, part) =>
            {
                byte[] pairs = ArrayPool<byte>.Shared.Rent(part * 2 * NodeSize);
                Span<byte> state = new((byte*)target + ((long)first * NodeSize), part * NodeSize);
                new ReadOnlySpan<byte>((byte*)source + ((long)first * NodeSize), part * NodeSize).CopyTo(state);
                ReadOnlySpan<ulong> place = new((ulong*)at + first, part);
                for (int level = 0; level < levels; level++)
                {
                    ReadOnlySpan<byte> row = new((byte*)besides + ((((long)level * count) + first) * NodeSize), part * NodeSize);
                    for (int lane = 0; lane < part; lane++)
                    {
                        int right = (int)((place[lane] >> level) & 1) * NodeSize;
                        Span<byte> pair = pairs.AsSpan(lane * 2 * NodeSize, 2 * NodeSize);
                        state.Slice(lane * NodeSize, NodeSize).CopyTo(pair[right..]);
                        row.Slice(lane * NodeSize, NodeSize).CopyTo(pair[(NodeSize - right)..]);
                    }

                    LaneHasher.HashPairs(Width, pairs.AsSpan(0, part * 2 * NodeSize), state, mask);
                }

                ArrayPool<byte>.Shared.Return(pairs);
            });
        }
    }

    /// <inheritdoc/>
    public unsafe void HashLabels(ReadOnlySpan<byte> headers, ReadOnlySpan<byte> parents, int parentsPerLabel, Span<byte> labels)
    {
        int count = BatchShapes.CountLabels(headers, parents, parentsPerLabel, labels);
        fixed (byte* heads = headers, from = parents, to = labels)
        {
            nint head = (nint)heads, source = (nint)from, target = (nint)to;
            int distinct = parentsPerLabel * NodeSize;
            Share(count, 64, (first, part) =>
            {
                byte[] messages = ArrayPool<byte>.Shared.Rent(part * LabelSize);
                for (int at = 0; at < part; at++)
                {
                    Span<byte> message = messages.AsSpan(at * LabelSize, LabelSize);
                    new ReadOnlySpan<byte>((byte*)head + ((long)(first + at) * HeaderSize), HeaderSize).CopyTo(message);
                    ReadOnlySpan<byte> own = new((byte*)source + ((long)(first + at) * distinct), distinct);
                    for (int place = HeaderSize; place < LabelSize; place += distinct)
                        own[..Math.Min(distinct, LabelSize - place)].CopyTo(message[place..]);
                }

                Span<byte> digests = new((byte*)target + ((long)first * NodeSize), part * NodeSize);
                LaneHasher.HashFixed(Width, messages.AsSpan(0, part * LabelSize), LabelSize, digests);
                for (int at = 0; at < part; at++) digests[((at + 1) * NodeSize) - 1] &= NodeHash.LastByteMask;
                ArrayPool<byte>.Shared.Return(messages);
            });
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _crew.Dispose();

    // Every subtree to its root; a part holds as many subtrees as fit the cache. Raw units are quads, four leaves each once padded.
    private unsafe void Reduce(
        ReadOnlySpan<byte> units, int unitsPerTree, int trees, int unitSize, Span<byte> roots, byte mask, bool raw)
    {
        int nodesPerTree = raw ? unitsPerTree * 4 : unitsPerTree;
        fixed (byte* from = units, to = roots)
        {
            nint source = (nint)from, target = (nint)to;
            Share(trees, Math.Max(1, SubtreeLeaves / nodesPerTree), (first, part) =>
            {
                int nodes = part * nodesPerTree;
                byte[] scratch = ArrayPool<byte>.Shared.Rent(nodes * NodeSize);
                ReadOnlySpan<byte> input = new((byte*)source + ((long)first * unitsPerTree * unitSize), part * unitsPerTree * unitSize);
                Span<byte> output = new((byte*)target + ((long)first * NodeSize), part * NodeSize);
                if (raw) Fr32.Pad(input, scratch);
                else input.CopyTo(scratch);
                for (; nodes > part; nodes /= 2) LaneHasher.HashPairs(Width, scratch.AsSpan(0, nodes * NodeSize), scratch, mask);
                scratch.AsSpan(0, part * NodeSize).CopyTo(output);
                ArrayPool<byte>.Shared.Return(scratch);
            });
        }
    }

    private void Share(int count, int perPart, Action<int, int> work)
    {
        int parts = (count + perPart - 1) / perPart;
        lock (_gate)
            _crew.Run(parts, part => work(part * perPart, Math.Min(perPart, count - (part * perPart))));
    }
}
