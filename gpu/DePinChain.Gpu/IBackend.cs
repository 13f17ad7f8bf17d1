using DePinChain.Gpu.Cpu;
using DePinChain.Gpu.Devices;

namespace DePinChain.Gpu;

/// <summary>
/// The seam: every kernel of this project as one call. <see cref="CpuBackend"/> is the reference in three widths, <see
/// cref="DeviceBackend"/>
/// runs the same text on OpenCL or CUDA devices; all give the same bits. Calls are synchronous and one at a time per backend; a backend
/// may be used from any thread, and waits for the call before.
/// </summary>
public interface IBackend : IDisposable
{
    /// <summary>The device behind it.</summary>
    DeviceDescription Device { get; }

    /// <summary>SHA-256 of messages of one size that lie one behind the other.</summary>
    void HashFixed(ReadOnlySpan<byte> messages, int messageSize, Span<byte> digests);

    /// <summary>SHA-256 of messages of any size: message i lies in bytes offsets[i] … offsets[i + 1] − 1.</summary>
    void HashVariable(ReadOnlySpan<byte> messages, ReadOnlySpan<uint> offsets, Span<byte> digests);

    /// <summary>The parents of n pairs of nodes; <paramref name="mask"/> is applied to a parent's last byte (0x3f or 0xff).</summary>
    void HashPairs(ReadOnlySpan<byte> pairs, Span<byte> parents, byte mask);

    /// <summary>The roots of trees with a power of two of leaves each, one tree behind the other.</summary>
    void HashTrees(ReadOnlySpan<byte> leaves, int leavesPerTree, Span<byte> roots, byte mask);

    /// <summary>What leaves with their siblings lead to; siblings lie level by level: [level][path].</summary>
    void FoldPaths(ReadOnlySpan<byte> leaves, ReadOnlySpan<ulong> places, ReadOnlySpan<byte> siblings, int levels, Span<byte> roots,
        byte mask);

    /// <summary>The roots of trees over Fr32-padded payload: quads of 127 bytes, a power of two of them for each tree.</summary>
    void HashPieces(ReadOnlySpan<byte> payload, int quadsPerTree, Span<byte> roots);

    /// <summary>Labels of replication: a 64-byte header and the distinct parents of each, which repeat to 37.</summary>
    void HashLabels(ReadOnlySpan<byte> headers, ReadOnlySpan<byte> parents, int parentsPerLabel, Span<byte> labels);

    /// <summary>The operators of language models over this backend's buffers.</summary>
    ITensorKernels Tensors { get; }
}
