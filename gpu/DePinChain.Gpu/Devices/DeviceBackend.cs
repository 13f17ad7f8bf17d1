using DePinChain.Gpu.Kernels;
using DePinChain.Proofs.Hashing;
using DePinChain.Proofs.Pieces;

namespace DePinChain.Gpu.Devices;

/// <summary>
/// The kernels on an accelerator. Batches are cut into slices that alternate between two streams, so that one slice is copied while the
/// other is hashed; a slice that does not fit the memory is halved.
/// </summary>
public sealed unsafe class DeviceBackend : IBackend
{
    internal const int Group = 64;
    private const int NodeSize = 32;
    private const long SliceBytes = 32L << 20;
    private const long SliceBytesMin = 1L << 16;

    private readonly Accelerator _accelerator;
    private readonly CommandStream[] _streams;
    private readonly Lock _gate = new();
    private long _sliceBytes;

    /// <param name="accelerator">The device; the backend owns it.</param>
    /// <param name="hash">The text of the hash kernels; the embedded one by default.</param>
    /// <param name="tensor">The text of the tensor kernels; the embedded one by default.</param>
    /// <param name="rounds">The text of the rounds' kernels; the embedded one by default.</param>
    /// <param name="sliceBytes">Bytes of a batch that go to the device at once.</param>
    public DeviceBackend(
        Accelerator accelerator, KernelSource? hash = null, KernelSource? tensor = null, KernelSource? rounds = null,
        long sliceBytes = SliceBytes)
    {
        _accelerator = accelerator;
        _sliceBytes = sliceBytes;
        accelerator.Enter();
        accelerator.Load(hash ?? KernelSource.Hash);
        _streams = [accelerator.CreateStream(), accelerator.CreateStream()];
        Tensors = new DeviceTensors(accelerator, _streams[0], tensor ?? KernelSource.Tensor, rounds ?? KernelSource.Rounds, _gate);
    }

    /// <inheritdoc/>
    public DeviceDescription Device => _accelerator.Device;

    /// <summary>The device's memory.</summary>
    public Accelerator Accelerator => _accelerator;

    /// <inheritdoc/>
    public ITensorKernels Tensors { get; }

    /// <inheritdoc/>
    public void HashFixed(ReadOnlySpan<byte> messages, int messageSize, Span<byte> digests)
    {
        int count = BatchShapes.CountFixed(messages, messageSize, digests);
        if (messageSize % 4 != 0)
        {
            uint[] offsets = new uint[count + 1];
            for (int at = 0; at < offsets.Length; at++) offsets[at] = (uint)((long)at * messageSize);
            HashVariable(messages, offsets, digests);
            return;
        }

        fixed (byte* from = messages, to = digests)
        {
            nint source = (nint)from, target = (nint)to;
            Slices(count, messageSize + NodeSize, (stream, scope, first, part) =>
            {
                DeviceBuffer input = scope.Take((long)part * messageSize);
                DeviceBuffer output = scope.Take((long)part * NodeSize);
                stream.Write(input, 0, (byte*)source + ((long)first * messageSize), (long)part * messageSize);
                stream.Launch("sha256_fixed", GroupsOf(part), Group, input, (uint)messageSize / 4, output, (uint)part);
                stream.Read(output, 0, (byte*)target + ((long)first * NodeSize), (long)part * NodeSize);
            });
        }
    }

    /// <inheritdoc/>
    public void HashVariable(ReadOnlySpan<byte> messages, ReadOnlySpan<uint> offsets, Span<byte> digests)
    {
        int count = BatchShapes.CountVariable(messages, offsets, digests);
        fixed (byte* from = messages, to = digests)
        fixed (uint* places = offsets)
        {
            nint source = (nint)from, target = (nint)to, where = (nint)places;
            int length = messages.Length;
            Slices(count, (length / Math.Max(count, 1)) + NodeSize + sizeof(uint), (stream, scope, first, part) =>
            {
                // The kernel's offsets count from the slice's own first byte.
                uint start = ((uint*)where)[first];
                uint end = ((uint*)where)[first + part];
                uint* own = (uint*)scope.Host((part + 1L) * sizeof(uint));
                for (int at = 0; at <= part; at++) own[at] = ((uint*)where)[first + at] - start;
                DeviceBuffer input = scope.Take(end - start);
                DeviceBuffer index = scope.Take((part + 1L) * sizeof(uint));
                DeviceBuffer output = scope.Take((long)part * NodeSize);
                stream.Write(input, 0, (byte*)source + start, end - start);
                stream.Write(index, 0, own, (part + 1L) * sizeof(uint));
                stream.Launch("sha256_var", GroupsOf(part), Group, input, index, output, (uint)part);
                stream.Read(output, 0, (byte*)target + ((long)first * NodeSize), (long)part * NodeSize);
            });
        }
    }

    /// <inheritdoc/>
    public void HashPairs(ReadOnlySpan<byte> pairs, Span<byte> parents, byte mask)
    {
        int count = BatchShapes.CountPairs(pairs, parents);
        fixed (byte* from = pairs, to = parents)
        {
            nint source = (nint)from, target = (nint)to;
            Slices(count, 3 * NodeSize, (stream, scope, first, part) =>
            {
                DeviceBuffer input = scope.Take(2L * part * NodeSize);
                DeviceBuffer output = scope.Take((long)part * NodeSize);
                stream.Write(input, 0, (byte*)source + (2L * first * NodeSize), 2L * part * NodeSize);
                stream.Launch("node_pairs", GroupsOf(part), Group, input, output, (uint)part, mask);
                stream.Read(output, 0, (byte*)target + ((long)first * NodeSize), (long)part * NodeSize);
            });
        }
    }

    /// <inheritdoc/>
    public void HashTrees(ReadOnlySpan<byte> leaves, int leavesPerTree, Span<byte> roots, byte mask)
    {
        int trees = BatchShapes.CountTrees(leaves, leavesPerTree, roots);
        fixed (byte* from = leaves, to = roots)
        {
            nint source = (nint)from, target = (nint)to;
            Subtrees(trees, leavesPerTree, NodeSize, target, mask, (stream, scope, first, units) =>
            {
                DeviceBuffer input = scope.Take((long)units * NodeSize);
                stream.Write(input, 0, (byte*)source + ((long)first * NodeSize), (long)units * NodeSize);
                return input;
            });
        }
    }

    /// <inheritdoc/>
    public void HashPieces(ReadOnlySpan<byte> payload, int quadsPerTree, Span<byte> roots)
    {
        int trees = BatchShapes.CountPieces(payload, quadsPerTree, roots);
        fixed (byte* from = payload, to = roots)
        {
            nint source = (nint)from, target = (nint)to;
            Subtrees(trees, quadsPerTree, Fr32.RawQuadSize, target, NodeHash.LastByteMask, (stream, scope, first, units) =>
            {
                long bytes = (long)units * Fr32.RawQuadSize;
                DeviceBuffer raw = scope.Take(bytes + 8);
                DeviceBuffer nodes = scope.Take((long)units * NodeSize);
                stream.Write(raw, 0, (byte*)source + ((long)first * Fr32.RawQuadSize), bytes);
                stream.Launch("piece_quads", GroupsOf(units), Group, raw, nodes, (uint)units);
                return nodes;
            });
        }
    }

    /// <inheritdoc/>
    public void FoldPaths(
        ReadOnlySpan<byte> leaves, ReadOnlySpan<ulong> places, ReadOnlySpan<byte> siblings, int levels, Span<byte> roots, byte mask)
    {
        int count = BatchShapes.CountPaths(leaves, places, siblings, levels, roots);
        fixed (byte* nodes = leaves, others = siblings, to = roots)
        fixed (ulong* where = places)
        {
            nint source = (nint)nodes, besides = (nint)others, target = (nint)to, at = (nint)where;
            Slices(count, ((2 + levels) * NodeSize) + sizeof(ulong), (stream, scope, first, part) =>
            {
                long row = (long)part * NodeSize;
                DeviceBuffer leaf = scope.Take(row);
                DeviceBuffer place = scope.Take((long)part * sizeof(ulong));
                DeviceBuffer beside = scope.Take(row * Math.Max(levels, 1));
                DeviceBuffer root = scope.Take(row);
                stream.Write(leaf, 0, (byte*)source + ((long)first * NodeSize), row);
                stream.Write(place, 0, (ulong*)at + first, (long)part * sizeof(ulong));
                for (int level = 0; level < levels; level++)
                    stream.Write(beside, level * row, (byte*)besides + ((((long)level * count) + first) * NodeSize), row);
                stream.Launch("fold_paths", GroupsOf(part), Group, leaf, place, beside, (uint)levels, root, (uint)part, mask);
                stream.Read(root, 0, (byte*)target + ((long)first * NodeSize), row);
            });
        }
    }

    /// <inheritdoc/>
    public void HashLabels(ReadOnlySpan<byte> headers, ReadOnlySpan<byte> parents, int parentsPerLabel, Span<byte> labels)
    {
        int count = BatchShapes.CountLabels(headers, parents, parentsPerLabel, labels);
        fixed (byte* heads = headers, from = parents, to = labels)
        {
            nint head = (nint)heads, source = (nint)from, target = (nint)to;
            int distinct = parentsPerLabel * NodeSize;
            Slices(count, 64 + distinct + NodeSize, (stream, scope, first, part) =>
            {
                DeviceBuffer header = scope.Take(64L * part);
                DeviceBuffer parent = scope.Take((long)distinct * part);
                DeviceBuffer label = scope.Take((long)NodeSize * part);
                stream.Write(header, 0, (byte*)head + (64L * first), 64L * part);
                stream.Write(parent, 0, (byte*)source + ((long)distinct * first), (long)distinct * part);
                stream.Launch("sdr_labels", GroupsOf(part), Group, header, parent, (uint)parentsPerLabel, label, (uint)part);
                stream.Read(label, 0, (byte*)target + ((long)NodeSize * first), (long)NodeSize * part);
            });
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        lock (_gate)
        {
            _accelerator.Enter();
            (Tensors as DeviceTensors)?.Dispose();
            foreach (CommandStream stream in _streams) stream.Dispose();
            _accelerator.Dispose();
        }
    }

    private static long GroupsOf(int items) => (items + Group - 1L) / Group;

    // Trees that are larger than a slice are cut into subtrees, whose roots become the leaves of the next call.
    private void Subtrees(
        int trees, int unitsPerTree, int unitSize, nint roots, byte mask,
        Func<CommandStream, BufferScope, int, int, DeviceBuffer> load)
    {
        int subtree = unitsPerTree;
        while (subtree > 2 && (long)subtree * (unitSize + (2 * NodeSize)) > _sliceBytes) subtree /= 2;
        int subtrees = checked(trees * (unitsPerTree / subtree));
        byte[] above = subtree == unitsPerTree ? [] : new byte[subtrees * NodeSize];
        fixed (byte* next = above)
        {
            nint target = subtree == unitsPerTree ? roots : (nint)next;
            Slices(subtrees, (long)subtree * (unitSize + (2 * NodeSize)), (stream, scope, first, part) =>
            {
                int units = part * subtree;
                DeviceBuffer nodes = load(stream, scope, first * subtree, units);
                DeviceBuffer other = scope.Take((long)Math.Max(units / 2, 1) * NodeSize);
                while (units > part)
                {
                    bool two = units / part >= 4;
                    units /= two ? 4 : 2;
                    stream.Launch(two ? "node_quads" : "node_pairs", GroupsOf(units), Group, nodes, other, (uint)units, mask);
                    (nodes, other) = (other, nodes);
                }

                stream.Read(nodes, 0, (byte*)target + ((long)first * NodeSize), (long)part * NodeSize);
            });
        }

        if (subtree != unitsPerTree)
            HashTrees(above, unitsPerTree / subtree, new Span<byte>((byte*)roots, trees * NodeSize), mask);
    }

    private void Slices(int count, long bytesPerItem, Action<CommandStream, BufferScope, int, int> enqueue)
    {
        lock (_gate)
        {
            _accelerator.Enter();
            while (true)
            {
                try
                {
                    RunSlices(count, bytesPerItem, enqueue);
                    return;
                }
                catch (GpuException error) when (error.Fault == GpuFault.OutOfMemory && _sliceBytes > SliceBytesMin)
                {
                    _sliceBytes /= 2;
                }
            }
        }
    }

    private void RunSlices(int count, long bytesPerItem, Action<CommandStream, BufferScope, int, int> enqueue)
    {
        int part = (int)Math.Clamp(_sliceBytes / Math.Max(bytesPerItem, 1), 1, Math.Max(count, 1));
        BufferScope?[] scopes = new BufferScope?[_streams.Length];
        try
        {
            for (int first = 0, slice = 0; first < count; first += part, slice++)
            {
                int lane = slice % _streams.Length;
                if (scopes[lane] is { } before)
                {
                    _streams[lane].Finish();
                    before.Dispose();
                }

                BufferScope scope = scopes[lane] = new BufferScope(_accelerator);
                enqueue(_streams[lane], scope, first, Math.Min(part, count - first));
                _streams[lane].Flush();
            }
        }
        finally
        {
            // Buffers may only go once no command names them any more, also when one of them failed.
            for (int lane = 0; lane < scopes.Length; lane++)
            {
                if (scopes[lane] is not { } scope) continue;
                try
                {
                    _streams[lane].Finish();
                }
                finally
                {
                    scope.Dispose();
                }
            }
        }
    }
}
