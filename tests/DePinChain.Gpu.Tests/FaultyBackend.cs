using DePinChain.Gpu.Cpu;

namespace DePinChain.Gpu.Tests;

/// <summary>A device with a fault: wrong bits, or an error from its driver.</summary>
internal sealed class FaultyBackend(bool wrong = false, GpuFault? fault = null, bool exact = true) : IBackend
{
    private readonly CpuBackend _inner = new(CpuWidth.Scalar, 1);

    public DeviceDescription Device { get; } =
        new("opencl:9", BackendKind.OpenCl, "faulty", "1", 1 << 30, 1, IsProcessor: false, Exact: exact);

    public ITensorKernels Tensors => _inner.Tensors;

    public void HashFixed(ReadOnlySpan<byte> messages, int messageSize, Span<byte> digests)
    {
        _inner.HashFixed(messages, messageSize, digests);
        Spoil(digests);
    }

    public void HashVariable(ReadOnlySpan<byte> messages, ReadOnlySpan<uint> offsets, Span<byte> digests)
    {
        _inner.HashVariable(messages, offsets, digests);
        Spoil(digests);
    }

    public void HashPairs(ReadOnlySpan<byte> pairs, Span<byte> parents, byte mask)
    {
        _inner.HashPairs(pairs, parents, mask);
        Spoil(parents);
    }

    public void HashTrees(ReadOnlySpan<byte> leaves, int leavesPerTree, Span<byte> roots, byte mask)
    {
        _inner.HashTrees(leaves, leavesPerTree, roots, mask);
        Spoil(roots);
    }

    public void FoldPaths(
        ReadOnlySpan<byte> leaves, ReadOnlySpan<ulong> places, ReadOnlySpan<byte> siblings, int levels, Span<byte> roots, byte mask)
    {
        _inner.FoldPaths(leaves, places, siblings, levels, roots, mask);
        Spoil(roots);
    }

    public void HashPieces(ReadOnlySpan<byte> payload, int quadsPerTree, Span<byte> roots)
    {
        _inner.HashPieces(payload, quadsPerTree, roots);
        Spoil(roots);
    }

    public void HashLabels(ReadOnlySpan<byte> headers, ReadOnlySpan<byte> parents, int parentsPerLabel, Span<byte> labels)
    {
        _inner.HashLabels(headers, parents, parentsPerLabel, labels);
        Spoil(labels);
    }

    public void Dispose() => _inner.Dispose();

    private void Spoil(Span<byte> output)
    {
        if (fault is { } code) throw new GpuException(code, "the driver says no");
        if (wrong && output.Length > 0) output[^1] ^= 1;
    }
}
