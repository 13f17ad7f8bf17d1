using System.Runtime.InteropServices;
using System.Security.Cryptography;
using DePinChain.Gpu;
using DePinChain.Inference.Commitments;
using DePinChain.Primitives;

namespace DePinChain.Inference.Llama;

/// <summary>Takes the digests of a pass's vectors on their way through the layers, for an <see cref="AnswerTrace"/>.</summary>
internal sealed class LayerTap(ITensorKernels kernels, AnswerTrace trace, int layers)
{
    private readonly List<Hash256[]> _rows = [];
    private byte[][] _kept = [];
    private int _keptRow = -1;
    private int _next;

    /// <summary>Begins a pass of so many rows.</summary>
    internal void Begin(int rows)
    {
        _rows.Clear();
        for (int row = 0; row < rows; row++) _rows.Add(new Hash256[layers * AnswerTrace.VectorsPerLayer]);
        _next = 0;
        _keptRow = trace.Kept is { } position && position >= trace.Positions && position < trace.Positions + rows
            ? position - trace.Positions
            : -1;
        if (_keptRow >= 0) _kept = new byte[layers * AnswerTrace.VectorsPerLayer][];
    }

    /// <summary>Takes the next vector of every row.</summary>
    internal void Take(TensorBuffer buffer, int width)
    {
        byte[] bytes = new byte[_rows.Count * width * sizeof(float)];
        kernels.Download(buffer, 0, bytes.AsSpan());
        Span<byte> digest = stackalloc byte[Hash256.Size];
        for (int row = 0; row < _rows.Count; row++)
        {
            ReadOnlySpan<byte> own = bytes.AsSpan(row * width * sizeof(float), width * sizeof(float));
            if (!BitConverter.IsLittleEndian) Flip(bytes.AsSpan(row * width * sizeof(float), width * sizeof(float)));
            SHA256.HashData(own, digest);
            _rows[row][_next] = new Hash256(digest);
            if (row == _keptRow) _kept[_next] = own.ToArray();
        }

        _next++;
    }

    /// <summary>Ends a pass: its rows are the next positions.</summary>
    internal void End()
    {
        foreach (Hash256[] row in _rows) trace.Add(row);
        if (_keptRow >= 0) trace.Keep(_kept);
    }

    private static void Flip(Span<byte> bytes)
    {
        foreach (ref uint word in MemoryMarshal.Cast<byte, uint>(bytes))
            word = System.Buffers.Binary.BinaryPrimitives.ReverseEndianness(word);
    }
}
