using System.Runtime.InteropServices;

namespace DePinChain.Gpu.Cpu;

/// <summary>Aligned memory of this process.</summary>
internal sealed unsafe class CpuBuffer : TensorBuffer
{
    private const nuint Alignment = 64;

    private nint _memory;
    private int[]? _columnSums;

    internal CpuBuffer(object owner, long bytes)
        : base(bytes)
    {
        Owner = owner;

        // A vector's length behind the end may be read, never used.
        nuint size = (nuint)(bytes + 64);
        _memory = (nint)NativeMemory.AlignedAlloc(size, Alignment);
        NativeMemory.Clear((void*)_memory, size);
    }

    internal object Owner { get; }

    internal float* Floats => (float*)Pointer;

    internal byte* Bytes8 => (byte*)Pointer;

    internal nint Pointer => _memory != 0 ? _memory : throw new ObjectDisposedException(nameof(CpuBuffer));

    // No finaliser: a kernel works on the bare memory, and a buffer whose last use is that call must not be collected under it.
    public override void Dispose()
    {
        nint memory = Interlocked.Exchange(ref _memory, 0);
        if (memory != 0) NativeMemory.AlignedFree((void*)memory);
    }

    internal void Changed() => _columnSums = null;

    /// <summary>The sum of each column of packed bytes: what an offset of 128 on the other operand adds to a product.</summary>
    internal int[] ColumnSums(int columns, int words)
    {
        if (_columnSums is { } known && known.Length == columns) return known;
        int[] sums = new int[columns];
        for (int column = 0; column < columns; column++)
        {
            sbyte* at = (sbyte*)Pointer + (((((long)column / Panels.Width) * words * Panels.Width) + (column % Panels.Width)) * 4);
            for (int word = 0; word < words; word++, at += Panels.Width * 4)
                sums[column] += at[0] + at[1] + at[2] + at[3];
        }

        return _columnSums = sums;
    }
}
